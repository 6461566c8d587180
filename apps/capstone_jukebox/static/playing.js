// What plays now, and the button that plays the next song.

import { call } from "./api.js";
import { may, onPerson, sessionEnded } from "./people.js";
import { onQueue, refresh } from "./queue.js";
import { announce, byId, clock, setText, whileBusy } from "./words.js";

let playing = null;
let shown = false;

const follows = [];
export const onPlay = (callback) => follows.push(callback);

const key = (song) => song && `${song.played_at} ${song.track_id}`;

function show(song) {
  const isNew = key(song) !== key(playing);
  playing = song;
  setText(byId("now-title"), song ? song.title : "Nothing yet");
  setText(byId("now-artist"), song ? song.artist : "");
  setText(byId("now-by"), song ? `asked for by ${song.requested_by}` : "");
  byId("now-time").hidden = !song?.seconds;
  tick();
  if (shown && isNew) {
    if (song) announce(`Now playing: ${song.title} by ${song.artist}.`);
    for (const callback of follows) callback(song);
  }
  shown = true;
}

function tick() {
  const passed = playing ? (Date.now() - Date.parse(playing.played_at)) / 1000 : 0;
  const on = playing !== null && passed < playing.seconds;
  byId("record").classList.toggle("turning", on);
  if (!playing) return;
  const at = Math.min(Math.max(0, passed), playing.seconds);
  byId("now-progress").max = playing.seconds;
  byId("now-progress").value = at;
  setText(byId("now-clock"), on ? `${clock(at)} of ${clock(playing.seconds)}` : "It has ended. The DJ plays the next song.");
}

async function playNext() {
  const trouble = byId("play-trouble");
  trouble.textContent = "";
  try {
    await call("POST", "/api/play");
    await refresh();
  } catch (error) {
    if (error.status === 401) sessionEnded();
    trouble.textContent = `Nothing was played. ${error.message}`;
  }
}

export function begin() {
  onQueue((queue) => show(queue.playing));
  onPerson(() => (byId("dj").hidden = !may("dj")));
  byId("play").addEventListener("click", () => whileBusy(byId("play"), playNext));
  setInterval(tick, 1000);
}
