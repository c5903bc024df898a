//! Sounds that are struck or plucked, and then die away.

use crate::orchestra::band::Band;
use crate::orchestra::draft::{Draft, ear, hertz_of};
use crate::orchestra::noise::Noise;
use crate::orchestra::partial::Partial;
use crate::orchestra::timbre::Timbre;

/// A string, bar, bell or skin: partials that each die away at their own pace.
///
/// The wave holds the first moments, in which the partials part ways. Then it loops, as loud as
/// they are by then, and the zone's volume envelope lets all of them die at the fundamental's pace.
#[derive(Clone, Copy, Debug)]
pub(super) struct Struck {
    /// How loud the partials are at first; of the modes, if there are any.
    pub(super) timbre: Timbre,
    /// The partials as ratios to the fundamental. Empty for a string, which has harmonics.
    pub(super) modes: &'static [Mode],
    /// How a string's stiffness raises its harmonics at middle C: harmonic n sounds at
    /// n·√(1 + stiffness·n²) (H. Fletcher, "Normal Vibration Frequencies of a Stiff Piano String",
    /// JASA 36, 1964).
    pub(super) stiffness: f64,
    /// Seconds in which the fundamental of middle C falls by 60 dB.
    pub(super) ring_seconds: f64,
    /// By what an octave up multiplies them.
    pub(super) ring_by_octave: f64,
    /// A partial at x times the fundamental dies x^damping times as fast.
    pub(super) damping: f64,
    /// How much of each partial dies three times as fast: a piano's strings first move with the
    /// bridge, then against each other (G. Weinreich, "Coupled piano strings", JASA 62, 1977).
    pub(super) prompt: f64,
    /// The click of hammer, plectrum or stick.
    pub(super) click: Click,
    /// Seconds until the loop begins.
    pub(super) onset_seconds: f64,
}

/// A way in which a body vibrates.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mode {
    /// Its frequency, as a multiple of the fundamental's.
    pub(super) ratio: f64,
    pub(super) amplitude: f64,
}

/// Shorthand for the tables of modes.
pub(super) const fn mode(ratio: f64, amplitude: f64) -> Mode {
    Mode { ratio, amplitude }
}

/// A short noise at the start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Click {
    /// As a part of the tone's amplitude.
    pub(super) amplitude: f64,
    /// It is an octave or two wide around this frequency.
    pub(super) hertz: f64,
    /// It falls by e in so many seconds.
    pub(super) seconds: f64,
}

/// Seconds of loop: long enough that partials that do not fit it are moved by two hertz at most.
const LOOP_SECONDS: f64 = 0.22;
/// 60 dB as a power of e.
const SIXTY_DECIBELS: f64 = 6.907_755;
/// Beyond these, a partial is masked by those below it.
const PARTIALS_MAX: u32 = 48;

impl Struck {
    /// A plucked string, for `..Struck::STRING`.
    pub(super) const STRING: Struck = Struck {
        timbre: Timbre::SAW,
        modes: &[],
        stiffness: 0.000_1,
        ring_seconds: 4.0,
        ring_by_octave: 0.7,
        damping: 0.7,
        prompt: 0.0,
        click: Click { amplitude: 0.0, hertz: 2_000.0, seconds: 0.005 },
        onset_seconds: 0.25,
    };

    /// Seconds in which a fundamental falls by 60 dB.
    pub(super) fn ring_at(&self, key: f64) -> f64 {
        self.ring_seconds * self.ring_by_octave.powf((key - 60.0) / 12.0)
    }

    /// The sound at one root.
    pub(super) fn draft(&self, root: u8, noise: &mut Noise) -> Draft {
        let sample_rate = if root < self.timbre.half_rate_below() { 22_050 } else { 44_100 };
        let rate = f64::from(sample_rate);
        let pitch = hertz_of(root.into());
        // High notes have parted ways sooner.
        let onset = self.onset_seconds * (220.0 / pitch).sqrt().clamp(0.3, 1.0);
        let onset_frames = (onset * rate) as usize;
        // The loop holds whole cycles of the fundamental, hence its pitch is exact.
        let seconds = LOOP_SECONDS * (220.0 / pitch).sqrt().clamp(0.25, 1.0);
        let cycles = (seconds * pitch).round();
        let loop_frames = (cycles * rate / pitch).round();
        let hertz = cycles * rate / loop_frames;
        let line = rate / loop_frames;

        let ring = self.ring_at(root.into());
        let base_decay = SIXTY_DECIBELS / ring;
        let mut samples = vec![0.0; onset_frames + loop_frames as usize];
        let mut held = vec![0.0; loop_frames as usize];
        // When the loop begins.
        let at = onset_frames as f64 / rate;
        let (mut power, mut amplitude) = (0.0, 0.0);
        for (ratio, strength) in self.partials(hertz, 0.4 * rate, noise) {
            // Lines of the loop, so that it closes.
            let hertz = (ratio * hertz / line).round().max(1.0) * line;
            // Faster than the fundamental, which the envelope takes care of.
            let decay = base_decay * (ratio.powf(self.damping) - 1.0).max(0.0);
            let phase = f64::from(noise.unit());
            let slow = Partial { hertz, amplitude: strength * (1.0 - self.prompt), decay, phase };
            let fast = Partial {
                amplitude: strength * self.prompt,
                decay: decay + 2.0 * base_decay * ratio.powf(self.damping),
                ..slow
            };
            let mut left = 0.0;
            for partial in [slow, fast].iter().filter(|partial| partial.amplitude > 0.0) {
                partial.add_to(&mut samples[..onset_frames], sample_rate);
                left += partial.amplitude * (-partial.decay * at).exp();
            }
            let phase = phase + (hertz * at).fract();
            Partial { amplitude: left, decay: 0.0, phase, ..slow }.add_to(&mut held, sample_rate);
            // As loud as it is a tenth of a second after the stroke.
            power += (strength * (-(decay + base_decay) * 0.1).exp() * ear(hertz)).powi(2);
            amplitude += strength * strength;
        }
        samples[onset_frames..].copy_from_slice(&held);
        self.click(&mut samples[..onset_frames], rate, amplitude.sqrt(), noise);
        let looped = onset_frames..samples.len();
        Draft { samples, sample_rate, hertz, looped, loudness: (power / 2.0).sqrt() }
    }

    /// The partials below `highest` as (ratio to the fundamental, amplitude).
    fn partials(&self, hertz: f64, highest: f64, noise: &mut Noise) -> Vec<(f64, f64)> {
        let mut partials = Vec::new();
        if self.modes.is_empty() {
            // Treble strings are stiffer for their length.
            let stiffness = self.stiffness * (hertz / 261.6).max(0.4).powf(1.2);
            for n in 1..=PARTIALS_MAX {
                let ratio = f64::from(n) * (1.0 + stiffness * f64::from(n * n)).sqrt();
                // No two strings are alike.
                let chance = 1.0 + 0.15 * f64::from(noise.next());
                partials.push((ratio, chance * self.timbre.amplitude(n, ratio * hertz)));
            }
        } else {
            for mode in self.modes {
                let body = self.timbre.amplitude(1, mode.ratio * hertz);
                partials.push((mode.ratio, mode.amplitude * body));
            }
        }
        // A partial 70 dB below another is masked by it.
        let strongest = partials.iter().fold(0.0, |most, partial| partial.1.max(most));
        partials
            .retain(|&(ratio, amplitude)| ratio * hertz < highest && amplitude > 3e-4 * strongest);
        partials
    }

    fn click(&self, samples: &mut [f32], rate: f64, amplitude: f64, noise: &mut Noise) {
        if self.click.amplitude == 0.0 {
            return;
        }
        let mut band = Band::new(self.click.hertz, 0.8, rate);
        let mut level = self.click.amplitude * amplitude * 2.0;
        let fall = (-1.0 / (self.click.seconds * rate)).exp();
        let frames = ((8.0 * self.click.seconds * rate) as usize).min(samples.len());
        for sample in &mut samples[..frames] {
            *sample += (level * band.next(noise.next().into())) as f32;
            level *= fall;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest step between neighbours among these samples.
    fn steepest(samples: &[f32]) -> f32 {
        samples.windows(2).fold(0.0, |most, pair| most.max((pair[1] - pair[0]).abs()))
    }

    #[test]
    fn neither_the_loops_start_nor_its_end_clicks() {
        let strings =
            Struck { click: Click { amplitude: 0.0, ..Struck::STRING.click }, ..Struck::STRING };
        const BAR: &[Mode] = &[mode(1.0, 1.0), mode(2.756, 0.5), mode(5.4, 0.3)];
        let bars = Struck { modes: BAR, ..strings };
        for struck in [strings, bars, Struck { prompt: 0.6, stiffness: 0.000_4, ..strings }] {
            for root in [24, 45, 60, 77, 96] {
                let draft = struck.draft(root, &mut Noise::new(7));
                let (start, end) = (draft.looped.start, draft.looped.end);
                let inside = steepest(&draft.samples[start..end]);
                let into = (draft.samples[start] - draft.samples[start - 1]).abs();
                let around = (draft.samples[start] - draft.samples[end - 1]).abs();
                assert!(into <= 1.1 * inside && around <= 1.1 * inside, "root {root}");
            }
        }
    }

    #[test]
    fn a_loop_holds_whole_periods_of_what_it_says() {
        for root in [24, 45, 60, 77, 96] {
            let draft = Struck::STRING.draft(root, &mut Noise::new(7));
            let frames = draft.looped.len() as f64;
            let periods = draft.hertz * frames / f64::from(draft.sample_rate);
            assert!((periods - periods.round()).abs() < 1e-9);
            let cents = 1_200.0 * (draft.hertz / hertz_of(root.into())).log2();
            assert!(cents.abs() < 20.0, "{cents} cents are left to the wave's correction");
        }
    }
}
