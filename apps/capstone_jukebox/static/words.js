// What the page says, and where. All text goes in as textContent: nothing from the server is ever read as HTML.

export const byId = (id) => document.getElementById(id);

export const plural = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

// Written only where it differs: a screen reader reads again what is written again.
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function fromTemplate(id) {
  return byId(id).content.firstElementChild.cloneNode(true);
}

let waiting = [];

// Told to screen readers, several pieces of news at a time.
export function announce(text) {
  waiting.push(text);
  if (waiting.length > 1) return;
  setTimeout(() => {
    byId("news").textContent = waiting.slice(-5).join(" ");
    waiting = [];
  }, 400);
}

// A button at work keeps its focus, and a second press does nothing.
export async function whileBusy(button, work) {
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  button.setAttribute("aria-busy", "true");
  try {
    await work();
  } finally {
    button.removeAttribute("aria-disabled");
    button.removeAttribute("aria-busy");
  }
}
