//! A score as pages of music are written: in a key.

use cantilena_analysis::estimate_key;
use cantilena_formats::{Format, WriteError, Writing};
use cantilena_score::{KeyChange, Score, Ticks};

/// Writes a score. A page of a score that names no key has the signature of the likeliest one, for
/// without it every black key would have its accidental; other forms say no more than the score.
pub(crate) fn write(score: &Score, format: Format) -> Result<Writing, WriteError> {
    let is_page = matches!(format, Format::MusicXml | Format::Mxl | Format::Abc);
    let likeliest = (is_page && score.keys.is_empty()).then(|| estimate_key(score)).flatten();
    match likeliest {
        None => cantilena_formats::write(score, format),
        Some(estimate) => {
            let keys = vec![KeyChange { onset: Ticks::ZERO, key: estimate.key }];
            cantilena_formats::write(&Score { keys, ..score.clone() }, format)
        }
    }
}

#[cfg(test)]
mod tests {
    use cantilena_score::{Key, Mode};

    use super::*;

    const TUNE: &str = "d4/4 e4 f#4 g4 | a4 f#4 d4 a3 | d5 c#5 b4 a4 | g4 e4 d4/2 |";

    /// The keys that stand in what is written.
    #[track_caller]
    fn check(score: &Score, format: Format, keys: &[&str]) {
        let bytes = write(score, format).unwrap().bytes;
        let read = cantilena_formats::read(&bytes, &Default::default()).unwrap().score;
        let found: Vec<String> = read.keys.iter().map(|change| change.key.to_string()).collect();
        assert_eq!(found, keys, "{format:?}");
    }

    #[test]
    fn a_page_of_music_that_names_no_key_has_the_likeliest() {
        let mut score: Score = TUNE.parse().unwrap();
        assert!(score.keys.is_empty());
        for format in [Format::MusicXml, Format::Mxl, Format::Abc] {
            check(&score, format, &["D major"]);
        }
        check(&score, Format::Midi, &[]);
        // What a score says is believed.
        let key = Key::new(1, Mode::Major).unwrap();
        score.keys = vec![KeyChange { onset: Ticks::ZERO, key }];
        check(&score, Format::MusicXml, &["G major"]);
    }
}
