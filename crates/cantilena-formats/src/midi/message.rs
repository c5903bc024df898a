//! The bytes of one track, from its events in any order.

use cantilena_score::{Change, Pitch, Program, Ticks, Velocity};

use crate::error::WriteError;
use crate::midi::LARGEST_QUANTITY;
use crate::midi::seat::Seat;

/// What a track of a file can say.
#[derive(Clone, Copy, Debug)]
pub(super) enum Message<'a> {
    /// A note ends.
    Release(Pitch),
    /// A meta event of a kind with its data.
    Meta(u8, &'a [u8]),
    /// A meta event of a kind whose data is a number or a few, and how many bytes there are.
    Numbers(u8, [u8; 4], usize),
    /// A system exclusive message, without F0 and F7.
    SystemExclusive(&'a [u8]),
    /// The program of the channel.
    Program(Program),
    /// A controller, bend or pressure.
    Change(Change),
    /// A note begins.
    Strike(Pitch, Velocity),
}

impl Message<'_> {
    /// Which of several messages on one tick comes first.
    ///
    /// Releases before all, so that a repeated note is not silenced; notes after all, so that
    /// they begin with the sound and the pedal of their tick.
    fn rank(&self) -> u8 {
        match self {
            Message::Release(_) => 0,
            Message::Meta(..) | Message::Numbers(..) | Message::SystemExclusive(_) => 1,
            Message::Program(_) | Message::Change(_) => 2,
            Message::Strike(..) => 3,
        }
    }
}

/// Gathers the messages of one track.
#[derive(Debug)]
pub(super) struct Messages<'a> {
    channel: u8,
    messages: Vec<(Ticks, Message<'a>)>,
}

impl<'a> Messages<'a> {
    /// No messages yet, for a track on a seat or, without one, for no instrument.
    pub(super) fn new(seat: Option<Seat>) -> Messages<'a> {
        Messages { channel: seat.map_or(0, |seat| seat.channel), messages: Vec::new() }
    }

    /// Adds a message; of those of one rank on one tick, the first added comes first.
    pub(super) fn push(&mut self, onset: Ticks, message: Message<'a>) {
        self.messages.push((onset, message));
    }

    /// Whether nothing was added.
    pub(super) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// Adds the whole track chunk to a file.
    pub(super) fn write(mut self, bytes: &mut Vec<u8>) -> Result<(), WriteError> {
        self.messages.sort_by_key(|(onset, message)| (*onset, message.rank()));
        bytes.extend_from_slice(b"MTrk\0\0\0\0");
        let start = bytes.len();
        let mut now = Ticks::ZERO;
        let mut status = None;
        for (onset, message) in &self.messages {
            let mut delta = onset.since(now).0;
            // A longer silence than a quantity can say is bridged by empty texts.
            while delta > LARGEST_QUANTITY {
                quantity(LARGEST_QUANTITY, bytes);
                bytes.extend_from_slice(&[0xFF, 0x01, 0x00]);
                delta -= LARGEST_QUANTITY;
                status = None;
            }
            quantity(delta, bytes);
            self.message(message, &mut status, bytes)?;
            now = *onset;
        }
        bytes.extend_from_slice(&[0x00, 0xFF, 0x2F, 0x00]);
        let length = bytes.len() - start;
        let counted = u32::try_from(length).map_err(|_| WriteError::Length {
            what: "a track",
            found: length,
            limit: u32::MAX as usize,
        })?;
        bytes[start - 4..start].copy_from_slice(&counted.to_be_bytes());
        Ok(())
    }

    /// One message, without its status byte where that is running.
    fn message(
        &self,
        message: &Message<'a>,
        running: &mut Option<u8>,
        bytes: &mut Vec<u8>,
    ) -> Result<(), WriteError> {
        let (kind, data, length) = match *message {
            Message::Meta(kind, data) => {
                *running = None;
                bytes.extend_from_slice(&[0xFF, kind]);
                counted("a text", data.len(), bytes)?;
                bytes.extend_from_slice(data);
                return Ok(());
            }
            Message::Numbers(kind, data, length) => {
                *running = None;
                bytes.extend_from_slice(&[0xFF, kind, length as u8]);
                bytes.extend_from_slice(&data[..length]);
                return Ok(());
            }
            Message::SystemExclusive(data) => {
                *running = None;
                bytes.push(0xF0);
                counted("a system exclusive message", data.len() + 1, bytes)?;
                bytes.extend_from_slice(data);
                bytes.push(0xF7);
                return Ok(());
            }
            // A release is a note-on of velocity 0, which shares its status (MIDI 1.0).
            Message::Release(pitch) => (0x90, [pitch.number(), 0], 2),
            Message::Strike(pitch, velocity) => (0x90, [pitch.number(), velocity.value()], 2),
            Message::Program(program) => (0xC0, [program.number(), 0], 1),
            Message::Change(Change::Controller { number, value }) => (0xB0, [number, value], 2),
            Message::Change(Change::ChannelPressure(value)) => (0xD0, [value, 0], 1),
            Message::Change(Change::KeyPressure { pitch, value }) => {
                (0xA0, [pitch.number(), value], 2)
            }
            Message::Change(Change::PitchBend(bend)) => {
                let raw = (bend + 8192) as u16;
                (0xE0, [(raw & 0x7F) as u8, (raw >> 7) as u8], 2)
            }
        };
        let status = kind | self.channel;
        if *running != Some(status) {
            bytes.push(status);
            *running = Some(status);
        }
        bytes.extend_from_slice(&data[..length]);
        Ok(())
    }
}

/// The length of what follows.
fn counted(what: &'static str, length: usize, bytes: &mut Vec<u8>) -> Result<(), WriteError> {
    let counted = u32::try_from(length).ok().filter(|&length| length <= LARGEST_QUANTITY);
    let limit = LARGEST_QUANTITY as usize;
    quantity(counted.ok_or(WriteError::Length { what, found: length, limit })?, bytes);
    Ok(())
}

/// A variable-length quantity: seven bits a byte, the highest first, the last byte below 128.
fn quantity(quantity: u32, bytes: &mut Vec<u8>) {
    for shift in [21, 14, 7] {
        if quantity >> shift > 0 {
            bytes.push((quantity >> shift & 0x7F) as u8 | 0x80);
        }
    }
    bytes.push((quantity & 0x7F) as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_those_of_the_standard() {
        // Standard MIDI Files 1.0, "Variable Length Quantity", its table of examples.
        let examples: [(u32, &[u8]); 8] = [
            (0x00, &[0x00]),
            (0x7F, &[0x7F]),
            (0x80, &[0x81, 0x00]),
            (0x2000, &[0xC0, 0x00]),
            (0x3FFF, &[0xFF, 0x7F]),
            (0x4000, &[0x81, 0x80, 0x00]),
            (0x1F_FFFF, &[0xFF, 0xFF, 0x7F]),
            (0x0FFF_FFFF, &[0xFF, 0xFF, 0xFF, 0x7F]),
        ];
        for (number, expected) in examples {
            let mut bytes = Vec::new();
            quantity(number, &mut bytes);
            assert_eq!(bytes, expected, "{number:#x}");
        }
    }
}
