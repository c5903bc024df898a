// The keyboard: what each key does, and the sheet that lists them.

import { block, button, element, find, input } from "./say.js";

/** @typedef {[key: string, shown: string, what: string, call: () => void]} Binding */

export class Keys {
  /**
   * @param {Binding[]} bindings
   * @param {{undo: () => void, letter: (event: KeyboardEvent) => boolean}} doors `letter` says whether it was a note
   */
  constructor(bindings, doors) {
    this.bindings = bindings;
    this.doors = doors;
    this.sheet = find("help-sheet", HTMLDialogElement);
    const letters = input("letters");
    letters.checked = localStorage.getItem("letters") !== "off";
    letters.addEventListener("change", () => localStorage.setItem("letters", letters.checked ? "on" : "off"));
    button("help-close").addEventListener("click", () => this.sheet.close());
    /** @type {Binding[]} */
    const listed = [...bindings.filter(([, shown]) => shown !== ""), ["z", "Ctrl Z", "Undo", doors.undo], ["?", "?", "This sheet", () => this.show()]];
    block("keys-list").append(...listed.flatMap(([, shown, what]) => [
      element("dt", {}, element("kbd", { textContent: shown })),
      element("dd", { textContent: what }),
    ]));
    addEventListener("keydown", (event) => this.press(event));
  }

  show() {
    if (!this.sheet.open) this.sheet.showModal();
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (event.altKey || this.sheet.open) return;
    const target = event.target instanceof HTMLElement ? event.target : document.body;
    // Where keys have a meaning of their own, they keep it.
    if (target.closest("input:not([type=range]):not([type=checkbox]), select, textarea")) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key !== "z" || event.shiftKey) return;
      event.preventDefault();
      this.doors.undo();
      return;
    }
    if (this.doors.letter(event)) {
      event.preventDefault();
      return;
    }
    const is = (/** @type {string} */ kind) => target.closest(kind) !== null;
    if (event.key === " " && is("button, a, summary, input, label")) return;
    if (event.key.startsWith("Arrow") && is("input")) return;
    if (event.key.length === 1 && event.key !== " " && !input("letters").checked) return;
    if (event.key === "?") {
      event.preventDefault();
      this.show();
      return;
    }
    const bound = this.bindings.find(([key]) => key === event.key.toLowerCase() || key === event.key);
    if (bound === undefined) return;
    event.preventDefault();
    bound[3]();
  }
}
