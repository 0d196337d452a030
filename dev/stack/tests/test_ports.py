"""Ports are free when promised, and their holder is named when not."""

import os
import socket

import pytest
from stack import PortInUse
from stack.ports import HOST, choose_port

pytestmark = pytest.mark.unit


def test_a_free_port_can_be_bound() -> None:
    with socket.socket() as server:
        server.bind((HOST, choose_port(None, purpose="a test")))


def test_a_wanted_port_is_given_when_free() -> None:
    port = choose_port(None, purpose="a test")
    assert choose_port(port, purpose="a test") == port


def test_a_port_in_use_is_named_with_purpose_and_owner() -> None:
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(PortInUse) as refused:
            choose_port(port, purpose="Kafka")
    assert str(refused.value).startswith(f"port {port}, wanted for Kafka, is in use by ")
    assert f"(pid {os.getpid()})" in str(refused.value)
