// The queue as it changes: server-sent events, and a state that is told in words.

import { byId, setText } from "./words.js";

const LONGEST = 30_000; // milliseconds between two attempts

const WORDS = {
  connecting: "Connecting",
  live: "Live",
  reconnecting: "Reconnecting: the queue may be out of date",
  lost: "Not connected: trying again",
  paused: "Paused",
};

let source = null;
let attempts = 0;
let timer = 0;

function tell(state) {
  byId("feed-state").dataset.state = state;
  setText(byId("feed-state"), WORDS[state]);
}

// ``onQueue`` gets each queue; ``ask`` is called where the feed is no help, and where a page comes back to sight.
export function follow(onQueue, ask) {
  function open() {
    clearTimeout(timer);
    source?.close();
    source = new EventSource("/api/feed");
    source.addEventListener("queue", (event) => {
      attempts = 0;
      onQueue(JSON.parse(event.data));
    });
    source.addEventListener("state", (event) => {
      tell(JSON.parse(event.data).feed === "live" ? "live" : "reconnecting");
    });
    source.addEventListener("error", () => {
      tell("lost");
      // A browser opens a feed again by itself when it broke, and never when it was refused.
      source.close();
      const wait = Math.min(LONGEST, 500 * 2 ** attempts) * (0.5 + Math.random() / 2);
      attempts += 1;
      timer = setTimeout(open, wait);
      ask();
    });
  }

  // A browser opens six connections to one server: tabs that nobody sees give theirs back.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      clearTimeout(timer);
      source?.close();
      tell("paused");
    } else {
      attempts = 0;
      tell("connecting");
      open();
      ask();
    }
  });
  window.addEventListener("online", open);
  open();
}
