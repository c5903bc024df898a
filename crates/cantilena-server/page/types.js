// The shapes that the server answers with, as /openapi.json describes them. Types alone.

/** @typedef {[onset: number, duration: number, pitch: number, velocity: number]} Note */
/** @typedef {{name: string, instrument: string, program: number, drums: boolean, notes: Note[]}} Track */
/**
 * @typedef {object} Score
 * @property {string} title
 * @property {number} ticks_per_quarter
 * @property {number} bars
 * @property {number} length ticks to the end of the last bar
 * @property {[tick: number, micros: number][]} tempi
 * @property {[tick: number, beats: number, value: number][]} meters
 * @property {[tick: number, name: string][]} keys
 * @property {Track[]} tracks
 */
/**
 * @typedef {object} Take
 * @property {string} id
 * @property {string} title
 * @property {"composed" | "continued" | "opened" | "sampled"} verb
 * @property {any} asked
 * @property {number} bars
 * @property {number} notes
 * @property {number} seconds
 * @property {string | null} parent
 * @property {number} number
 * @property {number} made_at
 * @property {boolean} star
 * @property {number} thumb
 * @property {string} note
 * @property {boolean} shared
 * @property {boolean} removed
 */
/** @typedef {{name: string, corpus: string, pieces: [number, number], steps: number, weights: number, representation: string, continues: boolean, genres: string[], conditions: Record<string, string[]>, metrics: Record<string, number>, fingerprint: string}} ModelCard */
/** @typedef {{name: string, labels: string[], counts: number[]}} Histogram */
/** @typedef {{came: string, likeliest: string, probability: number}} Foreseen */
/** @typedef {{what: string, asked: string, came: string, share: number}} Kept */
/** @typedef {{piece: Record<string, Histogram>, corpus: Record<string, Histogram> | null, foreseen: Foreseen[], model: string | null, fidelity: Kept[]}} Report */
/** @typedef {{moments: {step: number, epoch: number, train_nats: number, validation: {fields: {nats: number}[], notes: number}}[], best: number | null}} LearningHistory */
/** @typedef {{model: ModelCard, layers: {name: string, shape: number[], weights: number}[], recipe: string, history: LearningHistory | null, corpus: Record<string, Histogram> | null}} ModelBody */
/** @typedef {{id: string, name: string, stage: "waiting" | "running" | "done" | "stopped" | "failed", why: string, songbook: boolean, made_at: number, news: any[]}} Job */
/** @typedef {{take: number, track: number, onset: number, duration: number, pitch: number, velocity: number}} NoteEvent */

export {};
