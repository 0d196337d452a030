"""The statements that store a transition: state, claims, outbox and idempotency key in one.

Everything hangs on `stored`: where the booking is not at the expected revision, or what a new one
rests on has changed, nothing happens at all. Claims are taken in the order of their hosts.
"""

EDITION = """
    SELECT array_agg(mark ORDER BY mark) FROM (
        SELECT 'host ' || id || ' ' || revision AS mark FROM host WHERE id = ANY ({hosts})
        UNION ALL
        SELECT 'calendar ' || id || ' ' || revision FROM calendar WHERE host_id = ANY ({hosts})
    ) AS behind
"""
"""The edition of the roster of `hosts`, see `booking.application.roster`."""

_INSERTED = f"""
stored AS (
    INSERT INTO booking (id, tenant_id, revision, status, host_ids, holds, starts_at, wake_at,
                         state, guest_digest, host_secret, guest_secret)
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $20, $21, $22
    WHERE $23::text[] IS NULL OR $23 = ({EDITION.format(hosts="$5")})
    RETURNING id
)
"""
_UPDATED = """
stored AS (
    UPDATE booking
    SET revision = $3, status = $4, host_ids = $5, holds = $6, starts_at = $7, wake_at = $8,
        state = $9::jsonb
    WHERE id = $1 AND tenant_id = $2 AND revision = $3 - 1
    RETURNING id
)
"""
_ANNOUNCED = """
announced AS (
    INSERT INTO outbox (event_id, topic, key, headers, payload)
    SELECT event_id, topic, key, headers::jsonb, payload
    FROM stored, unnest($10::uuid[], $11::text[], $12::text[], $13::text[], $14::bytea[])
        WITH ORDINALITY AS message (event_id, topic, key, headers, payload, place)
    ORDER BY place
), receipted AS (
    INSERT INTO idempotency_key (tenant_id, caller, key, request, answer)
    SELECT $2, $15, $16, $17, $9::jsonb FROM stored WHERE $16::text IS NOT NULL
)
"""
_RELEASED = """
released AS (
    DELETE FROM slot_claim USING stored WHERE booking_id = stored.id RETURNING host_id
)
"""
# The count makes the old claims go before the new ones come.
_CLAIMED = """
claimed AS (
    INSERT INTO slot_claim (booking_id, host_id, during)
    SELECT stored.id, host_id, during::tstzmultirange
    FROM stored, unnest($18::uuid[], $19::text[]) AS claim (host_id, during)
    WHERE (SELECT count(*) FROM {before}) >= 0
    ORDER BY host_id
    ON CONFLICT DO NOTHING
    RETURNING host_id
)
"""
_COUNT = "SELECT count(*) AS stored FROM stored"
_VERDICT = """
SELECT count(*) AS stored,
       require_claims((SELECT count(*) FROM claimed), count(*) * cardinality($18::uuid[]))
FROM stored
"""

UPDATE_ALL = """
WITH stored AS (
    UPDATE booking
    SET revision = change.revision, status = change.status, host_ids = change.host_ids::uuid[],
        holds = change.holds, starts_at = change.starts_at, wake_at = change.wake_at,
        state = change.state::jsonb
    FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::boolean[],
                $7::timestamptz[], $8::timestamptz[], $9::text[], $15::bigint[])
        AS change (id, tenant_id, revision, status, host_ids, holds, starts_at, wake_at, state,
                   expected)
    WHERE booking.id = change.id AND booking.tenant_id = change.tenant_id
      AND booking.revision = change.expected
    RETURNING booking.id
), announced AS (
    INSERT INTO outbox (event_id, topic, key, headers, payload)
    SELECT event_id, topic, key, headers::jsonb, payload
    FROM unnest($10::uuid[], $11::text[], $12::text[], $13::text[], $14::bytea[])
        WITH ORDINALITY AS message (event_id, topic, key, headers, payload, place)
    ORDER BY place
)
SELECT count(*) AS stored FROM stored
"""
"""Several bookings, whose claims stay as they are. When fewer are stored than given, roll back."""

INSERT = ", ".join(("WITH " + _INSERTED, _CLAIMED.format(before="stored"), _ANNOUNCED + _VERDICT))
UPDATE_WITH_CLAIMS = ", ".join(
    ("WITH " + _UPDATED, _RELEASED, _CLAIMED.format(before="released"), _ANNOUNCED + _VERDICT)
)
UPDATE = ", ".join(("WITH " + _UPDATED, _ANNOUNCED + _COUNT))
