//! Fields: a letter, a colon and words.

use cantilena_score::Meter;

use crate::abc::UNITS_PER_QUARTER;

/// A field and its words, without a comment behind them.
pub(super) fn field(line: &str) -> Option<(char, &str)> {
    let line = line.trim_start();
    let name = line.chars().next().filter(|c| c.is_ascii_alphabetic() || *c == '+')?;
    let words = line[1..].strip_prefix(':')?;
    let words = if matches!(name, 'w' | 'W') { words } else { uncommented(words) };
    Some((name, words.trim()))
}

/// A line without its comment.
pub(super) fn uncommented(line: &str) -> &str {
    let comment = line.match_indices('%').find(|&(at, _)| !line[..at].ends_with('\\'));
    comment.map_or(line, |(at, _)| &line[..at])
}

/// The unit length where none is named: a sixteenth in meters of less than three quarters of a
/// whole note, else an eighth (abc 2.1, § 3.1.7).
pub(super) fn default_length(meter: Option<Meter>) -> u64 {
    let is_short = meter.is_some_and(|m| 4 * u16::from(m.numerator()) < 3 * m.denominator());
    if is_short { UNITS_PER_QUARTER / 4 } else { UNITS_PER_QUARTER / 2 }
}

/// A meter; none for `none`, which is free.
pub(super) fn meter(words: &str) -> Result<Option<Meter>, ()> {
    let words = words.trim();
    match words {
        "C" => return Ok(Some(Meter::COMMON)),
        "C|" => return Meter::new(2, 2).map(Some).map_err(|_| ()),
        "none" | "" => return Ok(None),
        _ => {}
    }
    let (beats, value) = words.split_once('/').ok_or(())?;
    let beats =
        beats.trim_matches(['(', ')', ' ']).split('+').map(|beats| beats.trim().parse::<u32>());
    let beats = beats.sum::<Result<u32, _>>().map_err(|_| ())?;
    let beats = u8::try_from(beats).map_err(|_| ())?;
    let end = value.trim_start().find(|c: char| !c.is_ascii_digit());
    let value = value.trim_start();
    let value = value[..end.unwrap_or(value.len())].parse().map_err(|_| ())?;
    Meter::new(beats, value).map(Some).map_err(|_| ())
}

/// A fraction of a whole note, in units.
pub(super) fn fraction(words: &str) -> Option<u64> {
    let (numerator, denominator) = words.trim().split_once('/').unwrap_or((words.trim(), "1"));
    let numerator: u64 = numerator.trim().parse().ok()?;
    let denominator: u64 = denominator.trim().parse().ok()?;
    let is_sane = (1..=64).contains(&numerator) && (1..=512).contains(&denominator);
    is_sane.then(|| 4 * UNITS_PER_QUARTER * numerator / denominator)
}

/// Quarters a minute: `1/4=120`, `"Allegro" 3/8=90`, or a bare number of unit lengths.
pub(super) fn tempo(words: &str, unit: u64) -> Option<f64> {
    let plain: String =
        words.split('"').enumerate().filter(|(at, _)| at % 2 == 0).map(|(_, part)| part).collect();
    let (beats, number) = match plain.split_once('=') {
        Some((beats, number)) => {
            let beats = beats.split_whitespace().map(fraction).sum::<Option<u64>>();
            (beats.filter(|&beats| beats > 0).unwrap_or(unit), number.to_owned())
        }
        None => (unit, plain),
    };
    let number = number.trim();
    let end = number.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(number.len());
    let beats_a_minute: f64 = number[..end].parse().ok()?;
    let bpm = beats_a_minute * beats as f64 / UNITS_PER_QUARTER as f64;
    (bpm > 0.0 && bpm.is_finite()).then_some(bpm)
}
