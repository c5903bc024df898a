//! The frames that a model of sound chooses among: kinds of those it has heard.
//!
//! A kind is the mean of frames that lie closer to it than to any other. Like frames have their
//! partials in the same places, so a kind keeps them; bands that are drawn one by one do not. From
//! kind to kind sound glides as it did where it was heard: a frame that jumped to its kind's would
//! strike with every change.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::error::SystemError;
use crate::material::Sequence;

/// Kinds of frames.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Palette {
    bands: usize,
    /// At least one.
    frames: Vec<f32>, // (kinds, bands)
    /// How much of the way from the frame before to its kind's a frame goes, 0 to 1.
    #[serde(default = "whole")]
    glide: f32,
}

/// Models from before there was a glide jump.
fn whole() -> f32 {
    1.0
}

/// Frames beyond which kinds are found from some, evenly over all: eight minutes are enough to find
/// a few hundred, and more would take longer than the learning.
const FRAMES_MAX: usize = 20_000;

/// Rounds after which the search ends; it settles in twenty to fifty.
const ROUNDS_MAX: usize = 60;

/// Values that are compared side by side.
const LANES: usize = 8;

impl Palette {
    /// Finds so many kinds among the frames of recordings, (frames, bands) each, and how sound
    /// glides between them.
    ///
    /// By k-means (S. P. Lloyd, "Least Squares Quantization in PCM", IEEE Transactions on
    /// Information Theory 28, 1982), begun from frames that lie far apart (D. Arthur and
    /// S. Vassilvitskii, "k-means++", SODA 2007). The same for the same seed.
    ///
    /// # Errors
    /// [`SystemError::Palette`] where there are not more different frames than kinds.
    pub fn fit(
        kinds: usize,
        bands: usize,
        recordings: &[&[f32]],
        seed: u64,
    ) -> Result<Palette, SystemError> {
        let frames: Vec<&[f32]> =
            recordings.iter().flat_map(|recording| recording.chunks_exact(bands)).collect();
        let (all, count) = (frames.len(), frames.len().min(FRAMES_MAX));
        let chosen: Vec<&[f32]> = (0..count).map(|index| frames[index * all / count]).collect();
        let mut palette = begun(kinds, bands, &chosen, seed)
            .ok_or(SystemError::Palette { frames: all, kinds })?;
        let mut homes = vec![u16::MAX; count];
        for _ in 0..ROUNDS_MAX {
            let found: Vec<u16> = chosen.iter().map(|frame| palette.kind(frame)).collect();
            if found == homes {
                break;
            }
            homes = found;
            palette.settle(&chosen, &homes);
        }
        palette.glide = palette.share_of_the_way(recordings);
        Ok(palette)
    }

    /// How many kinds there are.
    pub fn kinds(&self) -> usize {
        self.frames.len() / self.bands
    }

    /// The frame of a kind, (bands,).
    pub fn frame(&self, kind: u16) -> &[f32] {
        &self.frames[usize::from(kind) * self.bands..][..self.bands]
    }

    /// The kind that a frame, (bands,), is closest to; of equals the first.
    pub fn kind(&self, frame: &[f32]) -> u16 {
        let apart = self.frames.chunks_exact(self.bands).map(|kind| distance(kind, frame));
        let nearest = (0..).zip(apart).min_by(|a, b| a.1.total_cmp(&b.1));
        nearest.map_or(0, |(kind, _)| kind)
    }

    /// A recording, (frames, bands), as the kinds of its frames, and as their frames.
    pub fn painted(&self, recording: &[f32]) -> Sequence {
        let frames = recording.chunks_exact(self.bands);
        let symbols: Vec<u16> = frames.map(|frame| self.kind(frame)).collect();
        let values = symbols.iter().flat_map(|&kind| self.frame(kind)).copied().collect();
        Sequence { symbols, values }
    }

    /// Makes frames of kinds, (frames, bands), into sound that glides through them.
    pub(crate) fn glide_through(&self, frames: &mut [f32]) {
        for at in self.bands..frames.len() {
            let before = frames[at - self.bands];
            frames[at] = before + self.glide * (frames[at] - before);
        }
    }

    /// Whether it is one of so many kinds of frames with so many bands, all of numbers.
    pub(crate) fn fits(&self, kinds: usize, bands: usize) -> bool {
        self.bands == bands
            && self.frames.len() == kinds * bands
            && self.frames.iter().all(|value| value.is_finite())
            && (0.0..=1.0).contains(&self.glide)
    }

    /// The share of the way from each frame to its successor's kind that comes closest to the
    /// successor, by least squares; all of it where frames do not differ from kinds.
    fn share_of_the_way(&self, recordings: &[&[f32]]) -> f32 {
        let (mut gone, mut way) = (0.0f64, 0.0f64);
        for recording in recordings {
            let frames = recording.chunks_exact(self.bands);
            for (before, frame) in frames.clone().zip(frames.skip(1)) {
                let goal = self.frame(self.kind(frame));
                for ((before, now), goal) in before.iter().zip(frame).zip(goal) {
                    gone += f64::from(now - before) * f64::from(goal - before);
                    way += f64::from(goal - before).powi(2);
                }
            }
        }
        if way > 0.0 { (gone / way).clamp(0.0, 1.0) as f32 } else { whole() }
    }

    /// Puts every kind in the middle of the frames that are closest to it; one without frames
    /// stays.
    fn settle(&mut self, frames: &[&[f32]], homes: &[u16]) {
        let mut sums = vec![0.0f64; self.frames.len()];
        let mut counts = vec![0u32; self.kinds()];
        for (frame, &home) in frames.iter().zip(homes) {
            let home = usize::from(home);
            counts[home] += 1;
            let sums = sums[home * self.bands..].iter_mut();
            sums.zip(*frame).for_each(|(sum, &value)| *sum += f64::from(value));
        }
        let kinds = self.frames.chunks_exact_mut(self.bands);
        for ((kind, sums), count) in kinds.zip(sums.chunks_exact(self.bands)).zip(counts) {
            if count > 0 {
                let middle = sums.iter().map(|sum| (sum / f64::from(count)) as f32);
                kind.iter_mut().zip(middle).for_each(|(value, middle)| *value = middle);
            }
        }
    }
}

/// Frames to begin with, each drawn with a probability that grows with the square of its distance
/// to those there are; `None` where all frames are equal to one of fewer.
fn begun(kinds: usize, bands: usize, frames: &[&[f32]], seed: u64) -> Option<Palette> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut palette = Palette { bands, frames: Vec::with_capacity(kinds * bands), glide: whole() };
    // Before there are any, all frames are as far away.
    let mut apart = vec![1.0f64; frames.len()];
    while palette.kinds() < kinds {
        let total: f64 = apart.iter().sum();
        let mut left = rng.random::<f64>() * total;
        let drawn = apart.iter().position(|&apart| {
            left -= apart;
            apart > 0.0 && left < 0.0
        });
        // What rounding left over falls to the last that may be drawn.
        let drawn = drawn.or_else(|| apart.iter().rposition(|&apart| apart > 0.0))?;
        palette.frames.extend_from_slice(frames[drawn]);
        let is_first = palette.kinds() == 1;
        for (apart, frame) in apart.iter_mut().zip(frames) {
            let new = f64::from(distance(frame, frames[drawn]));
            *apart = if is_first { new } else { apart.min(new) };
        }
    }
    Some(palette)
}

/// The sum of squared differences, in sums side by side.
fn distance(left: &[f32], right: &[f32]) -> f32 {
    let mut sums = [0.0f32; LANES];
    let (left, left_rest) = left.as_chunks::<LANES>();
    let (right, right_rest) = right.as_chunks::<LANES>();
    for (left, right) in left.iter().zip(right) {
        for ((sum, left), right) in sums.iter_mut().zip(left).zip(right) {
            *sum += (left - right) * (left - right);
        }
    }
    let rest = left_rest.iter().zip(right_rest).map(|(l, r)| (l - r) * (l - r));
    sums.iter().sum::<f32>() + rest.sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames of three bands around three places, and of which place each is.
    fn clouds(count: usize) -> (Vec<f32>, Vec<usize>) {
        let places = [[0.1, 0.2, 0.9], [0.8, 0.1, 0.1], [0.5, 0.9, 0.4]];
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let of: Vec<usize> = (0..count).map(|_| rng.random_range(0..3)).collect();
        let mut near = |value: f32| value + 0.1 * (rng.random::<f32>() - 0.5);
        let frames = of.iter().flat_map(|&place| places[place]).map(&mut near).collect();
        (frames, of)
    }

    #[test]
    fn like_frames_are_of_one_kind_which_is_their_mean() {
        let (frames, of) = clouds(300);
        let palette = Palette::fit(3, 3, &[&frames], 1).unwrap();
        assert_eq!(palette, Palette::fit(3, 3, &[&frames], 1).unwrap(), "the seed decides");
        let Sequence { symbols, values } = palette.painted(&frames);
        for place in 0..3 {
            let members: Vec<usize> = (0..300).filter(|&frame| of[frame] == place).collect();
            let kind = symbols[members[0]];
            assert!(members.iter().all(|&frame| symbols[frame] == kind));
            for band in 0..3 {
                let sum: f32 = members.iter().map(|&frame| frames[frame * 3 + band]).sum();
                let mean = sum / members.len() as f32;
                assert!((values[members[0] * 3 + band] - mean).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn more_kinds_lie_closer_to_the_frames() {
        let (frames, _) = clouds(300);
        let error = |kinds| {
            let painted = Palette::fit(kinds, 3, &[&frames], 1).unwrap().painted(&frames).values;
            distance(&painted, &frames)
        };
        assert!(error(1) > error(3) && error(3) > error(30), "{} {}", error(3), error(30));
        assert_eq!(error(300), 0.0);
    }

    #[test]
    fn sound_glides_between_kinds_as_it_did_where_it_was_heard() {
        // One kind, to which each frame goes three tenths of the way, and is pushed off it.
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let (mut level, mut frames) = (0.5f32, Vec::new());
        for _ in 0..4000 {
            level += 0.3 * (0.5 - level) + 0.1 * (rng.random::<f32>() - 0.5);
            frames.push(level);
        }
        let (first, last) = frames.split_at(1500);
        let palette = Palette::fit(1, 1, &[first, last], 1).unwrap();
        assert!((palette.glide - 0.3).abs() < 0.03, "{}", palette.glide);
        let mut composed = [0.0, 1.0, 1.0, 1.0];
        palette.glide_through(&mut composed);
        assert!((composed[3] - (1.0 - (1.0 - palette.glide).powi(3))).abs() < 1e-6);
        // The way from one recording to another is nobody's.
        let jumps = [vec![0.0f32; 5], vec![1.0; 5]];
        let jumps: Vec<&[f32]> = jumps.iter().map(Vec::as_slice).collect();
        let palette = Palette::fit(2, 1, &jumps, 1).unwrap();
        assert_eq!((palette.glide, palette.frame(0)[0] + palette.frame(1)[0]), (1.0, 1.0));
    }

    #[test]
    fn frames_that_are_too_few_or_too_alike_are_refused() {
        for (frames, kinds) in [(vec![0.5; 3], 2), (vec![0.5; 30], 2), (Vec::new(), 1)] {
            let refused = Palette::fit(kinds, 3, &[&frames], 1).unwrap_err().to_string();
            assert!(refused.contains(&format!("{kinds} kinds")), "{refused}");
        }
    }
}
