//! When what is written sounds.

use std::num::NonZero;

use cantilena_score::{ChordSymbol, Lyric, Note, Program, Ticks, Track, Velocity};

use crate::abc::UNITS_PER_QUARTER;
use crate::abc::voice::Voice;
use crate::error::ReadError;
use crate::fault::Fault;
use crate::limits::Limits;
use crate::order::Played;
use crate::repair::Repairs;

/// The notes of a voice as they are played.
pub(super) fn sound(
    voice: &Voice,
    order: &[Played],
    ticks: &impl Fn(u64) -> u64,
    chords: &mut Vec<ChordSymbol>,
    limits: &Limits,
) -> Result<Track, ReadError> {
    let program = Program::new(voice.program).unwrap_or(Program::PIANO);
    let name = voice.name.clone();
    let mut track = Track { name, program, ..Track::default() };
    // The notes that are tied to what follows, by their place.
    let mut open: Vec<usize> = Vec::new();
    for &Played { bar, pass, onset } in order {
        let Some(bar) = voice.bars.get(bar) else { continue };
        for &(at, chord) in &bar.chords {
            chords.push(ChordSymbol { onset: tick(onset + ticks(at)), chord });
        }
        for note in &bar.notes {
            let at = tick(onset + ticks(note.onset));
            let end = tick(onset + ticks(note.onset + note.duration));
            let duration = (end - at).max(Ticks(1));
            let verse = note.lyrics.get(pass as usize - 1).filter(|text| !text.is_empty());
            if let Some(text) = verse.or(note.lyrics.first()).filter(|text| !text.is_empty()) {
                track.lyrics.push(Lyric { onset: at, text: text.clone() });
            }
            let notes = &mut track.notes;
            let before = open.iter().position(|&place| {
                notes[place].pitch == note.pitch && notes[place].release() == at
            });
            let place = match before {
                Some(found) => {
                    let place = open.swap_remove(found);
                    notes[place].duration += duration;
                    place
                }
                None => {
                    let (pitch, velocity) = (note.pitch, Velocity::DEFAULT);
                    notes.push(Note { onset: at, pitch, duration, velocity });
                    limits.check("notes", notes.len(), limits.notes)?;
                    notes.len() - 1
                }
            };
            if note.ties {
                open.push(place);
            }
        }
        open.retain(|&place| track.notes[place].release() >= tick(onset));
    }
    Ok(track)
}

pub(super) fn in_ticks<T: Copy>(
    changes: &[(u64, T)],
    ticks: &impl Fn(u64) -> u64,
) -> Vec<(u64, T)> {
    changes.iter().map(|&(at, what)| (ticks(at), what)).collect()
}

pub(super) fn tick(ticks: u64) -> Ticks {
    Ticks(u32::try_from(ticks).unwrap_or(u32::MAX - 1))
}

/// Units in ticks of a clock.
pub(super) fn scaled(units: u64, clock: NonZero<u16>) -> u64 {
    (units * u64::from(clock.get()) + UNITS_PER_QUARTER / 2) / UNITS_PER_QUARTER
}

/// The smallest multiple of 480 ticks a quarter on which everything is whole.
pub(super) fn clock(voices: &[Voice], repairs: &mut Repairs) -> NonZero<u16> {
    let mut clock: u64 = 480;
    for bar in voices.iter().flat_map(|voice| &voice.bars) {
        let times = bar.notes.iter().flat_map(|note| [note.onset, note.duration]);
        for units in times.chain([bar.length]) {
            let part = UNITS_PER_QUARTER / greatest_common_divisor(units, UNITS_PER_QUARTER);
            let common = clock / greatest_common_divisor(clock, part) * part;
            if common <= 0x7FFF {
                clock = common;
            } else {
                repairs.add(Fault::FineValue, None, None);
            }
        }
    }
    u16::try_from(clock).ok().and_then(NonZero::new).unwrap_or(NonZero::<u16>::MIN)
}

fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}
