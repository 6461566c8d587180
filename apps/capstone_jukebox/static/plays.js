// What was played before: pages that follow each other as the list is scrolled.

import { call } from "./api.js";
import { onPlay } from "./playing.js";
import { byId, fromTemplate, setText, whileBusy } from "./words.js";

const LIMIT = 20;
// Milliseconds: one database tells of a play, another keeps it, perhaps a little later.
const FIRST_RETRY = 500;
const LONGEST_RETRY = 10_000;

const list = byId("plays");
const older = byId("older");
const shown = new Set();
let cursor = null;
let newerTimer = 0;
let againTimer = 0;

const sameDay = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const otherDay = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

function rowOf(play) {
  shown.add(play.id);
  const element = fromTemplate("a-play");
  const time = element.querySelector("time");
  const at = new Date(play.played_at);
  time.dateTime = play.played_at;
  time.textContent = (at.toDateString() === new Date().toDateString() ? sameDay : otherDay).format(at);
  element.querySelector(".title").textContent = play.title;
  element.querySelector(".artist").textContent = `${play.artist}, for ${play.requested_by}`;
  return element;
}

async function page(from) {
  const query = new URLSearchParams({ limit: LIMIT });
  if (from) query.set("cursor", from);
  const answer = await call("GET", `/api/history?${query}`);
  setText(byId("past-trouble"), "");
  return answer;
}

async function showOlder(wait = FIRST_RETRY) {
  clearTimeout(againTimer);
  try {
    const { plays, next } = await page(cursor);
    list.append(...plays.filter((play) => !shown.has(play.id)).map(rowOf));
    cursor = next;
    finish();
    // Asked for anew: to somebody who scrolls fast the end was never out of sight, and that would be no news.
    end.unobserve(older);
    end.observe(older);
  } catch (error) {
    setText(byId("past-trouble"), `Older plays could not be loaded. ${error.message}`);
    older.hidden = false;
    againTimer = setTimeout(() => whileBusy(older, () => showOlder(Math.min(2 * wait, LONGEST_RETRY))), wait);
  }
}

function finish() {
  if (!cursor && older.contains(document.activeElement)) byId("past-scroll").focus();
  older.hidden = !cursor;
  byId("past-end").hidden = cursor !== null;
  setText(byId("past-end"), list.children.length ? "That is all." : "Nothing was played yet.");
}

// Shows what is new until the play of ``song`` is among it.
async function showNewer(song, wait = FIRST_RETRY) {
  clearTimeout(newerTimer);
  let found = song === null;
  try {
    const { plays } = await page();
    list.prepend(...plays.filter((play) => !shown.has(play.id)).map(rowOf));
    finish();
    found ||= plays.some((play) => play.played_at === song.played_at && play.title === song.title);
  } catch (error) {
    setText(byId("past-trouble"), `The latest plays could not be loaded. ${error.message}`);
  }
  if (!found) newerTimer = setTimeout(showNewer, wait, song, Math.min(2 * wait, LONGEST_RETRY));
}

// The next page when the end comes into sight.
const end = new IntersectionObserver(
  ([entry]) => {
    if (entry.isIntersecting && !byId("past-trouble").textContent) whileBusy(older, () => showOlder());
  },
  { root: byId("past-scroll"), rootMargin: "80px" },
);

export function begin() {
  older.addEventListener("click", () => whileBusy(older, () => showOlder()));
  onPlay(showNewer);
  showOlder();
}
