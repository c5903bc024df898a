//! Sounds that last as long as their key is held: bowed, blown, sung.

use crate::orchestra::draft::{Draft, ear, hertz_of};
use crate::orchestra::fft::{Complex, InverseFft};
use crate::orchestra::noise::Noise;
use crate::orchestra::timbre::Timbre;

/// A sound without beginning or end: one long period, made from its spectrum, so that its loop
/// cannot click.
///
/// A harmonic is not one line but a narrow hill of lines with phases by chance, as of many players
/// who never quite agree (after N. P. Economou's "PADsynth", 2006). A single player has hills so
/// narrow that only the high harmonics shimmer.
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

    /// The sound at each of these roots.
    pub(super) fn drafts(&self, roots: &[u8], noise: &mut Noise) -> Vec<Draft> {
        let fft = InverseFft::of_size(self.length);
        let plans: Vec<Plan> = roots.iter().map(|&root| self.plan(root, noise)).collect();
        let silent = vec![(0.0, 0.0); self.length / 2];
        let mut drafts = Vec::with_capacity(roots.len());
        for pair in plans.chunks(2) {
            let second = pair.get(1).map_or(&silent, |plan| &plan.spectrum);
            let sounds = fft.pair([&pair[0].spectrum, second]);
            drafts.extend(pair.iter().zip(sounds).map(|(plan, samples)| Draft {
                samples,
                sample_rate: plan.sample_rate,
                hertz: plan.hertz,
                looped: 0..self.length,
                loudness: plan.loudness,
            }));
        }
        drafts
    }

    fn plan(&self, root: u8, noise: &mut Noise) -> Plan {
        let sample_rate = if root < self.timbre.half_rate_below() { 22_050 } else { 44_100 };
        let bin_hertz = f64::from(sample_rate) / self.length as f64;
        let cycles = (hertz_of(root.into()) / bin_hertz).round().max(1.0);
        let hertz = cycles * bin_hertz;
        // The zone reaches three semitones above its root: what is below 0.42 of the rate there
        // stays below half of it.
        let highest = 0.42 * f64::from(sample_rate);

        let mut spectrum = vec![(0.0, 0.0); self.length / 2];
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
    spectrum: Vec<Complex>,
    sample_rate: u32,
    hertz: f64,
    loudness: f64,
}

/// Adds a harmonic: a normal distribution of lines around `centre` with all the power of one line
/// of `amplitude`.
fn hill(spectrum: &mut [Complex], centre: f64, width: f64, amplitude: f64, noise: &mut Noise) {
    if width < 0.5 {
        add_line(&mut spectrum[centre as usize], amplitude, noise);
        return;
    }
    let first = (centre - 3.0 * width).max(1.0) as usize;
    let last = ((centre + 3.0 * width) as usize).min(spectrum.len() - 1);
    // The normal distribution from step to step: its logarithm is a parabola, so the ratio of two
    // neighbours changes by a constant factor.
    let from_centre = (first as f64 - centre) / width;
    let mut height = (-0.5 * from_centre * from_centre).exp();
    let mut ratio = (-(from_centre + 0.5 / width) / width).exp();
    let change = (-1.0 / (width * width)).exp();
    let heights = (first..=last).map(|_| {
        let this = height;
        height *= ratio;
        ratio *= change;
        this
    });
    let heights: Vec<f64> = heights.collect();
    let whole = heights.iter().map(|height| height * height).sum::<f64>().sqrt();
    for (bin, height) in spectrum[first..=last].iter_mut().zip(heights) {
        add_line(bin, amplitude * height / whole, noise);
    }
}

/// Adds a line with a phase by chance.
fn add_line(bin: &mut Complex, amplitude: f64, noise: &mut Noise) {
    let (cos, sin) = noise.direction();
    bin.0 += amplitude as f32 * cos;
    bin.1 += amplitude as f32 * sin;
}
