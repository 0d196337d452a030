/* Expands a calendar with libical. RRULE, RDATE and EXDATE are the library's work; overrides are put
 * in the place of the instances they name, which it leaves to its callers. */

#include <libical/ical.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *uid;
    int64_t instance, start, end;
} Override;

typedef struct {
    int64_t begin, end;
    int64_t *out;
    int capacity, count;
    const char *uid; /* of the series in hand */
    Override *overrides;
    int override_count;
} Search;

static int64_t instant(struct icaltimetype time)
{
    return icaltime_as_timet_with_zone(time, icaltime_get_timezone(time));
}

static void keep(Search *search, int64_t start, int64_t end)
{
    if (start >= search->end || end <= search->begin)
        return;
    if (search->count < search->capacity) {
        search->out[2 * search->count] = start;
        search->out[2 * search->count + 1] = end;
    }
    search->count++;
}

static Override *override_of(Search *search, int64_t instance)
{
    for (int i = 0; i < search->override_count; i++) {
        Override *found = &search->overrides[i];
        if (found->instance == instance && !strcmp(found->uid, search->uid))
            return found;
    }
    return NULL;
}

static void on_instance(icalcomponent *event, struct icaltime_span *span, void *search)
{
    (void)event;
    if (!override_of(search, span->start))
        keep(search, span->start, span->end);
}

static void note_override(Search *search, icalcomponent *event, icalproperty *recurrence_id)
{
    search->overrides[search->override_count++] = (Override){
        icalcomponent_get_uid(event),
        instant(icalproperty_get_datetime_with_component(recurrence_id, event)),
        instant(icalcomponent_get_dtstart(event)),
        instant(icalcomponent_get_dtend(event)),
    };
}

/* An instance that is excluded is gone, overridden or not. */
static void drop_excluded(Search *search, icalcomponent *event)
{
    for (icalproperty *date = icalcomponent_get_first_property(event, ICAL_EXDATE_PROPERTY); date;
         date = icalcomponent_get_next_property(event, ICAL_EXDATE_PROPERTY)) {
        int64_t instance = instant(icalproperty_get_datetime_with_component(date, event));
        Override *excluded = override_of(search, instance);
        if (excluded)
            excluded->end = INT64_MIN;
    }
}

/* Writes start and end of each instance as Unix seconds; returns how many there are, -1 where the
 * text cannot be read. */
int expand(const char *text, int64_t begin, int64_t end, int64_t *out, int capacity)
{
    icalcomponent *calendar = icalparser_parse_string(text);
    if (!calendar)
        return -1;
    icaltimezone *utc = icaltimezone_get_utc_timezone();
    struct icaltimetype from = icaltime_from_timet_with_zone(begin, 0, utc);
    struct icaltimetype to = icaltime_from_timet_with_zone(end, 0, utc);
    int events = icalcomponent_count_components(calendar, ICAL_VEVENT_COMPONENT);
    Search search = {begin, end, out, capacity, 0, NULL, NULL, 0};
    search.overrides = malloc((events + 1) * sizeof *search.overrides);
    icalcomponent *event;
    for (event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT); event;
         event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT)) {
        icalproperty *id = icalcomponent_get_first_property(event, ICAL_RECURRENCEID_PROPERTY);
        if (id)
            note_override(&search, event, id);
    }
    for (event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT); event;
         event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT)) {
        if (icalcomponent_get_first_property(event, ICAL_RECURRENCEID_PROPERTY))
            continue;
        search.uid = icalcomponent_get_uid(event);
        drop_excluded(&search, event);
        icalcomponent_foreach_recurrence(event, from, to, on_instance, &search);
    }
    for (int i = 0; i < search.override_count; i++)
        keep(&search, search.overrides[i].start, search.overrides[i].end);
    free(search.overrides);
    icalcomponent_free(calendar);
    return search.count;
}
