"""The local stack: PostgreSQL, Kafka, a mail catcher and the services, for the demo and tests."""

from stack.errors import NotOurs, PortInUse, StackError, StartFailed
from stack.settings import StackSettings
from stack.stack import Stack

__all__ = ["NotOurs", "PortInUse", "Stack", "StackError", "StackSettings", "StartFailed"]
