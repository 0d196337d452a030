"""Keeping which message led to what, and in which trace, for when it is carried out later."""

from entente_contracts import Envelope
from messaging.delivery import Arrival, Delivery, Position
from messaging.propagation import inject

from connector.application.store import Origin


def origin_of(arrival: Arrival) -> Origin:
    """Return what to keep of a message: its envelope, and the trace it is being handled in."""
    envelope = arrival.envelope
    kept = envelope.to_text() if envelope else {}
    return Origin({**kept, **inject()})


def arrival_of(origin: Origin) -> Arrival:
    """Return the message as a cause of others; its body and place in the topic are not kept."""
    headers = [(name, value.encode()) for name, value in origin.headers.items()]
    envelope = Envelope.from_headers(headers)
    nowhere = Position(topic="", partition=0, offset=0)
    return Delivery(None, envelope, nowhere, envelope.partition_key, tuple(headers))
