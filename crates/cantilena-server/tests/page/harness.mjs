// What every test of the page needs: a studio, a browser, and eyes that see what went wrong.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const [tools, program, out] = process.argv.slice(2);
const require = createRequire(resolve(tools, "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** The program, and the folder that takes studios and screenshots. */
export const cantilena = resolve(program);
export const folder = resolve(out);
mkdirSync(folder, { recursive: true });

/** Milliseconds that a slow machine with other work may take for what a person waits a second for. */
const PATIENCE = 180_000;

/** Runs the program to its end. */
export function run(...args) {
  const done = spawnSync(cantilena, args, { cwd: folder, encoding: "utf8" });
  assert.equal(done.status, 0, `cantilena ${args.join(" ")}: ${done.stderr}`);
  return done.stdout;
}

/** Opens a studio; gives its address and what closes it. */
export async function studio(name, ...options) {
  const args = ["serve", "--port", "0", "--dir", join(folder, name), ...options];
  const server = spawn(cantilena, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(server.stdout, "data");
  const url = String(line).trim();
  return {
    url,
    ask: async (path, init) => (await fetch(new URL(path, url), init)).json(),
    close: async () => { server.kill("SIGTERM"); await once(server, "exit"); },
    kill: async () => { server.kill("SIGKILL"); await once(server, "exit"); },
  };
}

export const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
});

/** What a page cannot be asked for from outside: long tasks, sounds that were begun, strokes of the roll. */
const WITNESS = () => {
  const seen = { long: [], tones: 0, played: [], strokes: 0 };
  window["seen"] = seen;
  new PerformanceObserver((list) => seen.long.push(...list.getEntries().map((e) => e.duration))).observe({ type: "longtask" });
  const { start } = OscillatorNode.prototype;
  OscillatorNode.prototype.start = function (...when) { seen.tones += 1; return start.apply(this, when); };
  const { play } = HTMLMediaElement.prototype;
  HTMLMediaElement.prototype.play = function () { seen.played.push(this.src); window["sound"] = this; return play.call(this); };
  for (const stroke of ["fillRect", "roundRect"]) {
    const draw = CanvasRenderingContext2D.prototype[stroke];
    CanvasRenderingContext2D.prototype[stroke] = function (...args) { seen.strokes += 1; return draw.apply(this, args); };
  }
};

/** Opens the page; every request elsewhere and every error in it fails the test that ends with `leave`. */
export async function visit(url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true, ...options });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const wrong = [];
  await page.addInitScript(WITNESS);
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !/^(blob|data):/.test(request.url())) wrong.push(`asked ${request.url()}`);
  });
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("status of 4")) wrong.push(message.text());
  });
  await page.goto(url);
  return {
    page,
    leave: async () => {
      await context.close();
      assert.deepEqual(wrong, []);
    },
  };
}

/**
 * What the longest task of a page's main thread took of the processor while `work` was done, in
 * milliseconds: what else the machine does has no part in it, as it has in what the page can see.
 */
export async function longestTask(page, work) {
  const session = await browser.newBrowserCDPSession();
  const events = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  const complete = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
  await session.send("Tracing.start", { traceConfig: { includedCategories: ["toplevel", "blink.user_timing"], excludedCategories: ["*"] } });
  // Says which of the browser's threads is this page's, and since when.
  await page.evaluate(() => performance.mark("work begins"));
  await work();
  await session.send("Tracing.end");
  await complete;
  await session.detach();
  const mark = events.find((event) => event.name === "work begins");
  const ours = events.filter(({ pid, tid, ts, tdur }) => tdur !== undefined && pid === mark?.pid && tid === mark.tid && ts > mark.ts);
  assert.ok(ours.length > 0, "the trace has tasks in it");
  return Math.max(...ours.map(({ tdur }) => tdur)) / 1000;
}

/** Fails where axe-core finds what is serious. */
export async function isAccessible(page, where) {
  // The page's policy lets no script in that it does not know; this one comes through the debugger.
  const { violations } = await page.evaluate(`(() => { ${axe}; return axe.run(); })()`);
  const serious = violations.filter((v) => ["serious", "critical"].includes(v.impact));
  assert.deepEqual(serious.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(" ")}`), [], where);
}

/** Fails where something is wider than the screen. */
export async function fits(page, width) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= width, `${wide} pixels wide on ${width}`);
}

export const shot = (page, name, options = {}) => page.screenshot({ path: join(folder, `${name}.png`), ...options });
export const facts = (page) => page.textContent("#facts");
export const takes = (page) => page.locator("#history .take").count();
export const seen = (page) => page.evaluate(() => window["seen"]);
/** Ready to compose. */
export const ready = (page) => page.waitForSelector("#compose:not(:disabled):not([hidden])");
/** A finished piece on the desk. */
export const opened = (page) => page.waitForSelector("#seek:not(:disabled)");
export const factsSay = (page, words) => page.waitForFunction((w) => document.querySelector("#facts")?.textContent?.includes(w), words);
export const toastSays = (page, words) => page.waitForFunction((w) => document.querySelector("#toast-text")?.textContent?.includes(w), words);

/** Composes with the form as it stands, and waits until all takes are there. */
export async function compose(page) {
  await ready(page);
  const before = await takes(page);
  await page.click("#compose");
  await page.waitForFunction((n) => document.querySelectorAll("#history .take").length > n, before);
  await ready(page);
  await opened(page);
}

/** Sets a slider or a number as a person would. */
export const set = (page, selector, value) => page.$eval(selector, (input, to) => {
  input.value = String(to);
  input.dispatchEvent(new Event("input"));
}, value);

/** Drops files on the page. */
export async function drop(page, ...paths) {
  const files = paths.map((path) => [path.split("/").at(-1), readFileSync(path).toString("base64")]);
  await page.evaluate((files) => {
    const data = new DataTransfer();
    for (const [name, base64] of files) {
      data.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
    }
    for (const type of ["dragenter", "dragover", "drop"]) {
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
    }
  }, files);
}

/** A MIDI file of so many notes, four parts of quavers in turn. */
export function manyNotes(name, count, title = "Many notes") {
  const bytes = (number, length) => Array.from({ length }, (_, i) => (number >> (8 * (length - 1 - i))) & 255);
  const track = (events) => [...Buffer.from("MTrk"), ...bytes(events.length + 4, 4), ...events, 0, 0xff, 0x2f, 0];
  const text = [...Buffer.from(title)];
  const tracks = [track([0, 0xff, 3, text.length, ...text])];
  for (let part = 0; part < 4; part += 1) {
    const events = [0, 0xc0 | part, part * 24];
    for (let i = 0; i < count / 4; i += 1) {
      const pitch = 36 + part * 12 + ((i * 7 + part) % 24);
      events.push(0, 0x90 | part, pitch, 40 + (i % 80), 48, 0x80 | part, pitch, 0);
    }
    tracks.push(track(events));
  }
  const path = join(folder, name);
  writeFileSync(path, Buffer.from([...Buffer.from("MThd"), ...bytes(6, 4), 0, 1, 0, tracks.length, 0, 96, ...tracks.flat()]));
  return path;
}
