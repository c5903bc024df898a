// Hearing a piece: the server's sound of it, or the page's own synth while it is still coming.

import { secondsAt, tickAt } from "./score.js";
import { Synth } from "./synth.js";

/** @import * as T from "./types.js" */

/** Seconds by which notes are handed to the synth before they sound: a tab that is not seen wakes once a second. */
const AHEAD = 1.3;

/** Seconds for which a key may be held down. */
const HELD = 20;

export class Player {
  /** @param {{changed: () => void, failed: (why: string) => void}} doors */
  constructor(doors) {
    this.doors = doors;
    this.synth = new Synth();
    this.audio = new Audio();
    this.audio.preload = "auto";
    this.audio.volume = 0.8;
    /** @type {T.Score | null} */
    this.score = null;
    /** @type {string | null} */
    this.id = null;
    this.looping = false;
    /** @type {Set<number>} */
    this.muted = new Set();
    /** @type {Set<number>} */
    this.solo = new Set();
    /** Where the synth's playing began, on its clock; null while it rests. @type {number | null} */
    this.begun = null;
    /** @type {number[]} how many notes of each track the synth was handed */
    this.handed = [];
    /** The place when nothing plays, in seconds. */
    this.resting = 0;
    for (const event of ["play", "pause", "ended", "seeked", "loadedmetadata"]) {
      this.audio.addEventListener(event, () => doors.changed());
    }
    this.audio.addEventListener("error", () => {
      if (this.audio.hasAttribute("src")) doors.failed("The sound of this piece could not be loaded.");
    });
    setInterval(() => this.hand(), 60);
  }

  get playing() {
    return this.begun !== null || (!this.audio.paused && !this.audio.ended);
  }

  /** @returns {number} seconds from the start */
  get seconds() {
    if (this.begun !== null && this.synth.context !== null) {
      return Math.max(0, this.synth.context.currentTime - this.begun);
    }
    return this.id === null ? this.resting : this.audio.currentTime;
  }

  get length() {
    return this.score === null ? 0 : secondsAt(this.score, this.score.length);
  }

  /** Shows a piece that is finished. @param {string} id @param {T.Score} score @param {boolean} [keep] go on with what sounds */
  load(id, score, keep = false) {
    const sounding = keep && this.begun !== null;
    if (!sounding) this.stop();
    [this.id, this.score] = [id, score];
    if (!keep) { this.muted.clear(); this.solo.clear(); }
    if (!sounding) this.source(0);
  }

  /** Shows a piece of which the notes are still coming. @param {T.Score} score @param {boolean} sound whether it sounds at once */
  live(score, sound) {
    this.stop();
    this.muted.clear(); this.solo.clear();
    [this.id, this.score] = [null, score];
    if (sound) this.playLive();
  }

  playLive() {
    const context = this.synth.wake();
    this.handed = [];
    this.begun = context.currentTime + 0.12;
    this.doors.changed();
  }

  /** The tracks that are heard. @returns {number[] | null} null for all */
  heard() {
    const all = (this.score?.tracks ?? []).map((_, index) => index);
    const heard = all.filter((t) => (this.solo.size > 0 ? this.solo.has(t) : !this.muted.has(t)));
    return heard.length === all.length ? null : heard;
  }

  /** @param {number} seconds */
  source(seconds) {
    if (this.id === null) return;
    const heard = this.heard();
    const path = `/v1/pieces/${this.id}.wav${heard === null ? "" : `?tracks=${heard.join(",")}`}`;
    this.audio.src = path;
    this.audio.loop = this.looping;
    if (seconds > 0) this.audio.currentTime = seconds;
  }

  async play() {
    if (this.id === null) {
      if (this.score !== null) this.playLive();
      return;
    }
    if (!this.audio.hasAttribute("src")) this.source(this.resting);
    try {
      await this.audio.play();
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) {
        this.doors.failed("The browser did not let it sound; press Play once more.");
      }
    }
  }

  pause() {
    const seconds = this.seconds;
    if (this.begun !== null) {
      this.begun = null;
      this.synth.hush();
      if (this.id !== null) this.source(seconds);
    }
    this.audio.pause();
    this.resting = seconds;
    this.doors.changed();
  }

  /** Silence, and back to the start. */
  stop() {
    if (this.begun !== null) this.synth.hush();
    this.begun = null;
    this.resting = 0;
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.doors.changed();
  }

  /** @param {number} seconds */
  seek(seconds) {
    const to = Math.min(Math.max(0, seconds), Math.max(0, this.length - 0.01));
    if (this.id === null) return;
    const playing = this.playing;
    if (this.begun !== null) {
      this.begun = null;
      this.synth.hush();
      this.source(to);
    }
    if (!this.audio.hasAttribute("src")) this.source(to);
    this.audio.currentTime = to;
    if (playing && this.audio.paused) void this.play();
    this.doors.changed();
  }

  /** @param {number} track @param {"muted" | "solo"} what */
  toggle(track, what) {
    const set = this[what];
    if (!set.delete(track)) set.add(track);
    if (this.id !== null) {
      const [seconds, playing] = [this.seconds, this.playing];
      if (this.begun !== null) { this.begun = null; this.synth.hush(); }
      this.source(seconds);
      if (playing) void this.play();
    }
    this.doors.changed();
  }

  /** @param {boolean} looping */
  loop(looping) {
    this.looping = this.audio.loop = looping;
  }

  /** @param {number} volume 0 to 1 */
  setVolume(volume) {
    this.audio.volume = volume;
    this.synth.setVolume(volume);
  }

  /** One pitch, for keys. @param {number} pitch @param {number} [program] */
  touch(pitch, program = 0) {
    if (pitch < 0 || pitch > 127) return;
    const context = this.synth.wake();
    this.synth.play({ pitch, velocity: 90, program, drums: false }, context.currentTime + 0.005, 0.45);
  }

  /** A key that goes down. @param {number} pitch @param {number} program @returns {() => void} what lets it go */
  press(pitch, program) {
    const context = this.synth.wake();
    return this.synth.play({ pitch, velocity: 90, program, drums: false }, context.currentTime + 0.005, HELD);
  }

  /** Hands the synth what sounds next. */
  hand() {
    const context = this.synth.context;
    if (this.begun === null || this.score === null || context === null) return;
    const score = this.score;
    const begun = this.begun;
    const now = context.currentTime - begun;
    const until = tickAt(score, now + AHEAD);
    const heard = this.heard();
    score.tracks.forEach((track, index) => {
      let next = this.handed[index] ?? 0;
      for (; next < track.notes.length && track.notes[next][0] < until; next += 1) {
        const [onset, duration, pitch, velocity] = track.notes[next];
        const from = secondsAt(score, onset);
        if (from < now - 0.05 || (heard !== null && !heard.includes(index))) continue;
        const seconds = secondsAt(score, onset + duration) - from;
        const { program, drums } = track;
        this.synth.play({ pitch, velocity, program, drums }, Math.max(begun + from, context.currentTime), seconds);
      }
      this.handed[index] = next;
    });
    if (this.id !== null && now > this.length + 0.3) {
      this.begun = null;
      this.resting = 0;
      this.source(0);
      if (this.looping) void this.play();
      this.doors.changed();
    }
  }
}
