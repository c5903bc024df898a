//! What stands at the start of a bar: clock, key, meter, staves and clefs.

use cantilena_score::{Key, Mode, Ticks};

use super::bar::Pen;
use super::part::Part;
use crate::page::grid::greatest_common_divisor;
use crate::page::voice::Clef;

impl Pen<'_> {
    /// Clock, key, meter, staves and clefs, where they begin.
    pub(super) fn attributes(&mut self, part: &Part<'_>, bar: u32) {
        let (onset, end) = (self.page.onset(bar), self.page.onset(bar + 1));
        let within = |tick: Ticks| onset <= tick && tick < end;
        let keys: Vec<_> = match part.track.is_drums {
            true => Vec::new(),
            false => self.score.keys.iter().filter(|change| within(change.onset)).collect(),
        };
        // Of keys at one tick, the last counts.
        let first = keys.iter().rev().find(|change| change.onset == onset).map(|c| c.key);
        let meter = self.score.meters.changes().iter().find(|change| change.onset == onset);
        let short = self.short_meter(bar).filter(|_| meter.is_none());
        if bar == 0 || first.is_some() || meter.is_some() || short.is_some() {
            self.xml.open("attributes", &[]);
            if bar == 0 {
                self.xml.leaf("divisions", &[], self.score.ticks_per_quarter());
            }
            if let Some(key) = first {
                self.key(key);
            }
            if let Some(change) = meter {
                self.xml.open("time", &[]);
                self.xml.leaf("beats", &[], change.meter.numerator());
                self.xml.leaf("beat-type", &[], change.meter.denominator());
                self.xml.close();
            } else if let Some((beats, beat_type)) = short {
                self.xml.open("time", &[("print-object", "no")]);
                self.xml.leaf("beats", &[], beats);
                self.xml.leaf("beat-type", &[], beat_type);
                self.xml.close();
            }
            if bar == 0 {
                if part.staves.len() > 1 {
                    self.xml.leaf("staves", &[], part.staves.len());
                }
                for (index, staff) in part.staves.iter().enumerate() {
                    let number = (index + 1).to_string();
                    let attributes: &[(&str, &str)] = match part.staves.len() {
                        1 => &[],
                        _ => &[("number", &number)],
                    };
                    self.xml.open("clef", attributes);
                    let (sign, line) = match staff.clef {
                        Clef::Treble => ("G", Some(2)),
                        Clef::Bass => ("F", Some(4)),
                        Clef::Percussion => ("percussion", None),
                    };
                    self.xml.leaf("sign", &[], sign);
                    if let Some(line) = line {
                        self.xml.leaf("line", &[], line);
                    }
                    self.xml.close();
                }
            }
            self.xml.close();
        }
        for change in keys.iter().filter(|change| change.onset > onset) {
            let offset = (change.onset - onset).0;
            self.xml.open("forward", &[]);
            self.xml.leaf("duration", &[], offset);
            self.xml.close();
            self.xml.open("attributes", &[]);
            self.key(change.key);
            self.xml.close();
            self.xml.open("backup", &[]);
            self.xml.leaf("duration", &[], offset);
            self.xml.close();
        }
    }

    /// Beats and their value in a bar that ends before its meter does.
    ///
    /// It is not shown and not read back: it keeps other programs from filling the bar.
    pub(super) fn short_meter(&self, bar: u32) -> Option<(u32, u32)> {
        let shape = self.page.shape(bar);
        if shape.length >= shape.meter.bar(self.score.ticks_per_quarter()).0 {
            return None;
        }
        let unit = greatest_common_divisor(shape.length, 4 * shape.ticks_per_quarter);
        Some((shape.length / unit, 4 * shape.ticks_per_quarter / unit))
    }

    fn key(&mut self, key: Key) {
        self.xml.open("key", &[]);
        self.xml.leaf("fifths", &[], key.fifths());
        self.xml.leaf("mode", &[], if key.mode == Mode::Minor { "minor" } else { "major" });
        self.xml.close();
    }
}
