//! Notes as they stand on a page.

use cantilena_score::{Pitch, Spelling};
use roxmltree::Node;

use super::{Measure, PageNote, PartState};
use crate::fault::Fault;
use crate::musicxml::FORTE;
use crate::musicxml::drum::pitch_at;
use crate::musicxml::part_list::{child, number, text};
use crate::page::spelling::semitones;
use crate::repair::Repairs;

/// The share of a quarter that a grace note takes.
const GRACE: u64 = 8;

impl PartState<'_> {
    /// Grace notes sound shortly before the note they lead to.
    pub(super) fn place_graces(
        &self,
        graces: &mut Vec<Vec<PageNote>>,
        onset: u64,
        measure: &mut Measure,
        repairs: &mut Repairs,
    ) {
        let each = (self.ticks_per_quarter / GRACE).max(1);
        let count = graces.len();
        for (index, chord) in graces.drain(..).enumerate() {
            for mut note in chord {
                repairs.add(Fault::Grace, None, None);
                note.onset = onset as i64 - (each * (count - index) as u64) as i64;
                note.duration = each;
                note.tied = (false, false);
                measure.notes.push(note);
            }
        }
    }

    pub(super) fn note(
        &mut self,
        node: Node<'_, '_>,
        onset: u64,
        duration: u64,
        repairs: &mut Repairs,
    ) -> Option<PageNote> {
        let named = child(node, "instrument").and_then(|node| node.attribute("id"));
        let instruments = &self.part.instruments;
        let instrument =
            named.and_then(|id| instruments.iter().position(|i| i.id == id)).unwrap_or(0);
        let place = Some(node.range().start);
        let pitch = if let Some(written) = child(node, "pitch") {
            let step =
                Spelling::STEPS.iter().position(|&step| Some(step) == text(written, "step"))?;
            let octave: i32 = number(written, "octave")?;
            let alter: f64 = number(written, "alter").unwrap_or(0.0);
            if alter.fract() != 0.0 {
                repairs.add(Fault::Microtone, place, None);
            }
            let written = octave.clamp(-9, 19) * 12 + 12 + i32::from(semitones(step as u8));
            let number = written + alter.clamp(-12.0, 12.0).round() as i32 + self.transpose;
            match u8::try_from(number).ok().and_then(|number| Pitch::new(number).ok()) {
                Some(pitch) => pitch,
                None => {
                    repairs.add(Fault::PitchRange, place, None);
                    return None;
                }
            }
        } else {
            let unpitched = child(node, "unpitched")?;
            let own = named.and(instruments[instrument].unpitched);
            let shown = || {
                let step = text(unpitched, "display-step")?;
                let octave = number(unpitched, "display-octave")?;
                pitch_at(step, octave, text(node, "notehead").unwrap_or("normal"))
            };
            // A snare drum: what most parts of one drum without a name are.
            const SNARE: u8 = 38;
            let only = || instruments[instrument].unpitched;
            Pitch::new(own.or_else(shown).or_else(only).unwrap_or(SNARE)).ok()?
        };
        let voice = text(node, "voice").unwrap_or("1");
        let voice = match self.voices.iter().position(|known| known == voice) {
            Some(place) => place,
            None => {
                self.voices.push(voice.to_owned());
                self.voices.len() - 1
            }
        } as u32;
        let mut tied = (false, false);
        let own = node.children().filter(|child| child.has_tag_name("tie"));
        let drawn = child(node, "notations").into_iter().flat_map(|node| node.children());
        let drawn = drawn.filter(|child| child.has_tag_name("tied"));
        for tie in own.chain(drawn) {
            match tie.attribute("type") {
                Some("stop") => tied.0 = true,
                Some("start") => tied.1 = true,
                _ => {}
            }
        }
        let velocity = node.attribute("dynamics").and_then(|text| text.parse::<f64>().ok());
        let velocity = velocity.map(|percent| percent * FORTE / 100.0);
        let lyrics = node.children().filter(|child| child.has_tag_name("lyric"));
        let lyrics = lyrics.filter_map(lyric).collect();
        if is_ornamented(node) {
            repairs.add(Fault::Ornament, place, None);
        }
        let onset = onset as i64;
        Some(PageNote { onset, duration, pitch, velocity, voice, instrument, tied, lyrics })
    }
}

/// A verse's number and its syllable, with a hyphen where the word goes on.
fn lyric(node: Node<'_, '_>) -> Option<(u32, String)> {
    let verse = node.attribute("number").and_then(|number| number.parse().ok()).unwrap_or(1);
    let mut words = String::new();
    for part in node.children() {
        if part.has_tag_name("text") || part.has_tag_name("elision") {
            words.push_str(part.text().unwrap_or_default());
        }
    }
    let syllabic = node.children().rfind(|child| child.has_tag_name("syllabic"));
    if matches!(syllabic.and_then(|node| node.text()), Some("begin" | "middle")) {
        words.push('-');
    }
    (!words.is_empty()).then_some((verse, words))
}

/// Whether signs stand over a note that make it more than one.
fn is_ornamented(note: Node<'_, '_>) -> bool {
    let notations = note.children().filter(|child| child.has_tag_name("notations"));
    { notations }.flat_map(|node| node.children()).any(|node| node.has_tag_name("ornaments"))
}
