//! Prepared notes as words.

use crate::midi_tok::MidiTok;
use crate::midi_tok::config::Scheme;
use crate::midi_tok::prepare::{Prepared, PreparedNote, PreparedTrack, bar, beat};
use crate::midi_tok::vocabulary::Word;

/// The ids of a prepared score: one stream of all tracks where programs have words, else one
/// stream a track.
pub(crate) fn streams(tokenizer: &MidiTok, prepared: &Prepared) -> Vec<Vec<u16>> {
    let all = &prepared.tracks[..];
    match tokenizer.config.use_programs {
        true => vec![stream(tokenizer, prepared, all)],
        false => all
            .iter()
            .map(|track| stream(tokenizer, prepared, std::slice::from_ref(track)))
            .collect(),
    }
}

/// What stands at a tick: a stroke or a release of a note of a track.
#[derive(Clone, Copy)]
struct Act {
    tick: u32,
    track: u32,
    note: u32,
    is_release: bool,
}

fn stream(tokenizer: &MidiTok, prepared: &Prepared, tracks: &[PreparedTrack]) -> Vec<u16> {
    let notes = tracks.iter().map(|track| track.notes.len()).sum::<usize>();
    let mut pen = Pen::new(tokenizer, prepared.ticks_per_quarter, notes);
    let mut meters = prepared.meters.iter().peekable();
    let mut tempi = prepared.tempi.iter().peekable();
    if !tokenizer.config.use_time_signatures {
        meters.by_ref().for_each(drop);
    }
    // Meters stand before tempi, and both before the notes of their tick.
    let mut before = |pen: &mut Pen, tick: u32| {
        loop {
            let meter = meters.peek().map(|&&(at, _)| at).filter(|&at| at <= tick);
            let tempo = tempi.peek().map(|&&(at, _)| at).filter(|&at| at <= tick);
            match (meter, tempo) {
                (Some(at), tempo) if tempo.is_none_or(|tempo| at <= tempo) => {
                    if let Some(&(at, meter)) = meters.next() {
                        pen.meter(at, meter);
                    }
                }
                (_, Some(_)) => {
                    if let Some(&(at, tempo)) = tempi.next() {
                        pen.go_to(at);
                        pen.word(Word::Tempo(tempo));
                    }
                }
                _ => break,
            }
        }
    };
    match (tokenizer.scheme, tracks) {
        (Scheme::Remi | Scheme::Tsd, [track]) => {
            let program = track.program();
            for note in &track.notes {
                before(&mut pen, note.onset);
                pen.go_to(note.onset);
                pen.note(note, program, track.part.is_drums);
            }
        }
        _ => {
            for act in acts(tokenizer.scheme, tracks) {
                before(&mut pen, act.tick);
                let track = &tracks[act.track as usize];
                let note = &track.notes[act.note as usize];
                pen.go_to(act.tick);
                match act.is_release {
                    true => pen.release(note, track.program(), track.part.is_drums),
                    false => pen.note(note, track.program(), track.part.is_drums),
                }
            }
        }
    }
    before(&mut pen, u32::MAX);
    pen.ids
}

/// All strokes, and releases where they are written, in the order of their ticks; on one tick
/// track by track and note by note.
fn acts(scheme: Scheme, tracks: &[PreparedTrack]) -> Vec<Act> {
    let mut acts = Vec::with_capacity(tracks.iter().map(|t| 2 * t.notes.len()).sum());
    for (track, prepared) in (0..).zip(tracks) {
        for (note, at) in (0..).zip(&prepared.notes) {
            acts.push(Act { tick: at.onset, track, note, is_release: false });
            if scheme == Scheme::MidiLike {
                acts.push(Act { tick: at.release, track, note, is_release: true });
            }
        }
    }
    acts.sort_unstable_by_key(|act| (act.tick, act.track, act.note, act.is_release));
    acts
}

/// Writes words, and those that say the time before them.
struct Pen<'a> {
    tokenizer: &'a MidiTok,
    ticks_per_quarter: u32,
    ids: Vec<u16>,
    /// Where time stands; before anything is written, nowhere.
    clock: Option<u32>,
    meter: (u8, u16),
    /// Whether the place of the clock was said, so that a note may follow.
    is_placed: bool,
    /// Bars written so far.
    bars: u32,
    /// How many bars there were, and where time stood, when the meter last changed.
    change: (u32, u32),
    /// Where the bar begins.
    bar: u32,
    /// The lengths of time there are words for, in ticks.
    lengths: Vec<u32>,
    ticks_per_bar: u32,
    ticks_per_place: u32,
}

impl Pen<'_> {
    fn new(tokenizer: &MidiTok, ticks_per_quarter: u32, notes: usize) -> Pen<'_> {
        let mut pen = Pen {
            tokenizer,
            ticks_per_quarter,
            ids: Vec::with_capacity(5 * notes),
            clock: None,
            meter: (4, 4),
            is_placed: false,
            bars: 0,
            change: (0, 0),
            bar: 0,
            lengths: Vec::new(),
            ticks_per_bar: 1,
            ticks_per_place: 1,
        };
        pen.count_in((4, 4));
        pen
    }

    fn word(&mut self, word: Word) {
        self.ids.push(self.tokenizer.vocabulary.id(word));
    }

    /// Takes a meter's beat to count by.
    fn count_in(&mut self, meter: (u8, u16)) {
        let beat = beat(meter.1, self.ticks_per_quarter);
        self.meter = meter;
        self.ticks_per_bar = bar(meter, self.ticks_per_quarter);
        self.ticks_per_place = (beat / self.tokenizer.places_per_beat()).max(1);
        self.lengths = self.tokenizer.ticks_of_lengths(beat);
    }

    /// Says that a meter begins.
    fn meter(&mut self, tick: u32, meter: (u8, u16)) {
        if self.tokenizer.scheme == Scheme::Remi {
            if self.clock.is_none() {
                self.count_in(meter);
            }
            self.bars_until(tick, false);
            self.change = (self.bars - 1, tick);
            self.is_placed = false;
            self.clock = Some(tick);
        } else {
            self.go_to(tick);
        }
        self.count_in(meter);
        self.word(Word::Meter(meter.0, meter.1));
    }

    /// Says that time goes on to `tick`, and where in the bar that is.
    fn go_to(&mut self, tick: u32) {
        if self.tokenizer.scheme == Scheme::Remi {
            if self.clock == Some(tick) && self.is_placed {
                return;
            }
            self.bars_until(tick, true);
            self.word(Word::Position(((tick - self.bar) / self.ticks_per_place) as u16));
            self.is_placed = true;
        } else {
            // The longest shifts first; what is shorter than all of them is lost.
            let mut rest = tick - self.clock.unwrap_or(0);
            while rest >= self.lengths[0] {
                let index = self.lengths.partition_point(|&length| length <= rest) - 1;
                self.word(Word::Shift(index as u16));
                rest -= self.lengths[index];
            }
        }
        self.clock = Some(tick);
    }

    /// Writes the bars up to the one that holds `tick`, each with its meter; the last one's only
    /// if it is not about to change.
    fn bars_until(&mut self, tick: u32, last_meter: bool) {
        let (bars_before, since) = self.change;
        let bars = bars_before + (tick - since) / self.ticks_per_bar + 1;
        while self.bars < bars {
            self.bar = since + (self.bars - bars_before) * self.ticks_per_bar;
            self.bars += 1;
            self.word(Word::Bar);
            let is_last = self.bars == bars;
            if self.tokenizer.config.use_time_signatures && (last_meter || !is_last) {
                self.word(Word::Meter(self.meter.0, self.meter.1));
            }
        }
    }

    /// A note with all that is said of it where it is struck.
    fn note(&mut self, note: &PreparedNote, program: i16, is_drums: bool) {
        let config = &self.tokenizer.config;
        if config.use_programs {
            self.word(Word::Program(program));
        }
        self.word(match is_drums && config.use_pitchdrum_tokens {
            true => Word::Drum(note.pitch),
            false => Word::Pitch(note.pitch),
        });
        if config.use_velocities {
            self.word(Word::Velocity(note.velocity));
        }
        if self.tokenizer.scheme != Scheme::MidiLike {
            self.word(Word::Duration(note.duration));
        }
    }

    fn release(&mut self, note: &PreparedNote, program: i16, is_drums: bool) {
        if self.tokenizer.config.use_programs {
            self.word(Word::Program(program));
        }
        self.word(match is_drums && self.tokenizer.config.use_pitchdrum_tokens {
            true => Word::DrumOff(note.pitch),
            false => Word::Off(note.pitch),
        });
    }
}
