"""The statement that answers requests: one round trip, one row per host.

Most of the time of a plain query goes into shipping and decoding rows. Here busy time comes as
one packed value per state, decoded at once; everything of which there is little (calendars,
dates, entries of our own, claims) comes as JSON. The rows of one statement are as of one moment,
whatever is projected meanwhile.
"""

from typing import Final

from availability.adapters.tables import LIVE
from availability.application.ports import Detail
from availability.domain.busy_state import PRECEDENCE

_STATEMENT: Final = """
SELECT host_id, timezone, working_hours::text AS working_hours,
       calendars, claims, {states}, named, dated
FROM {schema}.host h
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_array(
        c.calendar_id, status, fault, months, {as_of}
    ) ORDER BY c.calendar_id) AS calendars
    FROM {schema}.calendar c
    LEFT JOIN LATERAL (
        SELECT array_agg(m.month) AS months, max(m.as_of) AS read_at
        FROM {schema}.calendar_month m
        WHERE m.calendar_id = c.calendar_id AND m.as_of IS NOT NULL
    ) picture ON true
    LEFT JOIN {schema}.calendar_check checked ON checked.calendar_id = c.calendar_id
    WHERE {of_host}
) calendars ON true
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_array(
        booking_id, {starts}, {ends}, held,
        extract(epoch FROM buffer_before)::integer, extract(epoch FROM buffer_after)::integer
    )) AS claims
    FROM {schema}.claim k
    WHERE k.host_id = h.host_id AND k.tenant_id = h.tenant_id
      AND reaches_until > $5::timestamptz AND reaches_from < $6::timestamptz
) claims ON true
LEFT JOIN LATERAL ({packed}) packed ON true
LEFT JOIN LATERAL (
    SELECT {named} AS named
    FROM {schema}.calendar c JOIN {schema}.busy b ON b.calendar_id = c.calendar_id
    WHERE {of_host} AND {within} {only_named}
) named ON true
LEFT JOIN LATERAL (
    SELECT {dated} AS dated
    FROM {schema}.calendar c JOIN {schema}.busy_date b ON b.calendar_id = c.calendar_id
    WHERE {of_host}
      AND start_date < ($4::timestamptz AT TIME ZONE 'UTC')::date + 2
      AND end_date > ($3::timestamptz AT TIME ZONE 'UTC')::date - 1
) dated ON true
WHERE tenant_id = $1 AND host_id = ANY ($2::uuid[]) AND active AND NOT ended
"""

_OF_HOST: Final = """
    c.host_id = h.host_id AND c.tenant_id = h.tenant_id AND c.blocks AND NOT c.removed
"""

# A row lasts a day at most, so the range of starts is bounded at both ends.
_WITHIN: Final = """
    b.starts > $3::timestamptz - interval '24 hours'
    AND b.starts < $4::timestamptz AND b.ends > $3::timestamptz
"""

_PACKED: Final = """
    SELECT {states}
    FROM {schema}.calendar c JOIN {schema}.busy b ON b.calendar_id = c.calendar_id
    WHERE {of_host} AND {within} AND b.booking_id IS NULL
"""
_PACKED_STATE: Final = """
    string_agg(timestamptz_send(starts) || timestamptz_send(ends), ''::bytea)
        FILTER (WHERE state = '{0}') AS {0}
"""

_OCCURRENCE: Final = """json_agg(json_build_array(
    b.calendar_id, {start}, {end}, state, occurrence_id, b.booking_id,
    b.booking_id IS NOT NULL AND EXISTS (
        SELECT FROM {schema}.booking k WHERE k.booking_id = b.booking_id AND NOT k.ended
)))"""

_SECONDS_DOWN: Final = "floor(extract(epoch FROM {0}))::bigint"
_SECONDS_UP: Final = "ceil(extract(epoch FROM {0}))::bigint"


def statement(detail: Detail, schema: str = LIVE) -> str:
    """Return the statement.

    Parameters: tenant, host ids, span (two instants), claims span (two instants).
    """
    starts, ends = _SECONDS_DOWN.format("starts"), _SECONDS_UP.format("ends")
    return _STATEMENT.format(
        schema=schema,
        states=", ".join(PRECEDENCE),
        as_of=_SECONDS_DOWN.format("greatest(read_at, checked.as_of)"),
        of_host=_OF_HOST,
        within=_WITHIN,
        starts=starts,
        ends=ends,
        packed=_packed(detail, schema),
        only_named="AND b.booking_id IS NOT NULL" if detail is Detail.PACKED else "",
        named=_OCCURRENCE.format(start=starts, end=ends, schema=schema),
        dated=_OCCURRENCE.format(start="start_date", end="end_date", schema=schema),
    )


def _packed(detail: Detail, schema: str) -> str:
    if detail is Detail.NAMED:
        return "SELECT " + ", ".join(f"NULL::bytea AS {state}" for state in PRECEDENCE)
    states = ", ".join(_PACKED_STATE.format(state) for state in PRECEDENCE)
    return _PACKED.format(schema=schema, states=states, of_host=_OF_HOST, within=_WITHIN)
