//! What stands before the music: keys, meters, tempi and who plays.

use super::value::{self, WHOLE};
use crate::key::{Key, Mode};
use crate::meter::Meter;
use crate::program::Program;
use crate::time::Ticks;
use crate::track::Track;

/// The headers, by their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Header {
    Origin,
    Key,
    Meter,
    Pickup,
    Tempo,
    Pulse,
    Tracks,
    Form,
    Chords,
}

/// Every header and what stands before its colon; no track can be called so.
const HEADERS: [(&str, Header); 9] = [
    ("origin", Header::Origin),
    ("key", Header::Key),
    ("meter", Header::Meter),
    ("pickup", Header::Pickup),
    ("tempo", Header::Tempo),
    ("pulse", Header::Pulse),
    ("tracks", Header::Tracks),
    ("form", Header::Form),
    ("chords", Header::Chords),
];

impl Header {
    /// The header of this name, if it is one.
    pub(super) fn named(name: &str) -> Option<Header> {
        HEADERS.iter().find(|row| row.0 == name).map(|row| row.1)
    }
}

/// Modes, and the one of the two kinds of key that has their third.
const MODES: [(&str, Mode); 8] = [
    ("major", Mode::Major),
    ("ionian", Mode::Major),
    ("lydian", Mode::Major),
    ("mixolydian", Mode::Major),
    ("minor", Mode::Minor),
    ("aeolian", Mode::Minor),
    ("dorian", Mode::Minor),
    ("phrygian", Mode::Minor),
];

/// Reads `G major`, `Bb minor` or `D dorian`.
pub(super) fn key(text: &str) -> Result<Key, String> {
    let unknown = || {
        format!(
            "'{text}' is no key; a capital letter, # or b if need be, and major, minor, dorian, \
             phrygian, lydian, mixolydian, aeolian or ionian are, as in 'F# minor'"
        )
    };
    let (tonic, mode) = text.split_once(' ').ok_or_else(unknown)?;
    let mode = MODES.iter().find(|row| row.0 == mode.trim()).ok_or_else(unknown)?.1;
    let letter = tonic.chars().next().ok_or_else(unknown)?;
    // Fifths above C of the letter, in the order of the circle.
    let fifths = "FCGDAEB".find(letter).ok_or_else(unknown)? as i32 - 1;
    let accidentals = match &tonic[1..] {
        "" => 0,
        "#" => 7,
        "b" => -7,
        _ => return Err(unknown()),
    };
    let minor = if mode == Mode::Minor { 3 } else { 0 };
    let fifths = fifths + accidentals - minor;
    Key::new(fifths as i8, mode).map_err(|error| format!("'{text}' is {error}"))
}

/// Reads `6/8`.
pub(super) fn meter(text: &str) -> Result<Meter, String> {
    let numbers = text.split_once('/').and_then(|(numerator, denominator)| {
        Some((numerator.trim().parse().ok()?, denominator.trim().parse().ok()?))
    });
    let (numerator, denominator) =
        numbers.ok_or_else(|| format!("'{text}' is no meter; 4/4, 3/4 and 6/8 are"))?;
    let meter = Meter::new(numerator, denominator).map_err(|error| error.to_string())?;
    if denominator > 32 {
        // A 64th is one tick and a half: bars of them would begin between ticks.
        return Err(format!("'{text}' has beats shorter than /32, the shortest value here"));
    }
    Ok(meter)
}

/// Reads `1/8`: a part of a whole note, shorter than a bar.
pub(super) fn pickup(text: &str, bar: Ticks) -> Result<Ticks, String> {
    let numbers = text.split_once('/').and_then(|(numerator, denominator)| {
        Some((numerator.trim().parse::<u32>().ok()?, denominator.trim().parse::<u32>().ok()?))
    });
    let ticks = numbers.and_then(|(numerator, denominator)| {
        let whole = WHOLE.checked_mul(numerator)?;
        (denominator > 0 && whole % denominator == 0).then(|| Ticks(whole / denominator))
    });
    ticks.filter(|&ticks| Ticks::ZERO < ticks && ticks < bar).ok_or_else(|| {
        format!(
            "'{text}' is no pickup; a part of a whole note shorter than a bar of {} is, as 1/8",
            value::fraction(bar)
        )
    })
}

/// Reads `96` or `4. = 60` as quarters a minute.
pub(super) fn tempo(text: &str) -> Result<f64, String> {
    let unknown = || format!("'{text}' is no tempo; 96 quarters a minute or '4. = 60' are");
    let (beat, rate) = match text.split_once('=') {
        None => (Ticks(24), text),
        Some((beat, rate)) => (value::parse(beat.trim())?, rate.trim()),
    };
    let rate = rate.parse::<f64>().map_err(|_| unknown())?;
    let bpm = rate * f64::from(beat.0) / 24.0;
    // The slowest and the fastest that MIDI can write in microseconds (Standard MIDI Files 1.0,
    // FF 51: 24 bits).
    if (3.58..=60e6).contains(&bpm) { Ok(bpm) } else { Err(unknown()) }
}

/// Reads `8 0 4 0`: one addition to the velocity for every beat of the meter.
pub(super) fn pulse(text: &str, meter: Meter) -> Result<Vec<i32>, String> {
    let beats: Option<Vec<i32>> = text
        .split_whitespace()
        .map(|number| number.parse().ok().filter(|n| (-127..=127).contains(n)))
        .collect();
    beats.filter(|beats| beats.len() == usize::from(meter.numerator())).ok_or_else(|| {
        format!(
            "'{text}' is no pulse of {meter}; {} numbers from -127 to 127 are",
            meter.numerator()
        )
    })
}

/// Reads `melody 0, left 0 -12, kit drums`; gives each track and how much louder it is.
pub(super) fn tracks(text: &str) -> Result<Vec<(Track, i32)>, String> {
    let mut tracks: Vec<(Track, i32)> = Vec::new();
    for entry in text.split(',') {
        let (track, loudness) = track(entry.trim())?;
        if tracks.iter().any(|(other, _)| other.name == track.name) {
            return Err(match track.name.as_str() {
                "" => "only one track can be without a name".to_owned(),
                name => format!("two tracks are called '{name}'; each needs its own name"),
            });
        }
        tracks.push((track, loudness));
    }
    Ok(tracks)
}

fn track(entry: &str) -> Result<(Track, i32), String> {
    let unknown = || format!("'{entry}' is no track; 'melody 0', 'bass 32 -8' and 'kit drums' are");
    let (mut name, mut word) = last_word(entry);
    let mut loudness = 0;
    if word.starts_with(['+', '-']) {
        loudness = word.parse().ok().filter(|n| (-127..=127).contains(n)).ok_or_else(unknown)?;
        (name, word) = last_word(name);
    }
    let is_drums_alone = word == "drums";
    let mut track = if is_drums_alone {
        Track::drums()
    } else {
        let number = word.parse::<u8>().map_err(|_| unknown())?;
        Track::new(Program::new(number).map_err(|error| error.to_string())?)
    };
    if let (rest, "drums") = last_word(name)
        && !is_drums_alone
    {
        track.is_drums = true;
        name = rest;
    }
    if Header::named(name).is_some() || name.starts_with(['=', '#', '[']) || name.contains(':') {
        return Err(format!("no track can be called '{name}', which begins lines of another kind"));
    }
    track.name = name.to_owned();
    Ok((track, loudness))
}

/// What stands before the last word, and the word.
fn last_word(text: &str) -> (&str, &str) {
    let text = text.trim_end();
    match text.rsplit_once(char::is_whitespace) {
        Some((before, word)) => (before.trim_end(), word),
        None => ("", text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_they_are_displayed() {
        for fifths in -7..=7 {
            for mode in [Mode::Major, Mode::Minor] {
                let written = Key::new(fifths, mode).unwrap();
                assert_eq!(key(&written.to_string()), Ok(written));
            }
        }
        for text in ["", "C", "c major", "H minor", "C locrian", "Fb major", "C## major", "é x"] {
            assert!(key(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_mode_keeps_its_tonic_and_its_third() {
        assert_eq!(key("D dorian").unwrap().to_string(), "D minor");
        assert_eq!(key("G mixolydian").unwrap().to_string(), "G major");
        assert_eq!(key("F# phrygian").unwrap().to_string(), "F# minor");
    }

    #[test]
    fn a_tempo_may_count_other_values_than_quarters() {
        assert_eq!(tempo("96"), Ok(96.0));
        assert_eq!(tempo("4. = 60"), Ok(90.0));
        for text in ["", "fast", "0", "-4", "inf", "NaN", "4 = ", "5 = 60"] {
            assert!(tempo(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_track_is_a_name_a_program_and_a_loudness() {
        let read = |text| {
            let tracks = tracks(text)?;
            let told = tracks.into_iter().map(|(track, loudness)| {
                (track.name, track.program.number(), track.is_drums, loudness)
            });
            Ok::<_, String>(told.collect::<Vec<_>>())
        };
        let named = |name: &str, program, is_drums, loudness| {
            (name.to_owned(), program, is_drums, loudness)
        };
        assert_eq!(read("melody 0"), Ok(vec![named("melody", 0, false, 0)]));
        assert_eq!(
            read("violin 2 40 +5, kit drums, old kit drums 16, 19 -9"),
            Ok(vec![
                named("violin 2", 40, false, 5),
                named("kit", 0, true, 0),
                named("old kit", 16, true, 0),
                named("", 19, false, -9),
            ])
        );
        for text in ["", "melody", "a 128", "a 0, a 1", "0, 1", "key 0", "[a 0", "a 0 -999", "a,"] {
            assert!(tracks(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_pickup_is_shorter_than_the_bar() {
        assert_eq!(pickup("1/8", Ticks(96)), Ok(Ticks(12)));
        for text in ["4/4", "0/4", "1/5", "1/0", "1", "99999999999/4", "4294967295/4"] {
            assert!(pickup(text, Ticks(96)).is_err(), "{text}");
        }
    }

    #[test]
    fn a_pulse_has_a_number_for_every_beat() {
        let meter = Meter::new(3, 4).unwrap();
        assert_eq!(pulse("8 0 -4", meter), Ok(vec![8, 0, -4]));
        assert!(pulse("8 0", meter).is_err());
        assert!(pulse("8 0 x", meter).is_err());
    }
}
