"""The statement that answers requests: one round trip, one row for each calendar of each host.

Most of the time of a plain query goes into finding, shipping and decoding rows of busy time. Here
a month's busy time lies in the row of its picture as one value, and comes as it lies there. Only
the rows of the months asked for are read: when a calendar was read last stands in the index. The
rows of one statement are as of one moment, whatever is projected meanwhile.
"""

from typing import Final

from availability.adapters.tables import LIVE
from availability.application.ports import Detail

_STATEMENT: Final = """
SELECT h.host_id, timezone, working_hours, claims,
       c.calendar_id, status, fault, months, {as_of} AS as_of, bare, occurrences,
       CASE WHEN occurrences IS NOT NULL THEN (
           SELECT json_agg(json_build_array(booking_id, times))
           FROM {schema}.calendar_month m, unnest(m.booking_ids) AS ours (booking_id)
           JOIN {schema}.booking b USING (booking_id)
           WHERE m.calendar_id = c.calendar_id AND {within}
             AND b.tenant_id = h.tenant_id AND h.host_id = ANY (b.host_ids) AND NOT b.ended
       ) END AS known_bookings
FROM {schema}.host h
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_array(
        booking_id, {starts}, {ends}, held,
        extract(epoch FROM buffer_before)::integer, extract(epoch FROM buffer_after)::integer
    )) AS claims
    FROM {schema}.claim k
    WHERE k.host_id = h.host_id AND k.tenant_id = h.tenant_id
      AND reaches_until > $5::timestamptz AND reaches_from < $6::timestamptz
) claims ON true
LEFT JOIN {schema}.calendar c
    ON c.host_id = h.host_id AND c.tenant_id = h.tenant_id AND c.blocks AND NOT c.removed
LEFT JOIN LATERAL (
    SELECT array_agg(m.month) AS months, {content}
    FROM {schema}.calendar_month m
    WHERE m.calendar_id = c.calendar_id AND {within} AND m.as_of IS NOT NULL
) picture ON true
LEFT JOIN LATERAL (
    SELECT max(m.as_of) AS read_at FROM {schema}.calendar_month m
    WHERE m.calendar_id = c.calendar_id
) reading ON true
LEFT JOIN {schema}.calendar_check checked ON checked.calendar_id = c.calendar_id
WHERE h.tenant_id = $1 AND h.host_id = ANY ($2::uuid[]) AND active AND NOT ended
"""

_WITHIN: Final = "m.month BETWEEN $3 AND $4"

_CONTENT: Final = {
    Detail.PACKED: """
        string_agg(m.bare, ''::bytea) AS bare,
        array_agg(m.singled_out) FILTER (WHERE m.singled_out IS NOT NULL) AS occurrences
    """,
    Detail.NAMED: """
        NULL::bytea AS bare,
        array_agg(m.occurrences) FILTER (WHERE m.occurrences IS NOT NULL) AS occurrences
    """,
}

_SECONDS_DOWN: Final = "floor(extract(epoch FROM {0}))::bigint"
_SECONDS_UP: Final = "ceil(extract(epoch FROM {0}))::bigint"


def statement(detail: Detail, schema: str = LIVE) -> str:
    """Return the statement.

    Parameters: tenant, host ids, first and last month, claims span (two instants).
    """
    return _STATEMENT.format(
        schema=schema,
        as_of=_SECONDS_DOWN.format("greatest(read_at, checked.as_of)"),
        starts=_SECONDS_DOWN.format("starts"),
        ends=_SECONDS_UP.format("ends"),
        within=_WITHIN,
        content=_CONTENT[detail],
    )
