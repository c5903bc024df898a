//! Notes as they were heard: in seconds, and as high as they were, in tune or not.

use cantilena_audio::{PitchFrame, PitchTrack};
use cantilena_score::Seconds;

use crate::level::{height_of, stretches};
use crate::onset::attacks;

/// A note of a voice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeardNote {
    /// When it begins, from the start of the sound.
    pub onset: Seconds,
    /// How long it lasts; above zero.
    pub duration: Seconds,
    /// How high it is, as a MIDI note number with fractions: the median of its frames.
    pub height: f64,
    /// How loud its loudest frame is, as an amplitude: the root of the mean square.
    pub rms: f32,
}

/// Shorter notes are none, in seconds: a trill's are longer, a glide's steps shorter.
const SECONDS_MIN: f64 = 0.06;

/// A note this far below the loudest is noise or a neighbour's voice, in decibels.
const RANGE: f64 = 45.0;

/// The notes of a pitch track, by onset; no two sound at once.
pub fn hear_notes(track: &PitchTrack) -> Vec<HeardNote> {
    let mut notes = Vec::new();
    for stretch in stretches(track).iter().filter(|stretch| stretch.height.is_some()) {
        let mut bounds = vec![stretch.first];
        bounds.extend(attacks(track, stretch.first, stretch.end));
        bounds.push(stretch.end);
        let parts = bounds.windows(2).filter_map(|bounds| note(track, bounds[0], bounds[1]));
        notes.extend(parts);
    }
    let loudest = notes.iter().map(|note| note.rms).fold(0.0, f32::max);
    let floor = loudest * 10f32.powf(-RANGE as f32 / 20.0);
    notes.retain(|note| note.rms > floor && note.duration.0 >= SECONDS_MIN);
    notes
}

/// The note of some frames; `None` where none of them has a tone.
fn note(track: &PitchTrack, first: usize, end: usize) -> Option<HeardNote> {
    let frames: &[PitchFrame] = &track.frames[first..end];
    let mut heights: Vec<f64> =
        frames.iter().filter_map(|frame| frame.hertz).map(height_of).collect();
    heights.sort_by(f64::total_cmp);
    let height = *heights.get(heights.len() / 2)?;
    let rms = frames.iter().map(|frame| frame.rms).fold(0.0, f32::max);
    let seconds = |frames: usize| Seconds(frames as f64 * track.hop_seconds);
    Some(HeardNote { onset: seconds(first), duration: seconds(end - first), height, rms })
}
