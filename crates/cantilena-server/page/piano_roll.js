// The piano roll: a canvas as large as its frame and no larger, however long the piece is.

import { bars, pitchName } from "./score.js";

/** @import * as T from "./types.js" */

const RULER = 24; // units
const KEYS = 44; // units
const BLACK = new Set([1, 3, 6, 8, 10]);
/** Colours and patterns come round after as many parts. */
const STYLES = 8;
/** Notes of a block share one search: long enough to be few, short enough to skip most. */
const BLOCK = 256;

/** @typedef {{notes: T.Note[], longest: number[]}} Lane notes by onset, and the latest release in each block */

export class PianoRoll {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {{seek: (tick: number) => void, sound: (pitch: number) => void}} doors
   */
  constructor(canvas, doors) {
    this.canvas = canvas;
    this.doors = doors;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    /** @type {T.Score | null} */
    this.score = null;
    /** @type {Lane[]} */
    this.lanes = [];
    /** @type {Set<number>} */
    this.silent = new Set();
    this.cursor = 0;
    this.following = true;
    /** The tick at the left edge, and ticks a pixel. */
    this.view = { tick: 0, scale: 1 };
    this.low = 48;
    this.high = 84;
    /** In units of which the page's own letters have sixteen: larger on larger screens. */
    this.width = 0;
    this.height = 0;
    this.unit = 1;
    this.asked = false;
    /** @type {Record<string, string>} */
    this.colours = {};
    new ResizeObserver(() => this.resize()).observe(canvas);
    this.listen();
    this.restyle();
  }

  /** Takes the colours from the page. */
  restyle() {
    const style = getComputedStyle(this.canvas);
    const names = ["roll", "roll-dark-key", "black-key", "bar-line", "beat-line", "cursor", "muted", "raised", "line"];
    for (let part = 0; part < STYLES; part += 1) names.push(`part-${part}`);
    for (const name of names) this.colours[name] = style.getPropertyValue(`--${name}`).trim();
    /** @type {(CanvasPattern | string)[]} */
    this.fills = Array.from({ length: STYLES }, (_, part) => this.pattern(part));
    this.draw();
  }

  /** A part's own colour, and a texture for those who cannot tell colours apart. @param {number} part */
  pattern(part) {
    const colour = this.colours[`part-${part}`];
    if (part % 4 === 0) return colour;
    const tile = document.createElement("canvas");
    tile.width = tile.height = 6;
    const paint = /** @type {CanvasRenderingContext2D} */ (tile.getContext("2d"));
    paint.fillStyle = colour;
    paint.fillRect(0, 0, 6, 6);
    paint.fillStyle = paint.strokeStyle = this.colours["roll"];
    paint.globalAlpha = 0.55;
    paint.lineWidth = 1.4;
    paint.beginPath();
    if (part % 4 === 1) {
      for (const at of [-6, 0, 6]) { paint.moveTo(at, 6); paint.lineTo(at + 6, 0); }
      paint.stroke();
    } else if (part % 4 === 2) {
      paint.fillRect(2, 2, 2, 2);
    } else {
      paint.moveTo(0, 3); paint.lineTo(6, 3);
      paint.stroke();
    }
    return this.context.createPattern(tile, "repeat") ?? colour;
  }

  /** Shows a score from its start. @param {T.Score | null} score */
  show(score) {
    this.score = score;
    this.lanes = (score?.tracks ?? []).map((track) => lane(track.notes));
    this.cursor = 0;
    this.following = true;
    this.fitPitches();
    this.fit();
  }

  /** Takes in a note behind all others of its track. @param {number} track @param {T.Note} note */
  add(track, note) {
    const into = this.lanes[track];
    if (into === undefined || this.score === null) return;
    // The array is the score's own.
    into.notes.push(note);
    const block = Math.floor((into.notes.length - 1) / BLOCK);
    into.longest[block] = Math.max(into.longest[block] ?? 0, note[0] + note[1]);
    if (note[2] < this.low + 2 || note[2] > this.high - 2) {
      this.low = Math.max(0, Math.min(this.low, note[2] - 4));
      this.high = Math.min(127, Math.max(this.high, note[2] + 4));
    }
    const end = note[0] + note[1];
    if (end > this.score.length) {
      this.score.length = end;
      if (end > this.view.tick + this.span()) this.reveal(note[0]);
    }
    this.draw();
  }

  /** @returns {number} ticks from edge to edge */
  span() {
    return Math.max(1, this.width - KEYS) * this.view.scale;
  }

  fitPitches() {
    let [low, high] = [127, 0];
    for (const { notes } of this.lanes) {
      for (const note of notes) {
        if (note[2] < low) low = note[2];
        if (note[2] > high) high = note[2];
      }
    }
    if (low > high) [low, high] = [52, 79];
    const spare = Math.max(3, Math.ceil((24 - (high - low)) / 2));
    [this.low, this.high] = [Math.max(0, low - spare), Math.min(127, high + spare)];
  }

  /** About eight bars from the start, or the whole of a shorter piece. */
  fit() {
    if (this.score !== null && this.width > KEYS) {
      const first = bars(this.score, 0, 1).next().value?.length ?? 1920;
      const shown = Math.max(first * 2, Math.min(this.score.length || first * 8, first * Math.max(4, Math.round(this.width / 120))));
      this.view = { tick: 0, scale: shown / (this.width - KEYS) };
    }
    this.draw();
  }

  /** @param {number} factor above 1 shows more @param {number} [x] the pixel that stays */
  zoom(factor, x = KEYS + (this.width - KEYS) / 2) {
    if (this.score === null) return;
    const held = this.tick(x);
    const most = (Math.max(this.score.length, this.score.ticks_per_quarter * 8) * 1.05) / Math.max(1, this.width - KEYS);
    const least = this.score.ticks_per_quarter / 240;
    this.view.scale = Math.min(Math.max(this.view.scale * factor, least), Math.max(most, least));
    this.scrollTo(held - (x - KEYS) * this.view.scale);
  }

  /** @param {number} tick the left edge */
  scrollTo(tick) {
    const end = Math.max(0, (this.score?.length ?? 0) - this.span() * 0.9);
    this.view.tick = Math.min(Math.max(0, tick), end);
    this.draw();
  }

  /** Moves so that a tick is seen. @param {number} tick */
  reveal(tick) {
    const span = this.span();
    if (tick < this.view.tick || tick > this.view.tick + span * 0.9) {
      this.view.tick = Math.max(0, tick - span * 0.1);
    }
    this.draw();
  }

  /** @param {number} tick @param {boolean} follow whether the view goes along */
  moveCursor(tick, follow) {
    this.cursor = tick;
    if (follow && this.following) this.reveal(tick);
    else this.draw();
  }

  /** @param {number} x @returns {number} */
  tick(x) {
    return this.view.tick + (x - KEYS) * this.view.scale;
  }

  listen() {
    const canvas = this.canvas;
    /** @type {{x: number, tick: number, moved: boolean} | null} */
    let drag = null;
    const place = (/** @type {MouseEvent} */ event) => {
      const box = canvas.getBoundingClientRect();
      return [(event.clientX - box.left) / this.unit, (event.clientY - box.top) / this.unit];
    };
    canvas.addEventListener("pointerdown", (event) => {
      const [x, y] = place(event);
      if (x < KEYS && y > RULER) {
        this.doors.sound(Math.round(this.high - ((y - RULER) / (this.height - RULER)) * this.rows() + 0.5));
        return;
      }
      drag = { x, tick: this.view.tick, moved: false };
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (drag === null) return;
      const [x] = place(event);
      if (Math.abs(x - drag.x) > 5) drag.moved = true;
      if (drag.moved) {
        this.following = false;
        this.scrollTo(drag.tick - (x - drag.x) * this.view.scale);
      }
    });
    canvas.addEventListener("pointerup", (event) => {
      if (drag !== null && !drag.moved && this.score !== null) {
        this.following = true;
        this.doors.seek(Math.max(0, this.tick(place(event)[0])));
      }
      drag = null;
    });
    canvas.addEventListener("pointercancel", () => { drag = null; });
    canvas.addEventListener("wheel", (event) => {
      if (this.score === null) return;
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        this.zoom(Math.exp(event.deltaY / 300), place(event)[0]);
      } else if (event.deltaX !== 0 || event.shiftKey) {
        event.preventDefault();
        this.following = false;
        this.scrollTo(this.view.tick + (event.deltaX || event.deltaY) * this.view.scale);
      }
    }, { passive: false });
  }

  rows() {
    return this.high - this.low + 1;
  }

  resize() {
    const box = this.canvas.getBoundingClientRect();
    if (box.width === 0) return;
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    const before = this.width;
    this.unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    [this.width, this.height] = [box.width / this.unit, box.height / this.unit];
    this.canvas.width = Math.round(box.width * ratio);
    this.canvas.height = Math.round(box.height * ratio);
    const scale = ratio * this.unit;
    this.context.setTransform(scale, 0, 0, scale, 0, 0);
    if (before === 0) this.fit();
    else this.paint();
  }

  /** Paints with the next frame. */
  draw() {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => { this.asked = false; this.paint(); });
  }

  paint() {
    const { context: c, width, height, colours } = this;
    if (width === 0) return;
    const row = (height - RULER) / this.rows();
    c.fillStyle = colours["roll"];
    c.fillRect(0, 0, width, height);
    c.fillStyle = colours["roll-dark-key"];
    for (let pitch = this.low; pitch <= this.high; pitch += 1) {
      if (BLACK.has(pitch % 12)) c.fillRect(KEYS, RULER + (this.high - pitch) * row, width, row);
    }
    if (this.score !== null) {
      this.paintBars(this.score);
      this.lanes.forEach((_, track) => this.paintNotes(track, row));
      this.paintCursor();
    }
    this.paintKeys(row);
  }

  /** @param {T.Score} score */
  paintBars(score) {
    const { context: c, width, height, colours, view } = this;
    c.fillStyle = colours["raised"];
    c.fillRect(0, 0, width, RULER);
    c.font = "11px system-ui, sans-serif";
    c.textBaseline = "middle";
    const x = (/** @type {number} */ tick) => KEYS + (tick - view.tick) / view.scale;
    let [said, drawn] = [-Infinity, -Infinity];
    for (const bar of bars(score, view.tick, view.tick + this.span())) {
      const at = Math.round(x(bar.tick)) + 0.5;
      const pixels = bar.length / view.scale;
      if (at - drawn >= 3 && at >= KEYS - 1) {
        drawn = at;
        c.strokeStyle = colours["bar-line"];
        c.beginPath(); c.moveTo(at, RULER - 6); c.lineTo(at, height); c.stroke();
      }
      if (pixels > 60) {
        c.strokeStyle = colours["beat-line"];
        c.beginPath();
        for (let beat = bar.beat; beat < bar.length; beat += bar.beat) {
          const place = Math.round(x(bar.tick + beat)) + 0.5;
          if (place > KEYS) { c.moveTo(place, RULER); c.lineTo(place, height); }
        }
        c.stroke();
      }
      if (at - said > 34 && at > KEYS - 8) {
        said = at;
        c.fillStyle = colours["muted"];
        c.fillText(String(bar.number), at + 4, RULER / 2);
      }
    }
  }

  /** @param {number} track @param {number} row the height of a pitch, in pixels */
  paintNotes(track, row) {
    const { context: c, view, lanes } = this;
    const { notes, longest } = lanes[track];
    const [from, to] = [view.tick, view.tick + this.span()];
    const fill = this.fills?.[track % STYLES] ?? "#888";
    const tall = Math.max(2, row - 1);
    const silent = this.silent.has(track);
    c.fillStyle = fill;
    c.save();
    c.beginPath(); c.rect(KEYS, RULER, this.width, this.height); c.clip();
    // Where several notes of a pitch fall on one pixel, one of them is drawn.
    const last = new Float64Array(128).fill(-1);
    for (let block = 0; block * BLOCK < notes.length; block += 1) {
      if (longest[block] < from) continue;
      if (notes[block * BLOCK][0] > to) break;
      const end = Math.min(notes.length, (block + 1) * BLOCK);
      for (let i = block * BLOCK; i < end; i += 1) {
        const [onset, duration, pitch, velocity] = notes[i];
        if (onset > to) break;
        if (onset + duration < from) continue;
        const left = KEYS + (onset - from) / view.scale;
        const right = left + Math.max(2, duration / view.scale - 1);
        if (right <= last[pitch]) continue;
        last[pitch] = Math.ceil(right - 0.5);
        c.globalAlpha = silent ? 0.15 : 0.4 + 0.6 * (velocity / 127);
        const top = RULER + (this.high - pitch) * row;
        if (tall > 5 && right - left > 6) {
          c.beginPath(); c.roundRect(left, top, right - left, tall, 2.5); c.fill();
        } else {
          c.fillRect(left, top, right - left, tall);
        }
      }
    }
    c.restore();
    c.globalAlpha = 1;
  }

  paintCursor() {
    const { context: c, view, height, colours } = this;
    const x = KEYS + (this.cursor - view.tick) / view.scale;
    if (x < KEYS - 1 || x > this.width) return;
    c.strokeStyle = c.fillStyle = colours["cursor"];
    c.lineWidth = 1.5;
    c.beginPath(); c.moveTo(x, RULER - 4); c.lineTo(x, height); c.stroke();
    c.beginPath(); c.moveTo(x - 5, RULER - 11); c.lineTo(x + 5, RULER - 11); c.lineTo(x, RULER - 3); c.fill();
    c.lineWidth = 1;
  }

  /** @param {number} row */
  paintKeys(row) {
    const { context: c, height, colours } = this;
    c.fillStyle = colours["raised"];
    c.fillRect(0, 0, KEYS, height);
    c.font = "10px system-ui, sans-serif";
    c.textBaseline = "middle";
    for (let pitch = this.low; pitch <= this.high; pitch += 1) {
      const top = RULER + (this.high - pitch) * row;
      if (BLACK.has(pitch % 12)) {
        c.fillStyle = colours["black-key"];
        c.fillRect(KEYS - 24, top + row * 0.08, 24, row * 0.84);
      } else if (pitch % 12 === 0 || pitch % 12 === 5) {
        c.fillStyle = colours["line"];
        c.fillRect(KEYS - 24, top + row, 24, 1);
      }
      if (pitch % 12 === 0) {
        c.fillStyle = colours["muted"];
        c.fillText(pitchName(pitch), 4, top + row / 2);
      }
    }
    c.fillStyle = colours["line"];
    c.fillRect(KEYS - 1, 0, 1, height);
  }
}

/** @param {T.Note[]} notes by onset @returns {Lane} */
function lane(notes) {
  const longest = [];
  for (let block = 0; block * BLOCK < notes.length; block += 1) {
    let latest = 0;
    const end = Math.min(notes.length, (block + 1) * BLOCK);
    for (let i = block * BLOCK; i < end; i += 1) latest = Math.max(latest, notes[i][0] + notes[i][1]);
    longest.push(latest);
  }
  return { notes, longest };
}
