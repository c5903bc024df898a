//! A score as MidiTok sees it before it writes words: on its grid, in its velocities and
//! durations.
//!
//! Times are rounded as MidiTok 3.1 rounds them, step by step: first to the finest grid that
//! any meter of the piece needs (halves up, durations by themselves and never to nothing), then,
//! where meters have different beats, to the grid of the meter there (halves to even); durations
//! to the nearest there is (halves up).

use std::collections::BTreeMap;

use cantilena_score::{Note, Score, Ticks, Track};

use crate::midi_tok::MidiTok;
use crate::midi_tok::config::Scheme;
use crate::setting::Part;

/// The last quarter note that is written: 18 hours at 120 a minute. What begins later is left
/// out, so that a file which names a far tick does not become millions of bars.
const QUARTER_LAST: u32 = 1 << 17;

/// A score on the grid.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) ticks_per_quarter: u32,
    /// By tick; the first stands at 0 where meters are written.
    pub(crate) meters: Vec<(u32, (u8, u16))>,
    /// Ticks and indices of the vocabulary's tempi, by tick.
    pub(crate) tempi: Vec<(u32, u16)>,
    pub(crate) tracks: Vec<PreparedTrack>,
}

/// The notes of one track, or of all tracks of one program.
#[derive(Debug)]
pub(crate) struct PreparedTrack {
    pub(crate) part: Part,
    /// By onset.
    pub(crate) notes: Vec<PreparedNote>,
}

/// A note in ticks of the grid; velocity and duration as indices of the vocabulary's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PreparedNote {
    pub(crate) onset: u32,
    pub(crate) release: u32,
    pub(crate) pitch: u8,
    pub(crate) velocity: u16,
    pub(crate) duration: u16,
}

/// A stretch of bars with one kind of beat.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    from: u32,
    ticks_per_beat: u32,
    /// Ticks in a place of the grid.
    step: u32,
}

impl PreparedTrack {
    /// The General MIDI program, or −1 for drums.
    pub(crate) fn program(&self) -> i16 {
        program(&self.part)
    }
}

/// The General MIDI program of a part, or −1 for drums.
pub(crate) fn program(part: &Part) -> i16 {
    if part.is_drums { -1 } else { i16::from(part.program.number()) }
}

pub(crate) fn prepare(tokenizer: &MidiTok, score: &Score) -> Prepared {
    let from = u32::from(score.ticks_per_quarter().get());
    let known = written_meters(tokenizer, score);
    let finest = known.iter().map(|&(_, (_, denominator))| denominator).max().unwrap_or(4);
    let ticks_per_quarter = tokenizer.places_per_beat() * u32::from(finest) / 4;
    let grid = Grid { rate: f64::from(ticks_per_quarter) / f64::from(from) };

    let mut meters: Vec<(u32, (u8, u16))> =
        known.iter().map(|&(tick, meter)| (grid.floor(tick), meter)).collect();
    if from == ticks_per_quarter {
        meters.iter_mut().zip(&known).for_each(|(meter, known)| meter.0 = known.0);
    }
    delay_to_bars(&mut meters, ticks_per_quarter);
    let stretches = stretches(&meters, ticks_per_quarter, tokenizer.places_per_beat());

    let last = Ticks(QUARTER_LAST.saturating_mul(from));
    let mut tracks: Vec<PreparedTrack> = Vec::new();
    for track in score.tracks.iter().filter(|track| !track.notes.is_empty()) {
        let part = Part::from(track);
        let mut notes = resampled(tokenizer, track, grid, last);
        let joined = tracks
            .iter_mut()
            .find(|other| tokenizer.config.use_programs && other.program() == program(&part));
        match joined {
            Some(other) => other.notes.append(&mut notes),
            None => tracks.push(PreparedTrack { part, notes }),
        }
    }
    if tokenizer.config.use_programs {
        tracks.retain(|track| tokenizer.config.programs.contains(&track.program()));
        let joins = score.tracks.iter().filter(|track| !track.notes.is_empty()).count();
        if joins > tracks.len() {
            // What was joined is sorted anew; elsewhere the score's own order stays.
            tracks.iter_mut().for_each(|track| sort_joined(score, track));
        }
    }
    // The lengths in ticks, for each kind of beat: made once, asked for by every note.
    let lengths: BTreeMap<u32, Vec<u32>> = stretches
        .iter()
        .map(|stretch| (stretch.ticks_per_beat, tokenizer.ticks_of_lengths(stretch.ticks_per_beat)))
        .collect();
    for track in &mut tracks {
        for note in &mut track.notes {
            settle(note, &stretches, &lengths, tokenizer.scheme);
        }
        if tokenizer.config.remove_duplicated_notes {
            track.notes.sort_by_key(|n| (n.onset, n.pitch, n.release - n.onset, n.velocity));
            track.notes.dedup_by_key(|note| (note.onset, note.pitch));
        }
    }
    tracks.retain(|track| !track.notes.is_empty());
    let tempi = tempi(tokenizer, score, grid, &stretches);
    Prepared { ticks_per_quarter, meters, tempi, tracks }
}

/// From the score's clock to the grid's.
#[derive(Clone, Copy, Debug)]
struct Grid {
    /// Ticks of the grid in one of the score's.
    rate: f64,
}

impl Grid {
    fn nearest(self, tick: u32) -> u32 {
        (self.rate * f64::from(tick)).round() as u32
    }

    fn floor(self, tick: u32) -> u32 {
        (f64::from(tick) * self.rate) as u32
    }
}

/// The meters that have words, with common time first where none stands at the start.
fn written_meters(tokenizer: &MidiTok, score: &Score) -> Vec<(u32, (u8, u16))> {
    if !tokenizer.config.use_time_signatures {
        return vec![(0, (4, 4))];
    }
    let last = QUARTER_LAST.saturating_mul(u32::from(score.ticks_per_quarter().get()));
    let changes = score.meters.changes().iter();
    let mut meters: Vec<(u32, (u8, u16))> = changes
        .map(|change| (change.onset.0, (change.meter.numerator(), change.meter.denominator())))
        .filter(|(tick, meter)| *tick <= last && tokenizer.vocabulary.meters.contains(meter))
        .collect();
    if meters.first().is_none_or(|&(tick, _)| tick != 0) {
        meters.insert(0, (0, (4, 4)));
    }
    meters
}

/// Lets each meter begin with a bar, the next one where it stands within; what says nothing new
/// goes, and of several at one bar the last stays.
fn delay_to_bars(meters: &mut Vec<(u32, (u8, u16))>, ticks_per_quarter: u32) {
    let mut kept: Vec<(u32, (u8, u16))> = Vec::with_capacity(meters.len());
    for &(mut tick, meter) in meters.iter() {
        if let Some(&(before, before_meter)) = kept.last() {
            if meter == before_meter {
                continue;
            }
            tick = tick.max(before);
            let bar = bar(before_meter, ticks_per_quarter);
            tick = before + (tick - before).div_ceil(bar) * bar;
            if tick == before {
                kept.pop();
                if kept.last().is_some_and(|&(_, earlier)| earlier == meter) {
                    continue;
                }
            }
        }
        kept.push((tick, meter));
    }
    *meters = kept;
}

/// Ticks in a bar.
pub(crate) fn bar((numerator, denominator): (u8, u16), ticks_per_quarter: u32) -> u32 {
    (beat(denominator, ticks_per_quarter) * u32::from(numerator)).max(1)
}

/// Ticks in a beat.
pub(crate) fn beat(denominator: u16, ticks_per_quarter: u32) -> u32 {
    (ticks_per_quarter * 4 / u32::from(denominator)).max(1)
}

/// Where the beat changes.
fn stretches(
    meters: &[(u32, (u8, u16))],
    ticks_per_quarter: u32,
    places_per_beat: u32,
) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for &(from, (_, denominator)) in meters {
        let ticks_per_beat = beat(denominator, ticks_per_quarter);
        let step = (ticks_per_beat / places_per_beat).max(1);
        if stretches.last().is_none_or(|last| last.ticks_per_beat != ticks_per_beat) {
            stretches.push(Stretch { from, ticks_per_beat, step });
        }
    }
    // With one kind of beat only, the first rounding was the last.
    if let [only] = &mut stretches[..] {
        only.step = 1;
    }
    stretches
}

/// The stretch that holds a tick.
fn stretch(stretches: &[Stretch], tick: u32) -> Stretch {
    match stretches {
        [only] => *only,
        _ => stretches[stretches.partition_point(|s| s.from <= tick).max(1) - 1],
    }
}

impl Stretch {
    /// The nearest place of its grid, halves to even.
    fn nearest(self, tick: u32) -> u32 {
        if self.step == 1 {
            return tick;
        }
        let since = tick.saturating_sub(self.from);
        let (places, rest) = (since / self.step, since % self.step);
        let up = match (rest * 2).cmp(&self.step) {
            std::cmp::Ordering::Less => 0,
            std::cmp::Ordering::Greater => 1,
            std::cmp::Ordering::Equal => places % 2,
        };
        self.from + (places + up) * self.step
    }
}

/// The notes of a track on the finest grid, with velocities; those out of range left out.
fn resampled(tokenizer: &MidiTok, track: &Track, grid: Grid, last: Ticks) -> Vec<PreparedNote> {
    let config = &tokenizer.config;
    let (low, high) = match track.is_drums && config.use_pitchdrum_tokens {
        true => config.drums_pitch_range,
        false => config.pitch_range,
    };
    let notes = track.notes.iter().take_while(|note| note.onset <= last);
    let notes = notes.filter(|note| (low..=high).contains(&note.pitch.number()));
    let prepared = notes.map(|note: &Note| {
        let onset = grid.nearest(note.onset.0);
        let duration = grid.nearest(note.duration.min(last).0).max(1);
        PreparedNote {
            onset,
            release: onset + duration,
            pitch: note.pitch.number(),
            velocity: tokenizer.velocity_index(note.velocity),
            duration: 0,
        }
    });
    prepared.collect()
}

/// Puts the notes of several tracks into one order: onset, duration, pitch, velocity.
fn sort_joined(score: &Score, track: &mut PreparedTrack) {
    let program_of = |track: &Track| program(&Part::from(track));
    let sources = score.tracks.iter().filter(|t| !t.notes.is_empty());
    if sources.filter(|source| program_of(source) == track.program()).count() > 1 {
        track.notes.sort_by_key(|n| (n.onset, n.release - n.onset, n.pitch, n.velocity));
    }
}

/// Moves a note to the grid of its meter and gives it a duration that has a word.
fn settle(
    note: &mut PreparedNote,
    stretches: &[Stretch],
    lengths: &BTreeMap<u32, Vec<u32>>,
    scheme: Scheme,
) {
    match scheme {
        Scheme::MidiLike => {
            let onset = stretch(stretches, note.onset);
            let release = stretch(stretches, note.release).nearest(note.release);
            note.onset = onset.nearest(note.onset);
            note.release = match release > note.onset {
                true => release,
                false => note.onset + stretch(stretches, note.onset).step,
            };
        }
        Scheme::Remi | Scheme::Tsd => {
            let duration = note.release - note.onset;
            note.onset = stretch(stretches, note.onset).nearest(note.onset);
            let lengths = &lengths[&stretch(stretches, note.onset).ticks_per_beat];
            let above = lengths.partition_point(|&length| length < duration);
            let distance = |index: usize| lengths[index].abs_diff(duration);
            let nearest = match above {
                0 => 0,
                _ if above == lengths.len() => above - 1,
                _ if distance(above - 1) < distance(above) => above - 1,
                _ => above,
            };
            note.duration = nearest as u16;
            note.release = note.onset + lengths[nearest];
        }
    }
}

/// Tempo changes as words, where they are written.
fn tempi(tokenizer: &MidiTok, score: &Score, grid: Grid, stretches: &[Stretch]) -> Vec<(u32, u16)> {
    if !tokenizer.config.use_tempos {
        return Vec::new();
    }
    let last = QUARTER_LAST.saturating_mul(u32::from(score.ticks_per_quarter().get()));
    let mut tempi: Vec<(u32, u16)> = Vec::new();
    for change in score.tempo.changes().iter().filter(|change| change.onset.0 <= last) {
        let tick = grid.nearest(change.onset.0);
        let tick = stretch(stretches, tick).nearest(tick);
        let tempo = tokenizer.tempo_index(f64::from(change.micros_per_quarter.get()));
        match tempi.last_mut() {
            Some(same) if same.0 == tick => same.1 = tempo,
            _ => tempi.push((tick, tempo)),
        }
    }
    if tokenizer.config.delete_equal_successive_tempo_changes {
        tempi.dedup_by_key(|&mut (_, tempo)| tempo);
    }
    tempi
}
