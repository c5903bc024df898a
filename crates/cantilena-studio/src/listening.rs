//! A recording becomes a score: what somebody sings, hums or plays, one note at a time.

use std::num::NonZero;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use cantilena_analysis::Pulse;
use cantilena_audio::DecodeLimits;
use cantilena_score::{Score, Ticks};

use crate::error::StudioError;
use crate::hearing::{BPM, hear, steady, voice};

/// The longest recording that is listened to, in seconds: three minutes are a long tune, and take
/// some ten seconds to hear out.
pub(crate) const SECONDS_MAX: f64 = 180.0;

/// Samples of all channels together: so much of two channels at 48 kHz.
const SAMPLES_MAX: usize = SECONDS_MAX as usize * 2 * 48_000;

/// Fewer notes are no tune.
const NOTES_MIN: usize = 3;

/// The score of the one voice in a recording, its first note on the first beat and its tempo the
/// one that people would tap.
///
/// `threads` are held while they work. `Ok(None)` says that the bytes are no recording at all.
pub(crate) fn listen(
    name: &Path,
    bytes: &[u8],
    threads: &Mutex<NonZero<usize>>,
) -> Result<Option<Score>, StudioError> {
    let refused = |why: String| StudioError::Recording { path: name.to_owned(), why };
    let limits = DecodeLimits { samples_max: SAMPLES_MAX, ..DecodeLimits::default() };
    if !is_recording(bytes) {
        return Ok(None);
    }
    let threads = threads.lock().unwrap_or_else(PoisonError::into_inner);
    let voice = voice(bytes, &limits).map_err(refused)?;
    let seconds = voice.seconds();
    if seconds > SECONDS_MAX {
        return Err(refused(format!("it lasts {seconds:.0} s")));
    }
    let score = hear(&voice, *threads);
    match score.note_count() {
        1 => Err(refused(format!("1 note can be made out in {seconds:.0} s of it"))),
        notes if notes < NOTES_MIN => {
            Err(refused(format!("{notes} notes can be made out in {seconds:.0} s of it")))
        }
        _ => Ok(Some(with_beat(&score))),
    }
}

/// Whether the first bytes are those of WAV, AIFF, FLAC, Ogg, MP3 or M4A.
fn is_recording(bytes: &[u8]) -> bool {
    let at = |place: usize, magic: &[u8]| bytes.get(place..).is_some_and(|b| b.starts_with(magic));
    let is_frame = matches!(bytes, [0xff, second, ..] if second & 0xe0 == 0xe0);
    (at(0, b"RIFF") && at(8, b"WAVE"))
        || (at(0, b"FORM") && at(8, b"AIF"))
        || [&b"fLaC"[..], b"OggS", b"ID3"].iter().any(|magic| at(0, magic))
        || at(4, b"ftyp")
        || is_frame
}

/// The same notes at the tempo that they are played at, from the first one on.
fn with_beat(played: &Score) -> Score {
    let tempo = steady(Pulse::tempo_of(played).unwrap_or(BPM).round());
    let mut score = Score::new(tempo.ticks_per_quarter());
    let first = played.tracks.iter().flat_map(|track| &track.notes).map(|note| note.onset).min();
    let begins = played.tempo.seconds_at(first.unwrap_or_default()).0;
    let on_beat = |tick: Ticks| {
        let seconds = played.tempo.seconds_at(tick).0 - begins;
        tempo.tick_at(cantilena_score::Seconds(seconds.max(0.0)))
    };
    score.tracks.clone_from(&played.tracks);
    for note in score.tracks.iter_mut().flat_map(|track| &mut track.notes) {
        let release = on_beat(note.release());
        note.onset = on_beat(note.onset);
        note.duration = release.since(note.onset).max(Ticks(1));
    }
    score.tempo = tempo;
    score
}

#[cfg(test)]
mod tests {
    use cantilena_audio::{Audio, SampleRate};
    use cantilena_score::Program;

    use super::*;
    use crate::render::{Bank, sound};

    /// A tune as a recording: played by the built-in bank's flute.
    fn recording(music: &str) -> (Score, Vec<u8>) {
        let mut score: Score = music.parse().unwrap();
        score.tracks[0].program = Program::new(73).unwrap();
        let bytes = sound(&score, &Bank::built_in()).unwrap();
        (score, bytes)
    }

    fn alone() -> Mutex<NonZero<usize>> {
        Mutex::new(NonZero::<usize>::MIN)
    }

    fn pitches(score: &Score) -> Vec<u8> {
        score.tracks.iter().flat_map(|t| &t.notes).map(|note| note.pitch.number()).collect()
    }

    #[test]
    fn a_tune_that_is_played_is_heard_note_for_note() {
        let (tune, bytes) = recording("c5/4 d5/4 e5/4 g5/4 | f5/4 e5/4 d5/4 c5/4 |");
        let heard = listen(Path::new("a.wav"), &bytes, &alone()).unwrap().unwrap();
        assert_eq!(pitches(&heard), pitches(&tune));
        assert_eq!(heard.tracks[0].notes[0].onset, Ticks::ZERO);
        // Beats are felt to a hundredth of a second.
        let bpm = heard.tempo.changes()[0].bpm();
        assert!((bpm - 120.0).abs() < 2.5, "{bpm}");
    }

    #[test]
    fn what_is_no_tune_is_refused_in_plain_words() {
        let rate = SampleRate::new(8_000).unwrap();
        let silence = Audio::new(rate, vec![vec![0.0; 16_000]]).unwrap();
        let depth = cantilena_audio::BitDepth::Sixteen;
        let bytes = cantilena_audio::wav::encode(&silence, depth).unwrap();
        let error = listen(Path::new("a.wav"), &bytes, &alone()).unwrap_err();
        assert!(error.to_string().contains("0 notes can be made out in 2 s"), "{error}");
        assert!(error.to_string().contains("one voice"), "{error}");
        for nothing in [&b""[..], b"hello", b"<!DOCTYPE html>"] {
            assert!(listen(Path::new("a"), nothing, &alone()).unwrap().is_none());
        }
    }
}
