// The queue: a list that is mended, not drawn again, so that the focus stays and only what is new is read out.

import { call } from "./api.js";
import { askToLogIn, may, me, onPerson, sessionEnded } from "./people.js";
import { announce, byId, clock, fromTemplate, plural, setText, whileBusy } from "./words.js";

const list = byId("songs");
const rows = new Map(); // song id -> {element, song}
const mine = new Set(); // ids of the songs that have this person's vote
const calm = matchMedia("(prefers-reduced-motion: reduce)");
let known = false;
let first = null;
let told = 0; // queues that the feed brought

const follows = [];
export const onQueue = (callback) => follows.push(callback);
export const trackIds = () => new Set([...rows.values()].map((row) => row.song.track_id));

// Whose votes are whose is told to one person only, so it is not in the feed.
export async function refresh() {
  try {
    const asked = me?.name;
    const before = told;
    const queue = await call("GET", "/api/queue");
    if (asked !== me?.name) return refresh();
    mine.clear();
    for (const song of queue.songs) if (song.voted) mine.add(song.id);
    // What the feed told in the meantime is newer.
    if (told === before) show(queue);
    else redraw();
  } catch (error) {
    setText(byId("queue-trouble"), `The queue could not be loaded. ${error.message}`);
    if (!known) setText(byId("queue-empty"), "It appears here as soon as it can be reached.");
  }
}

export function fromFeed(queue) {
  told += 1;
  show(queue);
}

function show(queue) {
  const before = new Map([...rows.values()].map((row) => [row.element, row.element.offsetTop]));
  const news = [];
  const there = new Set(queue.songs.map((song) => song.id));
  for (const [id, row] of rows) if (!there.has(id)) takeOut(id, row, queue, news);
  const elements = queue.songs.map((song, n) => {
    if (!rows.has(song.id)) {
      putIn(song);
      news.push(`${song.title} by ${song.artist} was added.`);
    }
    return draw(rows.get(song.id), song, n + 1);
  });
  arrange(elements);
  slide(before);

  const top = queue.songs[0];
  if (top && top.id !== first && rows.size > 1) news.push(`${top.title} is first now.`);
  first = top?.id ?? null;
  if (known) news.forEach(announce);
  known = true;

  setText(byId("queue-trouble"), "");
  setText(byId("queue-count"), queue.songs.length ? `${plural(queue.songs.length, "song")} in all. ` : "");
  setText(byId("queue-empty"), queue.songs.length ? "" : "No song is waiting. Search for one, and add it.");
  for (const callback of follows) callback(queue);
}

function putIn(song) {
  const element = fromTemplate("song");
  const row = { element, song };
  rows.set(song.id, row);
  for (const unseen of element.querySelectorAll("button .unseen")) unseen.textContent = ` ${song.title} by ${song.artist}`;
  const voteButton = element.querySelector(".vote");
  voteButton.addEventListener("click", () => (me ? whileBusy(voteButton, () => vote(row)) : askToLogIn()));
  const removeButton = element.querySelector(".remove");
  removeButton.addEventListener("click", () => whileBusy(removeButton, () => remove(row)));
}

function takeOut(id, { element, song }, queue, news) {
  rows.delete(id);
  mine.delete(id);
  const trouble = element.querySelector(".trouble").textContent;
  if (trouble) setText(byId("song-trouble"), `${song.title}: ${trouble}`);
  if (element.contains(document.activeElement)) {
    const next = element.nextElementSibling ?? element.previousElementSibling;
    (next?.querySelector(".vote") ?? byId("queue-heading")).focus({ preventScroll: true });
  }
  element.remove();
  if (queue.playing?.track_id !== song.track_id) news.push(`${song.title} left the queue.`);
}

function draw(row, song, place) {
  const { element } = row;
  row.song = song;
  const part = (name) => element.querySelector(name);
  setText(part(".place"), String(place));
  setText(part(".title"), song.title);
  setText(part(".artist"), song.artist);
  setText(part(".by"), `${clock(song.seconds)}, added by ${song.added_by}`);
  const voted = me !== null && mine.has(song.id);
  setText(part(".count"), plural(song.votes, "vote") + (voted ? ", one is yours" : ""));
  setText(part(".vote .label"), me ? (voted ? "Take back" : "Vote") : "Log in to vote");
  element.classList.toggle("voted", voted);
  part(".remove").hidden = !may("dj");
  return element;
}

// The row that has the focus is never moved: what is moved loses it. The others are put around it.
function arrange(elements) {
  if (!elements.length) return;
  const at = Math.max(0, elements.findIndex((element) => element.contains(document.activeElement)));
  if (!elements[at].isConnected) list.prepend(elements[at]);
  for (let n = at - 1; n >= 0; n -= 1) {
    if (elements[n].nextElementSibling !== elements[n + 1]) elements[n + 1].before(elements[n]);
  }
  for (let n = at + 1; n < elements.length; n += 1) {
    if (elements[n].previousElementSibling !== elements[n - 1]) elements[n - 1].after(elements[n]);
  }
}

function slide(before) {
  if (calm.matches) return;
  for (const { element } of rows.values()) {
    const by = before.has(element) ? before.get(element) - element.offsetTop : null;
    const steps = by === null ? [{ opacity: 0 }, {}] : [{ transform: `translateY(${by}px)` }, {}];
    if (by !== 0) element.animate(steps, { duration: 350, easing: "ease-out" });
  }
}

async function vote(row) {
  const { id, title, votes } = row.song;
  const taken = mine.has(id);
  const trouble = row.element.querySelector(".trouble");
  trouble.textContent = "";
  byId("song-trouble").textContent = "";
  try {
    const answer = await call(taken ? "DELETE" : "POST", `/api/queue/${encodeURIComponent(id)}/vote`);
    if (answer.voted) mine.add(id);
    else mine.delete(id);
    if (row.song.votes === votes) row.song = { ...row.song, votes: answer.votes };
    announce(answer.voted ? `Your vote for ${title} is counted.` : `Your vote for ${title} is taken back.`);
  } catch (error) {
    const what = taken ? "Your vote was not taken back." : "Your vote was not counted.";
    failed(row, what, error);
  }
  redraw();
}

async function remove(row) {
  row.element.querySelector(".trouble").textContent = "";
  try {
    await call("DELETE", `/api/queue/${encodeURIComponent(row.song.id)}`);
    await refresh();
  } catch (error) {
    failed(row, "The song was not removed.", error);
  }
}

function failed(row, what, error) {
  if (error.status === 401) sessionEnded();
  const text = `${what} ${error.message}`;
  // Where the song is gone, its row is too.
  if (row.element.isConnected) row.element.querySelector(".trouble").textContent = text;
  else byId("song-trouble").textContent = `${row.song.title}: ${text}`;
}

function redraw() {
  for (const row of rows.values()) draw(row, row.song, Number(row.element.querySelector(".place").textContent));
}

export function begin() {
  onPerson(() => {
    mine.clear();
    redraw();
    refresh();
  });
}
