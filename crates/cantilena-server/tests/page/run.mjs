// The page in a real browser, as a person uses it. Needs playwright-core, axe-core and a Chromium.
//
//   node browser.mjs TOOLS CANTILENA FOLDER MODEL
//
// TOOLS is a folder with node_modules; FOLDER takes the studio and the screenshots.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const [tools, cantilena, folder, model] = process.argv.slice(2);
const require = createRequire(resolve(tools, "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
mkdirSync(folder, { recursive: true });

/** Opens a studio; gives its address and what closes it. */
async function studio(name, models) {
  const options = ["serve", "--port", "0", "--dir", join(folder, name), ...models.flatMap((m) => ["--model", m])];
  const server = spawn(cantilena, options, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(server.stdout, "data");
  return { url: String(line).trim(), close: async () => { server.kill("SIGTERM"); await once(server, "exit"); } };
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
});

/** Opens the page; every request elsewhere and every error in it fails the test. */
async function visit(url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const wrong = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !/^(blob|data):/.test(request.url())) wrong.push(`asked ${request.url()}`);
  });
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("status of 4")) wrong.push(message.text());
  });
  await page.goto(url);
  return { page, wrong, close: () => context.close() };
}

async function isAccessible(page, where) {
  // The page's policy lets no script in that it does not know; this one comes through the debugger.
  const violations = await page.evaluate(`(() => { ${axe}; return axe.run(); })()`).then((r) => r.violations);
  const serious = violations.filter((v) => ["serious", "critical"].includes(v.impact));
  assert.deepEqual(serious.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(" ")}`), [], where);
}

const shot = (page, name) => page.screenshot({ path: join(folder, `${name}.png`) });
const composed = (page) => page.waitForSelector("#compose:not([hidden])");
const facts = (page) => page.textContent("#facts");
const takes = (page) => page.locator("#history .take").count();

const tests = {
  async "an empty studio says how to begin"() {
    const { url, close } = await studio("empty", []);
    const { page, wrong, close: leave } = await visit(url);
    await page.waitForSelector("text=Nothing has been learnt yet");
    await page.waitForSelector("text=Learn from the songbook");
    await shot(page, "empty-1280");
    await isAccessible(page, "empty");
    assert.deepEqual(wrong, []);
    await leave();
    await close();
  },

  async "a piece is composed, shown, kept, played and starred"() {
    const { page, wrong } = await visit(main.url);
    await page.waitForSelector("#compose:not(:disabled)");
    await page.fill("#seed", "7");
    await page.click("#compose");
    await composed(page);
    await page.waitForFunction(() => document.querySelector("#facts")?.textContent?.includes("16 bars"));
    assert.equal(await takes(page), 2);
    await shot(page, "composed-1280");
    await page.click("#star");
    await page.waitForSelector('#star[aria-pressed="true"]');
    await isAccessible(page, "composed, light");
    await page.click("#theme");
    await shot(page, "dark-1280");
    await isAccessible(page, "composed, dark");
    await page.reload();
    await page.waitForFunction(() => document.querySelectorAll("#history .take").length === 2);
    assert.equal(await page.locator('#history .mark[aria-pressed="true"]').count(), 1, "the star survives");
    assert.deepEqual(wrong, []);
  },

  async "what is saved is what the terminal writes"() {
    const { pieces } = await (await fetch(`${main.url}v1/pieces`)).json();
    const take = pieces.find((piece) => piece.asked.seed === 7);
    const page = Buffer.from(await (await fetch(`${main.url}v1/pieces/${take.id}.mid`)).arrayBuffer());
    const file = join(folder, "terminal.mid");
    const { bars } = take.asked.length;
    const terminal = spawn(cantilena, ["compose", model, "--bars", String(bars), "--seed", "7", "-o", file, "--force"]);
    await once(terminal, "exit");
    assert.ok(page.equals(readFileSync(file)), "the bytes differ");
  },

  async "the cursor is where the sound is, after seeks too"() {
    const { page, wrong } = await visit(main.url);
    await page.waitForSelector("#seek:not(:disabled)");
    await page.click("#play");
    await page.waitForSelector('#play[aria-label="Pause"]');
    for (const seconds of [5, 1, 8, 3, 6]) {
      await page.$eval("#seek", (seek, to) => { seek.value = String(to); seek.dispatchEvent(new Event("input")); }, seconds);
      await page.waitForFunction((to) => Number(document.querySelector("#seek")?.value) > to + 0.1, seconds);
      // Sound and cursor are one clock; against the wall's, from there on, it must not drift.
      const [sound, wall] = await page.evaluate(async () => {
        const seek = document.querySelector("#seek");
        const [from, begun] = [Number(seek.value), performance.now()];
        await new Promise((resolve) => setTimeout(resolve, 800));
        return [Number(seek.value) - from, (performance.now() - begun) / 1000];
      });
      assert.ok(Math.abs(sound - wall) < 0.15, `${sound} s of sound in ${wall} s, after a seek to ${seconds} s`);
    }
    await page.click("#play");
    assert.deepEqual(wrong, []);
  },

  async "a file is dropped, heard and continued at a bar"() {
    const { page, wrong } = await visit(main.url);
    await page.waitForSelector("#compose:not(:disabled)");
    await page.setInputFiles("#open-file", join(folder, "terminal.mid"));
    await page.waitForSelector("#from:not([hidden])");
    await page.fill("#from-bar", "9");
    await page.fill("#seed", "3");
    await page.click("#compose");
    await composed(page);
    await page.waitForFunction(() => document.querySelector("#facts")?.textContent?.includes("24 bars"));
    assert.ok((await page.locator("#history .branch .take").count()) >= 2, "the takes hang below the file");
    await shot(page, "continued-1280");
    for (const [name, bytes] of [["a.txt", "hello"], ["empty.mid", ""], ["noise.mid", Buffer.alloc(3 << 20, "x~1")]]) {
      writeFileSync(join(folder, name), bytes);
      await page.setInputFiles("#open-file", join(folder, name));
      await page.waitForFunction((n) => document.querySelector("#toast-text")?.textContent?.includes(n), name);
    }
    assert.deepEqual(wrong, []);
  },

  async "stop keeps what there is"() {
    const { page, wrong } = await visit(main.url);
    await page.waitForSelector("#compose:not(:disabled)");
    await page.click("details.more summary");
    await page.fill("#notes", "20000");
    await page.fill("#takes", "1");
    await page.uncheck("#sound-on");
    await page.evaluate(() => {
      window["long"] = [];
      new PerformanceObserver((list) => window["long"].push(...list.getEntries().map((e) => e.duration)))
        .observe({ type: "longtask" });
    });
    const begun = Date.now();
    await page.click("#compose");
    await page.waitForSelector("#empty", { state: "hidden" });
    console.log(`    first note on screen after ${Date.now() - begun} ms, as the test sees it`);
    await page.waitForTimeout(1000);
    await page.click("#stop");
    await composed(page);
    await page.waitForFunction(() => / notes/.test(document.querySelector("#facts")?.textContent ?? ""));
    const notes = Number(/([\d,]+) notes/.exec(await facts(page))[1].replace(",", ""));
    assert.ok(notes > 0 && notes < 20000, `${notes} notes`);
    const long = await page.evaluate(() => Math.max(0, ...window["long"]));
    console.log(`    ${notes} notes; the longest task on the main thread took ${Math.round(long)} ms`);
    await shot(page, "long-1280");
    assert.deepEqual(wrong, []);
  },

  async "the keyboard is enough"() {
    const { page, wrong } = await visit(main.url);
    await page.waitForSelector("#compose:not(:disabled)");
    await page.waitForSelector("#seek:not(:disabled)");
    const before = await takes(page);
    await page.keyboard.press("c");
    await page.waitForFunction((n) => document.querySelectorAll("#history .take").length > n, before);
    await composed(page);
    await page.keyboard.press("s");
    await page.waitForSelector('#star[aria-pressed="true"]');
    await page.keyboard.press("?");
    await page.waitForSelector("#help-sheet[open]");
    await shot(page, "keys-1280");
    await page.keyboard.press("Escape");
    assert.deepEqual(wrong, []);
  },

  async "looking closer shows what the piece is made of"() {
    const { page, wrong } = await visit(main.url, { viewport: { width: 1280, height: 1400 } });
    await page.waitForSelector("#seek:not(:disabled)");
    await page.click("#closer summary");
    await page.waitForSelector("#see .chart");
    await page.waitForSelector("#see .foreseen li");
    await page.waitForSelector("#see table");
    await shot(page, "closer-1280");
    await isAccessible(page, "closer");
    assert.deepEqual(wrong, []);
  },

  async "it fits a phone, and the smallest screens"() {
    for (const width of [360, 320]) {
      const { page, wrong } = await visit(main.url, { viewport: { width, height: 740 } });
      await page.waitForSelector("#seek:not(:disabled)");
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${wide} pixels wide on ${width}`);
      await shot(page, `phone-${width}`);
      await page.screenshot({ path: join(folder, `phone-${width}-whole.png`), fullPage: true });
      assert.deepEqual(wrong, []);
    }
  },

  async "a model is trained while one looks on, and composed with"() {
    const { page, wrong } = await visit(main.url);
    await page.click("#room-train");
    await page.fill("#train-name", "by-hand");
    await page.$eval("#minutes", (slider) => { slider.min = "0.1"; slider.step = "0.1"; slider.value = "0.1"; });
    await page.click("#train-songbook");
    await page.waitForSelector(".job .chart", { timeout: 60000 });
    await shot(page, "training-1280");
    await isAccessible(page, "training");
    await page.click("text=Compose with it", { timeout: 90000 });
    await page.waitForFunction(() => document.querySelector("#model")?.value === "by-hand");
    assert.deepEqual(wrong, []);
  },
};

const main = await studio("studio", [model]);
let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  try {
    await test();
    console.log(`ok   ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL ${name}\n${error?.stack ?? error}`);
  }
}
await browser.close();
await main.close();
process.exit(failed === 0 ? 0 : 1);
