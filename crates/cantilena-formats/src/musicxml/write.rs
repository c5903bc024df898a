//! From a score to a page.

use std::collections::BTreeMap;

use cantilena_score::{Key, Lyric, Mode, Note, Score, TextKind, Ticks, Track};

use crate::error::WriteError;
use crate::fault::Fault;
use crate::musicxml::drum::drum_of;
use crate::musicxml::harmony::kind;
use crate::musicxml::xml::Xml;
use crate::page::accidental::{Accidentals, Shown};
use crate::page::bar::{Event, Segment, segments};
use crate::page::beam::beams;
use crate::page::grid::{self, Page, greatest_common_divisor, settle, settle_meters};
use crate::page::spelling::{STEPS, spell, spell_class};
use crate::page::tuplet::BarShape;
use crate::page::voice::{ChordGroup, Clef, MOST_VOICES, Staff, staves};
use crate::repair::Repairs;
use crate::writing::Writing;

/// What stands before the root of every file.
const PROLOG: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n\
    <!DOCTYPE score-partwise PUBLIC \"-//Recordare//DTD MusicXML 4.0 Partwise//EN\" \
    \"http://www.musicxml.org/dtds/partwise.dtd\">\n";

/// The most bars that are written, about five hours of common time: a single note at the last
/// tick would otherwise make gigabytes of rests.
const BARS_MAX: u32 = 10_000;

/// The lowest pitch that a page can name: C0, for MusicXML counts octaves from 0.
const LOWEST: u8 = 12;

/// A velocity of 90 is a `dynamics` of 100 (MusicXML 4.0, `note`).
pub(super) const FORTE: f64 = 90.0;

/// Writes a score as MusicXML 4.0, part by part.
///
/// The same score gives the same bytes. Reading them gives the same music again, unless
/// [`Writing::repairs`] says otherwise; what was played off every grid is moved to the nearest
/// place that can be notated, and said to be. `docs/musicxml.md` tells the rules.
///
/// # Errors
///
/// [`WriteError::NoTracks`] where there is no part to write, [`WriteError::Bars`] where there
/// are more bars than anybody would print.
pub fn write(score: &Score) -> Result<Writing, WriteError> {
    if score.tracks.is_empty() {
        return Err(WriteError::NoTracks);
    }
    let mut repairs = Repairs::default();
    let clock = grid::clock(score);
    let own = score.ticks_per_quarter();
    if !clock.get().is_multiple_of(own.get()) {
        repairs.add(Fault::PageClock(own.get()), None, None);
    }
    let mut score = score.rescaled(clock);
    score.meters = settle_meters(&score, &mut repairs);
    if !score.system_exclusive.is_empty() {
        repairs.add(Fault::SystemExclusive, None, None);
    }
    let page = Page::new(&score.meters, clock);
    let parts: Vec<Part<'_>> = score
        .tracks
        .iter()
        .enumerate()
        .map(|(index, track)| {
            repairs.enter_track(Some(index + 1));
            Part::new(index, track, &page, &mut repairs)
        })
        .collect();
    let bars = bars(&score, &parts, &page)?;

    let mut xml = Xml::new(PROLOG);
    xml.open("score-partwise", &[("version", "4.0")]);
    head(&mut xml, &score);
    xml.open("part-list", &[]);
    for part in &parts {
        part.announce(&mut xml);
    }
    xml.close();
    // Chord symbols stand above the first part that has a pitch.
    let harmonies = parts.iter().position(|part| !part.track.is_drums).unwrap_or(0);
    for (index, part) in parts.into_iter().enumerate() {
        let duties = Duties { conducts: index == 0, harmonizes: index == harmonies };
        let mut pen = Pen { xml: &mut xml, score: &score, page: &page, duties };
        pen.part(part, bars);
    }
    xml.close();
    Ok(Writing { bytes: xml.into_bytes(), repairs: repairs.into_list() })
}

/// How many bars are written: all that hold a note or a change, at least one.
fn bars(score: &Score, parts: &[Part<'_>], page: &Page) -> Result<u32, WriteError> {
    let groups = parts.iter().flat_map(|part| &part.staves);
    let groups = groups.flat_map(|staff| &staff.voices).flatten();
    let releases = groups.map(|group| Ticks((group.onset + group.duration).0.saturating_sub(1)));
    let changes = (score.tempo.changes().iter().map(|change| change.onset))
        .chain(score.meters.changes().iter().map(|change| change.onset))
        .chain(score.keys.iter().map(|change| change.onset))
        .chain(score.chords.iter().map(|symbol| symbol.onset))
        .chain(markers(score).map(|(onset, _)| onset));
    let last = releases.chain(changes).max().unwrap_or(Ticks::ZERO);
    let found = page.position(last).bar.saturating_add(1);
    if found <= BARS_MAX { Ok(found) } else { Err(WriteError::Bars { found, limit: BARS_MAX }) }
}

fn markers(score: &Score) -> impl Iterator<Item = (Ticks, &str)> {
    let is_marker = |kind| matches!(kind, TextKind::Marker | TextKind::Cue);
    let texts = score.texts.iter().filter(move |text| is_marker(text.kind));
    texts.map(|text| (text.onset, text.text.as_str()))
}

/// Title, rights, and the comments that no staff shows.
fn head(xml: &mut Xml, score: &Score) {
    if !score.title.is_empty() {
        xml.open("work", &[]);
        xml.leaf("work-title", &[], &score.title);
        xml.close();
    }
    xml.open("identification", &[]);
    for text in score.texts.iter().filter(|text| text.kind == TextKind::Copyright) {
        xml.leaf("rights", &[], &text.text);
    }
    xml.open("encoding", &[]);
    xml.leaf("software", &[], concat!("Cantilena ", env!("CARGO_PKG_VERSION")));
    xml.empty("supports", &[("element", "accidental"), ("type", "yes")]);
    xml.empty("supports", &[("element", "beam"), ("type", "yes")]);
    xml.close();
    let mut comments = score.texts.iter().filter(|text| text.kind == TextKind::Comment).peekable();
    if comments.peek().is_some() {
        xml.open("miscellaneous", &[]);
        for text in comments {
            xml.leaf("miscellaneous-field", &[("name", "comment")], &text.text);
        }
        xml.close();
    }
    xml.close();
}

/// A track on its way to a page.
struct Part<'a> {
    id: String,
    track: &'a Track,
    channel: usize,
    staves: Vec<Staff>,
    verse: Verse<'a>,
}

/// The syllables of a part.
#[derive(Default)]
struct Verse<'a> {
    /// By onset; taken where they are written.
    lyrics: BTreeMap<Ticks, &'a Lyric>,
    /// Whether the syllable written last goes on.
    in_word: bool,
}

impl<'a> Part<'a> {
    fn new(index: usize, track: &'a Track, page: &Page, repairs: &mut Repairs) -> Part<'a> {
        let (high, low): (Vec<Note>, Vec<Note>) =
            track.notes.iter().partition(|note| track.is_drums || note.pitch.number() >= LOWEST);
        for note in low {
            repairs.add(Fault::TooLow, None, Some(note.onset));
        }
        if let Some(control) = track.controls.first() {
            repairs.add(Fault::Controls, None, Some(control.onset));
        }
        let (notes, places) = settle(&high, page, repairs);
        let mut lyrics = BTreeMap::new();
        for lyric in &track.lyrics {
            let (onset, _) = places.of(lyric.onset);
            let is_sung = notes.binary_search_by_key(&onset, |note| note.onset).is_ok();
            if !is_sung || lyrics.contains_key(&onset) {
                repairs.add(Fault::LyricWithoutNote, None, Some(lyric.onset));
            } else {
                lyrics.insert(onset, lyric);
            }
        }
        let staves = staves(track, &notes, repairs);
        let id = format!("P{}", index + 1);
        // Channel 10 is for drums, so that the others go round the fifteen.
        let channel = match index % 15 + 1 {
            _ if track.is_drums => 10,
            channel if channel >= 10 => channel + 1,
            channel => channel,
        };
        let verse = Verse { lyrics, in_word: false };
        Part { id, track, channel, staves, verse }
    }

    /// The pitches of its drums, each once.
    fn drums(&self) -> Vec<u8> {
        let groups = self.staves.iter().flat_map(|staff| &staff.voices).flatten();
        let notes = groups.flat_map(|group| &group.notes);
        let mut pitches: Vec<u8> = notes.map(|note| note.pitch.number()).collect();
        pitches.sort_unstable();
        pitches.dedup();
        pitches
    }

    /// The entry in the list of parts.
    fn announce(&self, xml: &mut Xml) {
        let (track, id) = (self.track, &self.id);
        xml.open("score-part", &[("id", id)]);
        // A part must have a name; one that was made up is not shown, and not read back.
        if track.name.is_empty() {
            xml.leaf("part-name", &[("print-object", "no")], track.instrument_name());
        } else {
            xml.leaf("part-name", &[], &track.name);
        }
        let instruments: Vec<(String, &str, Option<u8>)> = if track.is_drums {
            let drum = |&pitch: &u8| (format!("{id}-I{pitch}"), drum_of(pitch).name, Some(pitch));
            self.drums().iter().map(drum).collect()
        } else {
            vec![(format!("{id}-I1"), track.program.name(), None)]
        };
        for (instrument, name, _) in &instruments {
            xml.open("score-instrument", &[("id", instrument)]);
            xml.leaf("instrument-name", &[], name);
            xml.close();
        }
        for (instrument, _, pitch) in &instruments {
            xml.open("midi-instrument", &[("id", instrument)]);
            xml.leaf("midi-channel", &[], self.channel);
            xml.leaf("midi-program", &[], track.program.number() + 1);
            if let Some(pitch) = pitch {
                xml.leaf("midi-unpitched", &[], pitch + 1);
            }
            xml.close();
        }
        xml.close();
    }
}

/// What a part shows on behalf of all.
#[derive(Clone, Copy)]
struct Duties {
    /// Tempi and markers.
    conducts: bool,
    /// Chord symbols.
    harmonizes: bool,
}

/// Writes the bars of one part.
struct Pen<'a> {
    xml: &'a mut Xml,
    score: &'a Score,
    page: &'a Page,
    duties: Duties,
}

impl Pen<'_> {
    fn part(&mut self, mut part: Part<'_>, bars: u32) {
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

    /// Clock, key, meter, staves and clefs, where they begin.
    fn attributes(&mut self, part: &Part<'_>, bar: u32) {
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
    fn short_meter(&self, bar: u32) -> Option<(u32, u32)> {
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

    /// Tempi, markers and chord symbols of a bar, where they are this part's to show.
    fn directions(&mut self, bar: u32) {
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
                let tempo = bpm.to_string();
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
                let (step, alter) = spell_class(chord.root, key);
                self.xml.open("root", &[]);
                self.xml.leaf("root-step", &[], STEPS[usize::from(step)]);
                if alter != 0 {
                    self.xml.leaf("root-alter", &[], alter);
                }
                self.xml.close();
                let text = chord.quality.suffix();
                self.xml.leaf("kind", &[("text", text)], kind(chord.quality));
                if chord.bass != chord.root {
                    let (step, alter) = spell_class(chord.bass, key);
                    self.xml.open("bass", &[]);
                    self.xml.leaf("bass-step", &[], STEPS[usize::from(step)]);
                    if alter != 0 {
                        self.xml.leaf("bass-alter", &[], alter);
                    }
                    self.xml.close();
                }
                self.offset(symbol.onset - onset, &[]);
                self.xml.close();
            }
        }
    }

    fn offset(&mut self, offset: Ticks, attributes: &[(&str, &str)]) {
        if offset > Ticks::ZERO {
            self.xml.leaf("offset", attributes, offset.0);
        }
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
    fn key_of(&self, note: &Note) -> Option<Key> {
        key_at(self.score, note.onset)
    }

    /// A rest, or the notes of a chord.
    fn segment(
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
            match segment.value {
                Some(_) => self.xml.empty("rest", &[]),
                None => self.xml.empty("rest", &[("measure", "yes")]),
            }
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
                self.xml.leaf("step", &[], STEPS[usize::from(spelled.step)]);
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

/// Where a segment stands.
struct NotePlace<'a> {
    staff: usize,
    line: &'a Line<'a>,
    beams: &'a [&'static str],
}

/// One voice in one bar.
struct Line<'a> {
    voice: usize,
    groups: &'a [ChordGroup],
    segments: Vec<Segment>,
}

/// The part of a voice that sounds in a bar; `next` is where to go on behind it.
fn line<'a>(
    shape: &BarShape,
    groups: &'a [ChordGroup],
    next: &mut usize,
    onset: Ticks,
    end: Ticks,
) -> Line<'a> {
    let sounding = groups[*next..].iter().take_while(|group| group.onset < end).count();
    let groups = &groups[*next..*next + sounding];
    let events: Vec<Event> = groups
        .iter()
        .map(|group| {
            let release = group.onset + group.duration;
            Event {
                start: (group.onset - onset).0,
                end: (release.min(end) - onset).0,
                goes_on: (group.onset < onset, release > end),
            }
        })
        .collect();
    // One that goes on is met again in the next bar.
    *next += groups.iter().take_while(|group| group.onset + group.duration <= end).count();
    Line { voice: 0, groups, segments: segments(shape, &events) }
}

/// The key that holds at a tick.
fn key_at(score: &Score, tick: Ticks) -> Option<Key> {
    let after = score.keys.partition_point(|change| change.onset <= tick);
    after.checked_sub(1).map(|at| score.keys[at].key)
}
