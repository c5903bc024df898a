//! One tune: its fields, its voices, and how they sound together.

use std::ops::Range;

use cantilena_score::{KeyChange, Meter, Score, Text, TextKind, Ticks};

use crate::abc::UNITS_PER_QUARTER;
use crate::abc::field::{default_length, field, fraction, meter, tempo, uncommented};
use crate::abc::key::Signature;
use crate::abc::sounding::{clock, in_ticks, scaled, sound, tick};
use crate::abc::voice::{Accidentals, Setting, Voice};
use crate::error::ReadError;
use crate::fault::Fault;
use crate::format::Format;
use crate::limits::Limits;
use crate::order::{BarMeter, Signs, play, play_changes, set_meters};
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
