// What is asked for: the form at the left.

import * as api from "./api.js";
import { fillInstruments, fillKeys } from "./instruments.js";
import { block, button, fill, find, input } from "./say.js";

/** @import * as T from "./types.js" */

const SAID = {
  adventure: (/** @type {number} */ x) => (x < 0.75 ? "careful" : x < 0.95 ? "cautious" : x <= 1.05 ? "as learnt" : x <= 1.3 ? "daring" : "wild"),
  density: (/** @type {number} */ x) => (x < -0.5 ? "sparse" : x < 0 ? "airy" : x === 0 ? "as learnt" : x <= 0.5 ? "busy" : "dense"),
};

/** What can be asked for before there is a model. @type {Pick<T.ModelCard, "genres" | "conditions" | "continues">} */
const NO_MODEL = { genres: [], conditions: {}, continues: true };

/** What else a model may have been told of what it learnt from, as people say it; also the order. */
const TOLD = new Map([
  ["composer", "In the manner of"],
  ["mood", "Mood"],
  ["mode", "Mode"],
  ["tempo", "Pace"],
  ["density", "How many notes"],
  ["polyphony", "How many at once"],
]);

export class CommissionForm {
  /** @param {{compose: () => void, stop: () => void}} doors */
  constructor(doors) {
    this.model = find("model", HTMLSelectElement);
    /** @type {T.ModelCard[]} */
    this.known = [];
    /** @type {T.Take | null} */
    this.from = null;
    /** What was chosen of what models are told, whichever model is chosen now. @type {Record<string, string>} */
    this.told = {};
    fillInstruments(find("instrument", HTMLSelectElement));
    fillKeys(find("key", HTMLSelectElement));
    find("commission", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      doors.compose();
    });
    this.model.addEventListener("change", () => this.suit());
    button("stop").addEventListener("click", () => doors.stop());
    button("dice").addEventListener("click", () => this.roll());
    button("from-clear").addEventListener("click", () => this.continueFrom(null));
    for (const id of ["bars", "adventure", "density"]) {
      input(id).addEventListener("input", () => this.say());
    }
    this.roll();
    this.say();
  }

  /** A seed nobody chose. */
  roll() {
    input("seed").value = String(crypto.getRandomValues(new Uint32Array(1))[0] % 1000000);
  }

  say() {
    const number = (/** @type {string} */ id) => Number(input(id).value);
    block("bars-said").textContent = `${number("bars")} bars`;
    block("adventure-said").textContent = SAID.adventure(number("adventure"));
    block("density-said").textContent = SAID.density(number("density"));
    for (const id of ["bars", "adventure", "density"]) {
      input(id).setAttribute("aria-valuetext", block(`${id}-said`).textContent ?? "");
      fill(input(id));
    }
  }

  /** Asks which models there are; gives how many. @param {string} [choose] */
  async models(choose) {
    const before = choose ?? this.model.value;
    const { models } = await api.models();
    this.known = models;
    this.model.replaceChildren(...models.map((model) => new Option(model.name, model.name)));
    if (models.some((model) => model.name === before)) this.model.value = before;
    this.model.disabled = button("compose").disabled = models.length === 0;
    if (models.length === 0) this.model.append(new Option("none yet", ""));
    this.suit();
    return models.length;
  }

  /** The model that is chosen, if there is one. */
  get chosen() {
    return this.known.find((model) => model.name === this.model.value) ?? null;
  }

  /** Shows what the chosen model can be asked for, and nothing else. */
  suit() {
    const { genres, conditions, continues } = this.chosen ?? NO_MODEL;
    offer(find("genre", HTMLSelectElement), genres, continues ? "any" : "none");
    block("genre-field").hidden = genres.length === 0;
    const told = block("told");
    told.hidden = Object.keys(conditions).length === 0;
    told.replaceChildren(...[...TOLD].filter(([name]) => name in conditions).map(([name, said]) => {
      const field = document.createElement("label");
      const [label, select] = [document.createElement("span"), document.createElement("select")];
      field.className = "field";
      label.className = "label";
      label.textContent = said;
      select.name = name;
      offer(select, conditions[name], "any", this.told[name]);
      select.addEventListener("change", () => { this.told[name] = select.value; });
      field.append(label, select);
      return field;
    }));
    block("density-field").hidden = block("key-field").hidden = !continues;
    if (!continues) this.continueFrom(null);
  }

  /** @param {T.Take | null} take @param {number} [bar] the first to be composed */
  continueFrom(take, bar) {
    this.from = take;
    block("from").hidden = take === null;
    if (take === null) return;
    block("from-title").textContent = take.title || "this piece";
    const at = input("from-bar");
    at.max = String(take.bars + 1);
    at.value = String(Math.min(Math.max(2, bar ?? take.bars + 1), take.bars + 1));
  }

  /** @returns {Record<string, any>} what the API is asked for */
  request() {
    if (input("seed").value === "") this.roll();
    /** @type {Record<string, any>} */
    const request = {
      model: this.model.value,
      seed: Number(input("seed").value),
      takes: Number(input("takes").value || 1),
      temperature: Number(input("adventure").value),
    };
    const { genres, conditions, continues } = this.chosen ?? NO_MODEL;
    if (continues) request["density"] = Number(input("density").value);
    const chosen = { tempo: input("tempo").value, instrument: find("instrument", HTMLSelectElement).value };
    for (const [name, value] of Object.entries(chosen)) if (value !== "") request[name] = Number(value);
    const key = find("key", HTMLSelectElement).value;
    if (key !== "" && continues) request["key"] = key;
    const genre = find("genre", HTMLSelectElement).value;
    if (genres.includes(genre)) request["genre"] = genre;
    const told = Object.entries(this.told).filter(([name, value]) => conditions[name]?.includes(value));
    if (told.length > 0) request["conditions"] = Object.fromEntries(told);
    const notes = input("notes").value;
    if (notes !== "") request["notes"] = Number(notes);
    else request["bars"] = Number(input("bars").value);
    if (this.from !== null) request["from"] = { piece: this.from.id, bar: Number(input("from-bar").value) };
    return request;
  }

  /** @param {boolean} working */
  working(working) {
    const had = document.activeElement === button("compose") || document.activeElement === button("stop");
    button("compose").hidden = working;
    button("stop").hidden = !working;
    if (had) button(working ? "stop" : "compose").focus();
  }
}

/**
 * Puts values into a choice, below one that leaves it open.
 * @param {HTMLSelectElement} select @param {string[]} values @param {string} open @param {string} [chosen]
 */
function offer(select, values, open, chosen = select.value) {
  select.replaceChildren(new Option(open, ""), ...values.map((value) => new Option(value, value)));
  select.value = values.includes(chosen) ? chosen : "";
}
