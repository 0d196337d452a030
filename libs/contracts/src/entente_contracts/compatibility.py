"""Whether one revision of a message's JSON Schema may stand beside another.

The promise is FULL_TRANSITIVE: each revision reads what every other one wrote. So between any two
revisions only optional fields and values of open enumerations may come, and nothing may go or
change.
"""

from collections.abc import Iterator
from typing import Any, cast

from entente_contracts.values import OPEN_ENUM_KEYWORD

Schema = dict[str, Any]
_Pair = tuple[str | None, str | None]

# Say nothing about which values are valid.
_ANNOTATIONS = frozenset({"$id", "$schema", "$defs", "title", "description", "examples"})
_COMPARED_BY_STRUCTURE = frozenset(
    {"$ref", "properties", "required", "items", "anyOf", "oneOf", OPEN_ENUM_KEYWORD}
)


def breaking_changes(old: Schema, new: Schema) -> list[str]:
    """Return what keeps readers of `old` and of `new` from reading each other's records.

    `new` is the later revision. Each finding names the path of the field and the change. Both
    schemas are objects whose `$ref`s point into their own `$defs`.
    """
    return list(_Comparison(old, new).between(old, new, "$"))


class _Comparison:
    """Two schemas side by side; `within` holds the pairs of references that are being followed."""

    def __init__(self, old_root: Schema, new_root: Schema) -> None:
        self._old_root = old_root
        self._new_root = new_root

    def between(
        self, old: Schema, new: Schema, path: str, within: frozenset[_Pair] = frozenset()
    ) -> Iterator[str]:
        pair = (old.get("$ref"), new.get("$ref"))
        if pair in within:  # both contain themselves
            return
        if all(pair):
            within |= {pair}
        old, new = _resolve(old, self._old_root), _resolve(new, self._new_root)
        yield from _keywords(old, new, path)
        yield from _open_values(old, new, path)
        yield from self._properties(old, new, path, within)
        yield from self._items(old, new, path, within)
        for keyword in ("anyOf", "oneOf"):
            yield from self._variants(old.get(keyword, []), new.get(keyword, []), path, within)

    def _properties(
        self, old: Schema, new: Schema, path: str, within: frozenset[_Pair]
    ) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        needed_before, needed_after = set(old.get("required", [])), set(new.get("required", []))
        for name in sorted(before.keys() - after.keys()):
            yield f"{path}.{name}: removed"
        for name in sorted(needed_after - needed_before):
            yield f"{path}.{name}: now required"
        for name in sorted((needed_before - needed_after) & after.keys()):
            yield f"{path}.{name}: no longer required"
        for name in sorted(before.keys() & after.keys()):
            yield from self.between(before[name], after[name], f"{path}.{name}", within)

    def _items(
        self, old: Schema, new: Schema, path: str, within: frozenset[_Pair]
    ) -> Iterator[str]:
        if "items" in old and "items" in new:
            yield from self.between(old["items"], new["items"], f"{path}[]", within)
        elif ("items" in old) != ("items" in new):
            yield f"{path}: items changed"

    def _variants(
        self, old: list[Schema], new: list[Schema], path: str, within: frozenset[_Pair]
    ) -> Iterator[str]:
        if len(old) != len(new):
            yield f"{path}: {len(old)} variants became {len(new)}"
            return
        left = list(new)
        for place, before in enumerate(old):
            same = (after for after in left if not any(self.between(before, after, "", within)))
            match = next(same, None)
            if match is None:
                yield from self.between(before, new[place], path, within)
            else:
                left.remove(match)


def _keywords(old: Schema, new: Schema, path: str) -> Iterator[str]:
    for keyword in sorted((old.keys() | new.keys()) - _ANNOTATIONS - _COMPARED_BY_STRUCTURE):
        missing = object()
        if old.get(keyword, missing) != new.get(keyword, missing):
            yield f"{path}: {keyword} changed"


def _open_values(old: Schema, new: Schema, path: str) -> Iterator[str]:
    before, after = old.get(OPEN_ENUM_KEYWORD), new.get(OPEN_ENUM_KEYWORD)
    if before is None and after is None:
        return
    if before is None or after is None:
        yield f"{path}: opened or closed as an enumeration"
        return
    for value in sorted(set(before) - set(after)):
        yield f"{path}: known value {value} removed"


def _resolve(schema: Schema, root: Schema) -> Schema:
    """Follow a reference; keywords beside it count too (JSON Schema 2020-12 §8.2.3.1)."""
    reference = schema.get("$ref")
    if reference is None:
        return schema
    target = root
    for step in reference.removeprefix("#/").split("/"):
        target = cast("Schema", target[step])
    beside = {keyword: value for keyword, value in schema.items() if keyword != "$ref"}
    return _resolve(target, root) | beside
