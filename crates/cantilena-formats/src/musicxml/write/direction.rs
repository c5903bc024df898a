//! What stands above a bar: tempi, markers and chord symbols.

use cantilena_score::{Score, Spelling, TextKind, Ticks};

use super::bar::{Pen, key_at};
use crate::musicxml::harmony::kind;

/// The texts that mark a place, and when.
pub(super) fn markers(score: &Score) -> impl Iterator<Item = (Ticks, &str)> {
    let is_marker = |kind| matches!(kind, TextKind::Marker | TextKind::Cue);
    let texts = score.texts.iter().filter(move |text| is_marker(text.kind));
    texts.map(|text| (text.onset, text.text.as_str()))
}

/// More than an f64 of this size holds: a tempo is read back as it was.
const DECIMALS: i32 = 12;

impl Pen<'_> {
    /// Tempi, markers and chord symbols of a bar, where they are this part's to show.
    pub(super) fn directions(&mut self, bar: u32) {
        let (onset, end) = (self.page.onset(bar), self.page.onset(bar + 1));
        let within = |tick: Ticks| onset <= tick && tick < end;
        if self.duties.conducts {
            for (tick, words) in markers(self.score).filter(|&(tick, _)| within(tick)) {
                self.xml.open("direction", &[("placement", "above")]);
                self.xml.open("direction-type", &[]);
                self.xml.leaf("rehearsal", &[], words);
                self.xml.close();
                self.offset(tick - onset, &[]);
                self.xml.close();
            }
            for change in self.score.tempo.changes().iter().filter(|c| within(c.onset)) {
                let bpm = change.bpm();
                let tempo = change.bpm_in_words(DECIMALS);
                // What changes inside a bar is rubato, which is heard and not printed.
                if change.onset > onset {
                    self.xml.open("sound", &[("tempo", &tempo)]);
                    self.offset(change.onset - onset, &[]);
                    self.xml.close();
                    continue;
                }
                self.xml.open("direction", &[("placement", "above")]);
                self.xml.open("direction-type", &[]);
                self.xml.open("metronome", &[]);
                self.xml.leaf("beat-unit", &[], "quarter");
                self.xml.leaf("per-minute", &[], bpm.round());
                self.xml.close();
                self.xml.close();
                self.xml.empty("sound", &[("tempo", &tempo)]);
                self.xml.close();
            }
        }
        if self.duties.harmonizes {
            for symbol in self.score.chords.iter().filter(|symbol| within(symbol.onset)) {
                let key = key_at(self.score, symbol.onset);
                let chord = symbol.chord;
                self.xml.open("harmony", &[]);
                self.tone(["root", "root-step", "root-alter"], Spelling::of(chord.root, key));
                let text = chord.quality.suffix();
                self.xml.leaf("kind", &[("text", text)], kind(chord.quality));
                if chord.bass != chord.root {
                    self.tone(["bass", "bass-step", "bass-alter"], Spelling::of(chord.bass, key));
                }
                self.offset(symbol.onset - onset, &[]);
                self.xml.close();
            }
        }
    }

    /// A tone of a chord symbol: the element's name, and those of its step and its alteration.
    fn tone(&mut self, [tone, step_of, alter_of]: [&'static str; 3], spelling: Spelling) {
        self.xml.open(tone, &[]);
        self.xml.leaf(step_of, &[], Spelling::STEPS[usize::from(spelling.step)]);
        if spelling.alter != 0 {
            self.xml.leaf(alter_of, &[], spelling.alter);
        }
        self.xml.close();
    }

    fn offset(&mut self, offset: Ticks, attributes: &[(&str, &str)]) {
        if offset > Ticks::ZERO {
            self.xml.leaf("offset", attributes, offset.0);
        }
    }
}
