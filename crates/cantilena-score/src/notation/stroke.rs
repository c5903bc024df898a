//! One note, chord or rest as it is written.

use std::str::FromStr;

use super::value;
use crate::note::{Pitch, Velocity};
use crate::time::Ticks;

/// A note, a chord or, without pitches, a rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Stroke {
    /// No pitch twice.
    pub(super) pitches: Vec<Pitch>,
    /// `None` where it is that of the note before.
    pub(super) duration: Option<Ticks>,
    pub(super) is_staccato: bool,
    pub(super) is_accented: bool,
    /// `None` where the dynamics say it.
    pub(super) velocity: Option<Velocity>,
    pub(super) is_tied: bool,
}

/// Semitones above C of the letters A to G.
const LETTERS: [i32; 7] = [9, 11, 0, 2, 4, 5, 7];

impl FromStr for Stroke {
    type Err = String;

    fn from_str(text: &str) -> Result<Stroke, String> {
        let mut stroke = Stroke::default();
        let marks_from = text.find(['/', '\'', '!', '@', '~']).unwrap_or(text.len());
        let (pitches, mut marks) = text.split_at(marks_from);
        if pitches != "r" {
            for name in pitches.split('+') {
                let pitch = pitch(name).ok_or_else(|| no_note(name, text))??;
                if stroke.pitches.contains(&pitch) {
                    return Err(format!("'{pitches}' has {pitch} twice; a chord has a pitch once"));
                }
                stroke.pitches.push(pitch);
            }
        }
        if let Some(rest) = marks.strip_prefix('/') {
            let end = rest.find(['\'', '!', '@', '~']).unwrap_or(rest.len());
            stroke.duration = Some(value::parse(&rest[..end])?);
            marks = &rest[end..];
        }
        while let Some(mark) = marks.chars().next() {
            marks = &marks[mark.len_utf8()..];
            match mark {
                '\'' => stroke.is_staccato = true,
                '!' => stroke.is_accented = true,
                '~' => stroke.is_tied = true,
                '@' => {
                    let end = marks.find(|c: char| !c.is_ascii_digit()).unwrap_or(marks.len());
                    stroke.velocity = Some(velocity(&marks[..end])?);
                    marks = &marks[end..];
                }
                _ => {
                    return Err(format!(
                        "'{mark}' in '{text}' is no mark; /4 ' ! @72 and ~ are, the value first"
                    ));
                }
            }
        }
        if stroke.pitches.is_empty()
            && stroke != (Stroke { duration: stroke.duration, ..Stroke::default() })
        {
            return Err(format!("'{text}' marks a rest, which can only have a value, as r/4"));
        }
        if stroke.is_staccato && stroke.is_tied {
            return Err(format!("'{text}' is staccato and tied; it cannot be both"));
        }
        Ok(stroke)
    }
}

/// Reads `72`.
pub(super) fn velocity(text: &str) -> Result<Velocity, String> {
    let value = text.parse::<u8>().ok().and_then(|value| Velocity::new(value).ok());
    value.ok_or_else(|| format!("'@{text}' is no velocity; @1 to @127 are"))
}

/// Reads `c4`, `f#3` or `bb-1`; `None` if it is no pitch, an error if MIDI has none so high or low.
fn pitch(name: &str) -> Option<Result<Pitch, String>> {
    let letter = name.bytes().next().filter(|letter| (b'a'..=b'g').contains(letter))?;
    let octave = name[1..].trim_start_matches(['#', 'b']);
    let accidentals = &name[1..name.len() - octave.len()];
    if accidentals.len() > 2 || accidentals == "#b" || accidentals == "b#" {
        return None;
    }
    // A sign is for the one octave below C0; '+' joins chords.
    let octave = match octave {
        "-1" => -1,
        _ if octave.len() == 1 => octave.parse::<u8>().ok()?.into(),
        _ => return None,
    };
    let sharps: i32 = accidentals.bytes().map(|b| if b == b'#' { 1 } else { -1 }).sum();
    let number = 12 * (octave + 1) + LETTERS[usize::from(letter - b'a')] + sharps;
    let pitch = u8::try_from(number).ok().and_then(|number| Pitch::new(number).ok());
    Some(pitch.ok_or_else(|| format!("'{name}' is beyond MIDI, whose pitches are c-1 to g9")))
}

fn no_note(name: &str, text: &str) -> String {
    let within = if name == text { String::new() } else { format!(" in '{text}'") };
    format!("'{name}'{within} is no note; c4, f#3, bb5, the rest r and chords as c4+e4 are")
}

/// A pitch as it is read; black keys are spelled with sharps.
pub(super) fn pitch_name(pitch: Pitch) -> String {
    pitch.to_string().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Vec<u8> {
        let stroke: Stroke = text.parse().unwrap();
        stroke.pitches.into_iter().map(Pitch::number).collect()
    }

    #[test]
    fn a_letter_b_is_a_note_first_and_a_flat_after() {
        assert_eq!(numbers("b4"), [71]);
        assert_eq!(numbers("bb4"), [70]);
        assert_eq!(numbers("bbb4"), [69]);
        assert_eq!(numbers("c4+eb4+f##4"), [60, 63, 67]);
    }

    #[test]
    fn an_octave_begins_at_its_letter_c_whatever_the_accidental() {
        assert_eq!(numbers("cb4"), [59]);
        assert_eq!(numbers("b#3"), [60]);
        assert_eq!(numbers("c-1+g9"), [0, 127]);
    }

    #[test]
    fn marks_stand_in_any_order_behind_the_value() {
        let stroke: Stroke = "c4/8.~!@90".parse().unwrap();
        assert_eq!(stroke.duration, Some(Ticks(18)));
        assert!(stroke.is_tied && stroke.is_accented && !stroke.is_staccato);
        assert_eq!(stroke.velocity.map(Velocity::value), Some(90));
    }

    #[test]
    fn every_pitch_is_read_as_it_is_spelled() {
        for number in 0..128 {
            assert_eq!(numbers(&pitch_name(Pitch::new(number).unwrap())), [number]);
        }
    }

    #[test]
    fn what_is_no_note_is_refused() {
        let bad = "h4 c C4 c4+ +c4 c44 c4/ c4/5 c#b4 c4@ c4@0 c4@128 r' r~ c4/4? c4'~ c4+c4 \
                   c4+b#3 g#9 cb-1 c###4 c4é ½ c-2";
        for text in bad.split_whitespace() {
            assert!(text.parse::<Stroke>().is_err(), "{text}");
        }
    }
}
