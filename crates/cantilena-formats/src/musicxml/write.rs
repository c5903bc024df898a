//! From a score to a page.

mod attributes;
mod bar;
mod direction;
mod line;
mod note;
mod part;

use cantilena_score::{Score, TextKind, Ticks};

use self::bar::{Duties, Pen};
use self::direction::markers;
use self::part::Part;
use crate::error::WriteError;
use crate::fault::Fault;
use crate::musicxml::xml::Xml;
use crate::page::grid::{self, Page, settle_meters};
use crate::repair::Repairs;
use crate::writing::Writing;

/// What stands before the root of every file.
const PROLOG: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n\
    <!DOCTYPE score-partwise PUBLIC \"-//Recordare//DTD MusicXML 4.0 Partwise//EN\" \
    \"http://www.musicxml.org/dtds/partwise.dtd\">\n";

/// The most bars that are written, about five hours of common time: a single note at the last
/// tick would otherwise make gigabytes of rests.
const BARS_MAX: u32 = 10_000;

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
    let mut hard_to_read = 0;
    for (index, part) in parts.into_iter().enumerate() {
        let duties = Duties { conducts: index == 0, harmonizes: index == harmonies };
        let mut pen = Pen { xml: &mut xml, score: &score, page: &page, duties, hard_to_read };
        pen.part(part, bars);
        hard_to_read = pen.hard_to_read;
    }
    xml.close();
    Ok(Writing { bytes: xml.into_bytes(), repairs: repairs.into_list(), hard_to_read })
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
