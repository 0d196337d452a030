// Reads invitations with ical.js, unmodified: `node read.mjs < parts.json`.
//
// Takes a JSON list of iCalendar texts; answers with what each says: method, uid, sequence, status,
// times (Unix time), summary, description, organizer, and attendees with their parameters.

import ICAL from "ical.js";
import { json } from "node:stream/consumers";

function said(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const [component, ...others] = calendar.getAllSubcomponents("vevent");
  const event = new ICAL.Event(component, { strictExceptions: true });
  return {
    method: calendar.getFirstPropertyValue("method"),
    others: others.length,
    uid: event.uid,
    sequence: event.sequence,
    status: component.getFirstPropertyValue("status"),
    start: event.startDate.toUnixTime(),
    end: event.endDate.toUnixTime(),
    zone: event.startDate.zone.tzid,
    summary: event.summary,
    description: event.description,
    organizer: event.organizer,
    attendees: event.attendees.map((attendee) => ({
      address: attendee.getFirstValue(),
      name: attendee.getParameter("cn") ?? "",
      partstat: attendee.getParameter("partstat"),
      rsvp: attendee.getParameter("rsvp"),
    })),
  };
}

const parts = await json(process.stdin);
process.stdout.write(JSON.stringify(parts.map(said)));
