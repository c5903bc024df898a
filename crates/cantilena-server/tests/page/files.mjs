// Files that people bring.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { compose, drop, factsSay, folder, isAccessible, manyNotes, opened, ready, run, shot, takes, toastSays, visit } from "./harness.mjs";

export const tests = (main) => ({
  async "a file is dropped, heard and continued at a bar"() {
    const { page, leave } = await visit(main.url);
    await ready(page);
    await drop(page, join(folder, "terminal.mid"));
    await page.waitForSelector("#from:not([hidden])");
    await page.fill("#from-bar", "9");
    await page.fill("#seed", "3");
    await compose(page);
    await factsSay(page, "24 bars");
    assert.ok((await page.locator("#history .branch .take").count()) >= 2, "the takes hang below the file");
    await shot(page, "continued-1280");
    const { pieces } = await main.ask("/v1/pieces");
    const file = pieces.find((p) => p.verb === "opened");
    const made = pieces.find((p) => p.verb === "continued" && p.parent === file.id);
    const [was, is] = await Promise.all([file, made].map(async ({ id }) => (await main.ask(`/v1/pieces/${id}`)).score));
    const [[, numerator, denominator]] = was.meters;
    const bar = (was.ticks_per_quarter * 4 * numerator) / denominator;
    const first = (score) => score.tracks.map((track) => track.notes.filter(([onset]) => onset < 8 * bar));
    assert.deepEqual(first(is), first(was), "bars 1 to 8 stay");
    await leave();
  },

  async "scores of other kinds are opened, and a recording of one voice"() {
    const { page, leave } = await visit(main.url);
    await ready(page);
    run("render", "terminal.mid", "-o", "terminal.musicxml", "--force");
    const abc = join(folder, "tune.abc");
    writeFileSync(abc, "X:1\nT:Tune\nM:4/4\nL:1/4\nK:C\nc d e g|f e d c|\n");
    run("render", "tune.abc", "-o", "tune.wav", "--force");
    for (const [name, words] of [["terminal.musicxml", "16 bars"], ["tune.abc", "8 notes"]]) {
      await drop(page, join(folder, name));
      await factsSay(page, words);
    }
    await drop(page, join(folder, "tune.wav"));
    await toastSays(page, "tune.wav is open");
    assert.match(await page.textContent("#facts"), /notes/);
    await leave();
  },

  async "junk gets a plain message, and the page lives on"() {
    const { page, leave } = await visit(main.url);
    await ready(page);
    const before = await takes(page);
    for (const [name, bytes] of [["a.txt", "hello"], ["empty.mid", ""], ["noise.mid", Buffer.alloc(3 << 20, "x~1")], ["silence.wav", silence()]]) {
      writeFileSync(join(folder, name), bytes);
      await page.setInputFiles("#open-file", join(folder, name));
      await toastSays(page, name);
    }
    await toastSays(page, "one voice at a time");
    assert.equal(await takes(page), before);
    await leave();
  },

  async "a title is words, whatever it says"() {
    const { page, leave } = await visit(main.url);
    await ready(page);
    const title = "<img src=x onerror=\"window.bad=1\">";
    await drop(page, manyNotes("title.mid", 8, title));
    await page.waitForFunction((t) => document.querySelector("#title")?.textContent === t, title);
    assert.equal(await page.evaluate(() => document.querySelectorAll("#stage img, #history img").length + (window["bad"] ?? 0)), 0);
    await leave();
  },

  async "a server that went away is missed in plain words"() {
    const { page, leave } = await visit(main.url);
    await opened(page);
    await page.route("**/v1/pieces", (route) => route.abort());
    await page.click("#compose");
    await toastSays(page, "the studio does not answer");
    await shot(page, "gone-1280");
    await isAccessible(page, "an error");
    await page.unroute("**/v1/pieces");
    await leave().catch((error) => {
      // The browser itself says that the request failed, and nothing else may be wrong.
      assert.ok(/ERR_FAILED/.test(String(error)), String(error));
    });
  },
});

/** A second of silence. */
function silence() {
  const bytes = Buffer.alloc(44 + 16_000);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(36 + 16_000, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(8_000, 24);
  bytes.writeUInt32LE(16_000, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(16_000, 40);
  return bytes;
}
