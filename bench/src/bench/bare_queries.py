"""Queries of a plain table of busy time: calendar ids, from when, until when."""

ROWS = """
    SELECT calendar_id, starts, ends FROM bare.busy
    WHERE calendar_id = ANY ($1) AND starts > $2::timestamptz - interval '1 day'
    AND starts < $3::timestamptz AND ends > $2::timestamptz
    ORDER BY 1, 2
"""
PACKED = """
    SELECT calendar_id, string_agg(timestamptz_send(starts) || timestamptz_send(ends), ''::bytea)
    FROM bare.busy
    WHERE calendar_id = ANY ($1) AND starts > $2::timestamptz - interval '1 day'
    AND starts < $3::timestamptz AND ends > $2::timestamptz
    GROUP BY 1
"""
