"""Credentials under AES-256-GCM, readable only as those of the connection they were given for."""

import base64
import json
import secrets
from collections.abc import Sequence
from hashlib import sha256
from typing import Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from connector.domain.connection import Credentials, SealedCredentials, SecretUnreadable

_KEY_BYTES = 32
_NONCE_BYTES = 12
_ID_DIGITS = 16


class AesGcmVault:
    """A `Vault`: the first key encrypts, every key decrypts; a row names its key.

    Tenant and connection are authenticated with the ciphertext, so a row moved to another
    connection opens nothing.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) != _KEY_BYTES for key in keys):
            raise ValueError(f"at least one key of {_KEY_BYTES} bytes is needed")
        self._ciphers = {_id_of(key): AESGCM(key) for key in keys}
        self.current_key_id = _id_of(keys[0])

    @classmethod
    def from_text(cls, keys: Sequence[str]) -> Self:
        """Take keys as base64, as settings hold them."""
        return cls([base64.b64decode(key, validate=True) for key in keys])

    def seal(
        self, credentials: Credentials, *, tenant_id: str, connection_id: UUID
    ) -> SealedCredentials:
        """Encrypt credentials under the current key, bound to their connection."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        plain = json.dumps([credentials.url, credentials.username, credentials.password]).encode()
        ciphertext = self._ciphers[self.current_key_id].encrypt(
            nonce, plain, _binding(tenant_id, connection_id)
        )
        return SealedCredentials(key_id=self.current_key_id, ciphertext=nonce + ciphertext)

    def unseal(
        self, sealed: SealedCredentials, *, tenant_id: str, connection_id: UUID
    ) -> Credentials:
        """Decrypt credentials. Raises SecretUnreadable."""
        cipher = self._ciphers.get(sealed.key_id)
        if cipher is None:
            raise SecretUnreadable
        nonce, ciphertext = sealed.ciphertext[:_NONCE_BYTES], sealed.ciphertext[_NONCE_BYTES:]
        try:
            plain = cipher.decrypt(nonce, ciphertext, _binding(tenant_id, connection_id))
        except InvalidTag:
            raise SecretUnreadable from None
        url, username, password = json.loads(plain)
        return Credentials(url=url, username=username, password=password)


def _id_of(key: bytes) -> str:
    return sha256(b"entente key id" + key).hexdigest()[:_ID_DIGITS]


def _binding(tenant_id: str, connection_id: UUID) -> bytes:
    return f"{tenant_id}|{connection_id}".encode()
