//! What stands above a bar: tempi, dynamics, markers, signs to jump by.

use roxmltree::Node;

use super::{Level, Measure, PartState};
use crate::musicxml::FORTE;
use crate::musicxml::part_list::{child, number, text};
use crate::order::Signs;

impl PartState<'_> {
    /// Where a direction takes effect: its place, moved by its offset.
    pub(super) fn offset(&self, node: Node<'_, '_>, position: u64) -> u64 {
        let offset: f64 = number(node, "offset").unwrap_or(0.0);
        match offset < 0.0 {
            true => position.saturating_sub(self.ticks(-offset)),
            false => position + self.ticks(offset),
        }
    }

    pub(super) fn direction(&self, node: Node<'_, '_>, position: u64, measure: &mut Measure) {
        let at = self.offset(node, position);
        let sound = child(node, "sound");
        let has_tempo = sound.is_some_and(|sound| sound.attribute("tempo").is_some());
        for kind in node.children().filter(|child| child.has_tag_name("direction-type")) {
            for shown in kind.children().filter(Node::is_element) {
                match shown.tag_name().name() {
                    "rehearsal" => {
                        let words = shown.text().unwrap_or_default();
                        measure.markers.push((at, words.to_owned()));
                    }
                    "metronome" if !has_tempo => {
                        measure.tempi.extend(metronome(shown).map(|bpm| (at, bpm)));
                    }
                    "dynamics" => {
                        let mark = shown.children().find(Node::is_element);
                        let velocity = mark.and_then(|mark| velocity_of(mark.tag_name().name()));
                        measure.levels.extend(velocity.map(|v| (at, Level::At(v))));
                    }
                    "wedge" => {
                        let level = match shown.attribute("type") {
                            Some("crescendo") => Some(Level::Crescendo),
                            Some("diminuendo") => Some(Level::Diminuendo),
                            Some("stop") => Some(Level::Stop),
                            _ => None,
                        };
                        measure.levels.extend(level.map(|level| (at, level)));
                    }
                    "segno" => measure.signs.segno = true,
                    "coda" => measure.signs.coda = true,
                    "words" if sound.is_none() => words(shown, &mut measure.signs),
                    _ => {}
                }
            }
        }
        if let Some(sound) = sound {
            self.sound(sound, at, measure);
        }
    }

    pub(super) fn sound(&self, node: Node<'_, '_>, at: u64, measure: &mut Measure) {
        let positive = |name| {
            let number = node.attribute(name)?.trim().parse::<f64>().ok()?;
            (number.is_finite() && number > 0.0).then_some(number)
        };
        measure.tempi.extend(positive("tempo").map(|bpm| (at, bpm)));
        let level = positive("dynamics").map(|percent| percent * FORTE / 100.0);
        measure.levels.extend(level.map(|velocity| (at, Level::At(velocity))));
        let says = |name| node.attribute(name).is_some_and(|value| value != "no");
        let signs = &mut measure.signs;
        signs.segno |= says("segno");
        signs.coda |= says("coda");
        signs.to_coda |= says("tocoda");
        signs.da_capo |= says("dacapo");
        signs.dal_segno |= says("dalsegno");
        signs.fine |= says("fine");
    }
}

/// Quarters a minute, where a metronome mark says so in numbers.
fn metronome(node: Node<'_, '_>) -> Option<f64> {
    let quarters = match text(node, "beat-unit")? {
        "whole" => 4.0,
        "half" => 2.0,
        "quarter" => 1.0,
        "eighth" => 0.5,
        "16th" => 0.25,
        _ => return None,
    };
    let dotted = if child(node, "beat-unit-dot").is_some() { 1.5 } else { 1.0 };
    let words = text(node, "per-minute")?;
    let number = words.trim_start_matches(|c: char| !c.is_ascii_digit());
    let end = number.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(number.len());
    let bpm = number[..end].parse::<f64>().ok()? * quarters * dotted;
    (bpm > 0.0).then_some(bpm)
}

/// The velocity of a dynamic mark; the steps are those that notation programs play.
fn velocity_of(mark: &str) -> Option<f64> {
    Some(match mark {
        "pppppp" | "ppppp" | "pppp" => 8.0,
        "ppp" => 16.0,
        "pp" => 33.0,
        "p" => 49.0,
        "mp" => 64.0,
        "mf" => 80.0,
        "f" | "fp" | "sf" | "sfz" | "fz" | "rf" | "rfz" => 96.0,
        "ff" => 112.0,
        "fff" | "ffff" | "fffff" | "ffffff" | "sffz" => 126.0,
        _ => return None,
    })
}

/// Signs that only stand there as words.
fn words(node: Node<'_, '_>, signs: &mut Signs) {
    let words = node.text().unwrap_or_default().trim().to_lowercase();
    let begins = |starts: &[&str]| starts.iter().any(|start| words.starts_with(start));
    if begins(&["d.c.", "d. c.", "da capo"]) {
        signs.da_capo = true;
    } else if begins(&["d.s.", "d. s.", "dal segno"]) {
        signs.dal_segno = true;
    } else if begins(&["to coda", "al coda"]) {
        signs.to_coda = true;
    } else if words == "fine" {
        signs.fine = true;
    }
}
