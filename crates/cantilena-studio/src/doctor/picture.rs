//! The census as histograms.

use cantilena_plot::{Bins, Panel, Picture, Series, Theme, histograms};

use super::census::{Census, ChordShare, Counted};
use crate::error::StudioError;
use crate::words::count;

/// Things with names that are drawn; all of them are in the JSON.
const SHOWN: usize = 12;

pub(super) fn draw(census: &Census) -> Picture {
    let named = |name: &str, axis: &str, counts: &[Counted]| {
        let counts = &counts[..counts.len().min(SHOWN)];
        Panel { bins: Bins::Named, ..counted(name, axis, census, counts) }
    };
    let ordered = |name: &str, axis: &str, counts: &[Counted]| counted(name, axis, census, counts);
    let estimated = |panel: Panel, pieces: usize| Panel { remark: estimated(pieces), ..panel };
    let panels = [
        named("Instruments", "share of pieces in which each plays", &census.instruments),
        named("Meters", "", &census.meters),
        estimated(named("Keys", "", &census.keys), census.keys_estimated),
        named("Labels", "composers, genres and moods", &census.labels),
        estimated(heard("Chords", &census.chords), census.chords_estimated),
        estimated(heard("Chords in their key", &census.degrees), census.chords_estimated),
        estimated(ordered("Tempo", "quarters a minute", &census.tempi), census.tempi_estimated),
        ordered("Polyphony", "notes sounding at once, in the mean", &census.polyphony),
        ordered("Density", "notes that begin in a second", &census.density),
        ordered("Length", "minutes", &census.lengths),
    ];
    let panels: Vec<Panel> = panels.into_iter().filter(|panel| !panel.labels.is_empty()).collect();
    histograms(&format!("What {} pieces are made of", count(census.pieces as u64)), &panels)
}

/// The picture in pixels.
pub(super) fn png(census: &Census) -> Result<Vec<u8>, StudioError> {
    Ok(draw(census).png(Theme::Light, 2.0)?)
}

fn estimated(pieces: usize) -> String {
    if pieces > 0 { format!("estimated of {}", count(pieces as u64)) } else { String::new() }
}

/// Shares of all pieces.
fn counted(name: &str, axis: &str, census: &Census, counts: &[Counted]) -> Panel {
    let share = |count: &Counted| count.pieces as f64 / census.pieces.max(1) as f64;
    let labels = counts.iter().map(|count| count.what.clone()).collect();
    panel(
        name,
        axis,
        labels,
        Series { name: "pieces".into(), shares: counts.iter().map(share).collect() },
    )
}

/// Shares of the time.
fn heard(name: &str, chords: &[ChordShare]) -> Panel {
    let chords = &chords[..chords.len().min(SHOWN)];
    let labels = chords.iter().map(|chord| chord.what.clone()).collect();
    let shares = chords.iter().map(|chord| chord.share).collect();
    let panel = panel(name, "share of the time", labels, Series { name: "time".into(), shares });
    Panel { bins: Bins::Named, ..panel }
}

fn panel(name: &str, axis: &str, labels: Vec<String>, series: Series) -> Panel {
    Panel {
        name: name.to_owned(),
        remark: String::new(),
        axis: axis.to_owned(),
        bins: Bins::Ordered,
        labels,
        series: vec![series],
    }
}
