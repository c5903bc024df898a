// A keyboard to play on: with the pointer, with a finger, or with the letters of the computer's own.

import { block, button, element } from "./say.js";
import { pitchName } from "./score.js";

/** Letters by where they lie, as trackers have them: two rows of an octave and more each. */
const LOWER = ["KeyZ", "KeyS", "KeyX", "KeyD", "KeyC", "KeyV", "KeyG", "KeyB", "KeyH", "KeyN", "KeyJ", "KeyM", "Comma", "KeyL", "Period", "Semicolon", "Slash"];
const UPPER = ["KeyQ", "Digit2", "KeyW", "Digit3", "KeyE", "KeyR", "Digit5", "KeyT", "Digit6", "KeyY", "Digit7", "KeyU", "KeyI", "Digit9", "KeyO", "Digit0", "KeyP"];
const BLACK = new Set([1, 3, 6, 8, 10]);
/** Keys on the screen: two octaves and the C above. */
const KEYS = 25;

export class Keyboard {
  /** @param {{press: (pitch: number) => () => void}} doors `press` sounds a pitch and gives what ends it */
  constructor(doors) {
    this.doors = doors;
    /** The lowest pitch on the screen, a C. */
    this.low = 48;
    /** Whether letters play; then they are no shortcuts. */
    this.letters = localStorage.getItem("letters-play") !== "off";
    /** What ends each pitch that sounds. @type {Map<string, {pitch: number, release: () => void}>} */
    this.held = new Map();
    this.keys = block("keys-of-piano");
    button("keyboard").addEventListener("click", () => this.toggle());
    button("octave-down").addEventListener("click", () => this.shift(-12));
    button("octave-up").addEventListener("click", () => this.shift(12));
    const letters = button("letters-play");
    letters.addEventListener("click", () => {
      this.letters = !this.letters;
      localStorage.setItem("letters-play", this.letters ? "on" : "off");
      this.say();
    });
    addEventListener("keyup", (event) => this.release(event.code));
    addEventListener("blur", () => { for (const name of [...this.held.keys()]) this.release(name); });
    this.keys.addEventListener("pointerdown", (event) => {
      const key = keyOf(event.target);
      if (key === null) return;
      event.preventDefault();
      key.focus();
      this.press("pointer", Number(key.dataset["pitch"]));
    });
    this.keys.addEventListener("pointerover", (event) => {
      const key = keyOf(event.target);
      if (event.buttons === 1 && key !== null) this.press("pointer", Number(key.dataset["pitch"]));
    });
    for (const event of ["pointerup", "pointerleave", "pointercancel"]) {
      this.keys.addEventListener(event, () => this.release("pointer"));
    }
    this.keys.addEventListener("keydown", (event) => this.walk(event));
    this.lay();
    this.say();
  }

  get open() {
    return !block("piano").hidden;
  }

  toggle() {
    block("piano").hidden = this.open;
    this.say();
  }

  say() {
    button("keyboard").setAttribute("aria-pressed", String(this.open));
    button("letters-play").setAttribute("aria-pressed", String(this.letters));
    button("letters-play").textContent = this.letters ? "Letters play" : "Letters do not play";
  }

  /** @param {number} semitones */
  shift(semitones) {
    this.low = Math.min(96, Math.max(12, this.low + semitones));
    this.lay();
  }

  /** Lays out the keys. */
  lay() {
    /** @type {HTMLButtonElement[]} */
    const keys = [];
    for (let pitch = this.low; pitch < this.low + KEYS; pitch += 1) {
      const name = pitchName(pitch);
      const key = element("button", { type: "button", className: BLACK.has(pitch % 12) ? "black" : "white", tabIndex: pitch === this.low ? 0 : -1 });
      key.setAttribute("aria-label", name);
      key.dataset["pitch"] = String(pitch);
      if (pitch % 12 === 0) key.append(element("span", { textContent: name }));
      keys.push(key);
    }
    this.keys.replaceChildren(...keys);
  }

  /** From key to key by the arrows; Enter and the space bar sound. @param {KeyboardEvent} event */
  walk(event) {
    const keys = [...this.keys.querySelectorAll("button")];
    const here = keys.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    if (here < 0) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (!event.repeat) this.press(event.code, Number(keys[here].dataset["pitch"]));
    } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      event.preventDefault();
      event.stopPropagation();
      const next = keys[here + (event.key === "ArrowRight" ? 1 : -1)];
      if (next === undefined) return;
      keys[here].tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    }
  }

  /** Plays what a letter stands for; whether it stands for anything. @param {KeyboardEvent} event */
  letter(event) {
    if (!this.open || !this.letters) return false;
    if (event.code === "BracketLeft" || event.code === "BracketRight") {
      if (!event.repeat) this.shift(event.code === "BracketLeft" ? -12 : 12);
      return true;
    }
    const [below, above] = [LOWER.indexOf(event.code), UPPER.indexOf(event.code)];
    if (below < 0 && above < 0) return false;
    if (!event.repeat) this.press(event.code, this.low + (below >= 0 ? below : 12 + above));
    return true;
  }

  /** @param {string} by what presses it @param {number} pitch */
  press(by, pitch) {
    if (this.held.get(by)?.pitch === pitch || pitch > 127) return;
    this.release(by);
    this.held.set(by, { pitch, release: this.doors.press(pitch) });
    this.key(pitch)?.classList.add("down");
  }

  /** @param {string} by */
  release(by) {
    const held = this.held.get(by);
    if (held === undefined) return;
    this.held.delete(by);
    held.release();
    this.key(held.pitch)?.classList.remove("down");
  }

  /** @param {number} pitch */
  key(pitch) {
    return this.keys.querySelector(`[data-pitch="${pitch}"]`);
  }
}

/** @param {EventTarget | null} target @returns {HTMLElement | null} */
function keyOf(target) {
  const key = target instanceof Element ? target.closest("[data-pitch]") : null;
  return key instanceof HTMLElement ? key : null;
}
