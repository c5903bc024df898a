//! The periods that a frame may have, each with its probability.

use rustfft::num_complex::Complex32;

use crate::real_fft::{self, RealFft};

use super::{CANDIDATES, Candidate, Found};

/// How likely each threshold is: a beta distribution with a mean of 0.1, α = 2 and β = 18, at a
/// hundred places (Mauch and Dixon, section 2.1 and figure 1).
const THRESHOLDS: usize = 100;
const ALPHA: i32 = 2;
const BETA: i32 = 18;

/// What the deepest valley is worth under thresholds that no valley reaches (Mauch and Dixon,
/// section 2.1: pₐ).
const WITHOUT_VALLEY: f64 = 0.01;

/// Below this a frame is silent: one step of 16 bits.
const RMS_MIN: f32 = 1.0 / 32_768.0;

/// Measures frames of one length.
pub(super) struct Yin {
    rate: f64,
    /// In samples.
    period_min: usize,
    period_max: usize,
    /// How many samples are compared with as many one period later.
    window: usize,
    /// How many samples stand in a frame, a power of two: at least the window and the longest
    /// period.
    size: usize,
    fft: RealFft,
    /// `below[k]`: how probable a threshold of (k + 1) hundredths or less is.
    below: [f64; THRESHOLDS],
}

/// Room for one frame after another.
pub(super) struct Room {
    frame: Vec<f32>,       // (size,)
    correlation: Vec<f32>, // (size,)
    head: Vec<Complex32>,  // (size / 2 + 1,)
    whole: Vec<Complex32>, // (size / 2 + 1,)
    fft: real_fft::Room,
    difference: Vec<f64>, // (period_max + 2,)
}

impl Yin {
    pub(super) fn new(rate: f64, hertz_min: f64, hertz_max: f64) -> Yin {
        let period_max = (rate / hertz_min).ceil() as usize;
        let period_min = ((rate / hertz_max).floor() as usize).max(2);
        // One and a half of the longest period are enough to tell it from half of itself, and no
        // more than needed blurs where notes begin.
        let window = period_max * 3 / 2;
        let size = (window + period_max + 2).next_power_of_two();
        let weight = |k: usize| {
            let x = (k as f64 + 0.5) / THRESHOLDS as f64;
            x.powi(ALPHA - 1) * (1.0 - x).powi(BETA - 1)
        };
        let sum: f64 = (0..THRESHOLDS).map(weight).sum();
        let mut reached = 0.0;
        let below = std::array::from_fn(|k| {
            reached += weight(k) / sum;
            reached
        });
        Yin { rate, period_min, period_max, window, size, fft: RealFft::new(size), below }
    }

    pub(super) fn room(&self) -> Room {
        Room {
            frame: vec![0.0; self.size],
            correlation: vec![0.0; self.size],
            head: vec![Complex32::ZERO; self.fft.bins()],
            whole: vec![Complex32::ZERO; self.fft.bins()],
            fft: self.fft.room(),
            difference: vec![0.0; self.period_max + 2],
        }
    }

    /// Finds the candidates around a sample.
    pub(super) fn listen(
        &self,
        samples: &[f32],
        centre: usize,
        room: &mut Room,
        found: &mut Found,
    ) {
        let used = self.window + self.period_max + 1;
        let start = centre as isize - (used / 2) as isize;
        room.frame.fill(0.0);
        for (index, value) in room.frame[..used].iter_mut().enumerate() {
            let at = usize::try_from(start + index as isize).ok();
            *value = at.and_then(|at| samples.get(at)).copied().unwrap_or(0.0);
        }
        let squares: f32 = room.frame.iter().map(|sample| sample * sample).sum();
        found.rms = (squares / used as f32).sqrt();
        if found.rms < RMS_MIN || !found.rms.is_finite() {
            return;
        }
        self.measure_difference(room);
        let mut valleys: Vec<Candidate> = self.weigh(&room.difference);
        valleys.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        for (place, valley) in found.candidates.iter_mut().zip(valleys.into_iter().take(CANDIDATES))
        {
            *place = valley;
        }
    }

    /// The cumulative mean normalized difference at every period (de Cheveigné and Kawahara,
    /// equations 6 to 8), by way of the correlation of the window with the whole frame.
    fn measure_difference(&self, room: &mut Room) {
        room.fft.hold(&room.frame[..self.window]);
        self.fft.spectrum(&mut room.fft, &mut room.head);
        room.fft.hold(&room.frame);
        self.fft.spectrum(&mut room.fft, &mut room.whole);
        for (whole, head) in room.whole.iter_mut().zip(&room.head) {
            *whole *= head.conj();
        }
        let last = room.whole.len() - 1;
        (room.whole[0].im, room.whole[last].im) = (0.0, 0.0);
        self.fft.samples(&mut room.fft, &room.whole, &mut room.correlation);
        let square = |sample: f32| f64::from(sample) * f64::from(sample);
        let steady: f64 = room.frame[..self.window].iter().map(|sample| square(*sample)).sum();
        let (mut moving, mut sum) = (steady, 0.0);
        room.difference[0] = 1.0;
        for period in 1..room.difference.len() {
            moving += square(room.frame[self.window + period - 1]) - square(room.frame[period - 1]);
            let correlation = f64::from(room.correlation[period]) / self.size as f64;
            let difference = (steady + moving - 2.0 * correlation).max(0.0);
            sum += difference;
            room.difference[period] =
                if sum > 0.0 { difference * period as f64 / sum } else { 1.0 };
        }
    }

    /// Every valley with the probability that a threshold leads to it: each takes the first valley
    /// below itself.
    fn weigh(&self, difference: &[f64]) -> Vec<Candidate> {
        let periods = self.period_min..=self.period_max;
        let mut valleys = Vec::new();
        // Thresholds above the lowest valley so far lead to an earlier one.
        let mut lowest = f64::INFINITY;
        let reach = |depth: f64| {
            // Of how probable thresholds this depth is below.
            let steps = (depth * THRESHOLDS as f64).ceil() as usize;
            1.0 - if steps == 0 { 0.0 } else { self.below[(steps - 1).min(THRESHOLDS - 1)] }
        };
        let mut deepest: Option<(usize, f64)> = None;
        for period in periods {
            let depth = difference[period];
            if depth > difference[period - 1] || depth >= difference[period + 1] {
                continue;
            }
            if deepest.is_none_or(|(_, least)| depth < least) {
                deepest = Some((period, depth));
            }
            if depth < lowest {
                let probability = reach(depth) - if lowest < 1.0 { reach(lowest) } else { 0.0 };
                lowest = depth;
                if probability > 0.0 {
                    valleys.push(self.candidate(difference, period, probability));
                }
            }
        }
        if let Some((period, depth)) = deepest {
            let rest = WITHOUT_VALLEY * (1.0 - reach(depth));
            if rest > 0.0 {
                valleys.push(self.candidate(difference, period, rest));
            }
        }
        valleys
    }

    /// A valley whose bottom is where a parabola through its three points has it.
    fn candidate(&self, difference: &[f64], period: usize, probability: f64) -> Candidate {
        let [before, at, after] =
            [-1, 0, 1].map(|step| difference[period.wrapping_add_signed(step)]);
        let curve = before - 2.0 * at + after;
        let shift = if curve > 0.0 { (before - after) / (2.0 * curve) } else { 0.0 };
        let hertz = self.rate / (period as f64 + shift.clamp(-1.0, 1.0));
        Candidate { hertz: hertz as f32, probability: probability as f32 }
    }
}
