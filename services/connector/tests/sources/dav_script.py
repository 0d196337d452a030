"""Composing WebDAV answers for the scripted server."""

from connector_lab.fault_server import Reply, reply

_NAMES = (
    'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:s="http://calendarserver.org/ns/"'
)


def multistatus(*parts: str) -> Reply:
    """Compose a 207 of responses and a sync token."""
    body = f"<d:multistatus {_NAMES}>{''.join(parts)}</d:multistatus>"
    return reply(body.encode(), status=207, headers={"Content-Type": "application/xml"})


def found(href: str, *properties: str) -> str:
    """Say that a resource has these properties."""
    return (
        f"<d:response><d:href>{href}</d:href><d:propstat><d:prop>{''.join(properties)}</d:prop>"
        "<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
    )


def failed(href: str, status: int) -> str:
    """Say that a resource as a whole has this status."""
    line = f"<d:status>HTTP/1.1 {status} Scripted</d:status>"
    return f"<d:response><d:href>{href}</d:href>{line}</d:response>"


def collection(href: str = "/cal/", *, sync: str = "", ctag: str = "") -> str:
    """Describe a calendar collection."""
    return found(
        href,
        "<d:resourcetype><d:collection/><c:calendar/></d:resourcetype>",
        f"<d:sync-token>{sync}</d:sync-token><s:getctag>{ctag}</s:getctag>",
    )


def member(href: str, etag: str = '"1"') -> str:
    """List a member."""
    return found(href, f"<d:getetag>{etag}</d:getetag>")


def data(href: str, content: bytes, etag: str = '"1"') -> str:
    """Give a member with its content."""
    text = content.decode().replace("\r", "&#13;")
    return found(href, f"<d:getetag>{etag}</d:getetag><c:calendar-data>{text}</c:calendar-data>")


def sync_token(token: str) -> str:
    return f"<d:sync-token>{token}</d:sync-token>"
