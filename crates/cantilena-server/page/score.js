// What can be said of a score: its time in seconds and bars, and a summary in words.

/** @import * as T from "./types.js" */

/** @param {T.Score} score @param {number} tick @returns {number} seconds */
export function secondsAt(score, tick) {
  let seconds = 0;
  for (let i = 0; i < score.tempi.length; i += 1) {
    const [from, micros] = score.tempi[i];
    if (from >= tick) break;
    const to = Math.min(tick, score.tempi[i + 1]?.[0] ?? Infinity);
    seconds += ((to - from) * micros) / score.ticks_per_quarter / 1e6;
  }
  return seconds;
}

/** @param {T.Score} score @param {number} seconds @returns {number} the tick, in parts */
export function tickAt(score, seconds) {
  let passed = 0;
  for (let i = 0; i < score.tempi.length; i += 1) {
    const [from, micros] = score.tempi[i];
    const to = score.tempi[i + 1]?.[0] ?? Infinity;
    const ticks = ((seconds - passed) * 1e6 * score.ticks_per_quarter) / micros;
    if (from + ticks < to) return from + ticks;
    passed += ((to - from) * micros) / score.ticks_per_quarter / 1e6;
  }
  return 0;
}

/**
 * The bars that touch a span of ticks: number from 1, first tick, length, and length of a beat.
 * @param {T.Score} score @param {number} from @param {number} to
 * @returns {Generator<{number: number, tick: number, length: number, beat: number}>}
 */
export function* bars(score, from, to) {
  let number = 1;
  for (let i = 0; i < score.meters.length; i += 1) {
    const [start, beats, value] = score.meters[i];
    const end = Math.min(score.meters[i + 1]?.[0] ?? Infinity, to);
    const beat = (score.ticks_per_quarter * 4) / value;
    const length = Math.max(1, beat * beats);
    const stop = score.meters[i + 1]?.[0] ?? Infinity;
    const skip = Math.max(0, Math.floor((Math.min(from, stop) - start) / length));
    for (let bar = skip; start + bar * length < end; bar += 1) {
      yield { number: number + bar, tick: start + bar * length, length, beat };
    }
    if (stop === Infinity) return;
    number += Math.ceil((stop - start) / length);
  }
}

/** The bar that holds a tick. @param {T.Score} score @param {number} tick */
export function barAt(score, tick) {
  for (const bar of bars(score, tick, tick + 1)) if (tick < bar.tick + bar.length) return bar;
  return { number: 1, tick: 0, length: score.ticks_per_quarter * 4, beat: score.ticks_per_quarter };
}

const NAMES = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];

/** @param {number} pitch @returns {string} C4 for 60 */
export const pitchName = (pitch) => `${NAMES[pitch % 12]}${Math.floor(pitch / 12) - 1}`;

/** To the nearest second. @param {number} seconds @returns {string} */
export function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = `${String(minutes).padStart(hours > 0 ? 2 : 1, "0")}:${String(whole % 60).padStart(2, "0")}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** @param {number} number @param {string} one @param {string} many */
export const counted = (number, one, many) =>
  `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

/** @param {T.Score} score */
export const noteCount = (score) => score.tracks.reduce((sum, track) => sum + track.notes.length, 0);

/** The tick at which its last note ends. @param {T.Score} score */
const ends = (score) => score.tracks.reduce((last, { notes }) => notes.reduce((end, note) => Math.max(end, note[0] + note[1]), last), 0);

/** The piece in a line. @param {T.Score} score @returns {string} */
export function facts(score) {
  const [, beats, value] = score.meters[0] ?? [0, 4, 4];
  const bpm = Math.round(6e7 / (score.tempi[0]?.[1] ?? 500000));
  const parts = [...new Set(score.tracks.map((track) => track.instrument))];
  const said = [
    counted(score.bars, "bar", "bars"),
    counted(noteCount(score), "note", "notes"),
    clock(secondsAt(score, ends(score))),
    `${beats}/${value}`,
    `♩ = ${bpm}`,
    ...(score.keys[0] ? [score.keys[0][1]] : []),
    parts.slice(0, 3).join(", ") + (parts.length > 3 ? ` and ${parts.length - 3} more` : ""),
  ];
  return said.filter((text) => text !== "").join(" · ");
}

/** The piece for those who cannot see it. @param {T.Score} score @returns {string} */
export function summary(score) {
  const tracks = score.tracks.map((track) => {
    if (track.notes.length === 0) return `${track.instrument}: silent`;
    const name = track.name === "" ? track.instrument : `${track.name}, ${track.instrument}`;
    const count = counted(track.notes.length, "note", "notes");
    if (track.drums) return `${name}: ${count}`;
    let [low, high] = [127, 0];
    for (const note of track.notes) [low, high] = [Math.min(low, note[2]), Math.max(high, note[2])];
    return `${name}: ${count} from ${pitchName(low)} to ${pitchName(high)}`;
  });
  return `${facts(score)}. ${tracks.join(". ")}.`;
}
