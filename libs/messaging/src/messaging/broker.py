"""The only place that makes Kafka clients: their defaults keep events from being lost."""

import logging
import ssl
from collections.abc import Mapping
from typing import Any, cast

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.security import parse_security
from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

from messaging.clients import KafkaProducer, KafkaReader
from messaging.partitioner import RememberingPartitioner
from messaging.settings import KafkaSettings

# A dead letter carries the record that was too large for its topic, and headers about it.
MAX_REQUEST_BYTES = 20 * 1024 * 1024

# A member hears of others that come and go with its next heartbeat, and until then all wait.
_HEARTBEAT_MS = 1_000

_SASL = {"PLAIN": SASLPlaintext, "SCRAM-SHA-256": SASLScram256, "SCRAM-SHA-512": SASLScram512}


def build_broker(settings: KafkaSettings, *, client_id: str, drain_seconds: float) -> KafkaBroker:
    """Return the broker that runs a service's consumers; it never publishes.

    NACK_ON_ERROR is the net under `messaging.consumer`, which decides about every record itself.
    """
    return KafkaBroker(
        settings.bootstrap_servers,
        security=_security(settings),
        client_id=client_id,
        ack_policy=AckPolicy.NACK_ON_ERROR,
        acks="all",
        enable_idempotence=True,
        allow_auto_create_topics=False,
        graceful_timeout=drain_seconds,
        apply_types=False,
        logger=logging.getLogger("messaging.faststream"),
        log_level=logging.DEBUG,
    )


def build_producer(settings: KafkaSettings, *, client_id: str) -> KafkaProducer:
    """Return an idempotent producer: acknowledged by all in-sync replicas, ordered per partition.

    No lingering: batches come from many sends in flight, a lone event leaves at once.
    """
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.bootstrap_servers,
        client_id=client_id,
        acks="all",
        enable_idempotence=True,
        linger_ms=0,
        max_batch_size=128 * 1024,
        max_request_size=MAX_REQUEST_BYTES,
        partitioner=RememberingPartitioner(),
        **_connection(settings),
    )
    return cast("KafkaProducer", producer)


def build_reader(settings: KafkaSettings, *, client_id: str, group: str | None) -> KafkaReader:
    """Return a client for reading chosen partitions, outside any service's consumption."""
    reader = AIOKafkaConsumer(
        bootstrap_servers=settings.bootstrap_servers,
        client_id=client_id,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        **_connection(settings),
    )
    return cast("KafkaReader", reader)


def build_admin(settings: KafkaSettings, *, client_id: str) -> AIOKafkaAdminClient:
    """Return a client for topics, groups and offsets."""
    return AIOKafkaAdminClient(
        bootstrap_servers=settings.bootstrap_servers, client_id=client_id, **_connection(settings)
    )


def consumer_options(settings: KafkaSettings, *, topic: str) -> Mapping[str, Any]:
    """Return the subscriber options of a group's consumer of one topic.

    A process is as many static members of its group as it reads topics: under one id between
    them, each would shut out the one before (KIP-345).
    """
    instance = settings.group_instance_id
    return {
        "auto_offset_reset": "earliest",
        "session_timeout_ms": int(settings.session_timeout_seconds * 1000),
        "heartbeat_interval_ms": _HEARTBEAT_MS,
        "group_instance_id": f"{instance}.{topic}" if instance else None,
    }


def _connection(settings: KafkaSettings) -> dict[str, Any]:
    return parse_security(_security(settings))


def _security(settings: KafkaSettings) -> BaseSecurity:
    context = _ssl_context(settings) if settings.security_protocol.endswith("SSL") else None
    if not settings.security_protocol.startswith("SASL"):
        return BaseSecurity(ssl_context=context)
    username, password = settings.sasl_username, settings.sasl_password
    if username is None or password is None:
        raise AssertionError("KafkaSettings require SASL credentials")
    mechanism = _SASL[settings.sasl_mechanism]
    return mechanism(username, password.get_secret_value(), ssl_context=context)


def _ssl_context(settings: KafkaSettings) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=settings.ca_path)
    if settings.client_cert_path is not None:
        context.load_cert_chain(settings.client_cert_path, settings.client_key_path)
    return context
