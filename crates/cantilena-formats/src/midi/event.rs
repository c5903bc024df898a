//! The events of a track, as its bytes have them.

use cantilena_score::Ticks;

use crate::fault::Fault;
use crate::midi::{LARGEST_QUANTITY, LAST_TICK};
use crate::repair::Repairs;

/// One event of a track chunk (Standard MIDI Files 1.0, "MTrk events").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event<'a> {
    /// A message on a channel.
    Channel {
        /// 0x80 to 0xEF: the kind above, the channel below.
        status: u8,
        /// 0 to 127.
        first: u8,
        /// 0 to 127; 0 where the message has one data byte.
        second: u8,
    },
    /// A system exclusive message, without F0 and as it is with F7.
    SystemExclusive(&'a [u8]),
    /// The next packet of a system exclusive message, or anything else.
    Escape(&'a [u8]),
    /// What is for the sequencer and not for the instruments.
    Meta {
        /// Which kind: 0x51 is a tempo.
        kind: u8,
        /// Its bytes, as many as it says.
        data: &'a [u8],
    },
}

/// Why the events of a track come to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The end-of-track mark.
    EndOfTrack,
    /// The bytes end between two events.
    OutOfBytes,
    /// The bytes end inside an event.
    Cut,
    /// What comes now is no event.
    Unreadable(&'static str),
    /// The next event lies beyond the last tick.
    BeyondLastTick,
}

/// Reads the events of one track in turn.
#[derive(Debug)]
pub(super) struct Events<'a> {
    /// The file, up to the latest byte that can belong to the track.
    bytes: &'a [u8],
    /// Where the next event begins, in bytes from the start of the file.
    at: usize,
    /// When the last event happened.
    tick: u64,
    /// The last status of a channel message; 0 before the first.
    status: u8,
    /// Whether the standard lets that status stand for the next message.
    is_running: bool,
}

impl<'a> Events<'a> {
    /// The events of a file from `start` to `end`, on a clock that begins at `tick`.
    pub(super) fn new(bytes: &'a [u8], start: usize, end: usize, tick: Ticks) -> Events<'a> {
        let tick = u64::from(tick.0);
        Events { bytes: &bytes[..end], at: start, tick, status: 0, is_running: false }
    }

    /// Where the next event begins, in bytes from the start of the file.
    pub(super) fn offset(&self) -> usize {
        self.at
    }

    /// When the last event happened.
    pub(super) fn tick(&self) -> Ticks {
        Ticks(self.tick as u32)
    }

    /// The next event, or why there is none.
    #[inline]
    pub(super) fn next(&mut self, repairs: &mut Repairs) -> Result<Event<'a>, Stop> {
        loop {
            if self.at >= self.bytes.len() {
                return Err(Stop::OutOfBytes);
            }
            let delta = self.quantity(repairs)?;
            let tick = self.tick.saturating_add(delta);
            if tick > u64::from(LAST_TICK) {
                return Err(Stop::BeyondLastTick);
            }
            self.tick = tick;
            let status = self.peek()?;
            if status >= 0x80 {
                self.at += 1;
            }
            match status {
                0x80..=0xEF => {
                    self.status = status;
                    self.is_running = true;
                }
                0x00..=0x7F if self.is_running => {}
                0x00..=0x7F if self.status == 0 => {
                    return Err(Stop::Unreadable("data bytes with no status before them"));
                }
                0x00..=0x7F => {
                    self.add(Fault::RunningStatus, repairs);
                    self.is_running = true;
                }
                0xF4 | 0xF5 => return Err(Stop::Unreadable("a status that means nothing")),
                0xF1..=0xF6 | 0xF8..=0xFE => {
                    self.skip_system(status, repairs);
                    continue;
                }
                0xFF => return self.meta(repairs),
                0xF0 => return self.system_exclusive(repairs),
                0xF7 => {
                    self.is_running = false;
                    return Ok(Event::Escape(self.counted(repairs)?));
                }
            }
            if let Some(message) = self.channel(repairs)? {
                return Ok(message);
            }
        }
    }

    /// The data bytes of a channel message, unless they name what does not exist.
    #[inline]
    fn channel(&mut self, repairs: &mut Repairs) -> Result<Option<Event<'a>>, Stop> {
        let status = self.status;
        let first = self.take()?;
        let is_short = (0xC0..=0xDF).contains(&status);
        let second = if is_short { 0 } else { self.take()? };
        if first | second < 0x80 {
            return Ok(Some(Event::Channel { status, first, second }));
        }
        self.add(Fault::DataByte, repairs);
        // In bends and channel pressures the first byte is a value, too.
        let is_value = (0xD0..=0xEF).contains(&status);
        if first >= 0x80 && !is_value {
            return Ok(None);
        }
        Ok(Some(Event::Channel { status, first: first.min(0x7F), second: second.min(0x7F) }))
    }

    fn meta(&mut self, repairs: &mut Repairs) -> Result<Event<'a>, Stop> {
        self.is_running = false;
        let kind = self.take()?;
        let data = self.counted(repairs)?;
        if kind == 0x2F { Err(Stop::EndOfTrack) } else { Ok(Event::Meta { kind, data }) }
    }

    fn system_exclusive(&mut self, repairs: &mut Repairs) -> Result<Event<'a>, Stop> {
        self.is_running = false;
        let start = self.at;
        match self.counted(repairs) {
            Ok(data) => Ok(Event::SystemExclusive(data)),
            // Some writers leave the length out; then the message ends with its mark.
            Err(stop) => {
                let rest = &self.bytes[start..];
                let length = rest.iter().position(|&b| b == 0xF7).ok_or(stop)? + 1;
                self.at = start + length;
                self.add(Fault::MetaLength, repairs);
                Ok(Event::SystemExclusive(&rest[..length]))
            }
        }
    }

    /// System common messages have up to two data bytes, real-time messages none (MIDI 1.0).
    fn skip_system(&mut self, status: u8, repairs: &mut Repairs) {
        self.add(Fault::SystemMessage, repairs);
        let data_bytes = match status {
            0xF1 | 0xF3 => 1,
            0xF2 => 2,
            _ => 0,
        };
        for _ in 0..data_bytes {
            if self.bytes.get(self.at).is_some_and(|&b| b < 0x80) {
                self.at += 1;
            }
        }
    }

    /// As many bytes as the quantity before them says.
    fn counted(&mut self, repairs: &mut Repairs) -> Result<&'a [u8], Stop> {
        let length = self.quantity(repairs)?;
        let rest = &self.bytes[self.at..];
        let length = usize::try_from(length).ok().filter(|&length| length <= rest.len());
        let data = &rest[..length.ok_or(Stop::Cut)?];
        self.at += data.len();
        Ok(data)
    }

    /// A variable-length quantity: seven bits a byte, the highest first, the last byte below 128.
    #[inline]
    fn quantity(&mut self, repairs: &mut Repairs) -> Result<u64, Stop> {
        let byte = self.take()?;
        if byte < 0x80 { Ok(u64::from(byte)) } else { self.long_quantity(byte, repairs) }
    }

    fn long_quantity(&mut self, first: u8, repairs: &mut Repairs) -> Result<u64, Stop> {
        let mut quantity = u64::from(first & 0x7F);
        // Nine bytes hold 63 bits.
        for length in 2..=9 {
            let byte = self.take()?;
            quantity = quantity << 7 | u64::from(byte & 0x7F);
            if byte < 0x80 {
                if length > 4 {
                    // Padding is harmless; a real fifth digit means that this is no number.
                    if quantity > u64::from(LARGEST_QUANTITY) {
                        break;
                    }
                    self.add(Fault::LongQuantity, repairs);
                }
                return Ok(quantity);
            }
        }
        Err(Stop::Unreadable("a number of more than 28 bits"))
    }

    #[inline]
    fn peek(&self) -> Result<u8, Stop> {
        self.bytes.get(self.at).copied().ok_or(Stop::Cut)
    }

    #[inline]
    fn take(&mut self) -> Result<u8, Stop> {
        let byte = self.peek()?;
        self.at += 1;
        Ok(byte)
    }

    fn add(&self, fault: Fault, repairs: &mut Repairs) {
        repairs.add(fault, Some(self.at), Some(self.tick()));
    }
}
