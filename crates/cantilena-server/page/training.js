// Teaching a model: files in, the loss as it falls, a model to compose with.

import * as api from "./api.js";
import { curves } from "./charts.js";
import { clock, counted } from "./score.js";
import { block, button, element, fill, find, input, status, toast, words } from "./say.js";

/** @import * as T from "./types.js" */

/** @typedef {{learnt: (model: string) => void, compose: (model: string) => void, keep: (take: T.Take) => void}} Doors */

/** What plays samples: one at a time, whichever training they are of. */
const sound = new Audio();

export class Training {
  /** @param {Doors} doors */
  constructor(doors) {
    this.doors = doors;
    /** @type {File[]} */
    this.files = [];
    /** @type {Map<string, JobView>} */
    this.views = new Map();
    const chooser = input("train-files");
    chooser.addEventListener("change", () => this.choose([...(chooser.files ?? [])]));
    const minutes = input("minutes");
    const said = () => { block("minutes-said").textContent = counted(Number(minutes.value), "minute", "minutes"); fill(minutes); };
    minutes.addEventListener("input", said);
    said();
    find("training", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.files.length === 0) toast("Choose some files first, or learn from the songbook.");
      else void this.begin(false);
    });
    button("train-songbook").addEventListener("click", () => void this.begin(true));
    const drop = block("train-drop");
    drop.addEventListener("dragover", () => drop.classList.add("over"));
    drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  }

  /** @param {File[]} files */
  choose(files) {
    block("train-drop").classList.remove("over");
    this.files = files;
    const bytes = files.reduce((sum, file) => sum + file.size, 0);
    block("train-chosen").textContent = files.length === 0 ? "Choose files, or drop them here"
      : `${counted(files.length, "file", "files")}, ${(bytes / 1e6).toFixed(1)} MB`;
  }

  /** All trainings there were. */
  async load() {
    const { jobs } = await api.jobs();
    for (const job of jobs.reverse()) if (!this.views.get(job.id)?.following) this.show(job);
    if (jobs.length === 0) this.none();
  }

  /** What is being learnt, or waits to be; null if nothing is. @returns {string | null} */
  underWay() {
    const busy = [...this.views.values()].filter(({ job }) => job.stage === "running" || job.stage === "waiting");
    return (busy.find(({ job }) => job.stage === "running") ?? busy[0])?.job.name ?? null;
  }

  none() {
    block("jobs").replaceChildren(element("p", { className: "muted", textContent: "Nothing has been trained here yet. The songbook makes a first model in a minute or two." }));
  }

  /** @param {boolean} songbook @param {number} [minutes] */
  async begin(songbook, minutes = Number(input("minutes").value)) {
    const name = input("train-name");
    if (name.value === "" && songbook) name.value = "songbook";
    // One name, however it was typed: letters with their accents in one.
    name.value = name.value.trim().normalize("NFC");
    if (!name.reportValidity()) return;
    try {
      const job = await api.train({ name: name.value, minutes, songbook }, songbook ? [] : this.files);
      name.value = "";
      this.choose([]);
      status(`Training ${job.name}`);
      this.show(job);
    } catch (error) {
      toast(words(error));
    }
  }

  /** @param {T.Job} job */
  show(job) {
    let view = this.views.get(job.id);
    if (view === undefined) {
      if (this.views.size === 0) block("jobs").replaceChildren();
      view = new JobView(job, this.doors);
      this.views.set(job.id, view);
      block("jobs").prepend(view.card);
    }
    view.update(job);
    void view.follow();
  }
}

/** One training, as it goes. */
class JobView {
  /** @param {T.Job} job @param {Doors} doors */
  constructor(job, doors) {
    this.doors = doors;
    this.job = job;
    this.following = false;
    /** @type {[number, number][]} */
    this.training = [];
    /** @type {[number, number][]} */
    this.validation = [];
    /** @type {number | null} */
    this.baseline = null;
    /** @type {any} */
    this.step = null;
    /** @type {any} */
    this.judged = null;
    this.card = element("article", { className: "panel job" });
    this.word = element("span", { className: "stage-word" });
    this.actions = element("span", { className: "quiet-actions" });
    this.head = element("div", { className: "job-head" }, element("h3", { textContent: job.name }), this.word);
    this.bar = element("progress", { max: 1, value: 0 });
    this.bar.setAttribute("aria-label", `Progress of ${job.name}`);
    this.numbers = element("dl", { className: "numbers" });
    this.chart = element("div");
    this.samples = element("ul", { className: "samples" });
    this.samples.setAttribute("aria-label", `What ${job.name} can do`);
    this.report = element("div", { className: "faults" });
    this.card.append(this.head, this.bar, this.numbers, this.samples, this.chart, this.report);
  }

  /** @param {T.Job} job */
  update(job) {
    this.job = job;
    this.training = [];
    this.validation = [];
    this.samples.replaceChildren();
    job.news.forEach((news) => this.hear(news));
    this.paint();
  }

  /** Listens until it is over. */
  async follow() {
    if (this.following || ["done", "stopped", "failed"].includes(this.job.stage)) return;
    this.following = true;
    let asked = false;
    this.training = [];
    this.validation = [];
    this.samples.replaceChildren();
    try {
      await api.followJob(this.job.id, (name, data) => {
        if (name === "progress") {
          if (this.job.stage === "waiting") this.job.stage = "running";
          this.hear(data);
        } else if (name === "done") {
          this.job = data;
          status(`${data.name}: ${data.stage}`);
          if (data.stage !== "failed") this.doors.learnt(data.name);
        } else if (name === "error") {
          toast(data.detail);
        }
        if (!asked) requestAnimationFrame(() => { asked = false; this.paint(); });
        asked = true;
      });
    } catch (error) {
      toast(words(error));
    }
    this.following = false;
    this.paint();
  }

  /** @param {any} news */
  hear(news) {
    if (news.news === "step") {
      this.step = news;
      this.training.push([news.step, news.nats]);
    } else if (news.news === "judged") {
      this.judged = news;
      this.validation.push([news.step, news.validation]);
    } else if (news.news === "baseline") {
      this.baseline = news.nats;
    } else if (news.news === "gathered") {
      this.faults(news);
    } else if (news.news === "sampled") {
      this.sample(news.step, news.piece);
    }
  }

  /** A few bars of what it can do by now, to be heard and kept. @param {number} step @param {string} piece */
  sample(step, piece) {
    const after = `after ${step.toLocaleString("en")} steps`;
    const play = element("button", { type: "button", className: "quiet", textContent: `▶ ${after}` });
    play.setAttribute("aria-label", `Hear ${this.job.name} ${after}`);
    play.addEventListener("click", () => {
      const path = `/v1/pieces/${piece}.wav`;
      if (!sound.paused && sound.src.endsWith(path)) { sound.pause(); return; }
      sound.src = path;
      sound.play().catch((error) => toast(words(error)));
    });
    const keep = element("button", { type: "button", className: "quiet", textContent: "Keep" });
    keep.setAttribute("aria-label", `Keep what ${this.job.name} made ${after}`);
    keep.addEventListener("click", async () => {
      try {
        this.doors.keep(await api.feedback(piece, { removed: false }));
        toast("Kept among the takes.");
      } catch (error) {
        toast(words(error));
      }
    });
    this.samples.append(element("li", {}, play, keep));
  }

  /** The doctor's report. @param {{read: number, repaired: [string, string[]][], refused: [string, string][]}} news */
  faults(news) {
    const said = [`${counted(news.read, "file", "files")} read without a fault`];
    if (news.repaired.length > 0) said.push(`${news.repaired.length} mended`);
    if (news.refused.length > 0) said.push(`${news.refused.length} left out`);
    this.report.replaceChildren(element("p", { textContent: `${said.join(", ")}.` }));
    const rows = [...news.refused.map(([name, why]) => `${name}: ${why}`), ...news.repaired.map(([name, faults]) => `${name}: ${faults.join("; ")}`)];
    if (rows.length > 0) {
      this.report.append(element("details", {}, element("summary", { textContent: "What was wrong" }),
        element("ul", {}, ...rows.slice(0, 200).map((text) => element("li", { textContent: text })))));
    }
  }

  paint() {
    const { stage, name } = this.job;
    const running = stage === "running" || stage === "waiting";
    this.word.textContent = { waiting: "waits its turn", running: "learning", done: "ready", stopped: "stopped", failed: "failed" }[stage];
    this.word.classList.toggle("running", running);
    this.bar.hidden = !running;
    this.bar.value = this.step?.progress ?? 0;
    /** @type {[string, string][]} */
    const numbers = [];
    if (running && this.step !== null) numbers.push(["to go", clock(this.step.remaining)], ["notes a second", Math.round(this.step.notes_per_second).toLocaleString("en")]);
    if (this.judged !== null) numbers.push(["nats a note, held back", this.judged.validation.toFixed(2)], ["pitches foreseen", `${Math.round(this.judged.pitch_accuracy * 100)} %`]);
    if (this.step !== null && running) numbers.push(["learning rate", this.step.learning_rate.toExponential(1)]);
    this.numbers.replaceChildren(...numbers.map(([what, value]) => element("div", {}, element("dt", { textContent: what }), element("dd", { textContent: value }))));
    const lines = [{ class: "training", name: "training", points: this.training }, { class: "validation", name: "held back", points: this.validation }];
    const last = Math.max(this.training.at(-1)?.[0] ?? 0, this.validation.at(-1)?.[0] ?? 0);
    if (this.baseline !== null && last > 0) lines.push({ class: "baseline", name: "counting", points: [[0, this.baseline], [last, this.baseline]] });
    this.chart.replaceChildren(...(this.validation.length > 0 && last > 0 ? [curves(`Loss of ${name}, nats a note`, lines, "steps")] : []));
    if (stage === "failed") this.chart.replaceChildren(element("p", { textContent: this.job.why }));
    this.head.querySelectorAll("button").forEach((old) => old.remove());
    const act = (/** @type {string} */ text, /** @type {() => void} */ call) => {
      const made = element("button", { type: "button", className: "quiet", textContent: text });
      made.addEventListener("click", call);
      this.head.append(made);
    };
    if (running) act("Stop and keep", () => void this.send("stop"));
    if (stage === "stopped") act("Go on", () => void this.send("resume"));
    if (stage === "done" || stage === "stopped") act("Compose with it", () => this.doors.compose(name));
  }

  /** @param {"stop" | "resume"} what */
  async send(what) {
    try {
      this.job = await api.job(this.job.id, what);
      this.paint();
      void this.follow();
    } catch (error) {
      toast(words(error));
    }
  }
}
