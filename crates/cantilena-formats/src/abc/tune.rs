//! One tune: its fields, its voices, and how they sound together.

use std::num::NonZero;
use std::ops::Range;

use cantilena_score::{
    ChordSymbol, KeyChange, Lyric, Meter, Note, Program, Score, Text, TextKind, Ticks, Track,
    Velocity,
};

use crate::abc::UNITS_PER_QUARTER;
use crate::abc::key::Signature;
use crate::abc::voice::{Accidentals, Setting, Voice};
use crate::error::ReadError;
use crate::fault::Fault;
use crate::format::Format;
use crate::limits::Limits;
use crate::order::{BarMeter, Played, Signs, play, play_changes, set_meters};
use crate::reading::Reading;
use crate::repair::Repairs;

/// The most voices of a tune.
const VOICES_MAX: usize = 256;

/// The most bars that are played, where they are repeated.
const BARS_MAX: usize = 100_000;

/// Reads a tune; `preface` is what stands before the first tune of its book.
pub(super) fn read_tune(
    preface: &str,
    tune: &str,
    offset: usize,
    limits: &Limits,
) -> Result<Reading, ReadError> {
    let mut reader = Reader::new();
    for line in preface.lines() {
        // Before the first tune, only fields that hold for all of them count.
        if let Some((field @ ('L' | 'M' | 'Q' | 'I'), words)) = field(line) {
            reader.field(field, words);
        } else if let Some(instruction) = line.strip_prefix("%%") {
            reader.instruct(instruction);
        }
    }
    let mut at = offset;
    let mut blank = false;
    for line in tune.split_inclusive('\n') {
        let place = at;
        at += line.len();
        let line = line.trim_end_matches(['\n', '\r']);
        // A tune ends at a blank line; what is text behind it is no music.
        blank |= line.trim().is_empty() && reader.in_music;
        if !blank {
            reader.line(line, place, limits)?;
        }
    }
    reader.finish(limits)
}

/// A field and its words, without a comment behind them.
fn field(line: &str) -> Option<(char, &str)> {
    let line = line.trim_start();
    let name = line.chars().next().filter(|c| c.is_ascii_alphabetic() || *c == '+')?;
    let words = line[1..].strip_prefix(':')?;
    let words = if matches!(name, 'w' | 'W') { words } else { uncommented(words) };
    Some((name, words.trim()))
}

/// A line without its comment.
fn uncommented(line: &str) -> &str {
    let comment = line.match_indices('%').find(|&(at, _)| !line[..at].ends_with('\\'));
    comment.map_or(line, |(at, _)| &line[..at])
}

struct Reader {
    title: String,
    texts: Vec<String>,
    setting: Setting,
    /// Whether a unit length was named; else the meter says it.
    has_length: bool,
    bpm: Option<f64>,
    /// The order in which parts are played; empty for as they stand.
    parts: String,
    voices: Vec<Voice>,
    voice: usize,
    /// Whether the head has ended, which `K:` does.
    in_music: bool,
    repairs: Repairs,
}

impl Reader {
    fn new() -> Reader {
        Reader {
            title: String::new(),
            texts: Vec::new(),
            setting: Setting {
                signature: Signature::NONE,
                meter: None,
                length: UNITS_PER_QUARTER / 2,
                accidentals: Accidentals::default(),
            },
            has_length: false,
            bpm: None,
            parts: String::new(),
            voices: Vec::new(),
            voice: 0,
            in_music: false,
            repairs: Repairs::default(),
        }
    }

    fn line(&mut self, line: &str, offset: usize, limits: &Limits) -> Result<(), ReadError> {
        if let Some(instruction) = line.strip_prefix("%%") {
            self.instruct(instruction);
            return Ok(());
        }
        if line.trim_start().starts_with('%') {
            return Ok(());
        }
        if let Some((name, words)) = field(line) {
            match (name, self.in_music) {
                ('w', true) => self.voice().read_words(words),
                (name, _) => self.field(name, words),
            }
            return Ok(());
        }
        if !self.in_music {
            if !line.trim().is_empty() {
                self.repairs.add(Fault::Stray, Some(offset), None);
            }
            return Ok(());
        }
        let line = uncommented(line);
        let index = self.voice_index();
        let mut repairs = std::mem::take(&mut self.repairs);
        let mut voice = std::mem::replace(&mut self.voices[index], Voice::new("", self.setting));
        voice.begin_line();
        let mut switch = None;
        voice.read_line(line, offset, &mut repairs, |voice, name, words, repairs| match name {
            'V' => {
                switch = Some(words.trim().to_owned());
                true
            }
            name => {
                apply(voice, name, words, repairs);
                false
            }
        });
        self.voices[index] = voice;
        self.repairs = repairs;
        let notes: usize = self.voices[index].bars.iter().map(|bar| bar.notes.len()).sum();
        limits.check("notes", notes, limits.notes)?;
        if let Some(words) = switch {
            self.field('V', &words);
            let rest = line.find("[V:").and_then(|at| line[at..].find(']').map(|end| at + end + 1));
            if let Some(rest) = rest {
                return self.line(&line[rest..], offset + rest, limits);
            }
        }
        Ok(())
    }

    /// The voice that is being read, which is made if need be.
    fn voice(&mut self) -> &mut Voice {
        let index = self.voice_index();
        &mut self.voices[index]
    }

    fn voice_index(&mut self) -> usize {
        if self.voices.is_empty() {
            self.voices.push(Voice::new("1", self.setting));
        }
        self.voice.min(self.voices.len() - 1)
    }

    /// What a line `%%` or a field `I:` asks for.
    fn instruct(&mut self, instruction: &str) {
        if let Some(words) = instruction.strip_prefix("MIDI program") {
            let program = words.split_whitespace().next_back().and_then(|word| word.parse().ok());
            if let Some(program) = program.filter(|&program: &u8| program < 128) {
                self.voice().program = program;
            }
        } else if let Some(words) = instruction.strip_prefix("propagate-accidentals")
            && let Some(accidentals) = Accidentals::parse(words)
        {
            self.setting.accidentals = accidentals;
            self.voices.iter_mut().for_each(|voice| voice.setting.accidentals = accidentals);
        }
    }

    fn field(&mut self, name: char, words: &str) {
        match name {
            'I' => self.instruct(words),
            'T' if self.title.is_empty() => self.title = words.to_owned(),
            'C' => self.texts.push(format!("composer: {words}")),
            'V' => self.select(words),
            'P' if !self.in_music => self.parts = words.to_owned(),
            'P' => self.voice().begin_part(words),
            'K' if !self.in_music => {
                self.setting.signature = Signature::parse(words, self.setting.signature);
                if !self.has_length {
                    self.setting.length = default_length(self.setting.meter);
                }
                self.in_music = true;
                if self.voices.is_empty() {
                    self.voices.push(Voice::new("1", self.setting));
                }
                let (setting, bpm) = (self.setting, self.bpm);
                for voice in &mut self.voices {
                    voice.setting = setting;
                    voice.set_meter(setting.meter);
                    if let Some(key) = setting.signature.key {
                        voice.bars[0].keys.push((0, key));
                    }
                }
                if let Some(bpm) = bpm {
                    self.voices[0].set_tempo(bpm);
                }
            }
            'M' if !self.in_music => match meter(words) {
                Ok(meter) => self.setting.meter = meter,
                Err(()) => self.repairs.add(Fault::Meter, None, None),
            },
            'L' if !self.in_music => {
                if let Some(length) = fraction(words) {
                    self.setting.length = length;
                    self.has_length = true;
                }
            }
            'Q' if !self.in_music => self.bpm = tempo(words, self.setting.length).or(self.bpm),
            'K' | 'M' | 'L' | 'Q' => {
                let index = self.voice_index();
                apply(&mut self.voices[index], name, words, &mut self.repairs);
            }
            _ => {}
        }
    }

    /// `V:2 name="Bass"`: goes on with that voice.
    fn select(&mut self, words: &str) {
        let id = words.split_whitespace().next().unwrap_or("1");
        let place = match self.voices.iter().position(|voice| voice.id == id) {
            Some(place) => place,
            None if self.voices.len() < VOICES_MAX => {
                // The voice that was there before any was named is this one, if it is silent.
                let mut voice = Voice::new(id, self.setting);
                if self.in_music {
                    let setting = self.setting;
                    voice.set_meter(setting.meter);
                    if let Some(key) = setting.signature.key {
                        voice.bars[0].keys.push((0, key));
                    }
                }
                let is_silent = |voice: &Voice| voice.bars.iter().all(|bar| bar.length == 0);
                if self.voices.len() == 1 && self.voices[0].id == "1" && is_silent(&self.voices[0])
                {
                    voice.bars[0].tempi = std::mem::take(&mut self.voices[0].bars[0].tempi);
                    self.voices[0] = voice;
                } else {
                    self.voices.push(voice);
                }
                self.voices.len() - 1
            }
            None => {
                self.repairs.add(Fault::Stray, None, None);
                return;
            }
        };
        self.voice = place;
        for key in ["name=\"", "nm=\""] {
            if let Some((_, rest)) = words.split_once(key) {
                self.voices[place].name = rest.split('"').next().unwrap_or_default().to_owned();
            }
        }
    }

    /// The stretches of bars that are played, one after another: as a `P:` field in the head
    /// orders them, if it names parts that there are.
    fn sections(&self, bars: usize) -> Vec<Range<usize>> {
        let parts = self.voices.first().map_or(&[][..], |voice| &voice.parts);
        let section = |letter: char| {
            let at = parts.iter().position(|&(named, _)| named == letter)?;
            let end = parts.get(at + 1).map_or(bars, |&(_, start)| start.min(bars));
            Some(parts[at].1.min(end)..end)
        };
        let ordered: Vec<Range<usize>> = self.parts.chars().filter_map(section).collect();
        match ordered.is_empty() {
            true => std::iter::once(0..bars).collect(),
            false => ordered,
        }
    }

    /// Plays all voices together.
    fn finish(mut self, limits: &Limits) -> Result<Reading, ReadError> {
        for voice in &mut self.voices {
            voice.end_bar();
            voice.bars.retain(|bar| bar.length > 0);
        }
        let bars = self.voices.iter().map(|voice| voice.bars.len()).max().unwrap_or(0);
        let of_bar = |bar: usize| self.voices.iter().filter_map(move |voice| voice.bars.get(bar));
        let clock = clock(&self.voices, &mut self.repairs);
        let ticks = |units: u64| scaled(units, clock);
        let mut signs: Vec<Signs> = Vec::with_capacity(bars);
        let mut meters: Vec<BarMeter> = Vec::with_capacity(bars);
        for bar in 0..bars {
            let mut sign = Signs::default();
            for other in of_bar(bar) {
                sign.merge(&other.signs);
            }
            sign.ending =
                of_bar(bar).next().map(|bar| bar.signs.ending.clone()).unwrap_or_default();
            signs.push(sign);
            let named = of_bar(bar).find_map(|bar| bar.meter);
            let before = meters.last().map_or(Meter::COMMON, |bar| bar.meter);
            let length = of_bar(bar).map(|bar| ticks(bar.length)).max().unwrap_or(0).max(1);
            let meter = named.unwrap_or(before);
            meters.push(BarMeter { meter, is_named: named.is_some(), length });
        }
        let lengths: Vec<u64> = meters.iter().map(|bar| bar.length).collect();
        let order = play(&signs, &lengths, &self.sections(bars), BARS_MAX);
        let mut score = Score::new(clock);
        score.title = self.title;
        set_meters(&mut score.meters, clock, &order, &meters);
        let changes = |bar: usize| of_bar(bar).next();
        let keys: Vec<_> = (0..bars)
            .map(|bar| changes(bar).map_or(Vec::new(), |bar| in_ticks(&bar.keys, &ticks)))
            .collect();
        for (onset, key) in play_changes(&order, &keys) {
            score.keys.push(KeyChange { onset: tick(onset), key });
        }
        let tempi: Vec<_> = (0..bars)
            .map(|bar| changes(bar).map_or(Vec::new(), |bar| in_ticks(&bar.tempi, &ticks)))
            .collect();
        for (onset, bpm) in play_changes(&order, &tempi) {
            score.tempo.insert_bpm(tick(onset), bpm);
        }
        for text in self.texts {
            let (onset, kind) = (Ticks::ZERO, TextKind::Comment);
            score.texts.push(Text { onset, kind, text });
        }
        let mut notes = 0;
        for voice in &self.voices {
            let track = sound(voice, &order, &ticks, &mut score.chords, limits)?;
            notes += track.notes.len();
            limits.check("notes", notes, limits.notes)?;
            score.tracks.push(track);
        }
        score.sort();
        score.chords.dedup();
        Ok(Reading { score, format: Format::Abc, repairs: self.repairs.into_list() })
    }
}

/// The notes of a voice as they are played.
fn sound(
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

fn in_ticks<T: Copy>(changes: &[(u64, T)], ticks: &impl Fn(u64) -> u64) -> Vec<(u64, T)> {
    changes.iter().map(|&(at, what)| (ticks(at), what)).collect()
}

fn tick(ticks: u64) -> Ticks {
    Ticks(u32::try_from(ticks).unwrap_or(u32::MAX - 1))
}

/// Units in ticks of a clock.
fn scaled(units: u64, clock: NonZero<u16>) -> u64 {
    (units * u64::from(clock.get()) + UNITS_PER_QUARTER / 2) / UNITS_PER_QUARTER
}

/// The smallest multiple of 480 ticks a quarter on which everything is whole.
fn clock(voices: &[Voice], repairs: &mut Repairs) -> NonZero<u16> {
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

/// A field that changes what holds, within the music.
fn apply(voice: &mut Voice, name: char, words: &str, repairs: &mut Repairs) {
    match name {
        'K' => voice.set_key(uncommented(words)),
        'M' => match meter(words) {
            Ok(meter) => voice.set_meter(meter),
            Err(()) => repairs.add(Fault::Meter, None, None),
        },
        'L' => voice.setting.length = fraction(words).unwrap_or(voice.setting.length),
        'Q' => {
            if let Some(bpm) = tempo(words, voice.setting.length) {
                voice.set_tempo(bpm);
            }
        }
        _ => {}
    }
}

/// The unit length where none is named: a sixteenth in meters of less than three quarters of a
/// whole note, else an eighth (abc 2.1, § 3.1.7).
fn default_length(meter: Option<Meter>) -> u64 {
    let is_short = meter.is_some_and(|m| 4 * u16::from(m.numerator()) < 3 * m.denominator());
    if is_short { UNITS_PER_QUARTER / 4 } else { UNITS_PER_QUARTER / 2 }
}

/// A meter; none for `none`, which is free.
fn meter(words: &str) -> Result<Option<Meter>, ()> {
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
fn fraction(words: &str) -> Option<u64> {
    let (numerator, denominator) = words.trim().split_once('/').unwrap_or((words.trim(), "1"));
    let numerator: u64 = numerator.trim().parse().ok()?;
    let denominator: u64 = denominator.trim().parse().ok()?;
    let is_sane = (1..=64).contains(&numerator) && (1..=512).contains(&denominator);
    is_sane.then(|| 4 * UNITS_PER_QUARTER * numerator / denominator)
}

/// Quarters a minute: `1/4=120`, `"Allegro" 3/8=90`, or a bare number of unit lengths.
fn tempo(words: &str, unit: u64) -> Option<f64> {
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
