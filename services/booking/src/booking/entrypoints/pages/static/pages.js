// What a browser can add; every page works without it.
"use strict";

// The reader's own clock, where none was chosen.
function guessZone() {
  const guessing = document.body.dataset.guessZone;
  if (!guessing) return;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const known = document.querySelector(`#zone option[value="${CSS.escape(zone || "")}"]`);
  if (!known || zone === guessing) return;
  const address = new URL(location.href);
  address.searchParams.set("zone", zone);
  location.replace(address);
}

// News of the calendar comes within seconds.
function lookAgain() {
  const pause = Number(document.body.dataset.reload);
  if (pause) setTimeout(() => location.reload(), pause);
}

// A chosen clock takes effect at once.
function followZone() {
  const form = document.querySelector("form.zone");
  if (!form) return;
  form.classList.add("live");
  form.querySelector("select").addEventListener("change", () => form.requestSubmit());
}

guessZone();
lookAgain();
followZone();
