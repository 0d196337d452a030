"""Why a time cannot be booked."""

from entente_contracts.values import OpenEnum


class RefusalReason(OpenEnum):
    """Why a time is not offered, or was refused at the last look."""

    OUTSIDE_HOURS = "outside_hours"
    TOO_SOON = "too_soon"
    TOO_FAR = "too_far"
    PAST = "past"
    BUSY_EXTERNAL = "busy_external"
    BUSY_OWN = "busy_own"
    HELD_BY_OTHER = "held_by_other"
    BUFFER = "buffer"
    DAY_LIMIT = "day_limit"
    CAPACITY = "capacity"
    ALL_DAY_POLICY = "all_day_policy"
    HOST_NOT_IN_QUEUE = "host_not_in_queue"
    CALENDAR_DISCONNECTED = "calendar_disconnected"
    SOURCE_STALE = "source_stale"
    SOURCE_UNAVAILABLE = "source_unavailable"
    FAIRNESS = "fairness"
    DST_GAP = "dst_gap"
