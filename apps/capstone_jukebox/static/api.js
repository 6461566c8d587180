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

export async function call(method, path, body, signal) {
  try {
    return await send(method, path, body, signal);
  } catch (error) {
    // The token belongs to the session: a login in another tab made a new one.
    if (method === "GET" || error.code !== "csrf") throw error;
    await newToken();
    return send(method, path, body, signal);
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
