// Saying things to people: to those who look, and to those who listen.

/** @template {HTMLElement} E @param {string} id @param {new () => E} kind @returns {E} */
export function find(id, kind) {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return element;
}

/** @param {string} id */
export const button = (id) => find(id, HTMLButtonElement);
/** @param {string} id */
export const input = (id) => find(id, HTMLInputElement);
/** @param {string} id */
export const block = (id) => find(id, HTMLElement);

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Partial<HTMLElementTagNameMap[K]>} [with_] @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(tag, with_ = {}, ...children) {
  const made = Object.assign(document.createElement(tag), with_);
  made.append(...children);
  return made;
}

/** @type {number | undefined} */
let hiding;

/** A few words at the foot of the page. @param {string} text @param {(() => void) | null} [undo] */
export function toast(text, undo = null) {
  const toast = block("toast");
  const back = button("toast-undo");
  block("toast-text").textContent = text;
  back.hidden = undo === null;
  back.onclick = () => { toast.hidden = true; undo?.(); };
  toast.hidden = false;
  clearTimeout(hiding);
  hiding = window.setTimeout(() => { toast.hidden = true; }, undo === null ? 6000 : 12000);
}

let saidAt = -Infinity;
/** @type {number | undefined} */
let waiting;

/** For those who listen: not more often than every two seconds, the latest word last. @param {string} text */
export function status(text) {
  clearTimeout(waiting);
  const speak = () => { saidAt = performance.now(); block("status").textContent = text; };
  const wait = saidAt + 2000 - performance.now();
  if (wait <= 0) speak();
  else waiting = window.setTimeout(speak, wait);
}

/** What went wrong, in words for people. @param {unknown} error */
export const words = (error) => (error instanceof Error ? error.message : String(error));

/** Keeps a slider's filled part where its thumb is. @param {HTMLInputElement} slider */
export function fill(slider) {
  const [min, max, value] = [Number(slider.min), Number(slider.max), Number(slider.value)];
  slider.style.setProperty("--done", `${max > min ? ((value - min) / (max - min)) * 100 : 0}%`);
}
