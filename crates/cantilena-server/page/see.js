// Looking closer at a piece: what it is made of, what the model expected, and the model itself.

import * as api from "./api.js";
import { curves, histogram, overlap } from "./charts.js";
import { block, element, words } from "./say.js";

/** @import * as T from "./types.js" */

/** In the order in which they are worth looking at: the name in the report, and the heading. */
const SHOWN = [["pitch", "Pitch"], ["onset_interval", "Step to the next note"], ["duration", "Duration"], ["velocity", "Velocity"], ["pitch_class", "Pitch class"], ["interval", "Interval"]];

/** @type {string | null} */
let shown = null;

/** Shows all there is to see of a piece, unless it is seen already. @param {string | null} id */
export async function see(id) {
  const into = block("see");
  if (id === shown) return;
  shown = id;
  if (id === null) {
    into.replaceChildren(element("p", { className: "muted", textContent: "When the piece is finished, what it is made of is shown here." }));
    return;
  }
  into.replaceChildren(element("p", { className: "muted", textContent: "Looking…" }));
  try {
    const report = await api.report(id);
    const model = report.model === null ? null : await api.model(report.model);
    if (shown !== id) return;
    into.replaceChildren(...kept(report), ...pictures(report), ...expectations(report), ...(model === null ? [] : ofModel(model)));
  } catch (error) {
    shown = null;
    into.replaceChildren(element("p", { className: "muted", textContent: words(error) }));
  }
}

/** What was asked for, and what came. @param {T.Report} report */
function kept(report) {
  if (report.fidelity.length === 0) return [];
  const rows = report.fidelity.map(({ what, asked, came, share }) => {
    const percent = `${Math.floor(share * 100)} %`;
    return element("tr", {}, ...[what, asked, came, share === 1 ? "kept" : percent].map((text, i) => element("td", { textContent: text, className: i === 3 ? "number" : "" })));
  });
  const heads = ["", "asked", "came", "kept"].map((text, i) => element("th", { textContent: text, scope: "col", className: i === 3 ? "number" : "" }));
  const table = element("table", {}, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows));
  const scroll = element("div", { className: "scroll", tabIndex: 0 }, table);
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", "What was asked for, and what came");
  const whole = report.fidelity.every(({ share }) => share === 1);
  const caption = element("figcaption", {}, element("h3", { textContent: "As it was asked for" }), element("span", { textContent: whole ? "all of it" : "not all of it" }));
  return [element("figure", { className: "wide" }, caption, scroll)];
}

/** @param {T.Report} report */
function pictures(report) {
  return SHOWN.flatMap(([name, heading]) => {
    const piece = report.piece[name];
    if (piece === undefined) return [];
    const corpus = report.corpus?.[name] ?? null;
    const like = corpus === null ? "" : `${Math.round(overlap(piece, corpus) * 100)} % as in the corpus`;
    const caption = element("figcaption", {}, element("h3", { textContent: heading }), element("span", { textContent: like }));
    return [element("figure", {}, caption, histogram(piece, corpus))];
  });
}

/** @param {T.Report} report */
function expectations(report) {
  if (report.foreseen.length === 0) return [];
  const hits = report.foreseen.filter((note) => note.came === note.likeliest).length;
  const list = element("ul", { className: "foreseen" }, ...report.foreseen.map((note) => {
    const hit = note.came === note.likeliest;
    const item = element("li", { className: hit ? "hit" : "", textContent: hit ? `${note.came} ✓` : `${note.came} (${note.likeliest})` });
    item.title = `came ${note.came}, at ${(note.probability * 100).toFixed(1)} %; likeliest was ${note.likeliest}`;
    return item;
  }));
  const caption = element("figcaption", {}, element("h3", { textContent: "Pitch that came, and the one expected" }), element("span", { textContent: `${hits} of ${report.foreseen.length} as expected` }));
  return [element("figure", { className: "wide" }, caption, list)];
}

/** @param {T.ModelBody} body */
function ofModel(body) {
  const { model, layers, history } = body;
  const figures = [];
  if (history !== null && history.moments.length > 1) {
    figures.push(element("figure", { className: "wide" },
      element("figcaption", {}, element("h3", { textContent: "How the model learnt" }), element("span", { textContent: "nats a note" })),
      curves("Loss in training and on pieces held back", learning(history, model.metrics["markov_nats_per_note"]), "epochs")));
  }
  const row = (/** @type {string[]} */ cells) => element("tr", {}, ...cells.map((text, i) => element("td", { textContent: text, className: i > 0 ? "number" : "" })));
  const head = element("tr", {}, ...["Tensor", "Shape", "Weights"].map((text, i) => element("th", { textContent: text, scope: "col", className: i > 0 ? "number" : "" })));
  const table = element("table", {}, element("thead", {}, head), element("tbody", {}, ...layers.map((layer) => row([layer.name, layer.shape.join(" × "), layer.weights.toLocaleString("en")]))));
  const scroll = element("div", { className: "scroll", tabIndex: 0 }, table);
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", "Tensors of the model");
  figures.push(element("figure", { className: "wide" },
    element("figcaption", {}, element("h3", { textContent: `The model ${model.name}` }), element("span", { textContent: `${model.weights.toLocaleString("en")} weights, learnt from ${model.pieces[0]} pieces of ${model.corpus}` })), scroll));
  return figures;
}

/** @param {T.LearningHistory} history @param {number | undefined} markov */
function learning(history, markov) {
  const validation = history.moments.map((moment) => {
    const nats = moment.validation.fields.reduce((sum, field) => sum + field.nats, 0);
    return /** @type {[number, number]} */ ([moment.epoch, nats / Math.max(1, moment.validation.notes)]);
  });
  const training = history.moments.filter((moment) => moment.train_nats > 0).map((moment) => /** @type {[number, number]} */ ([moment.epoch, moment.train_nats]));
  const last = history.moments.at(-1)?.epoch ?? 0;
  const lines = [{ class: "training", name: "training", points: training }, { class: "validation", name: "held back", points: validation }];
  if (markov !== undefined) lines.push({ class: "baseline", name: "counting", points: [[0, markov], [last, markov]] });
  return lines;
}
