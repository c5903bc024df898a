//! Sounds that last as long as their key is held: bowed, blown, sung.

use rustfft::num_complex::Complex32;

use crate::orchestra::draft::{Draft, ear, hertz_of};
use crate::orchestra::fft;
use crate::orchestra::noise::Noise;
use crate::orchestra::timbre::Timbre;

/// A sound without beginning or end: one long period, made from its spectrum, so that its loop
/// cannot click.
///
/// A harmonic is not one line but a narrow hill of lines, as of many players who never quite agree
/// (the idea is N. O. Paul's "PADsynth" algorithm, which gives each line a phase by chance; see
/// `hill` for why it is not done here). A single player has hills so narrow that only the high
/// harmonics shimmer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Steady {
    pub(super) timbre: Timbre,
    /// Half the width of the hills in cents. 0 for a pure, electric tone.
    pub(super) spread_cents: f64,
    /// How long the loop is, in samples, a power of two. A solo needs some 8,192, a pure tone
    /// 2,048; an ensemble repeats audibly below 32,768.
    pub(super) length: usize,
}

impl Steady {
    /// A single player, for `..Steady::SOLO`.
    pub(super) const SOLO: Steady =
        Steady { timbre: Timbre::SAW, spread_cents: 3.0, length: 8_192 };

    /// The sound at one or two roots: two cost no more than one.
    pub(super) fn drafts(&self, roots: &[u8], noise: &mut Noise) -> Vec<Draft> {
        let plans: Vec<Plan> = roots.iter().map(|&root| self.plan(root, noise)).collect();
        let silent = Vec::new();
        let spectrum = |index: usize| plans.get(index).map_or(&silent, |plan| &plan.spectrum);
        let sounds = fft::sounds(self.length, [spectrum(0), spectrum(1)]);
        let drafts = plans.iter().zip(sounds).map(|(plan, samples)| Draft {
            samples,
            sample_rate: plan.sample_rate,
            hertz: plan.hertz,
            looped: 0..self.length,
            loudness: plan.loudness,
        });
        drafts.collect()
    }

    fn plan(&self, root: u8, noise: &mut Noise) -> Plan {
        let sample_rate = if root < self.timbre.half_rate_below() { 22_050 } else { 44_100 };
        let bin_hertz = f64::from(sample_rate) / self.length as f64;
        let cycles = (hertz_of(root.into()) / bin_hertz).round().max(1.0);
        let hertz = cycles * bin_hertz;
        // The zone reaches four semitones above its root: what is below 0.4 of the rate here is
        // below half of it there.
        let highest = 0.4 * f64::from(sample_rate);

        let mut spectrum = vec![Complex32::ZERO; self.length / 2];
        let mut power = 0.0;
        for n in (1..).take_while(|&n| f64::from(n) * hertz < highest) {
            let harmonic_hertz = f64::from(n) * hertz;
            let amplitude = self.timbre.amplitude(n, harmonic_hertz);
            power += (amplitude * ear(harmonic_hertz)).powi(2);
            let width = harmonic_hertz * ((self.spread_cents / 1_200.0).exp2() - 1.0) / bin_hertz;
            hill(&mut spectrum, f64::from(n) * cycles, width, amplitude, noise);
        }
        Plan { spectrum, sample_rate, hertz, loudness: (power / 2.0).sqrt() }
    }
}

/// A sound as a spectrum.
struct Plan {
    /// (length / 2,)
    spectrum: Vec<Complex32>,
    sample_rate: u32,
    hertz: f64,
    loudness: f64,
}

/// How much of a harmonic's power is in its middle line. With none the harmonic has no pitch to
/// speak of for moments on end; with nearly all, an ensemble shrinks to one player.
const LEADER: f64 = 0.5;

/// Adds a harmonic: a line at `centre` and a normal distribution of lines to both sides, together
/// with the power of one line of `amplitude`.
///
/// Two lines at the same distance stand to the middle one as in frequency modulation: one turns by
/// as much ahead as the other turns behind, from opposite sides. So the harmonic wanders in pitch,
/// but hardly in loudness; lines with phases of their own would cancel each other for moments on
/// end, and neighbouring keys would differ by 5 dB.
fn hill(spectrum: &mut [Complex32], centre: f64, width: f64, amplitude: f64, noise: &mut Noise) {
    let centre = centre as usize;
    let phase = noise.direction();
    if width < 0.5 {
        add_line(spectrum, centre, amplitude, phase);
        return;
    }
    add_line(spectrum, centre, amplitude * LEADER.sqrt(), phase);
    let reach = ((3.0 * width) as usize).max(1);
    let height = |distance: usize| (-0.5 * (distance as f64 / width).powi(2)).exp();
    let heights: Vec<f64> = (1..=reach).map(height).collect();
    let whole = heights.iter().map(|height| 2.0 * height * height).sum::<f64>();
    let scale = amplitude * ((1.0 - LEADER) / whole).sqrt();
    for (distance, height) in (1..).zip(heights) {
        let turn = noise.direction();
        let (ahead, behind) = (phase * turn, phase * turn.conj());
        add_line(spectrum, centre + distance, scale * height, ahead);
        add_line(spectrum, centre.saturating_sub(distance), -scale * height, behind);
    }
}

/// Adds a line with a phase, of length one; what is beyond the spectrum is left out.
fn add_line(spectrum: &mut [Complex32], line: usize, amplitude: f64, phase: Complex32) {
    if let Some(bin) = spectrum.get_mut(line) {
        *bin += phase * amplitude as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ensemble_wanders_in_pitch_but_hardly_in_loudness() {
        let ensemble = Steady { spread_cents: 11.0, length: 32_768, ..Steady::SOLO };
        for root in [36, 57, 78] {
            let draft = &ensemble.drafts(&[root], &mut Noise::new(3))[0];
            let powers: Vec<f32> = draft
                .samples
                .chunks_exact(4_096)
                .map(|part| part.iter().map(|sample| sample * sample).sum())
                .collect();
            let (least, most) =
                powers.iter().fold((f32::MAX, 0f32), |(a, b), &power| (a.min(power), b.max(power)));
            // Four decibels; with phases by chance it would be ten and more.
            assert!(most < 2.5 * least, "root {root}: from {least} to {most}");
        }
    }

    #[test]
    fn two_roots_at_once_sound_as_each_alone() {
        let alone = |root| Steady::SOLO.drafts(&[root], &mut Noise::new(5)).remove(0);
        let mut noise = Noise::new(5);
        let both = Steady::SOLO.drafts(&[50, 62], &mut noise);
        assert_eq!(both.len(), 2);
        let first = alone(50);
        let difference = both[0].samples.iter().zip(&first.samples);
        assert!(difference.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max) < 1e-4);
        assert!(both[1].hertz > 1.9 * both[0].hertz);
    }
}
