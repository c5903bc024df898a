// The server, as the page asks it. Everything goes to the page's own origin.

/** @import * as T from "./types.js" */

/** A problem that the server named, or that kept it from answering. */
export class Problem extends Error {
  /** @param {string} detail @param {number} status @param {string} [field] */
  constructor(detail, status, field) {
    super(detail);
    this.status = status;
    this.field = field;
  }
}

/** @param {Response} response @returns {Promise<Problem>} */
async function problem(response) {
  try {
    const body = await response.json();
    return new Problem(body.detail ?? response.statusText, response.status, body.field);
  } catch {
    return new Problem(`the server answered ${response.status}`, response.status);
  }
}

/** @param {string} path @param {RequestInit} [init] @returns {Promise<Response>} */
async function ask(path, init) {
  let response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem("the studio does not answer; is it still open in the terminal?", 0);
  }
  if (!response.ok) throw await problem(response);
  return response;
}

/** @param {any} body @returns {RequestInit} */
const post = (body) => ({
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

/** @template A @param {string} path @param {RequestInit} [init] @returns {Promise<A>} */
const json = async (path, init) => (await ask(path, init)).json();

/** @returns {Promise<{models: T.ModelCard[]}>} */
export const models = () => json("/v1/models");
/** @param {string} name @returns {Promise<T.ModelBody>} */
export const model = (name) => json(`/v1/models/${encodeURIComponent(name)}`);
/** @returns {Promise<{pieces: T.Take[]}>} */
export const history = () => json("/v1/pieces?limit=500");
/** @param {string} id @returns {Promise<{piece: T.Take, score: T.Score}>} */
export const piece = (id) => json(`/v1/pieces/${id}`);
/** @param {string} id @returns {Promise<T.Report>} */
export const report = (id) => json(`/v1/pieces/${id}/report`);
/** @param {string} id @param {object} said @returns {Promise<T.Take>} */
export const feedback = (id, said) => json(`/v1/pieces/${id}/feedback`, post(said));
/** @param {string} id */
export const stop = (id) => ask(`/v1/pieces/${id}/stop`, { method: "POST" });
/** @returns {Promise<{jobs: T.Job[]}>} */
export const jobs = () => json("/v1/jobs");
/** @param {string} id @param {"stop" | "resume"} what @returns {Promise<T.Job>} */
export const job = (id, what) => json(`/v1/jobs/${id}/${what}`, { method: "POST" });

/** @param {File} file @returns {Promise<{piece: T.Take, repairs: string[]}>} */
export function open(file) {
  const form = new FormData();
  form.append("file", file);
  return json("/v1/uploads", { method: "POST", body: form });
}

/** @param {object} request @param {File[]} files @returns {Promise<T.Job>} */
export function train(request, files) {
  const form = new FormData();
  form.append("request", new Blob([JSON.stringify(request)], { type: "application/json" }));
  files.forEach((file) => form.append("file", file));
  return json("/v1/jobs", { method: "POST", body: form });
}

/** How often a stream that broke off is taken up again before the page gives up. */
const RETRIES = 5;

/**
 * Composes, and tells every event as it comes. A connection that breaks off is taken up behind
 * the last event that came.
 * @param {object} request with its seed, so that asking again is asking for the same
 * @param {(name: string, data: any) => void} tell
 */
export const compose = (request, tell) =>
  follow("/v1/pieces", { ...post(request) }, tell);

/** @param {string} id @param {(name: string, data: any) => void} tell */
export const followJob = (id, tell) => follow(`/v1/jobs/${id}/events`, {}, tell);

/** Milliseconds after which hearing events lets the page draw and be used: half a frame. */
const TURN = 8;

/** @param {string} path @param {RequestInit} init @param {(name: string, data: any) => void} tell */
async function follow(path, init, tell) {
  let last = "";
  let rested = performance.now();
  for (let attempt = 0; ; attempt += 1) {
    const headers = new Headers(init.headers);
    headers.set("Accept", "text/event-stream");
    if (last !== "") headers.set("Last-Event-ID", last);
    const response = await ask(path, { ...init, headers });
    try {
      for await (const event of events(response)) {
        if (event.id !== "") [last, attempt] = [event.id, 0];
        tell(event.name, JSON.parse(event.data));
        if (performance.now() - rested > TURN) {
          await new Promise((resolve) => setTimeout(resolve, 0));
          rested = performance.now();
        }
      }
      return;
    } catch (error) {
      if (!(error instanceof TypeError) || attempt >= RETRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200 * 2 ** attempt));
    }
  }
}

/** @param {Response} response @returns {AsyncGenerator<{name: string, data: string, id: string}>} */
async function* events(response) {
  if (response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = { name: "message", data: "", id: "" };
      for (const line of block.split("\n")) {
        const at = line.indexOf(":");
        const text = line.slice(at + 1).replace(/^ /, "");
        if (at > 0 && line.startsWith("event")) event.name = text;
        else if (at > 0 && line.startsWith("data")) event.data += text;
        else if (at > 0 && line.startsWith("id")) event.id = text;
      }
      if (event.data !== "") yield event;
    }
  }
}
