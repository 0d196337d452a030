from dataclasses import replace
from uuid import uuid4

import pytest
from connector.adapters.vault import AesGcmVault
from connector.domain.connection import Credentials, SealedCredentials, SecretUnreadable

pytestmark = pytest.mark.unit

OLD, NEW = bytes(32), bytes([1] * 32)
GIVEN = Credentials(url="https://example.com/?key=canary", username="anna", password="pw")  # noqa: S106 - a sample
CONNECTION = uuid4()


def seal(*keys: bytes) -> SealedCredentials:
    return AesGcmVault(keys).seal(GIVEN, tenant_id="acme", connection_id=CONNECTION)


def unseal(sealed: SealedCredentials, *keys: bytes, tenant_id: str = "acme") -> Credentials:
    return AesGcmVault(keys).unseal(sealed, tenant_id=tenant_id, connection_id=CONNECTION)


def test_what_is_sealed_opens_again_and_shows_nothing() -> None:
    sealed = seal(OLD)
    assert unseal(sealed, OLD) == GIVEN
    assert b"canary" not in sealed.ciphertext
    assert "canary" not in repr(sealed) + repr(GIVEN)


def test_the_first_key_encrypts_and_all_decrypt() -> None:
    assert unseal(seal(OLD), NEW, OLD) == GIVEN
    assert seal(NEW, OLD).key_id == seal(NEW).key_id != seal(OLD).key_id


def test_without_its_key_a_secret_stays_shut() -> None:
    with pytest.raises(SecretUnreadable):
        unseal(seal(OLD), NEW)


def test_a_secret_opens_for_its_own_connection_only() -> None:
    with pytest.raises(SecretUnreadable):
        unseal(seal(OLD), OLD, tenant_id="other")


def test_a_changed_secret_stays_shut() -> None:
    sealed = seal(OLD)
    changed = replace(sealed, ciphertext=sealed.ciphertext[:-1] + b"x")
    with pytest.raises(SecretUnreadable):
        unseal(changed, OLD)


def test_a_key_has_256_bits() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        AesGcmVault([b"short"])
