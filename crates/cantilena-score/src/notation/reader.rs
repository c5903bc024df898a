//! From text to a score, line by line.

use super::TICKS_PER_QUARTER;
use super::dynamics::{Dynamics, Mark};
use super::error::{NotationError, Place};
use super::header::{self, Header};
use super::line::{Line, LineKind, in_order, words};
use super::part::{Bar, Part};
use super::stroke::Stroke;
use super::value;
use crate::chord::ChordSymbol;
use crate::key::KeyChange;
use crate::lyric::{Text, TextKind};
use crate::meter::Meter;
use crate::program::Program;
use crate::score::Score;
use crate::time::Ticks;
use crate::track::Track;

/// Reads a piece.
pub(super) fn read(text: &str) -> Result<Score, NotationError> {
    let mut reader = Reader::new();
    for line in in_order(text)? {
        reader.line(line)?;
    }
    reader.finish()
}

/// The score read so far.
struct Reader<'t> {
    /// Its tracks come at the end.
    score: Score,
    parts: Vec<Part>,
    /// Whether `tracks:` has named them.
    are_declared: bool,
    /// Where the next bar of chords begins.
    chords: Bar,
    /// The length of the first bar, if it is a pickup.
    pickup: Option<Ticks>,
    meter: Meter,
    /// What each beat adds to a velocity; empty without a pulse.
    pulse: Vec<i32>,
    /// Where the system began that is being read.
    system: Bar,
    has_title: bool,
    /// The line last read.
    last: Line<'t>,
}

impl<'t> Reader<'t> {
    fn new() -> Reader<'t> {
        Reader {
            score: Score::new(TICKS_PER_QUARTER),
            parts: Vec::new(),
            are_declared: false,
            chords: Bar::default(),
            pickup: None,
            meter: Meter::COMMON,
            pulse: Vec::new(),
            system: Bar::default(),
            has_title: false,
            last: Line { number: 1, kind: LineKind::Blank },
        }
    }

    fn line(&mut self, line: Line<'t>) -> Result<(), NotationError> {
        self.last = line;
        match line.kind {
            LineKind::Blank => self.end_system(line),
            LineKind::Title(title) => {
                if std::mem::replace(&mut self.has_title, true) {
                    return Err(line.error(1, "a second title; a piece has one"));
                }
                self.score.title = title.to_owned();
                self.end_system(line)
            }
            LineKind::Section(name) => {
                self.end_system(line)?;
                self.text(TextKind::Marker, name);
                Ok(())
            }
            LineKind::Header(Header::Chords, column, text) => self.chord_line(line, column, text),
            LineKind::Header(header, column, text) => {
                self.end_system(line)?;
                self.header(header, text).map_err(|message| line.error(column, message))
            }
            LineKind::Music(label, column, text) => {
                let part = self.part(label).map_err(|message| line.error(1, message))?;
                self.music_line(line, part, column, text)
            }
        }
    }

    fn header(&mut self, header: Header, text: &str) -> Result<(), String> {
        let onset = self.system.onset;
        match header {
            Header::Origin | Header::Tracks | Header::Pickup | Header::Form
                if onset > Ticks::ZERO =>
            {
                return Err("this header comes too late; it belongs before the music".to_owned());
            }
            Header::Origin => self.text(TextKind::Comment, text),
            Header::Key => {
                self.score.keys.retain(|change| change.onset < onset);
                self.score.keys.push(KeyChange { onset, key: header::key(text)? });
            }
            Header::Meter => {
                if self.pickup.is_some() && onset == Ticks::ZERO {
                    return Err("'meter:' comes before 'pickup:'".to_owned());
                }
                self.meter = header::meter(text)?;
                self.pulse.clear();
                self.score.meters.insert(onset, self.meter);
            }
            Header::Pickup => {
                self.pickup = Some(header::pickup(text, self.meter.bar(TICKS_PER_QUARTER))?);
            }
            Header::Tempo => self.score.tempo.insert_bpm(onset, header::tempo(text)?),
            Header::Pulse => self.pulse = header::pulse(text, self.meter)?,
            Header::Tracks if self.are_declared => {
                return Err("a second line of tracks; one names them all".to_owned());
            }
            Header::Tracks => {
                let tracks = header::tracks(text)?;
                self.parts = tracks.into_iter().map(|(track, by)| Part::new(track, by)).collect();
                self.are_declared = true;
            }
            // The lines already come in its order; chord lines are no system's end.
            Header::Form | Header::Chords => {}
        }
        Ok(())
    }

    fn text(&mut self, kind: TextKind, text: &str) {
        let onset = self.system.onset;
        self.score.texts.push(Text { onset, kind, text: text.to_owned() });
    }

    /// The place of a track among the parts.
    fn part(&mut self, name: &str) -> Result<usize, String> {
        if let Some(place) = self.parts.iter().position(|part| part.name() == name) {
            return Ok(place);
        }
        if name.is_empty() && !self.are_declared {
            self.parts.push(Part::new(Track::new(Program::PIANO), 0));
            return Ok(self.parts.len() - 1);
        }
        let names: Vec<&str> = self.parts.iter().map(Part::name).collect();
        Err(match (name, self.are_declared) {
            ("", _) => format!("music of no track; begin the line with one of {names:?} and ':'"),
            (_, true) => format!("no track is called '{name}'; 'tracks:' names {names:?}"),
            (_, false) => format!("no track is called '{name}'; name it in 'tracks: {name} 0'"),
        })
    }

    fn music_line(
        &mut self,
        line: Line<'_>,
        part: usize,
        column: usize,
        text: &str,
    ) -> Result<(), NotationError> {
        let mut duration = Ticks(24);
        for (at, word) in words(text) {
            let bar = self.parts[part].bar;
            let place = Place { line: line.number, column: column + at };
            self.word(part, word, place, &mut duration).map_err(|message| NotationError {
                bar: self.told_bar(bar),
                ..place.error(message)
            })?;
        }
        Ok(())
    }

    fn word(
        &mut self,
        part: usize,
        word: &str,
        place: Place,
        duration: &mut Ticks,
    ) -> Result<(), String> {
        let bar = self.parts[part].bar;
        let bar_end = self.bar_end(bar.onset);
        match word {
            "|" => return self.parts[part].bar_line(bar_end),
            "&" => return self.parts[part].another_voice(bar_end),
            _ => {}
        }
        if let Some(mark) = Mark::read(word)? {
            self.parts[part].mark(mark, place);
            return Ok(());
        }
        let stroke: Stroke = word.parse()?;
        *duration = stroke.duration.unwrap_or(*duration);
        let pulse = self.pulse_at(self.parts[part].at(), bar_end);
        self.parts[part].stroke(&stroke, *duration, bar_end, pulse)
    }

    /// What the pulse adds to a note at `tick` of a bar that ends at `bar_end`.
    fn pulse_at(&self, tick: Ticks, bar_end: Ticks) -> i32 {
        // Counted from the end, the beats of a pickup are the last ones of a bar.
        let position = self.meter.bar(TICKS_PER_QUARTER) - bar_end.since(tick);
        let beat = self.meter.beat(TICKS_PER_QUARTER);
        if position.0.is_multiple_of(beat.0) {
            self.pulse.get((position.0 / beat.0) as usize).copied().unwrap_or(0)
        } else {
            0
        }
    }

    fn chord_line(
        &mut self,
        line: Line<'_>,
        column: usize,
        text: &str,
    ) -> Result<(), NotationError> {
        let end = text.chars().count();
        let mut bar: Vec<&str> = Vec::new();
        for (at, word) in words(text).into_iter().chain([(end, "|")]) {
            if word != "|" {
                bar.push(word);
                continue;
            }
            // The end of the line is a bar line, too, unless one stands there.
            if at < end || !bar.is_empty() {
                self.chord_bar(&std::mem::take(&mut bar)).map_err(|message| {
                    let bar = self.told_bar(self.chords);
                    NotationError { bar, ..line.error(column + at, message) }
                })?;
            }
        }
        Ok(())
    }

    fn chord_bar(&mut self, symbols: &[&str]) -> Result<(), String> {
        let Bar { number, onset } = self.chords;
        let end = self.bar_end(onset);
        let (length, shares) = (end - onset, symbols.len() as u32);
        if shares == 0 || length.0 % shares != 0 {
            return Err(format!(
                "{shares} symbols cannot share a bar of {} evenly; '.' holds a chord for one share",
                value::fraction(length)
            ));
        }
        for (share, symbol) in symbols.iter().enumerate().filter(|(_, symbol)| **symbol != ".") {
            let onset = onset + Ticks(length.0 / shares * share as u32);
            self.score.chords.push(ChordSymbol { onset, chord: symbol.parse()? });
        }
        self.chords = Bar { number: number + 1, onset: end };
        Ok(())
    }

    /// Ends a system: whoever played in it must have played to its end.
    fn end_system(&mut self, line: Line<'_>) -> Result<(), NotationError> {
        let begin = self.system;
        if let Some(open) = self.parts.iter().find(|part| part.is_open) {
            let message = format!("a system ends inside a bar of {}; close it with |", told(open));
            return Err(NotationError { bar: self.told_bar(open.bar), ..line.error(1, message) });
        }
        let played = self.parts.iter().map(|part| (told(part), part.bar));
        let lengths: Vec<(String, Bar)> = played
            .chain([("chords".to_owned(), self.chords)])
            .filter(|(_, bar)| *bar != begin)
            .collect();
        let Some((first, end)) = lengths.first() else { return Ok(()) };
        if let Some((other, bar)) = lengths.iter().find(|(_, bar)| bar != end) {
            let bars = |bar: &Bar| bar.number - begin.number;
            let message = format!(
                "a system ends here in which {first} has {} bars and {other} {}; all that play \
                 must have as many",
                bars(end),
                bars(bar)
            );
            return Err(line.error(1, message));
        }
        self.system = *end;
        self.chords = *end;
        for part in self.parts.iter_mut().filter(|part| part.bar == begin) {
            part.begin(*end).map_err(|message| line.error(1, message))?;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Score, NotationError> {
        for place in 0..self.parts.len() {
            let bar_end = self.bar_end(self.parts[place].bar.onset);
            let part = &mut self.parts[place];
            part.settle_dynamics()?;
            part.end(bar_end).map_err(|message| {
                let message = format!("{message} (in {})", told(&self.parts[place]));
                self.last.error(1, message)
            })?;
        }
        self.end_system(self.last)?;
        if let Some(pickup) = self.pickup
            && self.score.meters.changes().get(1).is_none_or(|change| change.onset != pickup)
        {
            self.score.meters.insert(pickup, self.score.meters.changes()[0].meter);
        }
        let plain = Dynamics::default();
        let first = self.parts.first().and_then(Part::dynamics).unwrap_or(&plain);
        self.score.tracks =
            self.parts.iter().map(|part| part.played(part.dynamics().unwrap_or(first))).collect();
        Ok(self.score)
    }

    /// The end of the bar that begins at `onset`, in the meter of this system.
    fn bar_end(&self, onset: Ticks) -> Ticks {
        match self.pickup {
            Some(pickup) if onset == Ticks::ZERO => pickup,
            _ => onset + self.meter.bar(TICKS_PER_QUARTER),
        }
    }

    /// The number by which people call a bar.
    fn told_bar(&self, bar: Bar) -> Option<u32> {
        Some(if self.pickup.is_some() { bar.number } else { bar.number + 1 })
    }
}

/// What people call a part.
fn told(part: &Part) -> String {
    if part.name().is_empty() { "the music".to_owned() } else { part.name().to_owned() }
}
