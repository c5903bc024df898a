// Small pictures: histograms over each other, and curves.

const SVG = "http://www.w3.org/2000/svg";

/** @import * as T from "./types.js" */

/** @param {string} tag @param {Record<string, string | number>} attributes @param {string} [text] */
function draw(tag, attributes, text) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

/** @param {number[]} counts */
function shares(counts) {
  const all = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (all > 0 ? count / all : 0));
}

/** Σ min(p, q), 0 to 1: the area two histograms share. @param {T.Histogram} one @param {T.Histogram} other */
export function overlap(one, other) {
  const q = shares(other.counts);
  return shares(one.counts).reduce((sum, p, i) => sum + Math.min(p, q[i] ?? 0), 0);
}

/** The piece as bars, the corpus as a line over them. @param {T.Histogram} piece @param {T.Histogram | null} corpus */
export function histogram(piece, corpus) {
  const [p, q] = [shares(piece.counts), corpus === null ? [] : shares(corpus.counts)];
  // Bins at the ends that nothing ever falls into are left out.
  const used = p.map((share, i) => share > 0 || (q[i] ?? 0) > 0.0005);
  const [first, last] = [Math.max(0, used.indexOf(true)), Math.max(0, used.lastIndexOf(true))];
  const [width, height, foot] = [320, 110, 16];
  const most = Math.max(...p, ...q, 1e-9);
  const step = width / (last - first + 1);
  const y = (/** @type {number} */ share) => height - foot - (share / most) * (height - foot - 4);
  const said = corpus === null ? "" : `, ${Math.round(overlap(piece, corpus) * 100)} percent in common with what the model learnt from`;
  const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, class: "chart", role: "img", "aria-label": `Histogram of ${piece.name}${said}` });
  let line = "";
  let labelled = -Infinity;
  for (let i = first; i <= last; i += 1) {
    const x = (i - first) * step;
    svg.append(draw("rect", { class: "bar", x: x + step * 0.1, y: y(p[i]), width: step * 0.8, height: height - foot - y(p[i]) }));
    line += `${line === "" ? "M" : "L"}${x} ${y(q[i] ?? 0)}H${x + step}`;
    const label = piece.labels[i];
    if (x - labelled > 30 && (piece.labels.length < 30 || /^C-?\d/.test(label) || /^[+-]?(0|12|24)$/.test(label))) {
      labelled = x;
      svg.append(draw("text", { x: x + step / 2, y: height - 3, "text-anchor": "middle" }, label));
    }
  }
  if (corpus !== null) svg.append(draw("path", { class: "corpus", d: line }));
  svg.append(draw("path", { class: "axis", d: `M0 ${height - foot}H${width}`, fill: "none" }));
  return svg;
}

/**
 * Curves over one axis.
 * @param {string} name @param {{class: string, name: string, points: [number, number][]}[]} lines
 * @param {string} unit of the horizontal axis
 */
export function curves(name, lines, unit) {
  const [width, height, left, foot] = [640, 200, 34, 22];
  const all = lines.flatMap((line) => line.points);
  const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, class: "chart", role: "img", "aria-label": name });
  if (all.length === 0) return svg;
  const [xs, ys] = [all.map(([x]) => x), all.map(([, y]) => y)];
  const [x1, y0, y1] = [Math.max(...xs, 1e-9), Math.min(...ys), Math.max(...ys)];
  const [low, high] = y1 - y0 < 0.2 ? [y0 - 0.1, y1 + 0.1] : [y0, y1];
  const x = (/** @type {number} */ v) => left + (v / x1) * (width - left - 90);
  const y = (/** @type {number} */ v) => 8 + (1 - (v - low) / (high - low)) * (height - foot - 14);
  for (let tick = 0; tick <= 3; tick += 1) {
    const value = low + ((high - low) * tick) / 3;
    svg.append(draw("path", { class: "axis", d: `M${left} ${y(value)}H${width - 90}`, fill: "none" }));
    svg.append(draw("text", { x: left - 5, y: y(value) + 3, "text-anchor": "end" }, value.toFixed(high - low < 1 ? 2 : 1)));
  }
  svg.append(draw("text", { x: left, y: height - 5 }, "0"));
  svg.append(draw("text", { x: x(x1), y: height - 5, "text-anchor": "end" }, `${x1 < 10 ? x1.toFixed(1) : Math.round(x1).toLocaleString("en")} ${unit}`));
  let free = -Infinity;
  const ends = lines.filter((line) => line.points.length > 0).sort((a, b) => (b.points.at(-1)?.[1] ?? 0) - (a.points.at(-1)?.[1] ?? 0));
  for (const line of ends) {
    const d = line.points.map(([a, b], i) => `${i === 0 ? "M" : "L"}${x(a).toFixed(1)} ${y(b).toFixed(1)}`).join("");
    svg.append(draw("path", { class: `line ${line.class}`, d }));
    const at = Math.max(y(line.points.at(-1)?.[1] ?? 0) + 3, free + 12);
    free = at;
    svg.append(draw("text", { x: width - 84, y: at }, line.name));
  }
  return svg;
}
