"""Values that cannot be meant are refused by name, before anything is changed."""

import json
from typing import Any

import pytest
from helm_python import HelmError
from manifests import CHART, changed, nodes, render, values_of

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"prodution": True}, "prodution"),
        ({"postgres__sslmod": "disable"}, "sslmod"),
        ({"postgres__sslmode": "strict"}, "/postgres/sslmode"),
        ({"booking__replica": 2}, "/booking"),
        ({"booking__database__pasword": "x"}, "pasword"),
        ({"defaults__replicas": "two"}, "/defaults/replicas"),
        ({"connector__settings": {"SYNC__INTERVALL_SECONDS": 5}}, "SYNC__INTERVALL_SECONDS"),
        ({"connector__settings": {"SYNC__INTERVAL_SECONDS": 0}}, "SYNC__INTERVAL_SECONDS"),
        ({"booking__settings": {"SYNC__INTERVAL_SECONDS": 5}}, "SYNC__INTERVAL_SECONDS"),
        ({"notifier__autoscaling": {"enabled": True}}, "autoscaling"),
        ({"kafka__bootstrapServers": "kafka"}, "/kafka/bootstrapServers"),
        ({"publicUrl": "book.example.org"}, "/publicUrl"),
        ({"migrations__mode": "always"}, "/migrations/mode"),
    ],
)
def test_a_mistake_is_named_with_its_path(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(HelmError) as refused:
        render(changed("required", **changes))
    assert named in str(refused.value)


@pytest.mark.parametrize("secret", ["GUEST_LINK_KEY", "POSTGRES__DSN", "KAFKA__SASL_PASSWORD"])
def test_a_secret_is_no_setting(secret: str) -> None:
    with pytest.raises(HelmError, match=secret):
        render(changed("required", booking__settings={secret: "x" * 40}))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("replicaCount", "defaults.replicas"),
        ("resources", "defaults.resources"),
        ("nameOverride", "fullnameOverride"),
        ("imagePullSecrets", "image.pullSecrets"),
    ],
)
def test_a_key_that_has_another_name_is_told_it(old: str, new: str) -> None:
    with pytest.raises(HelmError, match=f"{old}: not known here; use {new}"):
        render(changed("required", **{old: "whatever"}))


def test_all_that_is_missing_is_said_at_once() -> None:
    with pytest.raises(HelmError) as refused:
        render({})
    for path in (
        "postgres.host",
        "postgres.caSecret.name",
        "kafka.bootstrapServers",
        "oidc.issuer",
        "publicUrl",
        "guestLinkKey.existingSecret",
        "connector.database.existingSecret",
        "connector.encryptionKeys.existingSecret",
        "connector.pseudonymKey.existingSecret",
        "booking.oidcClient.existingSecret",
        "notifier.kafka.existingSecret",
        "notifier.mail.senderAddress",
        "notifier.smtp.host",
        "topics.kafka.existingSecret",
    ):
        assert f"{path}: required" in str(refused.value), path


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"kafka__securityProtocol": "PLAINTEXT"}, "kafka.securityProtocol"),
        ({"kafka__securityProtocol": "SASL_PLAINTEXT"}, "kafka.securityProtocol"),
        ({"postgres__sslmode": "require"}, "postgres.sslmode"),
        ({"postgres__sslmode": "verify-ca"}, "postgres.sslmode"),
        ({"image__tag": "latest"}, "image.tag"),
        ({"trustedProxies": ["*"]}, "trustedProxies"),
        ({"publicUrl": "http://book.example.org"}, "publicUrl"),
        ({"guestLinkKey__value": "x" * 32}, "guestLinkKey"),
        ({"connector__encryptionKeys__value": "[]"}, "connector.encryptionKeys"),
        ({"connector__egressProxy__value": "http://proxy"}, "connector.egressProxy"),
        ({"booking__oidcClient__value": "x"}, "booking.oidcClient"),
        ({"booking__database__password": "x"}, "booking.database"),
        ({"notifier__smtp__password": "x"}, "notifier.smtp"),
        ({"availability__kafka__password": "x"}, "availability.kafka"),
        ({"topics__kafka__password": "x"}, "topics.kafka"),
    ],
)
def test_production_refuses_what_is_too_weak(changes: dict[str, Any], refusal: str) -> None:
    render(changed("production", production=False, **changes))
    with pytest.raises(HelmError, match=f"{refusal}: with production"):
        render(changed("production", **changes))


def test_latest_is_fine_where_a_digest_decides() -> None:
    values = changed(
        "production", image__tag="latest", defaults__image__digest="sha256:" + "a" * 64
    )
    render(values)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"trustedProxies": []}, "trustedProxies: required"),
        ({"publicUrl": ""}, "publicUrl: required"),
        ({"connector__extraEgress": []}, "connector.extraEgress"),
        ({"availability__enabled": False}, "booking.availabilityUrl"),
        ({"canary__meetingType": ""}, "canary.meetingType: required"),
        ({"httpRoute__enabled": True}, "httpRoute.parentRefs: required"),
        ({"notifier__smtp__tls": "none"}, "notifier.smtp.tls"),
    ],
)
def test_what_does_not_go_together_is_refused(changes: dict[str, Any], refusal: str) -> None:
    with pytest.raises(HelmError, match=refusal):
        render(changed("production", **changes))


def test_a_service_that_is_off_needs_nothing() -> None:
    values = values_of("required")
    del values["notifier"]["smtp"]
    with pytest.raises(HelmError, match=r"notifier\.smtp\.host"):
        render(values)
    values["notifier"]["enabled"] = False
    assert not [m for m in render(values) if "notifier" in m["metadata"]["name"]]


def test_the_schema_needs_no_network_and_leaves_nothing_open() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    for path, node in nodes(schema):
        reference = node.get("$ref", "#")
        assert str(reference).startswith("#"), f"{path}: {reference}"
        if "properties" in node and path != "#/$defs/service":
            closed = node.get("additionalProperties", node.get("unevaluatedProperties"))
            assert closed is False, f"{path} takes any key"
