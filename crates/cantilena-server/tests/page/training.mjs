// Teaching a model.

import assert from "node:assert/strict";
import { join } from "node:path";
import { drop, fits, folder, isAccessible, seen, shot, studio, toastSays, visit } from "./harness.mjs";
import { writeFileSync } from "node:fs";

const SMALL = "[model]\nunits = 32\nlayers = 1\nembedding = 32\nhead = 32\n[training]\nstreams = 8\nwindow = 16\nshards = 2\n";

export const tests = (main) => ({
  async "a model is trained while one looks on, and composed with"() {
    const { page, leave } = await visit(main.url);
    await page.click("#room-train");
    await page.fill("#train-name", "by-hand");
    await page.$eval("#minutes", (slider) => { slider.min = "0.1"; slider.step = "0.1"; slider.value = "0.1"; });
    await page.click("#train-songbook");
    await page.waitForSelector(".job .numbers >> text=nats a note");
    await isAccessible(page, "training");
    await page.click("text=Compose with it");
    await page.waitForFunction(() => document.querySelector("#model")?.value === "by-hand");
    await page.click("#closer summary");
    await leave();
  },

  async "a name of any script and length will do, on any screen, and a training is told of where one composes"() {
    const fresh = await studio("letters");
    const { page, leave } = await visit(fresh.url, { viewport: { width: 320, height: 740 } });
    await page.click("#room-train");
    assert.match(await page.textContent("#train-name-hint"), /Letters, digits/);
    await page.fill("#train-name", "a/b");
    assert.equal(await page.$eval("#train-name", (input) => input.checkValidity()), false);
    const name = `Хоралы ${"Баха".repeat(14)}x`;
    assert.equal(name.length, 64);
    const request = { name, songbook: true, steps: 9_000_000, recipe: SMALL };
    const job = await fresh.ask("/v1/jobs", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(request) });
    await page.goto(fresh.url);
    await page.reload();
    await page.waitForSelector("text=is learning");
    for (const width of [320, 390, 768]) {
      await page.setViewportSize({ width, height: 740 });
      await fits(page, width);
    }
    await page.click("text=See how it goes");
    await page.waitForSelector(".job .numbers >> text=learning rate");
    for (const width of [320, 390, 768]) {
      await page.setViewportSize({ width, height: 740 });
      await fits(page, width);
    }
    await fresh.ask(`/v1/jobs/${job.id}/stop`, { method: "POST" });
    await page.locator(".job").getByText("Go on").waitFor();
    await leave();
    await fresh.close();
  },

  async "dropped files are looked through, and what is wrong with them is said"() {
    const { page, leave } = await visit(main.url);
    await page.click("#room-train");
    writeFileSync(join(folder, "broken.mid"), "MThd but no music");
    await drop(page, join(folder, "terminal.mid"), join(folder, "notes-10000.mid"), join(folder, "title.mid"), join(folder, "broken.mid"));
    await page.waitForSelector("text=4 files");
    await page.fill("#train-name", "from-files");
    await page.$eval("#minutes", (slider) => { slider.min = "0.1"; slider.step = "0.1"; slider.value = "0.1"; });
    await page.click("#train");
    await page.waitForSelector(".job .faults >> text=1 left out");
    await page.locator(".job .faults summary").first().click();
    await page.waitForSelector(".job .faults >> text=broken.mid");
    await shot(page, "doctor-1280");
    await page.locator(".job", { hasText: "from-files" }).getByText("Compose with it").waitFor();
    await leave();
  },

  async "what is learnt is heard on the way, and stopped at any time"() {
    const request = { name: "long", songbook: true, steps: 9_000_000, sample_minutes: 0.02, recipe: SMALL };
    const job = await main.ask("/v1/jobs", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(request) });
    const { page, leave } = await visit(main.url);
    await page.click("#room-train");
    await page.locator(".samples button").first().click();
    await page.waitForFunction(() => window["seen"].played.some((src) => /\/v1\/pieces\/[0-9a-f]+\.wav$/.test(src)));
    assert.ok((await seen(page)).played.length > 0);
    await page.waitForSelector(".job .chart");
    await page.waitForSelector(".job .numbers >> text=learning rate");
    await shot(page, "samples-1280");
    await isAccessible(page, "samples");
    await page.locator(".samples").first().getByText("Keep").first().click();
    await toastSays(page, "Kept among the takes");
    await page.click("text=Stop and keep >> visible=true");
    await page.waitForSelector(".job >> text=Go on");
    assert.equal((await main.ask(`/v1/jobs/${job.id}`)).stage, "stopped");
    await leave();
  },
});
