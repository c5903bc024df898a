// The page in a real browser, as a person uses it. Needs playwright-core, axe-core and a Chromium;
// the script `run` beside this file sees to them.
//
//   node run.mjs TOOLS CANTILENA FOLDER
//
// TOOLS is a folder with node_modules; FOLDER takes the studios and the screenshots. ONLY in the
// environment picks the tests whose name has these words.

import { rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

rmSync(resolve(process.argv[4]), { recursive: true, force: true });
const { browser, folder, run, studio } = await import("./harness.mjs");

/** Learns in seconds, and composes as fast as any. */
const SMALL = "[model]\nunits = 64\nlayers = 1\nembedding = 32\nhead = 32\n[training]\nstreams = 8\nwindow = 32\nshards = 2\nlearning_rate = 0.01\n[conditions]\nuse = [\"mode\", \"density\"]\n";
writeFileSync(join(folder, "small.toml"), SMALL);
run("train", "--songbook", "--recipe", "small.toml", "--steps", "60", "--out", "model");
const melody = run("recipes", "melody").replace("[256, 256]", "[16]");
writeFileSync(join(folder, "melody.toml"), melody);
run("train", "--songbook", "--recipe", "melody.toml", "--minutes", "0.01", "--out", "tunes");

const model = join(folder, "model");
const main = await studio("studio", "--model", model, "--model", join(folder, "tunes"));
let failed = 0;
for (const module of ["compose", "files", "screens", "training"]) {
  const { tests } = await import(`./${module}.mjs`);
  for (const [name, test] of Object.entries(tests(main, model))) {
    if (!name.includes(process.env.ONLY ?? "")) continue;
    const begun = performance.now();
    try {
      await test();
      console.log(`ok   ${name} (${((performance.now() - begun) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL ${name}\n${error?.stack ?? error}`);
    }
  }
}
await browser.close();
await main.close();
process.exit(failed === 0 ? 0 : 1);
