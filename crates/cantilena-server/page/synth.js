// A small synth for what sounds before the server's own sound is there: notes as they come, keys.

/** Each program family's (General MIDI, 8 programs each) waveform, attack and ring in seconds. */
/** @type {[OscillatorType, number, number][]} */
const FAMILIES = [
  ["triangle", 0.004, 0.9], ["sine", 0.002, 1.2], ["square", 0.01, 0.08], ["triangle", 0.003, 0.6],
  ["triangle", 0.004, 0.25], ["sawtooth", 0.06, 0.2], ["sawtooth", 0.08, 0.3], ["sawtooth", 0.03, 0.12],
  ["square", 0.03, 0.1], ["sine", 0.04, 0.12], ["square", 0.006, 0.1], ["sawtooth", 0.2, 0.5],
  ["sine", 0.05, 0.5], ["triangle", 0.004, 0.4], ["sine", 0.002, 0.5], ["triangle", 0.02, 0.3],
];

export class Synth {
  constructor() {
    /** @type {AudioContext | null} */
    this.context = null;
    /** @type {GainNode | null} */
    this.out = null;
    /** @type {AudioBuffer | null} */
    this.noise = null;
    this.volume = 0.8;
  }

  /** Begins to be able to sound; browsers want it to follow a click or a key. */
  wake() {
    if (this.context === null) {
      this.context = new AudioContext({ latencyHint: "interactive" });
      const press = this.context.createDynamicsCompressor();
      this.out = this.context.createGain();
      this.out.gain.value = this.volume;
      this.out.connect(press).connect(this.context.destination);
      this.noise = this.context.createBuffer(1, this.context.sampleRate / 2, this.context.sampleRate);
      const samples = this.noise.getChannelData(0);
      for (let i = 0; i < samples.length; i += 1) samples[i] = Math.random() * 2 - 1;
    }
    if (this.context.state === "suspended") void this.context.resume();
    return this.context;
  }

  /** @param {number} volume 0 to 1 */
  setVolume(volume) {
    this.volume = volume;
    if (this.out !== null) this.out.gain.value = volume;
  }

  /** Everything that sounds or would ends now. */
  hush() {
    if (this.context === null || this.out === null) return;
    const old = this.out;
    old.gain.setTargetAtTime(0, this.context.currentTime, 0.02);
    setTimeout(() => old.disconnect(), 200);
    this.out = this.context.createGain();
    this.out.gain.value = this.volume;
    this.out.connect(this.context.destination);
  }

  /**
   * @param {{pitch: number, velocity: number, program: number, drums: boolean}} note
   * @param {number} at when, on the context's clock @param {number} seconds how long
   * @returns {() => void} what ends it earlier
   */
  play(note, at, seconds) {
    const context = this.context;
    if (context === null || this.out === null) return () => {};
    const gain = context.createGain();
    const loud = (note.velocity / 127) ** 1.6 * 0.22;
    if (note.drums) {
      this.strike(note.pitch, at, loud, gain);
      return () => {};
    }
    const [wave, attack, ring] = FAMILIES[Math.floor(note.program / 8)] ?? FAMILIES[0];
    const hertz = 440 * 2 ** ((note.pitch - 69) / 12);
    const filter = context.createBiquadFilter();
    filter.type = "lowpass";
    filter.frequency.value = Math.min(12000, hertz * 2 + 900 + note.velocity * 18);
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(loud, at + attack);
    const plucked = attack < 0.01;
    if (plucked) gain.gain.setTargetAtTime(loud * 0.12, at + attack, ring * 0.6);
    const off = at + Math.max(seconds, attack + 0.03);
    gain.gain.setTargetAtTime(0, off, Math.min(0.12, ring * 0.3));
    const tone = context.createOscillator();
    tone.type = wave;
    tone.frequency.value = hertz;
    tone.connect(filter).connect(gain).connect(this.out);
    tone.start(at);
    tone.stop(off + 0.7);
    tone.onended = () => gain.disconnect();
    return () => {
      const now = Math.max(context.currentTime, at + attack);
      gain.gain.cancelScheduledValues(now);
      gain.gain.setTargetAtTime(0, now, Math.min(0.12, ring * 0.3));
      tone.stop(now + 0.7);
    };
  }

  /** A drum: low ones have a pitch that falls, others are noise. @param {number} pitch @param {number} at @param {number} loud @param {GainNode} gain */
  strike(pitch, at, loud, gain) {
    const context = /** @type {AudioContext} */ (this.context);
    const out = /** @type {GainNode} */ (this.out);
    const low = pitch <= 36 || [41, 43, 45, 47, 48, 50].includes(pitch);
    const ring = pitch >= 49 && pitch !== 54 ? 0.3 : 0.1;
    gain.gain.setValueAtTime(loud * (low ? 2 : 0.8), at);
    gain.gain.setTargetAtTime(0, at + 0.005, low ? 0.09 : ring / 3);
    /** @type {AudioScheduledSourceNode} */
    let source;
    if (low) {
      const tone = context.createOscillator();
      tone.frequency.setValueAtTime(pitch <= 36 ? 120 : 180, at);
      tone.frequency.exponentialRampToValueAtTime(pitch <= 36 ? 45 : 90, at + 0.12);
      source = tone;
      source.connect(gain).connect(out);
    } else {
      const hiss = context.createBufferSource();
      hiss.buffer = this.noise;
      const filter = context.createBiquadFilter();
      filter.type = "highpass";
      filter.frequency.value = pitch >= 42 ? 6000 : 1200;
      source = hiss;
      source.connect(filter).connect(gain).connect(out);
    }
    source.start(at);
    source.stop(at + 0.6);
    source.onended = () => gain.disconnect();
  }
}
