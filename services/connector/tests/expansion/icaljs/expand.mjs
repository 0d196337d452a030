// Expands calendars with ical.js, unmodified: `node expand.mjs < questions.json`.
//
// A question is {name, text, end, zone}: an iCalendar stream, the second (Unix time) at which to
// stop, and the zone of floating times where the calendar names none. The answers map each name to
// {occurrences: [[uid, start, end]…], errors: [[uid, message]…]}; a time is a Unix time, a date its
// text. A stream that ical.js cannot parse, or never finishes, has the one error [null, message].
// A pair of a date and a time, which ical.js may return, is an error of its UID.
//
// A TZID is looked up in the stream's own VTIMEZONEs, then among the IANA zones, whose definitions
// know the rules of today only. One that is in neither is floating.

import ICAL from "ical.js";
import { once } from "node:events";
import { json } from "node:stream/consumers";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { tzlib_get_ical_block, tzlib_get_timezones } from "timezones-ical-library";

const MOST_STARTS = 50_000;
const MOST_MILLISECONDS = 10_000;

function registerZones() {
  for (const name of tzlib_get_timezones()) {
    const [block] = tzlib_get_ical_block(name);
    ICAL.TimezoneService.register(new ICAL.Component(ICAL.parse(block)));
  }
}

function answer({ text, end, zone }) {
  let calendars;
  try {
    const parsed = ICAL.parse(text);
    calendars = typeof parsed[0] === "string" ? [parsed] : parsed;
  } catch (error) {
    return { occurrences: [], errors: [[null, String(error)]] };
  }
  const found = { occurrences: [], errors: [] };
  for (const calendar of calendars) {
    new CalendarExpander(new ICAL.Component(calendar), end, zone, found).expand();
  }
  return found;
}

class CalendarExpander {
  constructor(calendar, end, zone, found) {
    const named = calendar.getFirstPropertyValue("x-wr-timezone");
    this.events = calendar.getAllSubcomponents("vevent");
    this.floating = calendar.getTimeZoneByID(named) ?? zoneOf(named) ?? zoneOf(zone);
    this.end = end;
    this.found = found;
  }

  expand() {
    for (const [uid, events] of this.byUid()) {
      const overrides = events.filter((event) => event.hasProperty("recurrence-id"));
      const masters = events.filter((event) => !event.hasProperty("recurrence-id"));
      for (const master of masters) {
        this.attempt(uid, () => this.emitSeries(new ICAL.Event(master, { exceptions: overrides })));
      }
      if (masters.length > 0) continue;
      for (const alone of overrides) {
        this.attempt(uid, () => this.emitSingle(new ICAL.Event(alone)));
      }
    }
  }

  byUid() {
    const groups = new Map();
    for (const event of this.events) {
      const uid = event.getFirstPropertyValue("uid") ?? "";
      groups.set(uid, [...(groups.get(uid) ?? []), event]);
    }
    return groups;
  }

  attempt(uid, expand) {
    const before = this.found.occurrences.length;
    try {
      expand();
    } catch (error) {
      this.found.occurrences.length = before;
      this.found.errors.push([uid, String(error)]);
    }
  }

  emitSeries(event) {
    if (!event.isRecurring()) return this.emitSingle(event);
    const starts = event.iterator();
    for (let count = 0; count < MOST_STARTS; count += 1) {
      const start = starts.next();
      if (!start) return undefined;
      if (start instanceof ICAL.Period) {
        this.emit(event, start.start, start.getEnd());
        continue;
      }
      if (this.inZone(start).toUnixTime() >= this.end) return undefined;
      const { item, startDate, endDate } = event.getOccurrenceDetails(start);
      this.emit(item, startDate, endDate);
    }
    throw new Error(`more than ${MOST_STARTS} starts`);
  }

  emitSingle(event) {
    this.emit(event, event.startDate, event.endDate);
  }

  emit(event, start, end) {
    const status = event.component.getFirstPropertyValue("status");
    if (status?.toUpperCase() === "CANCELLED") return;
    if (start.isDate !== end.isDate) throw new TypeError("A date and a time make no occurrence.");
    this.found.occurrences.push([event.uid ?? "", this.written(start), this.written(end)]);
  }

  written(time) {
    return time.isDate ? time.toString() : this.inZone(time).toUnixTime();
  }

  inZone(time) {
    if (time.isDate || time.zone !== ICAL.Timezone.localTimezone) return time;
    const placed = time.clone();
    placed.zone = this.floating;
    return placed;
  }
}

function zoneOf(name) {
  return name ? ICAL.TimezoneService.get(name) : undefined;
}

// What ical.js never returns from cannot be stopped from within, so a thread of its own does the
// work and is replaced when it stays silent.
class Expander {
  async ask(question) {
    this.thread ??= await ready(new Worker(new URL(import.meta.url)));
    this.thread.postMessage(question);
    const signal = AbortSignal.timeout(MOST_MILLISECONDS);
    try {
      return (await once(this.thread, "message", { signal }))[0];
    } catch (error) {
      await this.close();
      return { occurrences: [], errors: [[null, String(error.cause ?? error)]] };
    }
  }

  async close() {
    await this.thread?.terminate();
    this.thread = undefined;
  }
}

async function ready(thread) {
  await once(thread, "message");
  return thread;
}

if (isMainThread) {
  const expander = new Expander();
  const answers = {};
  for (const question of await json(process.stdin)) {
    answers[question.name] = await expander.ask(question);
  }
  await expander.close();
  process.stdout.write(JSON.stringify(answers));
} else {
  registerZones();
  parentPort.on("message", (question) => parentPort.postMessage(answer(question)));
  parentPort.postMessage("ready");
}
