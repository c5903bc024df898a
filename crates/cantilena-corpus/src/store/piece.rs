//! A piece as a record, and back.

use super::bytes::{Fault, Reader, put_bytes};
use super::score;
use crate::conditions::Conditions;
use crate::piece::Piece;

/// The record of a piece under the name it has in its folder.
pub(super) fn write(piece: &Piece, name: &str) -> Vec<u8> {
    // A note takes about six bytes; what is spared is growing.
    let mut out = Vec::with_capacity(1024 + piece.score.note_count() * 8);
    put_bytes(&mut out, name.as_bytes());
    put_bytes(&mut out, &piece.digest);
    let conditions = serde_json::to_vec(&piece.conditions).expect("words and finite numbers");
    put_bytes(&mut out, &conditions);
    score::write(&mut out, &piece.score);
    out
}

/// Only the name of a record's piece.
pub(super) fn name(record: &[u8]) -> Result<String, Fault> {
    Reader(record).text()
}

/// The piece of a record.
pub(super) fn read(record: &[u8]) -> Result<Piece, Fault> {
    let mut from = Reader(record);
    let name = from.text()?;
    let digest = from.bytes()?.try_into().map_err(|_| "a digest that is not 32 bytes long")?;
    let conditions: Conditions =
        serde_json::from_slice(from.bytes()?).map_err(|_| "conditions that cannot be read")?;
    let score = score::read(&mut from)?;
    match from.0.is_empty() {
        true => Ok(Piece { name, score, digest, conditions }),
        false => Err("bytes behind the end of a piece"),
    }
}

#[cfg(test)]
mod tests {
    use cantilena_score::{Change, Control, Lyric, SystemExclusive, Text, TextKind, Ticks};

    use super::*;
    use crate::songbook;

    #[test]
    fn every_piece_of_the_songbook_comes_back_and_no_cut_one_does() {
        for piece in songbook::corpus().pieces {
            let record = write(&piece, &piece.name);
            let back = read(&record).unwrap();
            assert_eq!((&back.score, &back.conditions), (&piece.score, &piece.conditions));
            assert_eq!((&back.name, back.digest), (&piece.name, piece.digest));
            for end in (0..record.len()).step_by(97) {
                assert!(read(&record[..end]).is_err(), "cut at {end}");
            }
        }
    }

    #[test]
    fn everything_that_a_score_can_hold_comes_back() {
        let mut piece = songbook::corpus().pieces.remove(0);
        let score = &mut piece.score;
        score.system_exclusive = vec![SystemExclusive { onset: Ticks(3), data: vec![0, 255] }];
        let text = |kind| Text { onset: Ticks(9), kind, text: "é".to_owned() };
        score.texts = vec![text(TextKind::Cue), text(TextKind::Copyright)];
        let track = &mut score.tracks[0];
        let pitch = track.notes[0].pitch;
        track.controls = [
            Change::Controller { number: 64, value: 127 },
            Change::PitchBend(-8192),
            Change::ChannelPressure(7),
            Change::KeyPressure { pitch, value: 1 },
        ]
        .map(|change| Control { onset: Ticks(u32::MAX), change })
        .to_vec();
        track.lyrics = vec![Lyric { onset: Ticks(0), text: "la-".to_owned() }];
        // Out of order, as no reader gives them: kept all the same.
        track.notes.reverse();
        assert_eq!(read(&write(&piece, "x")).unwrap().score, piece.score);
    }

    #[test]
    fn hostile_bytes_are_refused_and_take_no_memory() {
        let piece = songbook::corpus().pieces.remove(0);
        let record = write(&piece, "x");
        // Each byte in turn to each of a few values: an error or a piece, never a panic.
        for place in 0..record.len().min(2000) {
            for value in [0, 1, 0x7f, 0x80, 0xff] {
                let mut record = record.clone();
                record[place] = value;
                let _ = read(&record);
            }
        }
    }
}
