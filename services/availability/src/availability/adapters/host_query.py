"""The statement that answers requests: one round trip, busy time packed where it is stored.

Most of the time of a plain query goes into shipping and decoding rows; one packed value per
calendar and state is decoded at once. Everything rare (dates, entries of our own, claims) comes
as JSON. The rows of one statement are as of one moment, whatever is projected meanwhile.
"""

from typing import Final

from availability.adapters.tables import LIVE
from availability.application.ports import Detail

_PACKED: Final = "string_agg(timestamptz_send(starts) || timestamptz_send(ends), ''::bytea)"

# A row lasts a day at most, so the range of starts is bounded at both ends.
_WITHIN: Final = """
    b.starts > $3::timestamptz - interval '24 hours'
    AND b.starts < $4::timestamptz AND b.ends > $3::timestamptz
"""

_OCCURRENCE: Final = """json_agg(json_build_array(
    {start}, {end}, state, occurrence_id, b.booking_id,
    b.booking_id IS NOT NULL AND EXISTS (
        SELECT FROM {schema}.booking k WHERE k.booking_id = b.booking_id AND NOT k.ended)
))"""

_SECONDS_DOWN: Final = "floor(extract(epoch FROM {0}))::bigint"
_SECONDS_UP: Final = "ceil(extract(epoch FROM {0}))::bigint"

_STATEMENT: Final = """
WITH asked AS MATERIALIZED (
    SELECT host_id, timezone, working_hours::text AS working_hours, (
        SELECT json_agg(json_build_array(
            booking_id, {claim_start}, {claim_end}, held,
            extract(epoch FROM buffer_before)::integer, extract(epoch FROM buffer_after)::integer
        ))
        FROM {schema}.claim k
        WHERE k.host_id = h.host_id AND k.tenant_id = h.tenant_id
          AND reaches_until > $5::timestamptz AND reaches_from < $6::timestamptz
    ) AS claims
    FROM {schema}.host h
    WHERE tenant_id = $1 AND host_id = ANY ($2::uuid[]) AND active AND NOT ended
)
SELECT asked.host_id, timezone, working_hours, claims, c.calendar_id, status, fault,
       months, {as_of} AS as_of, busy, out_of_office, unknown, tentative, named, dated
FROM asked
LEFT JOIN {schema}.calendar c
    ON c.host_id = asked.host_id AND c.tenant_id = $1 AND c.blocks AND NOT c.removed
LEFT JOIN LATERAL (
    SELECT array_agg(m.month) AS months, max(m.as_of) AS read_at
    FROM {schema}.calendar_month m
    WHERE m.calendar_id = c.calendar_id AND m.as_of IS NOT NULL
) picture ON true
LEFT JOIN {schema}.calendar_check checked ON checked.calendar_id = c.calendar_id
LEFT JOIN LATERAL ({packed}) packed ON true
LEFT JOIN LATERAL (
    SELECT {named} AS named FROM {schema}.busy b
    WHERE b.calendar_id = c.calendar_id AND {within} {only_named}
) named ON true
LEFT JOIN LATERAL (
    SELECT {dates} AS dated FROM {schema}.busy_date b
    WHERE b.calendar_id = c.calendar_id
      AND start_date < ($4::timestamptz AT TIME ZONE 'UTC')::date + 2
      AND end_date > ($3::timestamptz AT TIME ZONE 'UTC')::date - 1
) dated ON true
ORDER BY asked.host_id, c.calendar_id
"""

_PACK: Final = """
    SELECT {packed} FILTER (WHERE state = 'busy') AS busy,
           {packed} FILTER (WHERE state = 'out_of_office') AS out_of_office,
           {packed} FILTER (WHERE state = 'unknown') AS unknown,
           {packed} FILTER (WHERE state = 'tentative') AS tentative
    FROM {schema}.busy b
    WHERE b.calendar_id = c.calendar_id AND {within} AND booking_id IS NULL
"""
_PACK_NOTHING: Final = """
    SELECT NULL::bytea AS busy, NULL::bytea AS out_of_office,
           NULL::bytea AS unknown, NULL::bytea AS tentative
"""


def statement(detail: Detail, schema: str = LIVE) -> str:
    """Return the statement.

    Parameters: tenant, host ids, span (two instants), claims span (two instants).
    """
    packed = detail is Detail.PACKED
    return _STATEMENT.format(
        schema=schema,
        within=_WITHIN,
        packed=_PACK.format(packed=_PACKED, schema=schema, within=_WITHIN)
        if packed
        else _PACK_NOTHING,
        only_named="AND b.booking_id IS NOT NULL" if packed else "",
        named=_OCCURRENCE.format(
            start=_SECONDS_DOWN.format("starts"), end=_SECONDS_UP.format("ends"), schema=schema
        ),
        dates=_OCCURRENCE.format(start="start_date", end="end_date", schema=schema),
        claim_start=_SECONDS_DOWN.format("starts"),
        claim_end=_SECONDS_UP.format("ends"),
        as_of=_SECONDS_DOWN.format("greatest(read_at, checked.as_of)"),
    )
