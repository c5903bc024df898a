//! Recordings of one voice become scores to learn from.

use std::num::NonZero;
use std::path::{Path, PathBuf};

use cantilena_audio::DecodeLimits;
use cantilena_corpus::{
    Beside, Conditions, Corpus, Gathered, Outcome, OutcomeKind, Piece, RECORDINGS,
};
use cantilena_score::Score;

use crate::error::StudioError;
use crate::hearing::{hear, voice};
use crate::store;

/// Hears every recording under the paths as notes.
///
/// `reading` is told how many are heard, of how many.
pub(crate) fn hear_all(
    paths: &[PathBuf],
    threads: usize,
    reading: &(dyn Fn(usize, usize) + Sync),
) -> Result<Gathered, StudioError> {
    let (files, beside) = sound_files(paths)?;
    let (mut pieces, mut outcomes) = (Vec::new(), Vec::new());
    for (index, file) in files.iter().enumerate() {
        reading(index, files.len());
        let bytes = store::read(file)?;
        let name = file.display().to_string();
        let kind = match notes_of(&bytes, threads) {
            Ok(score) => {
                let conditions = Conditions::of(&score);
                let digest = *blake3::hash(&bytes).as_bytes();
                pieces.push(Piece { name: name.clone(), score, digest, conditions });
                OutcomeKind::Read
            }
            Err(why) => OutcomeKind::Refused(why),
        };
        let heard = usize::from(kind == OutcomeKind::Read);
        outcomes.push(Outcome { name, kind, pieces: heard });
    }
    if pieces.is_empty() {
        return Err(StudioError::Request(format!(
            "none of {} recordings could be heard as notes{}",
            files.len(),
            refusals(&outcomes),
        )));
    }
    Ok(Gathered { corpus: Corpus { pieces }, outcomes, beside })
}

/// The notes of one recording, or why it has none.
fn notes_of(bytes: &[u8], threads: usize) -> Result<Score, String> {
    let threads = NonZero::new(threads).unwrap_or(NonZero::<usize>::MIN);
    let score = hear(&voice(bytes, &DecodeLimits::default())?, threads);
    match score.note_count() {
        0 => Err("no note of one voice can be heard in it".to_owned()),
        _ => Ok(score),
    }
}

/// The first few refusals, for an error.
pub(crate) fn refusals(outcomes: &[Outcome]) -> String {
    let refused = outcomes.iter().filter_map(|outcome| match &outcome.kind {
        OutcomeKind::Refused(why) => Some(format!("\n  {}: {why}", outcome.name)),
        _ => None,
    });
    refused.take(8).collect()
}

/// Files of sound under the paths, by name, and what lies beside them; a file that was named
/// itself is tried whatever it is called.
pub(crate) fn sound_files(paths: &[PathBuf]) -> Result<(Vec<PathBuf>, Beside), StudioError> {
    let (mut files, mut beside) = (Vec::new(), Beside::default());
    for path in paths {
        find(path, true, &mut files, &mut beside)?;
    }
    Ok((files, beside))
}

fn find(
    path: &Path,
    is_named: bool,
    files: &mut Vec<PathBuf>,
    beside: &mut Beside,
) -> Result<(), StudioError> {
    let cannot = |source| StudioError::Read { path: path.to_owned(), source };
    if std::fs::metadata(path).map_err(cannot)?.is_dir() {
        let entries = std::fs::read_dir(path).map_err(cannot)?;
        let mut entries: Vec<PathBuf> = entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()
            .map_err(cannot)?;
        entries.sort_unstable();
        return entries.iter().try_for_each(|entry| find(entry, false, files, beside));
    }
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    match is_named || RECORDINGS.contains(&extension.to_ascii_lowercase().as_str()) {
        true => files.push(path.to_owned()),
        false => beside.other_files += 1,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use cantilena_audio::{Audio, BitDepth, SampleRate, wav};

    use super::*;

    /// Tones of 0.4 s with 0.1 s of silence behind each, three partials, as a WAV file.
    fn plucked(pitches: &[u8]) -> Vec<u8> {
        let rate = 22_050u32;
        let mut samples = Vec::new();
        for &pitch in pitches {
            let hertz = 440.0 * 2f64.powf((f64::from(pitch) - 69.0) / 12.0);
            for index in 0..rate / 2 {
                let seconds = f64::from(index) / f64::from(rate);
                let tone: f64 = (1..=3u8)
                    .map(f64::from)
                    .map(|k| (std::f64::consts::TAU * hertz * k * seconds).sin() / (k * k))
                    .sum();
                let envelope = if seconds < 0.4 { (-3.0 * seconds).exp() } else { 0.0 };
                samples.push((0.4 * envelope * tone) as f32);
            }
        }
        let audio = Audio::new(SampleRate::new(rate).unwrap(), vec![samples]).unwrap();
        wav::encode(&audio, BitDepth::Sixteen).unwrap()
    }

    #[test]
    fn a_recording_is_heard_as_the_notes_that_were_played() {
        let played = [60, 64, 67, 72, 67, 64, 62, 60];
        let score = notes_of(&plucked(&played), 1).unwrap();
        let notes = &score.tracks[0].notes;
        let heard: Vec<u8> = notes.iter().map(|note| note.pitch.number()).collect();
        assert_eq!(heard, played);
        for (note, index) in notes.iter().zip(0u8..) {
            let onset = score.tempo.seconds_at(note.onset).0;
            assert!((onset - 0.5 * f64::from(index)).abs() < 0.05, "note {index} at {onset} s");
        }
    }

    #[test]
    fn a_recording_without_notes_says_so() {
        let silence = Audio::new(SampleRate::new(22_050).unwrap(), vec![vec![0.0; 22_050]]);
        let bytes = wav::encode(&silence.unwrap(), BitDepth::Sixteen).unwrap();
        assert_eq!(notes_of(&bytes, 1).unwrap_err(), "no note of one voice can be heard in it");
    }
}
