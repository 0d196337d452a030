"""The parts of a content line (RFC 5545 §3.1)."""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

_PARAMETER = re.compile(r';([^=;:"]+)=((?:"[^"]*"|[^;:"])*)')
_PARAMETERS = re.compile(r'(?:;(?:"[^"]*"|[^:"])*)?(?=:)')
_NONE: Mapping[str, str] = MappingProxyType({})


def split_rest(rest: str) -> tuple[Mapping[str, str], str]:
    """Split what follows a property's name, `;TZID=Europe/Paris:20260301T090000` or `:value`.

    Returns the parameters, names in upper case and values unquoted, and the value. A line without
    a colon has an empty value.
    """
    if rest[0] == ":":
        return _NONE, rest[1:].strip()
    if '"' not in rest:
        parameters, _, value = rest.partition(":")
        return _parameters(parameters), value.strip()
    match = _PARAMETERS.match(rest)
    if match is None:
        return _NONE, ""
    return _parameters(match[0]), rest[match.end() + 1 :].strip()


@lru_cache(maxsize=2048)
def _parameters(text: str) -> Mapping[str, str]:
    return MappingProxyType(
        {name.strip().upper(): value.strip().strip('"') for name, value in _PARAMETER.findall(text)}
    )
