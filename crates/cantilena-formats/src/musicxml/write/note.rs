//! A note, a chord or a rest, with all that hangs on it.

use cantilena_score::{Note, Spelling};

use super::bar::Pen;
use super::line::Line;
use super::part::{Part, Verse};
use crate::musicxml::FORTE;
use crate::musicxml::drum::drum_of;
use crate::page::bar::Segment;
use crate::page::spelling::spell;
use crate::page::voice::MOST_VOICES;

/// Where a segment stands.
pub(super) struct NotePlace<'a> {
    pub(super) staff: usize,
    pub(super) line: &'a Line<'a>,
    pub(super) beams: &'a [&'static str],
}

impl Pen<'_> {
    /// A rest, or the notes of a chord.
    pub(super) fn segment(
        &mut self,
        part: &Part<'_>,
        verse: &mut Verse<'_>,
        segment: &Segment,
        place: &NotePlace<'_>,
        shown: &dyn Fn(usize) -> Option<&'static str>,
    ) {
        let Some(event) = segment.event else {
            // Where a second voice is silent, the first says all.
            let hidden: &[_] = if place.line.voice > 0 { &[("print-object", "no")] } else { &[] };
            self.xml.open("note", hidden);
            // Readers take this as a whole bar, whatever its duration says.
            let is_whole_bar = segment.value.is_none() && place.line.segments.len() == 1;
            let whole_bar: &[_] = if is_whole_bar { &[("measure", "yes")] } else { &[] };
            self.xml.empty("rest", whole_bar);
            self.xml.leaf("duration", &[], segment.length);
            self.middle(part, segment, place, None);
            self.notations(segment, false);
            self.xml.close();
            return;
        };
        let group = &place.line.groups[event];
        let begins = !segment.tied.0;
        let lyric = if begins { verse.lyrics.remove(&group.onset) } else { None };
        for (index, note) in group.notes.iter().enumerate() {
            // Two decimals are fine enough to find every velocity again.
            let dynamics = format!("{:.2}", f64::from(note.velocity.value()) * 100.0 / FORTE);
            self.xml.open("note", &[("dynamics", &dynamics)]);
            if index > 0 {
                self.xml.empty("chord", &[]);
            }
            if part.track.is_drums {
                let drum = drum_of(note.pitch.number());
                self.xml.open("unpitched", &[]);
                self.xml.leaf("display-step", &[], drum.step);
                self.xml.leaf("display-octave", &[], drum.octave);
                self.xml.close();
            } else {
                let spelled = spell(note.pitch, self.key_of(note));
                self.xml.open("pitch", &[]);
                self.xml.leaf("step", &[], Spelling::STEPS[usize::from(spelled.step)]);
                if spelled.alter != 0 {
                    self.xml.leaf("alter", &[], spelled.alter);
                }
                self.xml.leaf("octave", &[], spelled.octave);
                self.xml.close();
            }
            self.xml.leaf("duration", &[], segment.length);
            if segment.tied.0 {
                self.xml.empty("tie", &[("type", "stop")]);
            }
            if segment.tied.1 {
                self.xml.empty("tie", &[("type", "start")]);
            }
            if part.track.is_drums {
                let id = format!("{}-I{}", part.id, note.pitch.number());
                self.xml.empty("instrument", &[("id", &id)]);
            }
            self.middle(part, segment, place, Some((index, note, shown(index))));
            self.notations(segment, index == 0);
            if let (0, Some(lyric)) = (index, lyric) {
                self.lyric(verse, &lyric.text);
            }
            self.xml.close();
        }
    }

    /// Everything between a note's ties and its notations.
    fn middle(
        &mut self,
        part: &Part<'_>,
        segment: &Segment,
        place: &NotePlace<'_>,
        head: Option<(usize, &Note, Option<&'static str>)>,
    ) {
        self.xml.leaf("voice", &[], place.staff * MOST_VOICES + place.line.voice + 1);
        if let Some(value) = segment.value {
            self.xml.leaf("type", &[], value.name());
            for _ in 0..value.dots {
                self.xml.empty("dot", &[]);
            }
        }
        if let Some((_, _, Some(accidental))) = head {
            self.xml.leaf("accidental", &[], accidental);
        }
        if let Some(tuplet) = segment.tuplet {
            self.xml.open("time-modification", &[]);
            self.xml.leaf("actual-notes", &[], tuplet.ratio.actual);
            self.xml.leaf("normal-notes", &[], tuplet.ratio.normal);
            if let Some(unit) = tuplet.unit {
                self.xml.leaf("normal-type", &[], unit.name());
            }
            self.xml.close();
        }
        if let Some((_, note, _)) = head.filter(|_| part.track.is_drums) {
            let drum = drum_of(note.pitch.number());
            if drum.head != "normal" {
                self.xml.leaf("notehead", &[], drum.head);
            }
        }
        if part.staves.len() > 1 {
            self.xml.leaf("staff", &[], place.staff + 1);
        }
        if let Some((0, ..)) = head {
            for (depth, word) in place.beams.iter().enumerate() {
                self.xml.leaf("beam", &[("number", &(depth + 1).to_string())], word);
            }
        }
    }

    /// Ties, and the ends of tuplets on the first note of a chord.
    fn notations(&mut self, segment: &Segment, leads: bool) {
        let is_rest = segment.event.is_none();
        let tuplet =
            segment.tuplet.filter(|place| (leads || is_rest) && (place.is_first || place.is_last));
        if !(segment.tied.0 || segment.tied.1) && tuplet.is_none() {
            return;
        }
        self.xml.open("notations", &[]);
        if segment.tied.0 {
            self.xml.empty("tied", &[("type", "stop")]);
        }
        if segment.tied.1 {
            self.xml.empty("tied", &[("type", "start")]);
        }
        if let Some(place) = tuplet {
            if place.is_first {
                self.xml.empty("tuplet", &[("type", "start"), ("bracket", "yes")]);
            }
            if place.is_last {
                self.xml.empty("tuplet", &[("type", "stop")]);
            }
        }
        self.xml.close();
    }

    /// A syllable; a hyphen behind it says that the word goes on.
    fn lyric(&mut self, verse: &mut Verse<'_>, text: &str) {
        let (text, goes_on) = match text.strip_suffix('-') {
            Some(text) if !text.is_empty() => (text, true),
            _ => (text, false),
        };
        let syllabic = match (verse.in_word, goes_on) {
            (false, false) => "single",
            (false, true) => "begin",
            (true, true) => "middle",
            (true, false) => "end",
        };
        verse.in_word = goes_on;
        self.xml.open("lyric", &[("number", "1")]);
        self.xml.leaf("syllabic", &[], syllabic);
        self.xml.leaf("text", &[], text);
        self.xml.close();
    }
}
