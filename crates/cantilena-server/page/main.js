// The page: the rooms, the piece on the desk, and what joins the parts to each other.

import * as api from "./api.js";
import { CommissionForm } from "./commission.js";
import { History } from "./history.js";
import { Keyboard } from "./keyboard.js";
import { Keys } from "./keys.js";
import { PianoRoll } from "./piano_roll.js";
import { go, here, onMove, stay } from "./place.js";
import { Player } from "./player.js";
import { block, button, element, fill, find, input, status, toast, words } from "./say.js";
import { barAt, bars, clock, counted, facts, secondsAt, summary, tickAt } from "./score.js";
import { see } from "./see.js";
import { Training } from "./training.js";

/** @import * as T from "./types.js" */

/** A piece on the desk: still coming, or finished. */
/** @typedef {{id: string | null, live: string | null, score: T.Score | null, take: T.Take | null, why: string}} Desk */

/** @type {Desk[]} the takes of the last commission, or the one piece that was opened */
let desks = [];
let shown = 0;
let working = false;

const PLAY = "M8 5.5v13l11-6.5z";
const PAUSE = "M7 5.5h3.6v13H7zM13.4 5.5H17v13h-3.6z";

const roll = new PianoRoll(find("roll", HTMLCanvasElement), {
  seek: (tick) => { const score = desk()?.score; if (score) player.seek(secondsAt(score, tick)); },
  sound: (pitch) => player.touch(pitch, program()),
});
const player = new Player({ changed: () => transport(), failed: (why) => toast(why) });
const form = new CommissionForm({ compose: () => void compose(), stop: () => void stop() });
const history = new History({
  open: (take) => void open(take),
  changed: (take) => {
    for (const one of desks) if (one.id === take.id) one.take = take;
    head();
  },
});
const keyboard = new Keyboard({ press: (pitch) => player.press(pitch, program()) });
const training = new Training({
  keep: (take) => history.add(take),
  learnt: (model) => void form.models(model).then(empty),
  compose: (model) => { room("compose"); void form.models(model).then(empty); },
});

function desk() {
  return desks[shown] ?? null;
}

/** What keys sound like: the instrument that is asked for, else that of the piece on the desk. */
function program() {
  const asked = find("instrument", HTMLSelectElement).value;
  return asked !== "" ? Number(asked) : desk()?.score?.tracks.find((track) => !track.drums)?.program ?? 0;
}

/** Goes to a room. @param {"compose" | "train"} name */
function room(name) {
  enter(name);
  go(place());
}

/** @returns {import("./place.js").Place} where one is */
const place = () => ({ room: block("train-room").hidden ? "compose" : "train", piece: desk()?.id ?? null });

/** Shows a room. @param {"compose" | "train"} name */
function enter(name) {
  empty();
  block("compose-room").hidden = name !== "compose";
  block("train-room").hidden = name !== "train";
  for (const other of ["compose", "train"]) {
    button(`room-${other}`).setAttribute("aria-pressed", String(other === name));
  }
}

async function compose() {
  if (working) return;
  const request = form.request();
  const before = desk()?.take ?? null;
  const was = desks;
  working = true;
  form.working(true);
  player.stop();
  desks = Array.from({ length: request["takes"] }, () => ({ id: null, live: null, score: null, take: null, why: "" }));
  shown = 0;
  show();
  status("Composing");
  try {
    await api.compose(request, hear);
    status("Finished");
  } catch (error) {
    for (const one of desks) if (one.take === null) one.why = words(error);
    toast(words(error));
  }
  working = false;
  form.working(false);
  if (desks.some((one) => one.take === null)) brokenOff(was);
  empty();
  const made = desks.flatMap((one) => (one.id === null ? [] : [one.id]));
  if (made.length > 0) history.remember(() => unmake(made, before));
  // The next commission is another piece, unless its seed is set by hand.
  form.roll();
}

/**
 * Keeps what came of takes that broke off in sight, and lets go of those of which nothing came; where
 * that is all of them, what lay on the desk before comes back.
 * @param {Desk[]} before
 */
function brokenOff(before) {
  player.stop();
  const current = desk();
  for (const one of desks) if (one.take === null && one.why === "") one.why = "It broke off";
  desks = desks.filter((one) => one.take !== null || (one.score?.tracks ?? []).some((track) => track.notes.length > 0));
  if (desks.length === 0) desks = before;
  shown = Math.max(0, desks.findIndex((one) => one === current));
  if (desk() === current) head();
  else show();
}

/** Puts takes away that were just composed, and what was on the desk before back on it. @param {string[]} made @param {T.Take | null} before */
async function unmake(made, before) {
  for (const id of made) await history.change(id, { removed: true });
  if (before !== null) return open(before);
  desks = [];
  show();
}

/** @param {string} name @param {any} data */
function hear(name, data) {
  const one = desks[data.take ?? 0];
  if (one === undefined) return;
  const here = data.take === shown;
  if (name === "progress") {
    one.live = data.id;
    if (data.score === null) return;
    one.score = data.score;
    if (!here) return;
    show();
    if (input("sound-on").checked && one.score !== null) player.live(one.score, true);
  } else if (name === "note" && one.score !== null) {
    /** @type {T.NoteEvent} */
    const note = data;
    /** @type {T.Note} */
    const drawn = [note.onset, note.duration, note.pitch, note.velocity];
    if (here) {
      const first = block("empty").hidden === false;
      roll.add(note.track, drawn);
      if (first) empty();
    } else {
      one.score.tracks[note.track]?.notes.push(drawn);
    }
  } else if (name === "done") {
    [one.id, one.take] = [data.piece.id, data.piece];
    history.add(data.piece);
    void finish(one);
  } else if (name === "error") {
    one.why = data.detail;
    toast(data.detail);
  }
}

/** Puts the finished score in the place of the notes as they came. @param {Desk} one */
async function finish(one) {
  if (one.id === null) return;
  const came = one.score;
  try {
    one.score = (await api.piece(one.id)).score;
  } catch (error) {
    toast(words(error));
    return;
  }
  if (desk() !== one || one.score === null) return;
  go(place());
  player.load(one.id, one.score, true);
  history.choose(one.id);
  const { view, cursor } = roll;
  roll.show(one.score);
  const same = came?.ticks_per_quarter === one.score.ticks_per_quarter;
  if (player.playing && same) [roll.view, roll.cursor] = [view, cursor];
  head();
  // A model of another kind tells its parts only when it is done.
  parts();
}

/** Ends what is being composed; what there is stays. */
async function stop() {
  const live = desks.flatMap((one) => (one.live !== null && one.take === null ? [one.live] : []));
  for (const id of live) {
    // One that has just finished cannot be stopped, and need not be.
    await api.stop(id).catch(() => {});
  }
}

/** Opens a take, and goes to it. @param {T.Take} take */
async function open(take) {
  if (await put(take.id) && desk()?.id === take.id) go(place());
}

/** How many pieces were asked for, so that one that comes late does not cover one asked for later. */
let asked = 0;

/** Puts a piece on the desk. @param {string} id @returns {Promise<boolean>} whether it could be had; it lies there unless another was asked for since */
async function put(id) {
  asked += 1;
  const mine = asked;
  try {
    const { score, piece } = await api.piece(id);
    if (mine !== asked || working) return true;
    desks = [{ id, live: null, score, take: piece, why: "" }];
    shown = 0;
    show();
    return true;
  } catch (error) {
    toast(words(error));
    return false;
  }
}

/** Goes where the address says. @param {import("./place.js").Place} to */
async function move(to) {
  enter(to.room);
  if (to.piece === null || to.piece === desk()?.id || working) return;
  const known = desks.findIndex((one) => one.id === to.piece);
  if (known < 0) return void await put(to.piece);
  shown = known;
  show();
}

/** Shows the chosen take anew. */
function show() {
  const one = desk();
  player.stop();
  roll.silent = new Set();
  roll.show(one?.score ?? null);
  if (one?.id && one.score !== null) player.load(one.id, one.score);
  history.choose(one?.id ?? null);
  head();
  parts();
}

/** The words above and around the roll. */
function head() {
  const one = desk();
  const [score, take] = [one?.score ?? null, one?.take ?? null];
  const done = take !== null && one?.id !== null;
  const coming = desks.length > 0 && working ? "Composing…" : "Nothing yet";
  const title = take?.title || (one?.why ? "Broken off" : score?.title || coming);
  block("title").textContent = title;
  document.title = done ? `${title} · Cantilena` : "Cantilena";
  block("facts").textContent = one?.why || (score === null ? "" : done ? facts(score) : "The notes are coming");
  const said = score === null ? "Empty" : summary(score);
  block("summary").textContent = said;
  roll.canvas.setAttribute("aria-label", score === null ? "Piano roll, empty" : `Piano roll. ${facts(score)}`);
  const star = button("star");
  star.disabled = button("continue").disabled = !done;
  star.textContent = take?.star ? "★" : "☆";
  star.setAttribute("aria-pressed", String(take?.star ?? false));
  for (const kind of ["mid", "musicxml", "wav", "svg", "json"]) {
    const link = find(`save-${kind}`, HTMLAnchorElement);
    // Sound is played as it was composed.
    const grid = kind === "wav" ? "" : find("save-grid", HTMLSelectElement).value;
    if (done) link.href = `/v1/pieces/${one?.id}.${kind}?${grid === "" ? "" : `quantize=${encodeURIComponent(grid)}&`}download`;
    else link.removeAttribute("href");
  }
  block("save").inert = !done;
  block("save").classList.toggle("off", !done);
  const tabs = block("takes-tabs");
  tabs.hidden = desks.length < 2;
  tabs.replaceChildren(...desks.map((_, index) => {
    const tab = element("button", { type: "button", textContent: `Take ${index + 1}` });
    tab.setAttribute("aria-pressed", String(index === shown));
    tab.addEventListener("click", () => { shown = index; show(); if (!working) go(place()); });
    return tab;
  }));
  if (block("closer").hasAttribute("open")) void see(one?.id ?? null);
  empty();
  transport();
}

/** The chips of the parts: which colour, whether heard. */
function parts() {
  const score = desk()?.score;
  const chips = (score?.tracks ?? []).map((track, index) => {
    const swatch = element("canvas", { width: 36, height: 24 });
    swatch.setAttribute("aria-hidden", "true");
    const paint = swatch.getContext("2d");
    if (paint !== null) {
      paint.scale(2, 2);
      paint.fillStyle = roll.fills?.[index % 8] ?? "";
      paint.fillRect(0, 0, 18, 12);
    }
    const name = track.name === "" ? track.instrument : `${track.name} · ${track.instrument}`;
    const chip = element("span", { className: "part" }, swatch, element("span", { textContent: name }));
    for (const [what, letter, verb] of /** @type {["muted" | "solo", string, string][]} */ ([["muted", "M", "Mute"], ["solo", "S", "Solo"]])) {
      const key = element("button", { type: "button", textContent: letter });
      key.setAttribute("aria-label", `${verb} ${name}`);
      key.setAttribute("aria-pressed", String(player[what].has(index)));
      key.addEventListener("click", () => toggle(index, what));
      chip.append(key);
    }
    chip.classList.toggle("silent", roll.silent.has(index));
    return chip;
  });
  block("parts").replaceChildren(...chips);
}

/** @param {number} track @param {"muted" | "solo"} what */
function toggle(track, what) {
  player.toggle(track, what);
  const heard = player.heard();
  const all = desk()?.score?.tracks ?? [];
  roll.silent = new Set(heard === null ? [] : all.map((_, t) => t).filter((t) => !heard.includes(t)));
  const focused = document.activeElement?.getAttribute("aria-label");
  parts();
  for (const key of block("parts").querySelectorAll("button")) if (key.getAttribute("aria-label") === focused) key.focus();
  roll.draw();
}

/** What stands in an empty roll. */
function empty() {
  const score = desk()?.score ?? null;
  const models = !form.model.disabled;
  const full = score !== null && (score.length > 0 || score.tracks.some((track) => track.notes.length > 0));
  block("empty").hidden = full;
  if (full) return;
  const learning = models ? null : training.underWay();
  block("empty-title").textContent = working ? "Listening for the first note" : models ? "A quiet room"
    : learning !== null ? `${learning} is learning` : "Nothing has been learnt yet";
  block("empty-text").textContent = working ? "" : models
    ? "Press Compose, or drop a file anywhere to hear it and go on from it: MIDI, MusicXML, ABC, or somebody singing."
    : learning !== null ? "As soon as it is ready it can be composed with here."
      : "A model learns from music. The songbook that comes with Cantilena makes a first one in a minute; your own files make one of your own.";
  const actions = block("empty-actions");
  const offered = models || working ? "" : learning !== null ? "watch" : "begin";
  if (actions.dataset["offered"] === offered) return;
  actions.dataset["offered"] = offered;
  actions.replaceChildren();
  if (offered === "watch") {
    const watch = element("button", { type: "button", className: "primary", textContent: "See how it goes" });
    watch.addEventListener("click", () => room("train"));
    actions.append(watch);
  }
  if (offered !== "begin") return;
  const songbook = element("button", { type: "button", className: "primary", textContent: "Learn from the songbook" });
  songbook.addEventListener("click", () => { room("train"); void training.begin(true, 1); });
  const own = element("button", { type: "button", className: "quiet", textContent: "Use my own files" });
  own.addEventListener("click", () => room("train"));
  actions.replaceChildren(songbook, own);
}

/** The buttons of playing. */
function transport() {
  const score = desk()?.score ?? null;
  const playable = score !== null && score.length > 0 && (working || desk()?.id !== null);
  const play = button("play");
  play.disabled = button("rewind").disabled = !playable;
  play.setAttribute("aria-label", player.playing ? "Pause" : "Play");
  document.getElementById("play-shape")?.setAttribute("d", player.playing ? PAUSE : PLAY);
  const seek = input("seek");
  seek.disabled = !playable || desk()?.id === null;
  seek.max = String(Math.max(0.01, player.length));
  block("length").textContent = clock(player.length);
  tick();
}

let ticking = false;
/** Moves the cursor, frame by frame while something sounds. */
function tick() {
  const score = desk()?.score ?? null;
  const seconds = player.seconds;
  const seek = input("seek");
  seek.value = String(seconds);
  seek.setAttribute("aria-valuetext", clock(seconds));
  fill(seek);
  block("clock").textContent = clock(seconds);
  if (score !== null) {
    let at = tickAt(score, seconds);
    // Those who want no motion see it go from bar to bar.
    if (calm.matches) at = barAt(score, at).tick;
    roll.moveCursor(at, player.playing);
  }
  if (player.playing && !ticking) {
    ticking = true;
    requestAnimationFrame(() => { ticking = false; tick(); });
  }
}

const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** @param {number} way 1 a bar on, -1 a bar back */
function byBar(way) {
  const score = desk()?.score;
  if (!score) return;
  const here = tickAt(score, player.seconds);
  const bar = barAt(score, here);
  const next = bars(score, bar.tick + bar.length, bar.tick + bar.length + 1).next().value;
  const back = here - bar.tick > bar.beat / 2 ? bar.tick : barAt(score, Math.max(0, bar.tick - 1)).tick;
  player.seek(secondsAt(score, way > 0 ? next?.tick ?? score.length : back));
}

function playOrPause() {
  if (player.playing) player.pause();
  else void player.play();
}

/** @param {File} file */
async function bring(file) {
  if (/\.zip$/i.test(file.name)) {
    toast(`${file.name} is an archive: drop it under Train to learn from what is in it, or open one of its scores.`);
    return;
  }
  // Of a recording it takes a moment to hear what is sung.
  if (file.type.startsWith("audio/") && !/midi?$/.test(file.type)) toast(`Listening to ${file.name}…`);
  try {
    const { piece, repairs } = await api.open(file);
    history.add(piece);
    room("compose");
    await open(piece);
    if (form.chosen?.continues ?? true) form.continueFrom(piece);
    toast(repairs.length === 0 ? `${piece.title} is open.` : `${piece.title} is open; ${counted(repairs.length, "thing", "things")} in it ${repairs.length === 1 ? "was" : "were"} mended.`);
  } catch (error) {
    const why = words(error);
    toast(why.includes(file.name) ? why : `${file.name}: ${why}`);
  }
}

/** @param {string} theme */
function wear(theme) {
  document.documentElement.dataset["theme"] = theme;
  button("theme").textContent = theme === "dark" ? "Light" : "Dark";
  button("theme").setAttribute("aria-label", theme === "dark" ? "Light colours" : "Dark colours");
  roll.restyle();
  parts();
}

function dropping() {
  let depth = 0;
  const veil = block("veil");
  const files = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files") ?? false;
  addEventListener("dragenter", (event) => { if (files(event)) { depth += 1; veil.hidden = false; } });
  addEventListener("dragleave", () => { depth = Math.max(0, depth - 1); if (depth === 0) veil.hidden = true; });
  addEventListener("dragover", (event) => { if (files(event)) event.preventDefault(); });
  addEventListener("drop", (event) => {
    if (!files(event)) return;
    event.preventDefault();
    [depth, veil.hidden] = [0, true];
    const brought = [...(event.dataTransfer?.files ?? [])];
    if (!block("train-room").hidden || brought.length > 1) {
      room("train");
      training.choose(brought);
    } else if (brought[0] !== undefined) {
      void bring(brought[0]);
    }
  });
}

function begin() {
  for (const name of /** @type {("compose" | "train")[]} */ (["compose", "train"])) {
    button(`room-${name}`).addEventListener("click", () => room(name));
  }
  button("play").addEventListener("click", playOrPause);
  button("rewind").addEventListener("click", () => { player.seek(0); roll.scrollTo(0); });
  const loop = () => {
    player.loop(!player.looping);
    button("loop").setAttribute("aria-pressed", String(player.looping));
  };
  button("loop").addEventListener("click", loop);
  input("seek").addEventListener("input", () => player.seek(Number(input("seek").value)));
  const volume = input("volume");
  volume.addEventListener("input", () => { player.setVolume(Number(volume.value)); fill(volume); });
  fill(volume);
  button("zoom-in").addEventListener("click", () => roll.zoom(1 / 1.4));
  button("zoom-out").addEventListener("click", () => roll.zoom(1.4));
  const star = () => { const id = desk()?.id; if (id) void history.star(id); };
  button("star").addEventListener("click", star);
  const goOn = () => {
    const [take, score] = [desk()?.take, desk()?.score];
    if (!take || !score) return;
    if (form.chosen?.continues === false) {
      toast(`${form.chosen.name} makes pieces of its own; choose another model to go on with this one.`);
      return;
    }
    const seconds = player.seconds;
    form.continueFrom(take, seconds > 0.1 ? barAt(score, tickAt(score, seconds)).number : undefined);
    input("from-bar").focus();
  };
  button("continue").addEventListener("click", goOn);
  block("closer").addEventListener("toggle", () => {
    if (block("closer").hasAttribute("open")) void see(desk()?.id ?? null);
  });
  const chooser = input("open-file");
  chooser.addEventListener("change", () => {
    const file = chooser.files?.[0];
    if (file !== undefined) void bring(file);
    chooser.value = "";
  });
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const chosen = localStorage.getItem("theme");
  wear(chosen ?? (dark.matches ? "dark" : "light"));
  button("theme").addEventListener("click", () => {
    const theme = document.documentElement.dataset["theme"] === "dark" ? "light" : "dark";
    localStorage.setItem("theme", theme);
    wear(theme);
  });
  find("save-grid", HTMLSelectElement).addEventListener("change", () => head());
  const menu = find("save", HTMLDetailsElement);
  addEventListener("click", (event) => { if (!menu.contains(/** @type {Node} */ (event.target)) || event.target instanceof HTMLAnchorElement) menu.open = false; });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
  const keys = new Keys([
    [" ", "Space", "Play or pause", playOrPause],
    ["Escape", "Esc", "Silence, back to the start", () => { player.pause(); player.seek(0); }],
    ["ArrowRight", "→", "A bar on", () => byBar(1)],
    ["ArrowLeft", "←", "A bar back", () => byBar(-1)],
    ["c", "C", "Compose", () => { if (!button("compose").disabled) void compose(); }],
    ["x", "X", "Stop and keep", () => void stop()],
    ["s", "S", "Star the take", star],
    ["n", "N", "Continue from here", goOn],
    ["l", "L", "Repeat", loop],
    ...Array.from({ length: 9 }, (_, part) => /** @type {import("./keys.js").Binding} */ (
      [String(part + 1), part === 0 ? "1 … 9" : "", "Mute that part", () => { if (desk()?.score?.tracks[part]) toggle(part, "muted"); }])),
    ["k", "K", "A keyboard to play on", () => keyboard.toggle()],
    ["d", "D", "Save as MIDI", () => find("save-mid", HTMLAnchorElement).click()],
    ["+", "+", "Fewer bars, larger", () => roll.zoom(1 / 1.4)],
    ["-", "−", "More bars, smaller", () => roll.zoom(1.4)],
  ], { undo: () => void history.undo(), letter: (event) => keyboard.letter(event) });
  button("help").addEventListener("click", () => keys.show());
  dropping();
  const asks = here();
  if (asks !== null) enter(asks.room);
  onMove((to) => void move(to));
  Promise.all([form.models(), history.load(), training.load()]).then(async () => {
    head();
    if (desks.length > 0 || working) return;
    const latest = [...history.takes.values()].find((take) => !take.removed);
    if (!(asks?.piece && await put(asks.piece)) && latest !== undefined) await put(latest.id);
    // A piece is open that nobody chose: the way back leads out of the page.
    if (!working && desk()?.id) stay(place());
  }, (error) => toast(words(error)));
  // What was done elsewhere meanwhile: in another tab, in the terminal.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible" || working) return;
    Promise.all([form.models(), history.load(), training.load()]).then(head, () => {});
  });
}

begin();
