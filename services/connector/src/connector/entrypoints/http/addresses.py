"""The part of a user's URL that may be shown."""

from connector.adapters.http.web_address import WebAddress
from connector.domain.refusal import Refusal, RefusalCode
from connector.domain.source import SourceFailure


def server_of(url: str) -> str:
    """Return `host:port`. Raises Refusal for what is no web address; it does not quote it."""
    scheme, separator, rest = url.strip().partition("://")
    web = (
        f"https://{rest}" if separator and scheme.lower() in {"webcal", "webcals"} else url.strip()
    )
    try:
        return WebAddress.parse(web).authority
    except SourceFailure:
        raise Refusal(RefusalCode.SOURCE_NETWORK, "The address cannot be reached.") from None
