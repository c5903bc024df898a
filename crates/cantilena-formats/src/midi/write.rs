//! From a score to the bytes of a MIDI file.

use std::num::NonZero;

use cantilena_score::{
    Change, ChordSymbol, Control, Mode, Note, Program, Score, TextKind, Ticks, Track,
};

use crate::error::WriteError;
use crate::fault::Fault;
use crate::midi::message::{Message, Messages};
use crate::midi::playable::playable;
use crate::midi::seat::{Seat, seats};
use crate::midi::{CHORD_PREFIX, LAST_TICK};
use crate::repair::Repairs;
use crate::writing::Writing;

/// The most bits of a clock that counts quarters.
const LARGEST_CLOCK: u16 = 0x7FFF;

/// The most tracks beside the conductor's.
const MOST_TRACKS: usize = 0xFFFE;

/// Writes a score as a MIDI file of format 1: a conductor's track, then one for each track.
///
/// The same score gives the same bytes, and [`read`](crate::midi::read) gives the same score
/// again unless [`Writing::repairs`] says otherwise; `docs/midi.md` names the few exceptions.
///
/// # Errors
///
/// [`WriteError`] where the tracks, a text or the tracks that sound differently at one time are
/// more than MIDI can count.
pub fn write(score: &Score) -> Result<Writing, WriteError> {
    let mut repairs = Repairs::default();
    let clock = score.ticks_per_quarter().get();
    if clock > LARGEST_CLOCK {
        repairs.add(Fault::FineClock(clock), None, None);
        let half = NonZero::new(clock / 2).expect("half of so many is not zero");
        return write_all(&score.rescaled(half), repairs);
    }
    write_all(score, repairs)
}

/// Writes a score whose clock MIDI can hold.
fn write_all(score: &Score, mut repairs: Repairs) -> Result<Writing, WriteError> {
    let clock = score.ticks_per_quarter().get();
    let chord = |symbol: &ChordSymbol| format!("{CHORD_PREFIX}{}", symbol.chord);
    let chords: Vec<String> = score.chords.iter().map(chord).collect();
    let conductor = conductor(score, &chords, &mut repairs);

    let mut notes: Vec<Vec<Note>> = Vec::with_capacity(score.tracks.len());
    for (index, track) in score.tracks.iter().enumerate() {
        repairs.enter_track(Some(index + 1));
        notes.push(playable(&track.notes, &mut repairs));
    }
    let seats = seats(score, &notes)?;
    let names_ports = seats.iter().flatten().any(|seat| seat.port > 0);
    let mut tracks = Vec::new();
    for (index, track) in score.tracks.iter().enumerate() {
        repairs.enter_track(Some(index + 1));
        tracks.extend(messages(track, &notes[index], seats[index], names_ports, &mut repairs));
    }
    let (found, limit) = (tracks.len(), MOST_TRACKS);
    if found > limit {
        return Err(WriteError::Tracks { found, limit });
    }

    let mut bytes = b"MThd\0\0\0\x06\0\x01".to_vec();
    bytes.extend_from_slice(&(found as u16 + 1).to_be_bytes());
    bytes.extend_from_slice(&clock.to_be_bytes());
    conductor.write(&mut bytes)?;
    for track in tracks {
        track.write(&mut bytes)?;
    }
    Ok(Writing { bytes, repairs: repairs.into_list(), hard_to_read: 0 })
}

/// The conductor's track: what holds for all the others. `chords` are the score's as texts.
fn conductor<'a>(score: &'a Score, chords: &'a [String], repairs: &mut Repairs) -> Messages<'a> {
    let mut part = Part::new(None, repairs);
    part.text(Ticks::ZERO, 0x03, &score.title);
    for change in score.tempo.changes() {
        part.tempo(change.onset, change.micros_per_quarter.get());
    }
    for change in score.meters.changes() {
        let (numerator, denominator) = (change.meter.numerator(), change.meter.denominator());
        // A click each beat, at 24 MIDI clocks a quarter, and eight 32nds in a quarter.
        let clocks = (96 / denominator).max(1) as u8;
        let data = [numerator, denominator.trailing_zeros() as u8, clocks, 8];
        part.push(change.onset, Message::Numbers(0x58, data, 4));
    }
    for change in &score.keys {
        let mode = u8::from(change.key.mode == Mode::Minor);
        let data = [change.key.fifths() as u8, mode, 0, 0];
        part.push(change.onset, Message::Numbers(0x59, data, 2));
    }
    for text in &score.texts {
        part.words(text.onset, text_kind(text.kind), &text.text);
    }
    for (symbol, text) in score.chords.iter().zip(chords) {
        part.text(symbol.onset, 0x06, text);
    }
    for message in &score.system_exclusive {
        part.push(message.onset, Message::SystemExclusive(&message.data));
    }
    part.messages
}

/// A track of the file for a track of the score, unless there is nothing to say.
fn messages<'a>(
    track: &'a Track,
    notes: &[Note],
    seat: Option<Seat>,
    names_ports: bool,
    repairs: &mut Repairs,
) -> Option<Messages<'a>> {
    let mut part = Part::new(seat, repairs);
    match seat {
        Some(seat) if names_ports => {
            part.push(Ticks::ZERO, Message::Numbers(0x21, [seat.port, 0, 0, 0], 1));
        }
        _ => {}
    }
    part.text(Ticks::ZERO, 0x03, &track.name);
    for lyric in &track.lyrics {
        part.words(lyric.onset, 0x05, &lyric.text);
    }
    if seat.is_some() {
        part.instrument(track.program, &track.controls);
    } else if !track.controls.is_empty() || track.is_drums || track.program != Program::PIANO {
        part.repairs.add(Fault::TrackWithoutNotes, None, None);
    }
    for note in notes {
        part.push(note.onset, Message::Strike(note.pitch, note.velocity));
        part.push(note.release(), Message::Release(note.pitch));
    }
    if part.messages.is_empty() {
        part.repairs.add(Fault::Nothing, None, None);
        return None;
    }
    Some(part.messages)
}

/// A track of the file while it is written.
struct Part<'a, 'r> {
    messages: Messages<'a>,
    repairs: &'r mut Repairs,
}

impl<'a, 'r> Part<'a, 'r> {
    fn new(seat: Option<Seat>, repairs: &'r mut Repairs) -> Part<'a, 'r> {
        Part { messages: Messages::new(seat), repairs }
    }

    fn push(&mut self, onset: Ticks, message: Message<'a>) {
        if onset > Ticks(LAST_TICK) {
            self.repairs.add(Fault::OutOfRange, None, Some(onset));
        }
        self.messages.push(onset.min(Ticks(LAST_TICK)), message);
    }

    /// A text, if it has words.
    fn text(&mut self, onset: Ticks, kind: u8, text: &'a str) {
        if !text.is_empty() {
            self.push(onset, Message::Meta(kind, text.as_bytes()));
        }
    }

    /// A text that should have words.
    fn words(&mut self, onset: Ticks, kind: u8, text: &'a str) {
        if text.is_empty() {
            self.repairs.add(Fault::Nothing, None, Some(onset));
        }
        self.text(onset, kind, text);
    }

    fn tempo(&mut self, onset: Ticks, micros: u32) {
        // FF 51 has three bytes.
        const SLOWEST: u32 = 0xFF_FFFF;
        if micros > SLOWEST {
            self.repairs.add(Fault::OutOfRange, None, Some(onset));
        }
        let [_, a, b, c] = micros.min(SLOWEST).to_be_bytes();
        self.push(onset, Message::Numbers(0x51, [a, b, c, 0], 3));
    }

    /// The program, and all that shapes its sound.
    fn instrument(&mut self, program: Program, controls: &[Control]) {
        // A bank speaks through the program change that follows it.
        let is_first_bank = |control: &Control| {
            control.onset == Ticks::ZERO
                && matches!(control.change, Change::Controller { number: 0 | 32, .. })
        };
        let before = controls.iter().rposition(is_first_bank).map_or(0, |bank| bank + 1);
        let (banks, others) = controls.split_at(before);
        for control in banks {
            self.control(control);
        }
        self.push(Ticks::ZERO, Message::Program(program));
        for control in others {
            self.control(control);
        }
    }

    fn control(&mut self, control: &Control) {
        let is_lawful = match control.change {
            Change::Controller { number, value } => number | value < 0x80,
            Change::ChannelPressure(value) | Change::KeyPressure { value, .. } => value < 0x80,
            Change::PitchBend(bend) => (-8192..=8191).contains(&bend),
        };
        if is_lawful {
            self.push(control.onset, Message::Change(control.change));
        } else {
            self.repairs.add(Fault::OutOfRange, None, Some(control.onset));
        }
    }
}

/// The meta event of a text (Standard MIDI Files 1.0).
fn text_kind(kind: TextKind) -> u8 {
    match kind {
        TextKind::Comment => 0x01,
        TextKind::Copyright => 0x02,
        TextKind::Marker => 0x06,
        TextKind::Cue => 0x07,
    }
}
