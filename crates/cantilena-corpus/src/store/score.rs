//! A whole score as bytes, and back: nothing is lost and nothing rounded.

use std::num::NonZero;

use cantilena_score::{
    Change, Chord, ChordSymbol, Control, Key, KeyChange, Lyric, Meter, MeterMap, Mode, Note, Pitch,
    Program, Score, SystemExclusive, Text, TextKind, Ticks, Track, Velocity,
};

use super::bytes::{Fault, Reader, put, put_bytes, put_signed};

/// A list of things in time: each is its distance from the one before, and what it is.
fn put_list<T>(
    out: &mut Vec<u8>,
    list: &[T],
    onset: impl Fn(&T) -> Ticks,
    rest: impl Fn(&mut Vec<u8>, &T),
) {
    put(out, list.len() as u64);
    let mut before = 0;
    for item in list {
        let tick = i64::from(onset(item).0);
        put_signed(out, tick - before);
        before = tick;
        rest(out, item);
    }
}

/// Reads what [`put_list`] wrote; each item takes at least `least` bytes behind its onset.
fn list<'a, T>(
    from: &mut Reader<'a>,
    least: usize,
    item: impl Fn(&mut Reader<'a>, Ticks) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let count = from.count(least + 1)?;
    let mut list = Vec::with_capacity(count);
    let mut before = 0_i64;
    for _ in 0..count {
        before = before.checked_add(from.signed()?).ok_or("a time beyond its range")?;
        let onset = u32::try_from(before).map_err(|_| "a time beyond its range")?;
        list.push(item(from, Ticks(onset))?);
    }
    Ok(list)
}

/// Writes a score.
pub(super) fn write(out: &mut Vec<u8>, score: &Score) {
    put(out, u64::from(score.ticks_per_quarter().get()));
    put_bytes(out, score.title.as_bytes());
    put_list(
        out,
        score.tempo.changes(),
        |c| c.onset,
        |out, change| {
            put(out, u64::from(change.micros_per_quarter.get()));
        },
    );
    put_list(
        out,
        score.meters.changes(),
        |c| c.onset,
        |out, change| {
            out.push(change.meter.numerator());
            put(out, u64::from(change.meter.denominator()));
        },
    );
    put_list(
        out,
        &score.keys,
        |c| c.onset,
        |out, change| {
            put_signed(out, i64::from(change.key.fifths()));
            out.push(u8::from(change.key.mode == Mode::Minor));
        },
    );
    put_list(
        out,
        &score.chords,
        |c| c.onset,
        |out, symbol| {
            put_bytes(out, symbol.chord.to_string().as_bytes());
        },
    );
    put_list(
        out,
        &score.texts,
        |t| t.onset,
        |out, text| {
            let kind = TEXT_KINDS.iter().position(|kind| *kind == text.kind);
            out.push(kind.expect("the table has every kind") as u8);
            put_bytes(out, text.text.as_bytes());
        },
    );
    put_list(
        out,
        &score.system_exclusive,
        |m| m.onset,
        |out, message| {
            put_bytes(out, &message.data);
        },
    );
    put(out, score.tracks.len() as u64);
    score.tracks.iter().for_each(|track| write_track(out, track));
}

/// Reads a score.
pub(super) fn read(from: &mut Reader) -> Result<Score, Fault> {
    let clock: u16 = from.small()?;
    let mut score = Score::new(NonZero::new(clock).ok_or("a clock of 0 ticks a quarter")?);
    score.title = from.text()?;
    let tempi = list(from, 1, |from, onset| {
        let micros: u32 = from.small()?;
        Ok((onset, NonZero::new(micros).ok_or("a tempo of 0")?))
    })?;
    for (onset, micros) in tempi {
        score.tempo.insert(onset, micros);
    }
    let meters = list(from, 2, |from, onset| {
        let (numerator, denominator) = (from.byte()?, from.small()?);
        let meter = Meter::new(numerator, denominator).map_err(|_| "an impossible meter")?;
        Ok((onset, meter))
    })?;
    let (_, first) = meters.first().ok_or("a score without a meter")?;
    score.meters = MeterMap::new(*first);
    for (onset, meter) in meters {
        score.meters.insert(onset, meter);
    }
    score.keys = list(from, 2, |from, onset| {
        let fifths = i8::try_from(from.signed()?).map_err(|_| "an impossible key")?;
        let mode = if from.byte()? == 1 { Mode::Minor } else { Mode::Major };
        let key = Key::new(fifths, mode).map_err(|_| "an impossible key")?;
        Ok(KeyChange { onset, key })
    })?;
    score.chords = list(from, 1, |from, onset| {
        let chord: Chord = from.text()?.parse().map_err(|_| "an unknown chord")?;
        Ok(ChordSymbol { onset, chord })
    })?;
    score.texts = list(from, 2, |from, onset| {
        let kind = TEXT_KINDS.get(usize::from(from.byte()?)).ok_or("an unknown kind of text")?;
        Ok(Text { onset, kind: *kind, text: from.text()? })
    })?;
    score.system_exclusive =
        list(from, 1, |from, onset| Ok(SystemExclusive { onset, data: from.bytes()?.to_vec() }))?;
    let tracks = from.count(6)?;
    score.tracks = (0..tracks).map(|_| read_track(from)).collect::<Result<_, Fault>>()?;
    Ok(score)
}

const TEXT_KINDS: [TextKind; 4] =
    [TextKind::Comment, TextKind::Copyright, TextKind::Marker, TextKind::Cue];

/// Controllers are told by their number; these stand for what is no controller.
const BEND: u8 = 128;
const CHANNEL_PRESSURE: u8 = 129;
const KEY_PRESSURE: u8 = 130;

fn write_track(out: &mut Vec<u8>, track: &Track) {
    put_bytes(out, track.name.as_bytes());
    out.push(track.program.number());
    out.push(u8::from(track.is_drums));
    put_list(
        out,
        &track.notes,
        |n| n.onset,
        |out, note| {
            out.push(note.pitch.number());
            put(out, u64::from(note.duration.0));
            out.push(note.velocity.value());
        },
    );
    put_list(
        out,
        &track.controls,
        |c| c.onset,
        |out, control| match control.change {
            Change::Controller { number, value } => out.extend([number, value]),
            Change::PitchBend(bend) => {
                out.push(BEND);
                put_signed(out, i64::from(bend));
            }
            Change::ChannelPressure(value) => out.extend([CHANNEL_PRESSURE, value]),
            Change::KeyPressure { pitch, value } => {
                out.extend([KEY_PRESSURE, pitch.number(), value]);
            }
        },
    );
    put_list(out, &track.lyrics, |l| l.onset, |out, lyric| put_bytes(out, lyric.text.as_bytes()));
}

fn read_track(from: &mut Reader) -> Result<Track, Fault> {
    let name = from.text()?;
    let program = Program::new(from.byte()?).map_err(|_| "an impossible program")?;
    let is_drums = from.byte()? == 1;
    let pitch = |number| Pitch::new(number).map_err(|_| "an impossible pitch");
    let notes = list(from, 3, |from, onset| {
        let pitch = pitch(from.byte()?)?;
        let duration = Ticks(from.small()?);
        let velocity = Velocity::new(from.byte()?).map_err(|_| "an impossible velocity")?;
        Ok(Note { onset, pitch, duration, velocity })
    })?;
    let controls = list(from, 2, |from, onset| {
        let change = match from.byte()? {
            number @ 0..128 => Change::Controller { number, value: from.byte()? },
            BEND => {
                let bend = from.signed()?;
                Change::PitchBend(i16::try_from(bend).map_err(|_| "an impossible pitch bend")?)
            }
            CHANNEL_PRESSURE => Change::ChannelPressure(from.byte()?),
            KEY_PRESSURE => {
                Change::KeyPressure { pitch: pitch(from.byte()?)?, value: from.byte()? }
            }
            _ => return Err("an unknown control"),
        };
        Ok(Control { onset, change })
    })?;
    let lyrics = list(from, 1, |from, onset| Ok(Lyric { onset, text: from.text()? }))?;
    Ok(Track { name, program, is_drums, notes, controls, lyrics })
}
