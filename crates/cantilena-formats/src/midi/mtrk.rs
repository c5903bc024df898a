//! One track of a file: its events gathered into notes, changes and words.

use cantilena_score::{Change, Control, Note, Pitch, Program, Ticks, Velocity};

use crate::fault::Fault;
use crate::midi::channel::Channel;
use crate::midi::conductor::Conductor;
use crate::midi::event::{Event, Events, Stop};
use crate::midi::held::HeldNote;
use crate::repair::Repairs;

/// What one MTrk chunk holds, apart from what goes to the [`Conductor`].
#[derive(Debug)]
pub(super) struct Mtrk<'a> {
    /// The MIDI port (FF 21): channels of different ports are different channels.
    pub(super) port: u8,
    /// FF 03.
    pub(super) name: Option<&'a [u8]>,
    /// FF 04.
    pub(super) instrument: Option<&'a [u8]>,
    /// Names that a channel prefix (FF 20) gives to one channel.
    pub(super) channel_names: [Option<&'a [u8]>; 16],
    /// The notes of each channel and program, in the order of their first note.
    pub(super) voices: Vec<Voice>,
    /// The channels it uses.
    pub(super) channels: [Option<Box<Channel>>; 16],
    /// Texts of every kind but names, as they come.
    pub(super) texts: Vec<RawText<'a>>,
    /// When its last event happens.
    pub(super) end: Ticks,
}

/// The notes of one channel and one program.
#[derive(Debug)]
pub(super) struct Voice {
    /// The channel, 0 to 15.
    pub(super) channel: u8,
    /// The program, if the track had named one.
    pub(super) program: Option<Program>,
    /// By onset, then pitch, duration and velocity.
    pub(super) notes: Vec<Note>,
}

/// A text whose encoding is not known yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct RawText<'a> {
    pub(super) onset: Ticks,
    /// The kind of meta event, 1 to 15.
    pub(super) kind: u8,
    pub(super) bytes: &'a [u8],
}

/// What is remembered from one event to the next.
#[derive(Debug, Default)]
struct Progress {
    /// The channel that the last channel prefix names, until the next message on a channel.
    prefix: Option<u8>,
    port: Option<u8>,
    /// A system exclusive message that waits for its next packet, and where it began.
    exclusive: Option<(usize, Ticks, Vec<u8>)>,
}

impl<'a> Mtrk<'a> {
    /// Reads events to their end, and says what ended them.
    pub(super) fn read(
        events: &mut Events<'a>,
        conductor: &mut Conductor,
        repairs: &mut Repairs,
    ) -> (Mtrk<'a>, Stop) {
        let mut track = Mtrk {
            port: 0,
            name: None,
            instrument: None,
            channel_names: [None; 16],
            voices: Vec::new(),
            channels: [const { None }; 16],
            texts: Vec::new(),
            end: events.tick(),
        };
        let mut progress = Progress::default();
        let stop = loop {
            let event = match events.next(repairs) {
                Ok(event) => event,
                Err(stop) => break stop,
            };
            let (tick, offset) = (events.tick(), events.offset());
            let fault = match event {
                Event::Channel { status, first, second } => {
                    progress.prefix = None;
                    track.channel_message(tick, offset, status, first, second);
                    Ok(())
                }
                Event::Meta { kind, data } => {
                    track.meta(tick, kind, data, &mut progress, conductor)
                }
                Event::SystemExclusive(data) => {
                    progress.end_exclusive(conductor, repairs);
                    progress.exclusive = Some((offset, tick, Vec::new()));
                    progress.continue_exclusive(data, conductor)
                }
                Event::Escape(data) => progress.continue_exclusive(data, conductor),
            };
            if let Err(fault) = fault {
                repairs.add(fault, Some(offset), Some(tick));
            }
        };
        progress.end_exclusive(conductor, repairs);
        track.finish(events.tick(), repairs);
        (track, stop)
    }

    /// Whether there is nothing in it.
    pub(super) fn is_blank(&self) -> bool {
        self.channels.iter().all(Option::is_none)
            && self.texts.is_empty()
            && self.name.or(self.instrument).is_none()
    }

    /// The channels it uses, with their numbers.
    pub(super) fn used_channels(&self) -> impl Iterator<Item = (u8, &Channel)> {
        (0..)
            .zip(&self.channels)
            .filter_map(|(number, channel)| Some((number, channel.as_deref()?)))
    }

    /// How many notes it plays.
    pub(super) fn note_count(&self) -> usize {
        self.voices.iter().map(|voice| voice.notes.len()).sum()
    }

    #[inline]
    fn channel_message(&mut self, onset: Ticks, offset: usize, status: u8, first: u8, second: u8) {
        let number = status & 0x0F;
        let channel = self.channels[usize::from(number)].get_or_insert_default();
        let pitch = || Pitch::new(first).expect("data bytes are below 128");
        let change = match status & 0xF0 {
            0x90 if second > 0 => {
                let velocity = Velocity::clamped(i32::from(second));
                let voice = match channel.voice {
                    Some(voice) => voice,
                    None => begin_voice(&mut self.voices, channel, number),
                };
                let notes = &mut self.voices[voice].notes;
                channel.held.hold(pitch(), HeldNote { voice, index: notes.len() });
                notes.push(Note { onset, pitch: pitch(), duration: Ticks::ZERO, velocity });
                return;
            }
            // A note-on of velocity 0 is a release (MIDI 1.0).
            0x80 | 0x90 => {
                if let Some(held) = channel.held.release(pitch(), onset, offset) {
                    let note = &mut self.voices[held.voice].notes[held.index];
                    note.duration = onset.since(note.onset);
                }
                return;
            }
            0xA0 => Change::KeyPressure { pitch: pitch(), value: second },
            0xB0 => Change::Controller { number: first, value: second },
            0xC0 => {
                let program = Program::new(first).expect("data bytes are below 128");
                channel.change_program(onset, program);
                return;
            }
            0xD0 => Change::ChannelPressure(first),
            // 14 bits, the low ones first, 8192 in the middle.
            _ => Change::PitchBend((i16::from(second) << 7 | i16::from(first)) - 8192),
        };
        channel.controls.push(Control { onset, change });
    }

    fn meta(
        &mut self,
        onset: Ticks,
        kind: u8,
        data: &'a [u8],
        progress: &mut Progress,
        conductor: &mut Conductor,
    ) -> Result<(), Fault> {
        match kind {
            0x03 | 0x04 => {
                let place = match progress.prefix {
                    Some(channel) => &mut self.channel_names[usize::from(channel)],
                    None if kind == 0x03 => &mut self.name,
                    None => &mut self.instrument,
                };
                if place.is_none() {
                    *place = Some(data);
                } else if *place != Some(data) {
                    self.texts.push(RawText { onset, kind, bytes: data });
                }
            }
            0x01..=0x0F if data.is_empty() => {}
            0x01..=0x0F => self.texts.push(RawText { onset, kind, bytes: data }),
            0x20 => progress.prefix = Some(*data.first().ok_or(Fault::MetaLength)? & 0x0F),
            0x21 => {
                let port = *data.first().ok_or(Fault::MetaLength)?;
                if progress.port.is_some_and(|first| first != port) {
                    return Err(Fault::SecondPort);
                }
                progress.port = Some(port);
                self.port = port;
            }
            0x51 => return conductor.tempo(onset, data),
            0x58 => return conductor.meter(onset, data),
            0x59 => return conductor.key(onset, data),
            0x54 if data.iter().all(|&b| b & 0x1F == 0) => {}
            0x54 => return Err(Fault::SmpteOffset),
            0x00 => return Err(Fault::SequenceNumber),
            0x7F => return Err(Fault::SequencerSpecific),
            _ => return Err(Fault::UnknownMeta),
        }
        Ok(())
    }

    /// Ends what is still held, gives each note a tick at least, and puts notes that begin
    /// together into their order.
    fn finish(&mut self, end: Ticks, repairs: &mut Repairs) {
        self.end = end;
        for (number, channel) in (0..).zip(&mut self.channels) {
            if let Some(channel) = channel {
                channel.held.finish(number, end, &mut self.voices, repairs);
            }
        }
        for voice in &mut self.voices {
            for note in voice.notes.iter_mut().filter(|note| note.duration == Ticks::ZERO) {
                repairs.add(Fault::ZeroLength, None, Some(note.onset));
                note.duration = Ticks(1);
            }
            // Notes were entered as they began, so only chords are out of order.
            voice.notes.chunk_by_mut(|a, b| a.onset == b.onset).for_each(<[Note]>::sort_unstable);
        }
    }
}

/// The voice for the program in force on a channel.
#[cold]
fn begin_voice(voices: &mut Vec<Voice>, channel: &mut Channel, number: u8) -> usize {
    let program = channel.program();
    let voice = voices.len();
    voices.push(Voice { channel: number, program, notes: Vec::new() });
    channel.voices.insert(program, voice);
    channel.voice = Some(voice);
    voice
}

impl Progress {
    /// Adds a packet to the message that waits for it; hands the message on if that ends it.
    fn continue_exclusive(&mut self, data: &[u8], conductor: &mut Conductor) -> Result<(), Fault> {
        let (_, onset, message) = self.exclusive.as_mut().ok_or(Fault::Escape)?;
        message.extend_from_slice(data);
        if message.last() == Some(&0xF7) {
            message.pop();
            conductor.system_exclusive(*onset, std::mem::take(message));
            self.exclusive = None;
        }
        Ok(())
    }

    /// Hands on a message whose end never came.
    fn end_exclusive(&mut self, conductor: &mut Conductor, repairs: &mut Repairs) {
        if let Some((offset, onset, message)) = self.exclusive.take() {
            repairs.add(Fault::NoEndOfExclusive, Some(offset), Some(onset));
            conductor.system_exclusive(onset, message);
        }
    }
}
