"""A listener of a broker for clients elsewhere: TLS, and SCRAM accounts."""

from collections.abc import Mapping
from dataclasses import dataclass

from stack.outside import Outside
from stack.ports import choose_port

_NAME = "OUTSIDE"
_PREFIX = f"listener.name.{_NAME.lower()}"


@dataclass(frozen=True, slots=True)
class SecureListener:
    """Where it listens; the broker's own clients have another listener."""

    outside: Outside
    port: int

    @classmethod
    def on(cls, outside: Outside) -> "SecureListener":
        """Return a listener on a free port of the address."""
        port = choose_port(None, purpose="Kafka, for others", host=outside.address)
        return cls(outside, port)

    @property
    def advertised(self) -> str:
        """What clients are told to connect to, `host:port`."""
        return f"{self.outside.name}:{self.port}"

    @property
    def new_accounts(self) -> tuple[str, ...]:
        """What the tool that formats the storage needs to make the accounts (KIP-900)."""
        return tuple(
            argument
            for name, password in self.outside.accounts.items()
            for argument in ("--add-scram", f"SCRAM-SHA-512=[name={name},password={password}]")
        )

    def added_to(self, properties: Mapping[str, object]) -> dict[str, object]:
        """Return a broker's properties with this listener among the others."""
        pem = self.outside.certificate.with_name("kafka.pem")
        pem.touch(mode=0o600)
        pem.write_bytes(self.outside.key.read_bytes() + self.outside.certificate.read_bytes())
        more = {
            "listeners": f"{_NAME}://{self.outside.address}:{self.port}",
            "advertised.listeners": f"{_NAME}://{self.advertised}",
            "listener.security.protocol.map": f"{_NAME}:SASL_SSL",
        }
        return {
            **properties,
            **{name: f"{properties[name]},{value}" for name, value in more.items()},
            f"{_PREFIX}.ssl.keystore.type": "PEM",
            f"{_PREFIX}.ssl.keystore.location": pem,
            f"{_PREFIX}.sasl.enabled.mechanisms": "SCRAM-SHA-512",
            f"{_PREFIX}.scram-sha-512.sasl.jaas.config": (
                "org.apache.kafka.common.security.scram.ScramLoginModule required;"
            ),
        }
