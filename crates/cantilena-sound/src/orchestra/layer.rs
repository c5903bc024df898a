//! A tone as a program uses it.

use crate::orchestra::draft::hertz_of;
use crate::orchestra::tone::{Source, Tone};
use crate::sf2::{Generator, Kind};

/// A tone with everything that happens to it while it sounds. A program is one or more layers.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    pub(super) tone: &'static Tone,
    /// In decibels, 0 or below: all tones are equally loud by themselves.
    pub(super) level: f64,
    /// In percent: −50 left, 50 right.
    pub(super) pan: f64,
    /// By how much it sounds higher than written.
    pub(super) semitones: i16,
    /// And in cents besides.
    pub(super) cents: f64,
    /// Cents from key to key; 0 for noise that has no pitch.
    pub(super) scale: i16,
    pub(super) envelope: Envelope,
    /// The harmonic from which a low-pass filter works, at full velocity. 0 for no filter.
    pub(super) cutoff: f64,
    /// By how many octaves that comes down for the softest notes.
    pub(super) touch: f64,
    pub(super) sweep: Sweep,
    pub(super) vibrato: Vibrato,
    pub(super) tremolo: Tremolo,
    /// In percent.
    pub(super) chorus: f64,
    /// In percent, on top of what a channel sends.
    pub(super) reverb: f64,
}

/// How the volume moves, in seconds and decibels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Envelope {
    pub(super) delay: f64,
    pub(super) attack: f64,
    /// Until it has fallen by 60 dB, were it to fall on beyond `sustain`; at middle C.
    pub(super) decay: f64,
    /// By what an octave up multiplies the decay.
    pub(super) decay_by_octave: f64,
    /// Below the peak: 0 stays there.
    pub(super) sustain: f64,
    /// Until it has fallen by 60 dB.
    pub(super) release: f64,
}

impl Envelope {
    /// On and off like a switch, but for a few milliseconds.
    pub(super) const ORGAN: Envelope = Envelope {
        delay: 0.0,
        attack: 0.006,
        decay: 1.0,
        decay_by_octave: 1.0,
        sustain: 0.0,
        release: 0.08,
    };
}

/// How far the filter opens and how it closes again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sweep {
    /// By how much it opens. 0 for none; below 0 it closes.
    pub(super) octaves: f64,
    /// In seconds.
    pub(super) attack: f64,
    /// In seconds.
    pub(super) decay: f64,
    /// What stays of it, 0 to 1.
    pub(super) sustain: f64,
}

/// A swing of pitch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vibrato {
    pub(super) hertz: f64,
    pub(super) cents: f64,
    /// Seconds until it begins.
    pub(super) delay: f64,
}

/// A swing of volume, of so many decibels to either side.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tremolo {
    pub(super) hertz: f64,
    pub(super) decibels: f64,
}

/// Velocities that share a filter: up to which, and how much of the touch they feel.
const TOUCHES: [(u8, f64); 4] = [(40, 1.0), (72, 0.6), (104, 0.28), (128, 0.0)];

impl Layer {
    /// A tone as it is: a struck one dies away by itself, another one lasts like an organ's.
    pub(super) fn of(tone: &'static Tone) -> Layer {
        let envelope = match tone.source {
            Source::Struck(struck) => Envelope {
                attack: 0.001,
                decay: struck.ring_seconds,
                decay_by_octave: struck.ring_by_octave,
                sustain: 144.0,
                release: 0.25,
                ..Envelope::ORGAN
            },
            Source::Steady(_) | Source::Hiss(_) => Envelope::ORGAN,
            Source::Stroke(_) => Envelope { attack: 0.001, release: 0.5, ..Envelope::ORGAN },
        };
        Layer {
            tone,
            level: 0.0,
            pan: 0.0,
            semitones: 0,
            cents: 0.0,
            scale: 100,
            envelope,
            cutoff: 0.0,
            touch: 0.0,
            sweep: Sweep { octaves: 0.0, attack: 0.0, decay: 0.0, sustain: 1.0 },
            vibrato: Vibrato { hertz: 5.0, cents: 0.0, delay: 0.0 },
            tremolo: Tremolo { hertz: 5.0, decibels: 0.0 },
            chorus: 0.0,
            reverb: 0.0,
        }
    }

    /// What holds for all its zones.
    pub(super) fn generators(&self) -> Vec<Generator> {
        let envelope = &self.envelope;
        let mut generators = Vec::new();
        // What the engine assumes anyway is not written.
        let mut set = |kind, amount: f64, assumed: f64| {
            if amount.round() != assumed {
                generators.push(Generator::new(kind, amount.round() as i16));
            }
        };
        let looped = if matches!(self.tone.source, Source::Stroke(_)) { 0.0 } else { 1.0 };
        set(Kind::SampleModes, looped, 0.0);
        // The engine takes 0.4 of what is written.
        set(Kind::Attenuation, -self.level * 10.0 / 0.4, 0.0);
        set(Kind::Pan, self.pan * 10.0, 0.0);
        set(Kind::CoarseTune, self.semitones.into(), 0.0);
        set(Kind::FineTune, self.cents, 0.0);
        set(Kind::ScaleTuning, self.scale.into(), 100.0);
        set(Kind::Chorus, self.chorus * 10.0, 0.0);
        set(Kind::Reverb, self.reverb * 10.0, 0.0);

        set(Kind::VolEnvDelay, timecents(envelope.delay), -12_000.0);
        set(Kind::VolEnvAttack, timecents(envelope.attack), -12_000.0);
        set(Kind::VolEnvSustain, envelope.sustain * 10.0, 0.0);
        set(Kind::VolEnvRelease, timecents(envelope.release * EIGHTY_OF_SIXTY), -12_000.0);
        if envelope.sustain > 0.0 {
            set(Kind::VolEnvDecay, timecents(envelope.decay * EIGHTY_OF_SIXTY), -12_000.0);
            set(Kind::KeyToVolEnvDecay, -100.0 * envelope.decay_by_octave.log2(), 0.0);
        }
        if self.sweep.octaves != 0.0 {
            set(Kind::ModEnvToCutoff, self.sweep.octaves * 1_200.0, 0.0);
            set(Kind::ModEnvAttack, timecents(self.sweep.attack), -12_000.0);
            set(Kind::ModEnvDecay, timecents(self.sweep.decay), -12_000.0);
            set(Kind::ModEnvSustain, (1.0 - self.sweep.sustain) * 1_000.0, 0.0);
            set(Kind::ModEnvRelease, timecents(envelope.release), -12_000.0);
        }
        // The modulation wheel moves pitch with this LFO too, so its rate is always set.
        set(Kind::VibLfoFrequency, absolute_cents(self.vibrato.hertz), 0.0);
        set(Kind::VibLfoToPitch, self.vibrato.cents, 0.0);
        if self.vibrato.cents != 0.0 {
            set(Kind::VibLfoDelay, timecents(self.vibrato.delay), -12_000.0);
        }
        if self.tremolo.decibels != 0.0 {
            set(Kind::ModLfoFrequency, absolute_cents(self.tremolo.hertz), 0.0);
            set(Kind::ModLfoToVolume, self.tremolo.decibels * 10.0, 0.0);
        }
        generators
    }

    /// The velocities that sound alike, up to which each, and the filter's cutoff for them at a
    /// root: in absolute cents, if there is a filter.
    pub(super) fn cutoffs(&self, root: u8) -> Vec<(u8, Option<f64>)> {
        if self.cutoff == 0.0 {
            return vec![(128, None)];
        }
        let cutoff = |octaves: f64| {
            let hertz = hertz_of(f64::from(root) + f64::from(self.semitones)) * self.cutoff;
            Some(absolute_cents((hertz * (-octaves).exp2()).clamp(250.0, 20_000.0)).min(13_500.0))
        };
        if self.touch == 0.0 {
            return vec![(128, cutoff(0.0))];
        }
        TOUCHES.map(|(velocity, part)| (velocity, cutoff(part * self.touch))).to_vec()
    }
}

/// The engine's decays and releases are those by 80 dB, not the 100 of SF2 2.04 § 8.1.2.
const EIGHTY_OF_SIXTY: f64 = 80.0 / 60.0;

/// Seconds in timecents (SF2 2.04 § 8.1.3).
fn timecents(seconds: f64) -> f64 {
    (1_200.0 * seconds.max(0.001).log2()).max(-12_000.0)
}

/// Hertz in absolute cents (SF2 2.04 § 8.1.3).
fn absolute_cents(hertz: f64) -> f64 {
    1_200.0 * (hertz / 8.176).log2()
}
