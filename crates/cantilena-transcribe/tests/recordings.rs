//! Recordings of people and what they played; see `audio/SOURCE.md` beside the data.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test may")]

use std::num::NonZero;
use std::path::PathBuf;

use cantilena_audio::{DecodeLimits, PitchOptions, decode, track_pitch};
use cantilena_transcribe::{HeardNote, hear_notes};

/// The folder of recordings, if it is here.
fn recordings() -> Option<PathBuf> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let data = std::env::var("CANTILENA_DATA").unwrap_or(root.to_owned());
    let folder = PathBuf::from(data).join("audio");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("no recordings at {}: CANTILENA_DATA names their folder", folder.display());
    None
}

fn heard(path: PathBuf) -> Vec<HeardNote> {
    let audio = decode(&std::fs::read(path).unwrap(), &DecodeLimits::default()).unwrap().audio;
    hear_notes(&track_pitch(&audio, &PitchOptions::default(), NonZero::new(2).unwrap()))
}

#[test]
fn a_long_note_of_flute_or_oboe_is_one_note() {
    let Some(folder) = recordings() else { return };
    for (file, pitch) in [
        ("sms_tools_ccby/flute-A4.wav", 69.0),
        ("sms_tools_ccby/oboe-A4.wav", 69.0),
        ("tinysol_ccby/Fl-ord-C4-mf-N-T14d.wav", 60.0),
    ] {
        let notes = heard(folder.join(file));
        assert_eq!(notes.len(), 1, "{file}");
        assert!((notes[0].height - pitch).abs() < 0.3, "{file}: {}", notes[0].height);
    }
}

/// Notes with onsets within 50 ms and heights within half a semitone, each used once.
fn matches(annotated: &[(f64, f64)], heard: &[HeardNote]) -> usize {
    let mut used = vec![false; heard.len()];
    let mut matched = 0;
    for (onset, height) in annotated {
        let fits = |note: &HeardNote| {
            (note.onset.0 - onset).abs() <= 0.05 && (note.height - height).abs() <= 0.5
        };
        if let Some(at) = (0..heard.len()).find(|at| !used[*at] && fits(&heard[*at])) {
            used[at] = true;
            matched += 1;
        }
    }
    matched
}

#[test]
fn a_singer_is_heard_nearly_as_two_people_heard_her() {
    let Some(folder) = recordings() else { return };
    let folder = folder.join("vocadito_ccby");
    let notes = heard(folder.join("vocadito_1.wav"));
    for annotator in ["A1", "A2"] {
        let text = std::fs::read_to_string(folder.join(format!("vocadito_1_notes{annotator}.csv")));
        let annotated: Vec<(f64, f64)> = text
            .unwrap()
            .lines()
            .map(|line| line.split(',').map(|value| value.parse().unwrap()).collect())
            .map(|values: Vec<f64>| (values[0], 69.0 + 12.0 * (values[1] / 440.0).log2()))
            .collect();
        let matched = matches(&annotated, &notes) as f64;
        let f_measure = 2.0 * matched / (annotated.len() + notes.len()) as f64;
        assert!(f_measure >= 0.75, "{annotator}: {f_measure}");
    }
}
