//! The bars of a part, one after another, voice by voice.

use cantilena_score::{Key, Note, Score, Ticks};

use super::line::{Line, line};
use super::note::NotePlace;
use super::part::Part;
use crate::musicxml::xml::Xml;
use crate::page::accidental::{Accidentals, Shown};
use crate::page::bar::hard_to_read;
use crate::page::beam::beams;
use crate::page::grid::Page;
use crate::page::spelling::spell;

/// What a part shows on behalf of all.
#[derive(Clone, Copy)]
pub(super) struct Duties {
    /// Tempi and markers.
    pub(super) conducts: bool,
    /// Chord symbols.
    pub(super) harmonizes: bool,
}

/// Writes the bars of one part.
pub(super) struct Pen<'a> {
    pub(super) xml: &'a mut Xml,
    pub(super) score: &'a Score,
    pub(super) page: &'a Page,
    pub(super) duties: Duties,
    /// See [`crate::Writing::hard_to_read`].
    pub(super) hard_to_read: usize,
}

impl Pen<'_> {
    pub(super) fn part(&mut self, mut part: Part<'_>, bars: u32) {
        let mut verse = std::mem::take(&mut part.verse);
        let part = &part;
        self.xml.open("part", &[("id", &part.id)]);
        // Where the next group of each voice of each staff is.
        let mut next: Vec<Vec<usize>> =
            part.staves.iter().map(|staff| vec![0; staff.voices.len()]).collect();
        for bar in 0..bars {
            let number = (bar + 1).to_string();
            if self.short_meter(bar).is_some() {
                self.xml.open("measure", &[("number", &number), ("implicit", "yes")]);
            } else {
                self.xml.open("measure", &[("number", &number)]);
            }
            self.attributes(part, bar);
            self.directions(bar);
            let shape = self.page.shape(bar);
            let onset = self.page.onset(bar);
            let end = onset + Ticks(shape.length);
            let mut is_first = true;
            for (staff, next) in next.iter_mut().enumerate() {
                let mut voices: Vec<Line> = Vec::new();
                for (voice, next) in next.iter_mut().enumerate() {
                    let groups = &part.staves[staff].voices[voice];
                    let line = line(&shape, groups, next, onset, end);
                    if voice == 0 || !line.groups.is_empty() {
                        voices.push(Line { voice, ..line });
                    }
                }
                let accidentals = self.accidentals(part, onset, &voices);
                for (index, line) in voices.iter().enumerate() {
                    if !is_first {
                        self.xml.open("backup", &[]);
                        self.xml.leaf("duration", &[], shape.length);
                        self.xml.close();
                    }
                    is_first = false;
                    let notes = |event: usize| line.groups[event].notes.len();
                    self.hard_to_read += hard_to_read(&line.segments, notes);
                    let beams = beams(&shape, &line.segments);
                    for (at, segment) in line.segments.iter().enumerate() {
                        let place = NotePlace { staff, line, beams: &beams[at] };
                        let shown = |note| accidentals.of(index, at, note);
                        self.segment(part, &mut verse, segment, &place, &shown);
                    }
                }
            }
            if bar + 1 == bars {
                self.xml.open("barline", &[("location", "right")]);
                self.xml.leaf("bar-style", &[], "light-heavy");
                self.xml.close();
            }
            self.xml.close();
        }
        self.xml.close();
    }

    /// Which notes of a staff show an accidental in this bar.
    fn accidentals(&self, part: &Part<'_>, onset: Ticks, lines: &[Line<'_>]) -> Accidentals {
        let mut accidentals = Accidentals::default();
        if part.track.is_drums {
            return accidentals;
        }
        let mut heads = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            for (at, segment) in line.segments.iter().enumerate() {
                let Some(event) = segment.event else { continue };
                let key = key_at(self.score, onset + Ticks(segment.start));
                for (note, played) in line.groups[event].notes.iter().enumerate() {
                    let spelled = spell(played.pitch, self.key_of(played));
                    let place = (index, at, note);
                    heads.push(Shown {
                        start: segment.start,
                        place,
                        spelled,
                        key,
                        tied: segment.tied.0,
                    });
                }
            }
        }
        accidentals.decide(heads);
        accidentals
    }

    /// The key that a note is spelled in: the one that holds where it begins.
    pub(super) fn key_of(&self, note: &Note) -> Option<Key> {
        key_at(self.score, note.onset)
    }
}

/// The key that holds at a tick.
pub(super) fn key_at(score: &Score, tick: Ticks) -> Option<Key> {
    let after = score.keys.partition_point(|change| change.onset <= tick);
    after.checked_sub(1).map(|at| score.keys[at].key)
}
