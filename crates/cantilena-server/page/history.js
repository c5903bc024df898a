// Every take there is, as the tree they grew.

import * as api from "./api.js";
import { clock, counted } from "./score.js";
import { block, button, element, input, status, toast, words } from "./say.js";

/** @import * as T from "./types.js" */

export class History {
  /** @param {{open: (take: T.Take) => void, changed: (take: T.Take) => void}} doors */
  constructor(doors) {
    this.doors = doors;
    /** @type {Map<string, T.Take>} the newest first */
    this.takes = new Map();
    /** @type {string | null} */
    this.current = null;
    this.list = block("history");
    /** What takes back what was done here, the last thing last. @type {(() => Promise<unknown>)[]} */
    this.done = [];
    button("undo").addEventListener("click", () => void this.undo());
    input("only-starred").addEventListener("change", () => this.show());
  }

  /** Asks the studio for all of it. */
  async load() {
    const { pieces } = await api.history();
    this.takes = new Map(pieces.map((take) => [take.id, take]));
    this.show();
  }

  /** Takes in a take. @param {T.Take} take */
  add(take) {
    this.takes.set(take.id, take);
    this.takes = new Map([...this.takes].sort(([, a], [, b]) => b.number - a.number));
    this.show();
  }

  /** @param {string | null} id */
  choose(id) {
    this.current = id;
    for (const row of this.list.querySelectorAll(".take")) {
      const chosen = row instanceof HTMLElement && row.dataset["id"] === id;
      row.classList.toggle("current", chosen);
      row.querySelector(".pick")?.setAttribute("aria-current", String(chosen));
    }
  }

  show() {
    const starred = input("only-starred").checked;
    const shown = [...this.takes.values()].filter((take) => !take.removed && (!starred || take.star));
    const ids = new Set(shown.map((take) => take.id));
    /** @type {Map<string | null, T.Take[]>} */
    const children = new Map();
    for (const take of shown) {
      const parent = take.parent !== null && ids.has(take.parent) ? take.parent : null;
      children.set(parent, [...(children.get(parent) ?? []), take]);
    }
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset["key"] : undefined;
    this.list.replaceChildren(...this.rows(children, null));
    if (shown.length === 0) {
      const text = starred ? "No take has a star yet." : "What you compose or open is kept here.";
      this.list.append(element("li", { className: "muted none", textContent: text }));
    }
    this.choose(this.current);
    if (focused !== undefined) {
      for (const one of this.list.querySelectorAll("button")) if (one.dataset["key"] === focused) one.focus();
    }
  }

  /** @param {Map<string | null, T.Take[]>} children @param {string | null} parent @returns {HTMLLIElement[]} */
  rows(children, parent) {
    return (children.get(parent) ?? []).map((take) => {
      const row = element("li", {}, this.row(take));
      const below = this.rows(children, take.id);
      if (below.length > 0) row.append(element("ol", { className: "branch" }, ...below));
      return row;
    });
  }

  /** @param {T.Take} take */
  row(take) {
    const how = { composed: "", continued: "continued · ", opened: "a file · ", sampled: "a sample · " }[take.verb];
    const about = `${how}${counted(take.bars, "bar", "bars")} · ${clock(take.seconds)} · ${ago(take.made_at)}`;
    const pick = element("button", { type: "button", className: "pick" }, element("b", { textContent: take.title || "Untitled" }), element("span", { textContent: about }));
    pick.dataset["key"] = `pick ${take.id}`;
    pick.addEventListener("click", () => this.doors.open(take));
    const star = element("button", { type: "button", className: "mark", textContent: take.star ? "★" : "☆" });
    star.setAttribute("aria-pressed", String(take.star));
    star.setAttribute("aria-label", `Star ${take.title}`);
    star.dataset["key"] = `star ${take.id}`;
    star.addEventListener("click", () => void this.star(take.id));
    const away = element("button", { type: "button", className: "mark away", textContent: "×" });
    away.setAttribute("aria-label", `Put ${take.title} away`);
    away.addEventListener("click", () => void this.remove(take.id));
    const row = element("div", { className: "take" }, pick, star, away);
    row.dataset["id"] = take.id;
    return row;
  }

  /** Remembers how to take back what was just done. @param {() => Promise<unknown>} back */
  remember(back) {
    this.done.push(back);
    button("undo").disabled = false;
  }

  /** Takes back the last thing that was done. */
  async undo() {
    const back = this.done.pop();
    button("undo").disabled = this.done.length === 0;
    if (back === undefined) return;
    await back();
    status("Undone");
  }

  /** @param {string} id */
  async star(id) {
    const take = this.takes.get(id);
    if (take === undefined) return;
    if (await this.change(id, { star: !take.star })) this.remember(() => this.change(id, { star: take.star }));
  }

  /** @param {string} id */
  async remove(id) {
    if (await this.change(id, { removed: true })) {
      this.remember(() => this.change(id, { removed: false }));
      toast("Put away.", () => void this.undo());
    }
  }

  /** @param {string} id @param {object} said @returns {Promise<boolean>} */
  async change(id, said) {
    try {
      const take = await api.feedback(id, said);
      this.takes.set(id, take);
      this.show();
      this.doors.changed(take);
      return true;
    } catch (error) {
      toast(words(error));
      return false;
    }
  }
}

/** @param {number} seconds since 1970 */
function ago(seconds) {
  const past = Date.now() / 1000 - seconds;
  if (past < 60) return "just now";
  if (past < 3600) return `${Math.floor(past / 60)} min ago`;
  if (past < 86400) return `${Math.floor(past / 3600)} h ago`;
  return new Date(seconds * 1000).toLocaleDateString();
}
