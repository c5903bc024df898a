// Composing, the roll, hearing, history and looking closer.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compose, facts, factsSay, folder, isAccessible, longestTask, manyNotes, opened, ready, run, seen, set, shot, studio, takes, visit } from "./harness.mjs";

/** First notes that are waited for, to say how long it takes; 50 where somebody wants it exactly. */
const FIRST_NOTES = Number(process.env.FIRST_NOTES ?? 5);
/** Seconds for which a long piece is heard, its cursor watched. */
const PLAY_SECONDS = Number(process.env.PLAY_SECONDS ?? 0);

export const tests = (main, model) => ({
  async "an empty studio says how to begin"() {
    const empty = await studio("empty");
    const { page, leave } = await visit(empty.url);
    await page.waitForSelector("text=Nothing has been learnt yet");
    await page.waitForSelector("text=Learn from the songbook");
    await shot(page, "empty-1280");
    await isAccessible(page, "empty");
    await leave();
    await empty.close();
  },

  async "a piece is composed, shown, kept and starred, in light and dark"() {
    const { page, leave } = await visit(main.url);
    await ready(page);
    await page.fill("#seed", "7");
    await compose(page);
    await factsSay(page, "16 bars");
    assert.equal(await takes(page), 2, "two takes by default");
    assert.ok((await seen(page)).tones > 0, "it sounded as it came");
    assert.match(await page.textContent("#summary"), /16 bars.* notes from [A-G]/s);
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
    await leave();
  },

  async "what is saved is what the terminal writes, in every form"() {
    const { pieces } = await main.ask("/v1/pieces");
    const take = pieces.find((piece) => piece.asked.seed === 7);
    run("compose", model, "--bars", String(take.asked.length.bars), "--seed", "7", "-o", "terminal.mid", "--force");
    const { page, leave } = await visit(main.url);
    await opened(page);
    await page.locator(`#history [data-id="${take.id}"] .pick`).click();
    for (const form of ["mid", "musicxml", "wav", "svg", "json"]) {
      await page.click("#save summary");
      if (form === "mid") {
        await shot(page, "save-1280");
        await isAccessible(page, "the menu of forms");
      }
      const [download] = await Promise.all([page.waitForEvent("download"), page.click(`#save-${form}`)]);
      assert.equal(download.suggestedFilename(), `cantilena-${take.id.slice(0, 8)}.${form}`);
      if (form === "mid") {
        assert.ok(readFileSync(await download.path()).equals(readFileSync(join(folder, "terminal.mid"))), "the bytes differ");
      }
    }
    // On a grid the page is that of the terminal, too; sound has none.
    run("render", "terminal.mid", "--quantize", "1/8", "-o", "grid.mid", "--force");
    await page.click("#save summary");
    await page.selectOption("#save-grid", "1/8");
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("#save-mid")]);
    assert.ok(readFileSync(await download.path()).equals(readFileSync(join(folder, "grid.mid"))), "the bytes differ");
    assert.ok(!(await page.getAttribute("#save-wav", "href")).includes("quantize"));
    await leave();
  },

  async "everything that can be asked for is asked for"() {
    const { page, leave } = await visit(main.url);
    await ready(page);
    await page.click("details.more summary");
    await page.selectOption("#instrument", { label: "Violin" });
    await page.selectOption("#key", { label: "D minor" });
    await page.fill("#tempo", "90");
    await page.fill("#takes", "1");
    await set(page, "#bars", 8);
    await set(page, "#adventure", 0.8);
    await set(page, "#density", 0.5);
    const seed = await page.inputValue("#seed");
    await page.click("#dice");
    assert.notEqual(await page.inputValue("#seed"), seed, "the dice give another seed");
    await compose(page);
    for (const words of ["8 bars", "♩ = 90", "D minor", "Violin"]) await factsSay(page, words);
    await page.click("#closer summary");
    const kept = page.locator('#see [aria-label="What was asked for, and what came"] tbody tr');
    await kept.first().waitFor();
    assert.deepEqual(await kept.locator("td:first-child").allTextContents(), ["bars", "tempo", "instrument", "key"]);
    assert.deepEqual(await kept.locator("td:last-child").allTextContents(), Array(4).fill("kept"));
    await leave();
  },

  async "a model that has genres is asked for one"() {
    const { page, leave } = await visit(main.url);
    await ready(page);
    assert.ok(await page.isHidden("#genre-field"), "a model of notes has none");
    await page.selectOption("#model", "tunes");
    await page.selectOption("#genre", "jazz");
    assert.ok(await page.isHidden("#density-field"));
    await compose(page);
    await page.waitForFunction(() => (document.querySelectorAll("#parts .part").length ?? 0) > 2);
    await shot(page, "genre-1280");
    await isAccessible(page, "a piece of several parts");
    await leave();
  },

  async "what a model was told of its music can be asked for"() {
    const { page, leave } = await visit(main.url);
    await ready(page);
    await page.selectOption("#model", "tunes");
    assert.ok(await page.isHidden("#told"), "a melody was told nothing");
    await page.selectOption("#model", "model");
    await page.click("details.more summary");
    await page.selectOption("#told select[name=mode]", "minor");
    await page.selectOption("#told select[name=density]", "dense");
    await page.fill("#takes", "1");
    await set(page, "#bars", 4);
    await compose(page);
    const [{ asked }] = (await main.ask("/v1/pieces?limit=1")).pieces;
    assert.deepEqual(asked.conditions, { mode: "minor", density: "dense" });
    assert.equal(asked.model, "model");
    await shot(page, "told-1280");
    await leave();
  },

  async "the first note is on screen soon"() {
    const { page, leave } = await visit(main.url);
    await ready(page);
    await page.click("details.more summary");
    await page.fill("#takes", "1");
    await set(page, "#bars", 4);
    const waits = [];
    for (let i = 0; i < FIRST_NOTES; i += 1) {
      // From the click to the frame in which the empty roll is gone.
      waits.push(await page.evaluate(() => new Promise((resolve) => {
        const begun = performance.now();
        let empty = false;
        const look = () => {
          const hidden = document.querySelector("#empty")?.hasAttribute("hidden");
          empty ||= !hidden;
          if (empty && hidden) resolve(performance.now() - begun);
          else requestAnimationFrame(look);
        };
        document.querySelector("#compose").click();
        look();
      })));
      await ready(page);
    }
    waits.sort((a, b) => a - b);
    const p95 = waits[Math.ceil(waits.length * 0.95) - 1];
    console.log(`     first note drawn: median ${Math.round(waits[waits.length >> 1])} ms, 95 of 100 within ${Math.round(p95)} ms, of ${waits.length}`);
    await leave();
  },

  async "the cursor is where the sound is, after seeks too"() {
    const { page, leave } = await visit(main.url);
    await ready(page);
    if (PLAY_SECONDS > 0) await set(page, "#bars", 64);
    await compose(page);
    await opened(page);
    // It sounds as it comes, and goes on doing so, unless it is over already.
    if (await page.getAttribute("#play", "aria-label") === "Play") await page.click("#play");
    await page.waitForSelector('#play[aria-label="Pause"]', { timeout: 20_000 });
    // To places after which enough is left to be heard.
    const room = Number(await page.getAttribute("#seek", "max")) - 3 - PLAY_SECONDS;
    assert.ok(room > 2, `a piece of ${room + 3 + PLAY_SECONDS} s is too short`);
    const apart = [];
    for (const [index, share] of [0, 0.5, 0.1, 1, 0.3, 0.7].entries()) {
      const seconds = share * room;
      await set(page, "#seek", seconds);
      const moves = (to) => window["sound"] !== undefined && Number(document.querySelector("#seek")?.value) > to + 0.1;
      await page.waitForFunction(moves, seconds, { timeout: 60_000 }).catch(async (error) => {
        const stands = await page.evaluate(() => {
          const { currentTime, readyState, networkState, seeking, paused, ended, duration, src } = window["sound"] ?? {};
          return { currentTime, readyState, networkState, seeking, paused, ended, duration, src, slider: document.querySelector("#seek")?.value };
        });
        throw new Error(`after a seek to ${seconds} s: ${JSON.stringify(stands)}`, { cause: error });
      });
      // The slider is where the cursor is: in every frame it is held against what sounds, and at the
      // end what sounded against the clock on the wall, from which it must not drift.
      const [sounded, wall, frames] = await page.evaluate((lasts) => new Promise((resolve) => {
        const [seek, sound] = [document.querySelector("#seek"), window["sound"]];
        const [from, begun, frames] = [sound.currentTime, performance.now(), []];
        const look = () => {
          const wall = (performance.now() - begun) / 1000;
          frames.push(Math.abs(Number(seek.value) - sound.currentTime));
          if (wall > lasts) resolve([sound.currentTime - from, wall, frames]);
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }), index === 0 && PLAY_SECONDS > 0 ? PLAY_SECONDS : 0.8);
      assert.ok(Math.abs(sounded - wall) < 0.25, `${sounded} s of sound in ${wall} s, after a seek to ${seconds} s`);
      apart.push(...frames);
      if (PLAY_SECONDS > 0) console.log(`     after a seek to ${seconds.toFixed(1)} s: ${wall.toFixed(2)} s, sound ${((sounded - wall) * 1000).toFixed(0)} ms off the clock`);
    }
    apart.sort((a, b) => a - b);
    const typical = apart[apart.length >> 1];
    console.log(`     cursor beside sound: median ${(typical * 1000).toFixed(0)} ms, 95 of 100 within ${(apart[Math.ceil(apart.length * 0.95) - 1] * 1000).toFixed(0)} ms`);
    assert.ok(typical < 0.25, `${typical} s`);
    await page.click("#play");
    await page.waitForSelector('#play[aria-label="Play"]');
    await leave();
  },

  async "parts are muted and heard alone, repeated and turned down"() {
    const { page, leave } = await visit(main.url);
    await opened(page);
    const { pieces } = await main.ask("/v1/pieces");
    const jazz = pieces.find((piece) => piece.asked.genre === "jazz");
    await page.locator(`#history [data-id="${jazz.id}"] .pick`).click();
    await page.waitForFunction(() => document.querySelectorAll("#parts .part").length > 2);
    await page.click("#play");
    await page.waitForSelector('#play[aria-label="Pause"]');
    const asked = (tracks) => page.waitForRequest((request) => request.url().endsWith(`.wav?tracks=${tracks}`));
    await Promise.all([asked("0"), page.locator("#parts .part").first().getByText("S", { exact: true }).click()]);
    assert.equal(await page.locator("#parts .part.silent").count(), (await page.locator("#parts .part").count()) - 1);
    await page.keyboard.press("1");
    await page.locator('#parts [aria-label^="Solo"][aria-pressed="true"]').click();
    assert.equal(await page.locator('#parts [aria-label^="Mute"][aria-pressed="true"]').count(), 1);
    await page.click("#loop");
    await page.waitForSelector('#loop[aria-pressed="true"]');
    await set(page, "#volume", 0.2);
    await page.keyboard.press("Escape");
    await page.waitForSelector('#play[aria-label="Play"]');
    await leave();
  },

  async "a click on the roll seeks, and it zooms"() {
    const { page, leave } = await visit(main.url);
    await opened(page);
    const box = await page.locator("#roll").boundingBox();
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await page.waitForFunction(() => Number(document.querySelector("#seek").value) > 0.5);
    const before = await page.locator("#roll").screenshot();
    await page.click("#zoom-in");
    await page.waitForFunction(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(true)))));
    assert.ok(!before.equals(await page.locator("#roll").screenshot()), "another picture");
    await leave();
  },

  async "the keyboard plays, and its letters can be told not to"() {
    const { page, leave } = await visit(main.url);
    await opened(page);
    await page.keyboard.press("k");
    await page.waitForSelector("#piano:not([hidden])");
    const tones = async () => (await seen(page)).tones;
    let before = await tones();
    await page.keyboard.down("z");
    await page.waitForSelector('#keys-of-piano [aria-label="C3"].down');
    assert.equal(await tones(), before + 1);
    await shot(page, "keyboard-1280");
    await isAccessible(page, "the keyboard");
    await page.keyboard.up("z");
    await page.waitForFunction(() => document.querySelectorAll("#keys-of-piano .down").length === 0);
    await page.keyboard.press("]");
    await page.waitForSelector('#keys-of-piano [aria-label="C6"]');
    before = await tones();
    await page.click('#keys-of-piano [aria-label="E4"]');
    assert.equal(await tones(), before + 1, "the pointer plays too");
    await page.click("#letters-play");
    await page.locator("#stage").focus();
    before = await tones();
    await page.keyboard.press("q");
    assert.equal(await tones(), before);
    await page.keyboard.press("k");
    await page.waitForSelector("#piano", { state: "hidden" });
    await leave();
  },

  async "what was done is undone"() {
    const { page, leave } = await visit(main.url);
    await opened(page);
    const before = await takes(page);
    const title = await page.textContent("#title");
    await compose(page);
    assert.equal(await takes(page), before + 2);
    await page.keyboard.press("Control+z");
    await page.waitForFunction((n) => document.querySelectorAll("#history .take").length === n, before);
    await page.waitForFunction((t) => document.querySelector("#title")?.textContent === t, title);
    await page.locator("#history .away").first().click();
    await page.waitForFunction((n) => document.querySelectorAll("#history .take").length === n - 1, before);
    await page.click("#undo");
    await page.waitForFunction((n) => document.querySelectorAll("#history .take").length === n, before);
    assert.ok(await page.isDisabled("#undo"));
    await leave();
  },

  async "stop keeps what there is, and ten thousand notes do not hold the page up"() {
    const { page, leave } = await visit(main.url);
    await ready(page);
    await page.click("details.more summary");
    await page.fill("#notes", "20000");
    await page.fill("#takes", "1");
    await page.uncheck("#sound-on");
    await page.click("#compose");
    await page.waitForSelector("#empty", { state: "hidden" });
    await page.click("#stop");
    await ready(page);
    await page.waitForFunction(() => / notes/.test(document.querySelector("#facts")?.textContent ?? ""));
    const notes = Number(/([\d,]+) notes/.exec(await facts(page))[1].replace(",", ""));
    assert.ok(notes > 0 && notes < 20000, `${notes} notes`);

    for (const count of [10_000, 50_000]) {
      const work = async () => {
        await page.setInputFiles("#open-file", manyNotes(`notes-${count}.mid`, count));
        await factsSay(page, `${count.toLocaleString("en")} notes`);
        return page.evaluate(async () => {
          const rest = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
          await rest();
          const seen = window["seen"];
          seen.strokes = 0;
          let frames = 0;
          for (const way of ["zoom-out", "zoom-in"]) {
            for (let i = 0; i < 12; i += 1) {
              document.querySelector(`#${way}`).click();
              frames += 1;
              await rest();
            }
          }
          const roll = document.querySelector("#roll");
          return [seen.strokes / frames, Math.max(0, ...seen.long), roll.parentElement.clientWidth * devicePixelRatio, roll.width];
        });
      };
      await page.evaluate(() => { window["seen"].long.length = 0; });
      let found = [0, 0, 0, 0];
      const task = await longestTask(page, async () => { found = await work(); });
      const [strokes, long, frame, canvas] = found;
      console.log(`     ${count} notes: ${Math.round(strokes)} strokes a picture; the longest task took ${task.toFixed(1)} ms of the processor, ${Math.round(long)} ms by the clock`);
      assert.ok(canvas <= frame + 1, "the canvas is no wider than its frame");
      // A note that would fall on another's pixel is not drawn: strokes follow the screen.
      assert.ok(strokes < 12_000, `${strokes} strokes a picture`);
      if (count === 10_000) await shot(page, "long-1280");
    }
    await leave();
  },

  async "the keyboard is enough, and every key is listed"() {
    const { page, leave } = await visit(main.url);
    await ready(page);
    await opened(page);
    const before = await takes(page);
    await page.keyboard.press("c");
    await page.waitForFunction((n) => document.querySelectorAll("#history .take").length > n, before);
    await ready(page);
    await page.keyboard.press("s");
    await page.waitForSelector('#star[aria-pressed="true"]');
    // What sounded as it was composed is silenced first.
    await page.keyboard.press("Escape");
    await page.waitForSelector('#play[aria-label="Play"]');
    await page.keyboard.press(" ");
    await page.waitForSelector('#play[aria-label="Pause"]');
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press(" ");
    await page.waitForSelector('#play[aria-label="Play"]');
    const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("d")]);
    assert.match(download.suggestedFilename(), /\.mid$/);
    await page.keyboard.press("?");
    await page.waitForSelector("#help-sheet[open]");
    await shot(page, "keys-1280");
    await isAccessible(page, "the list of keys");
    assert.match(await page.textContent("#keys-list"), /Play or pause.*Undo/s);
    await page.uncheck("#letters");
    await page.keyboard.press("Escape");
    const stars = await page.getAttribute("#star", "aria-pressed");
    await page.keyboard.press("s");
    assert.equal(await page.getAttribute("#star", "aria-pressed"), stars, "letters can be switched off");
    await leave();
  },

  async "the address leads back to the room and the piece"() {
    const { page, leave } = await visit(main.url);
    await opened(page);
    const oldest = page.locator("#history .pick").last();
    const first = await page.locator("#history .take.current").getAttribute("data-id");
    const last = await oldest.locator("..").getAttribute("data-id");
    assert.notEqual(first, last);
    const at = (hash) => page.waitForFunction((h) => location.hash === h, hash);
    const open = (piece) => page.waitForSelector(`#history .take.current[data-id="${piece}"]`);
    await at(`#compose/${first}`);
    await oldest.click();
    await at(`#compose/${last}`);
    await page.reload();
    await opened(page);
    await open(last);
    await page.click("#room-train");
    await at("#train");
    await page.reload();
    await page.waitForSelector("#train-room:not([hidden])");
    await page.goBack();
    await page.waitForSelector("#compose-room:not([hidden])");
    await open(last);
    await page.goBack();
    await open(first);
    await page.goForward();
    await open(last);
    // Of an address that leads nowhere nothing but the newest piece comes.
    await page.goto(`${main.url}#compose/${"0".repeat(32)}`);
    await page.reload();
    await opened(page);
    await open(first);
    await leave();
  },

  async "a seed that was taken away is drawn anew"() {
    const { page, leave } = await visit(main.url);
    await ready(page);
    await page.fill("#seed", "");
    await compose(page);
    const { pieces } = await main.ask("/v1/pieces?limit=2");
    assert.ok(pieces.every(({ asked }) => asked.seed > 1), JSON.stringify(pieces.map(({ asked }) => asked.seed)));
    await leave();
  },

  async "a tab that is brought to the front has what another composed"() {
    const { page, leave } = await visit(main.url);
    await opened(page);
    const before = await takes(page);
    await main.ask("/v1/pieces", { method: "POST", headers: { "Content-Type": "application/json" }, body: "{\"bars\": 1}" });
    assert.equal(await takes(page), before);
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await page.waitForFunction((n) => document.querySelectorAll("#history .take").length > n, before);
    await leave();
  },

  async "a server that is killed leaves what came and says so"() {
    const gone = await studio("gone", "--model", model);
    const { page, leave } = await visit(gone.url);
    await ready(page);
    await page.click("details.more summary");
    await page.fill("#notes", "20000");
    await page.uncheck("#sound-on");
    await page.click("#compose");
    await page.waitForSelector("#empty", { state: "hidden" });
    await gone.kill();
    await page.waitForSelector("#compose:not([hidden])");
    assert.equal(await page.textContent("#title"), "Broken off");
    assert.match(await facts(page), /does not answer|closing|broke off/i);
    assert.ok(await page.isHidden("#stop"));
    assert.ok(await page.isHidden("#empty"), "the notes that came stay");
    assert.ok(await page.isDisabled("#play"), "there is no sound of them");
    await leave().catch((error) => {
      // The browser itself says that the connection was lost, and nothing else may be wrong.
      assert.ok(/ERR_/.test(String(error)), String(error));
    });
  },

  async "looking closer shows what the piece is made of"() {
    const { page, leave } = await visit(main.url, { viewport: { width: 1280, height: 1400 } });
    await opened(page);
    await page.locator("#history .pick").last().click();
    await page.click("#closer summary");
    for (const heading of ["Pitch", "Step to the next note", "Duration", "Velocity", "As it was asked for", "Pitch that came, and the one expected"]) {
      await page.getByRole("heading", { name: heading, exact: true }).waitFor();
    }
    assert.ok((await page.locator("#see .chart .corpus").count()) >= 4, "the corpus stands beside the piece");
    await page.waitForSelector('#see [aria-label="Tensors of the model"] tbody tr');
    await shot(page, "closer-1280", { fullPage: true });
    await isAccessible(page, "closer");
    await leave();
  },
});
