// One way to the server: JSON, a bound on waiting, the CSRF token, and errors as words that a person can read.

const PATIENCE = 10_000; // milliseconds

export class Refused extends Error {
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }
}

const meta = document.querySelector('meta[name="csrf-token"]');

export async function newToken() {
  meta.content = (await send("GET", "/api/csrf")).token;
}

// What to do when the session turns out to be another one: somebody logged in or out in another tab.
let onNewSession = () => {};
export const whenSessionChanges = (callback) => (onNewSession = callback);

export async function call(method, path, body, signal) {
  try {
    return await send(method, path, body, signal);
  } catch (error) {
    if (error.code !== "csrf") throw error;
    await newToken();
    await onNewSession();
    // Not sent again by itself: it would be done in the name of whoever is logged in now.
    throw new Refused("Somebody logged in or out in the meantime. Try again, please.", error.status);
  }
}

async function send(method, path, body, signal) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRFToken"] = meta.content;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const late = AbortSignal.timeout(PATIENCE);
  let response, text;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, late]) : late,
    });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Refused(late.aborted ? "The jukebox did not respond in time." : "The jukebox cannot be reached.");
  }
  let data = null;
  try {
    data = text ? JSON.parse(text) : null;
  } catch {
    // A proxy's page in HTML: the status says enough.
  }
  if (response.ok) return data;
  const refused = new Refused(data?.error?.message ?? `The jukebox responded with ${response.status}.`, response.status);
  refused.code = data?.error?.code;
  throw refused;
}
