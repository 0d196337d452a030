"""Which consumer groups read which topics, as the installed services declare it."""

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import entry_points

from entente_contracts import Topic, topics

Subscriptions = Mapping[str, Sequence[Topic]]


def installed() -> Subscriptions:
    """Return the topics each installed service's group reads; the entry point names the group."""
    return {
        entry.name: tuple(entry.load()) for entry in entry_points(group="entente.subscriptions")
    }


def all_topics(subscriptions: Subscriptions) -> list[Topic]:
    """Return every topic there must be: the contract's, and each group's twins."""
    return [*topics.ALL, *_twins(subscriptions)]


def _twins(subscriptions: Subscriptions) -> Iterable[Topic]:
    for group, read in subscriptions.items():
        for topic in read:
            yield topics.dead_letter(topic, group)
            yield topics.redrive(topic, group)
