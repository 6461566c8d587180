// Search the catalogue, and add what was found.

import { call } from "./api.js";
import { askToLogIn, me, onPerson, sessionEnded } from "./people.js";
import { onQueue, refresh, trackIds } from "./queue.js";
import { announce, byId, fromTemplate, plural, setText, whileBusy } from "./words.js";

const PER_PAGE = 8;
const PAUSE = 250; // milliseconds without a key before the search begins

const list = byId("tracks");
const rows = new Map(); // track id -> element
let asked = { q: "", page: 1 };
let running = null;
let timer = 0;

async function search(q, page) {
  clearTimeout(timer);
  running?.abort();
  const mine = (running = new AbortController());
  try {
    const found = await call("GET", `/api/catalogue?${new URLSearchParams({ q, page, per_page: PER_PAGE })}`, undefined, mine.signal);
    asked = { q, page };
    setText(byId("search-trouble"), "");
    show(found);
  } catch (error) {
    // What was typed stays, and so does what was found before.
    if (!mine.signal.aborted) setText(byId("search-trouble"), `The search failed. ${error.message}`);
  }
}

function show({ tracks, total }) {
  rows.clear();
  list.replaceChildren(...tracks.map(rowOf));
  label();
  setText(byId("found"), total ? `${plural(total, "song")} found` : `No song found for “${asked.q}”.`);
  const pages = Math.ceil(total / PER_PAGE);
  byId("pages").hidden = pages < 2;
  setText(byId("page"), `Page ${asked.page} of ${pages}`);
  byId("earlier").setAttribute("aria-disabled", String(asked.page <= 1));
  byId("later").setAttribute("aria-disabled", String(asked.page >= pages));
}

function rowOf(track) {
  const element = fromTemplate("track");
  rows.set(track.id, element);
  element.querySelector(".title").textContent = track.title;
  element.querySelector(".artist").textContent = track.artist;
  const button = element.querySelector(".add");
  button.querySelector(".unseen").textContent = ` ${track.title} by ${track.artist}`;
  button.addEventListener("click", () => {
    if (trackIds().has(track.id)) return;
    if (!me) askToLogIn();
    else whileBusy(button, () => add(track, element)).then(label);
  });
  return element;
}

function label() {
  const queued = trackIds();
  for (const [id, element] of rows) {
    const button = element.querySelector(".add");
    const there = queued.has(id);
    setText(button.querySelector(".label"), there ? "In the queue" : me ? "Add" : "Log in to add");
    if (!button.hasAttribute("aria-busy")) button.setAttribute("aria-disabled", String(there));
  }
}

async function add(track, element) {
  const trouble = element.querySelector(".trouble");
  trouble.textContent = "";
  try {
    await call("POST", "/api/queue", { track_id: track.id });
    announce(`${track.title} is in the queue.`);
    await refresh();
  } catch (error) {
    if (error.status === 401) sessionEnded();
    trouble.textContent = `Not added. ${error.message}`;
  }
}

function turn(button, by) {
  if (button.getAttribute("aria-disabled") !== "true") search(asked.q, asked.page + by);
}

export function begin() {
  const field = byId("q");
  byId("search").addEventListener("submit", (event) => {
    event.preventDefault();
    search(field.value.trim(), 1);
  });
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => search(field.value.trim(), 1), PAUSE);
  });
  byId("earlier").addEventListener("click", () => turn(byId("earlier"), -1));
  byId("later").addEventListener("click", () => turn(byId("later"), 1));
  onPerson(label);
  onQueue(label);
  search("", 1);
}
