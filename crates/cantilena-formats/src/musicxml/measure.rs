//! The bars of one part, as they stand on the page.

mod direction;
mod note;

use cantilena_score::{Chord, Key, Meter, Mode, Pitch, Spelling, Ticks};
use roxmltree::Node;

use crate::fault::Fault;
use crate::musicxml::harmony::quality;
use crate::musicxml::part_list::{ScorePart, child, number, text};
use crate::order::Signs;
use crate::page::spelling::semitones;
use crate::repair::Repairs;

/// A bar of one part. Times are ticks since the bar began.
#[derive(Clone, Debug, Default)]
pub(super) struct Measure {
    /// As far as anything in it reaches.
    pub(super) length: u64,
    pub(super) notes: Vec<PageNote>,
    pub(super) meter: Option<Meter>,
    pub(super) keys: Vec<(u64, Key)>,
    /// Quarters a minute.
    pub(super) tempi: Vec<(u64, f64)>,
    pub(super) chords: Vec<(u64, Chord)>,
    pub(super) markers: Vec<(u64, String)>,
    pub(super) levels: Vec<(u64, Level)>,
    pub(super) signs: Signs,
    /// The numbers of an ending that begins here, and whether one ends here.
    pub(super) ending_start: Option<Vec<u32>>,
    pub(super) ending_stop: bool,
}

/// A note as it stands on the page.
#[derive(Clone, Debug)]
pub(super) struct PageNote {
    /// Before the bar, if negative: where a grace note takes its time.
    pub(super) onset: i64,
    pub(super) duration: u64,
    pub(super) pitch: Pitch,
    /// A velocity that the note names itself.
    pub(super) velocity: Option<f64>,
    pub(super) voice: u32,
    /// Its place among the part's instruments.
    pub(super) instrument: usize,
    /// Whether it goes on from a note before, and into the next.
    pub(super) tied: (bool, bool),
    /// Syllables by verse.
    pub(super) lyrics: Vec<(u32, String)>,
}

/// How loud a part is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Level {
    /// From here on, a velocity.
    At(f64),
    /// From here on louder, until the wedge stops.
    Crescendo,
    /// From here on softer, until the wedge stops.
    Diminuendo,
    /// The wedge stops.
    Stop,
}

/// What holds in a part from bar to bar.
#[derive(Debug)]
pub(super) struct PartState<'a> {
    pub(super) part: &'a ScorePart,
    pub(super) ticks_per_quarter: u64,
    /// Divisions of a quarter.
    pub(super) divisions: u64,
    /// Semitones from what is written to what sounds.
    pub(super) transpose: i32,
    /// A word of a lyric that has not ended, by verse.
    pub(super) voices: Vec<String>,
}

impl PartState<'_> {
    /// So many divisions in ticks, the nearest where they are no whole number.
    fn ticks(&self, divisions: f64) -> u64 {
        if !(0.0..=1e12).contains(&divisions) {
            return 0;
        }
        let ticks = divisions * self.ticks_per_quarter as f64 / self.divisions as f64;
        (ticks.round() as u64).min(u64::from(u32::MAX))
    }

    fn duration(&self, node: Node<'_, '_>) -> u64 {
        self.ticks(number(node, "duration").unwrap_or(0.0))
    }

    /// Reads one bar.
    pub(super) fn measure(&mut self, node: Node<'_, '_>, repairs: &mut Repairs) -> Measure {
        let mut measure = Measure::default();
        let (mut position, mut last_onset) = (0u64, 0u64);
        let mut graces: Vec<Vec<PageNote>> = Vec::new();
        for item in node.children().filter(Node::is_element) {
            match item.tag_name().name() {
                "note" => {
                    let is_chord = child(item, "chord").is_some();
                    if child(item, "grace").is_some() {
                        if let Some(note) = self.note(item, 0, 0, repairs) {
                            match graces.last_mut().filter(|_| is_chord) {
                                Some(chord) => chord.push(note),
                                None => graces.push(vec![note]),
                            }
                        }
                        continue;
                    }
                    let duration = self.duration(item);
                    let onset = if is_chord { last_onset } else { position };
                    if !is_chord {
                        self.place_graces(&mut graces, onset, &mut measure, repairs);
                        last_onset = position;
                        position = (position + duration).min(u64::from(u32::MAX));
                    }
                    let sounds = child(item, "rest").is_none() && child(item, "cue").is_none();
                    if sounds && let Some(note) = self.note(item, onset, duration, repairs) {
                        if note.duration > 0 {
                            measure.notes.push(note);
                        } else {
                            repairs.add(Fault::ZeroLength, Some(item.range().start), None);
                            measure.notes.push(PageNote { duration: 1, ..note });
                        }
                    }
                    measure.length = measure.length.max(onset + duration);
                }
                "backup" => position = position.saturating_sub(self.duration(item)),
                "forward" => {
                    position = (position + self.duration(item)).min(u64::from(u32::MAX));
                    measure.length = measure.length.max(position);
                }
                "attributes" => self.attributes(item, position, &mut measure, repairs),
                "direction" => self.direction(item, position, &mut measure),
                "sound" => {
                    let at = self.offset(item, position);
                    self.sound(item, at, &mut measure);
                }
                "harmony" => {
                    let at = self.offset(item, position);
                    match self.chord(item) {
                        Some((chord, true)) => measure.chords.push((at, chord)),
                        Some((chord, false)) => {
                            repairs.add(Fault::NearestChord, Some(item.range().start), None);
                            measure.chords.push((at, chord));
                        }
                        None if text(item, "kind") == Some("none") => {}
                        None => repairs.add(Fault::UnknownChord, Some(item.range().start), None),
                    }
                }
                "barline" => barline(item, &mut measure),
                _ => {}
            }
        }
        let end = position;
        self.place_graces(&mut graces, end, &mut measure, repairs);
        measure
    }

    fn attributes(
        &mut self,
        node: Node<'_, '_>,
        position: u64,
        measure: &mut Measure,
        repairs: &mut Repairs,
    ) {
        if let Some(divisions) = number::<f64>(node, "divisions").filter(|&d| d >= 1.0) {
            self.divisions = (divisions.round() as u64).min(1 << 32);
        }
        if let Some(transpose) = child(node, "transpose") {
            let chromatic: f64 = number(transpose, "chromatic").unwrap_or(0.0);
            let octaves: f64 = number(transpose, "octave-change").unwrap_or(0.0);
            self.transpose = (chromatic + 12.0 * octaves).clamp(-127.0, 127.0).round() as i32;
        }
        if let Some(key) = child(node, "key")
            && let Some(fifths) = number::<i8>(key, "fifths")
        {
            let mode = if text(key, "mode") == Some("minor") { Mode::Minor } else { Mode::Major };
            match Key::new(fifths, mode) {
                Ok(key) => {
                    let sounding = match self.transpose % 12 {
                        0 => key,
                        semitones => key.transposed(semitones),
                    };
                    measure.keys.push((position, sounding));
                }
                Err(_) => repairs.add(Fault::Key, Some(node.range().start), None),
            }
        }
        let is_implicit = |bar: Node<'_, '_>| bar.attribute("implicit") == Some("yes");
        if let Some(time) = child(node, "time") {
            match meter(time) {
                // A bar that is short says so for the sake of programs that would fill it.
                Some(_)
                    if time.attribute("print-object") == Some("no")
                        && node.parent().is_some_and(is_implicit) => {}
                Some(meter) => measure.meter = Some(meter),
                None if child(time, "senza-misura").is_some() => {}
                None => repairs.add(Fault::Meter, Some(node.range().start), None),
            }
        }
    }

    /// A chord symbol as it sounds, and whether it means just that.
    fn chord(&self, node: Node<'_, '_>) -> Option<(Chord, bool)> {
        let class = |node: Node<'_, '_>, step: &str, alter: &str| -> Option<u8> {
            let step = Spelling::STEPS.iter().position(|&name| Some(name) == text(node, step))?;
            let alter: f64 = number(node, alter).unwrap_or(0.0);
            let alter = alter.clamp(-12.0, 12.0).round() as i32;
            let class = i32::from(semitones(step as u8)) + alter + self.transpose;
            Some(class.rem_euclid(12) as u8)
        };
        let root = class(child(node, "root")?, "root-step", "root-alter")?;
        let (quality, is_exact) = quality(text(node, "kind")?)?;
        let bass = child(node, "bass");
        let bass = bass.and_then(|bass| class(bass, "bass-step", "bass-alter")).unwrap_or(root);
        let is_exact = is_exact && child(node, "degree").is_none();
        Some((Chord { root, quality, bass }, is_exact))
    }
}

/// Repeats and endings of a barline.
fn barline(node: Node<'_, '_>, measure: &mut Measure) {
    if let Some(repeat) = child(node, "repeat") {
        match repeat.attribute("direction") {
            Some("forward") => measure.signs.repeat_start = true,
            _ => {
                let times = repeat.attribute("times").and_then(|times| times.parse().ok());
                measure.signs.repeat_end = Some(times.unwrap_or(2));
            }
        }
    }
    measure.signs.segno |= child(node, "segno").is_some();
    measure.signs.coda |= child(node, "coda").is_some();
    if let Some(ending) = child(node, "ending") {
        match ending.attribute("type") {
            Some("start") => {
                let numbers = ending.attribute("number").unwrap_or_default();
                let numbers = numbers.split([',', ' ']).filter_map(|n| n.parse().ok());
                let numbers: Vec<u32> = numbers.filter(|n| (1..=32).contains(n)).collect();
                measure.ending_start = Some(numbers);
            }
            _ => measure.ending_stop = true,
        }
    }
}

/// A meter; those that are sums, such as 3+2/8, are added up.
fn meter(node: Node<'_, '_>) -> Option<Meter> {
    let beats = text(node, "beats")?.split('+');
    let beats = beats.map(|beats| beats.trim().parse::<u32>());
    let beats = u8::try_from(beats.sum::<Result<u32, _>>().ok()?).ok()?;
    Meter::new(beats, number(node, "beat-type")?).ok()
}

/// The last tick of which anything is said.
pub(super) fn ticks(position: u64) -> Ticks {
    Ticks(u32::try_from(position).unwrap_or(u32::MAX))
}
