//! How long a piece of sound goes on as a recording does: what tells composing from playing back.

use crate::spectrogram::Spectrogram;

/// The most frames in a row that go on as one of the recordings does.
///
/// Passages of `passage` frames, one from every frame on, are compared with all passages of the
/// recordings; what goes on as a recording does has its nearest ones there, moving on as time does,
/// give or take `slack` frames. Frames are compared by the sum of squared differences of their
/// levels about their own mean, for the same sound may be louder here than there. Of equally near
/// passages the first counts.
///
/// A recording that is among the recordings gives its own length. One that has nothing to do with
/// them is somewhere nearest by chance, and gives little more than one passage; what
/// is shorter than a passage gives nothing.
pub fn longest_copy(
    sound: &Spectrogram,
    recordings: &[Spectrogram],
    passage: usize,
    slack: usize,
) -> usize {
    let (sound, passage) = (centred(sound), passage.max(1));
    let passages = |sound: &[Vec<f32>]| (sound.len() + 1).saturating_sub(passage);
    let mut nearest = vec![(f32::INFINITY, None); passages(&sound)];
    for (index, recording) in recordings.iter().enumerate() {
        let recording = centred(recording);
        let apart: Vec<Vec<f32>> = sound
            .iter()
            .map(|frame| recording.iter().map(|other| distance(frame, other)).collect())
            .collect();
        for (from, nearest) in nearest.iter_mut().enumerate() {
            for at in 0..passages(&recording) {
                let sum: f32 = (0..passage).map(|i| apart[from + i][at + i]).sum();
                if sum < nearest.0 {
                    *nearest = (sum, Some((index, at)));
                }
            }
        }
    }
    let nearest: Vec<Option<(usize, usize)>> =
        nearest.into_iter().map(|(_, place)| place).collect();
    let longest = (0..nearest.len()).map(|from| followed(&nearest[from..], slack)).max();
    longest.filter(|passages| *passages > 0).map_or(0, |passages| passages + passage - 1)
}

/// How many of the first passages lie in one recording, none of them more than `slack` frames from
/// where time alone would have taken any other.
fn followed(nearest: &[Option<(usize, usize)>], slack: usize) -> usize {
    // When each would have begun, had the recording always gone on as time does.
    let begun = nearest.iter().enumerate().map_while(|(passed, place)| {
        place.map(|(recording, at)| (recording, at as i64 - passed as i64))
    });
    let (mut first, mut least, mut most) = (None, i64::MAX, i64::MIN);
    let follows = |(recording, begun): &(usize, i64)| {
        (least, most) = (least.min(*begun), most.max(*begun));
        *first.get_or_insert(*recording) == *recording && most - least <= slack as i64
    };
    begun.take_while(follows).count()
}

/// The frames, each about its own mean.
fn centred(sound: &Spectrogram) -> Vec<Vec<f32>> {
    let centred = |frame: &[f32]| {
        let mean = frame.iter().sum::<f32>() / frame.len() as f32;
        frame.iter().map(|level| level - mean).collect()
    };
    sound.rows().map(centred).collect()
}

fn distance(left: &[f32], right: &[f32]) -> f32 {
    left.iter().zip(right).map(|(left, right)| (left - right) * (left - right)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scramble::scrambled;

    const BANDS: usize = 8;

    /// So many frames of levels by chance, no two alike.
    fn recording(seed: u64, frames: usize) -> Spectrogram {
        let level =
            |at: usize| (scrambled(seed << 32 | at as u64) >> 40) as f32 / (1u64 << 24) as f32;
        Spectrogram::new(BANDS, (0..frames * BANDS).map(level).collect()).unwrap()
    }

    /// Frames of a recording, by number, with so much added to every level.
    fn from(
        recording: &Spectrogram,
        frames: impl IntoIterator<Item = usize>,
        louder: f32,
    ) -> Spectrogram {
        let rows: Vec<&[f32]> = recording.rows().collect();
        let values = frames.into_iter().flat_map(|at| rows[at]).map(|level| level + louder);
        Spectrogram::new(BANDS, values.collect()).unwrap()
    }

    #[test]
    fn what_is_played_back_is_found_at_any_loudness_and_what_is_not_is_chance() {
        let recordings = [recording(1, 60), recording(2, 50)];
        for passage in [1, 6] {
            let copy = |sound: &Spectrogram| longest_copy(sound, &recordings, passage, 0);
            assert_eq!(copy(&recordings[1]), 50);
            let borrowed = (30..47).chain(3..9).chain(40..45);
            // Passages that are a little longer than what was borrowed still lie there.
            let found = copy(&from(&recordings[0], borrowed, 0.25));
            assert!((17..17 + passage).contains(&found), "{passage}: {found}");
            let chance = copy(&recording(3, 200));
            assert!((passage..=3 * passage).contains(&chance), "{chance}");
            assert_eq!(copy(&recording(3, 0)), 0);
        }
        let short = [recording(1, 5)];
        assert_eq!(longest_copy(&short[0], &short, 6, 0), 0);
        assert_eq!(longest_copy(&short[0], &[], 1, 0), 0);
    }

    #[test]
    fn slack_forgives_frames_that_last_and_no_other_recording() {
        let heard = [recording(1, 60), recording(2, 60)];
        // Each third frame is held for three.
        let held = from(&heard[0], (0..30).map(|at| at / 3 * 3 + 1), 0.0);
        assert_eq!(longest_copy(&held, &heard, 1, 0), 1);
        assert_eq!(longest_copy(&held, &heard, 1, 2), 30);
        // A tone that is held is no copy of a passage, and playing backwards is none.
        assert_eq!(longest_copy(&from(&heard[0], [20; 30], 0.0), &heard, 1, 2), 3);
        assert_eq!(longest_copy(&from(&heard[0], (0..30).rev(), 0.0), &heard, 1, 2), 2);
    }

    // A sound made from means of frames was once near to no single frame of its original for long.
    #[test]
    fn passages_find_what_single_frames_are_too_blurred_for() {
        let heard = [recording(1, 80), recording(2, 80)];
        let frames: Vec<&[f32]> = heard[0].rows().collect();
        let noise = recording(3, 40);
        let blurred = frames[20..60].iter().zip(noise.rows()).flat_map(|(frame, noise)| {
            frame.iter().zip(noise).map(|(level, noise)| 0.5 * level + noise)
        });
        let blurred = Spectrogram::new(BANDS, blurred.collect()).unwrap();
        let (single, passages) =
            (longest_copy(&blurred, &heard, 1, 0), longest_copy(&blurred, &heard, 12, 0));
        assert!(single < 12 && passages > 30, "{single} {passages}");
    }
}
