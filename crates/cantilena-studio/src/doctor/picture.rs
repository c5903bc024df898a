//! The census as histograms.

use cantilena_plot::{Panel, Picture, Series, Theme, histograms};

use super::census::{Census, Counted};
use crate::error::StudioError;

/// Bins of a list that has no end.
const SHOWN: usize = 16;

pub(super) fn draw(census: &Census) -> Picture {
    let panels = [
        panel(
            "Instruments",
            "",
            "share of pieces in which each plays",
            census,
            &census.instruments,
        ),
        panel("Meters", "", "", census, &census.meters),
        panel("Keys", &estimated(census.keys_estimated), "", census, &census.keys),
        panel(
            "Tempo",
            &estimated(census.tempi_estimated),
            "quarters a minute",
            census,
            &census.tempi,
        ),
        panel("Polyphony", "", "notes sounding at once, in the mean", census, &census.polyphony),
        panel("Density", "", "notes that begin in a second", census, &census.density),
        panel("Length", "", "minutes", census, &census.lengths),
        panel("Labels", "", "composers, genres and moods", census, &census.labels),
    ];
    let panels: Vec<Panel> = panels.into_iter().filter(|panel| !panel.labels.is_empty()).collect();
    histograms(&format!("What {} pieces are made of", census.pieces), &panels)
}

/// The picture in pixels.
pub(super) fn png(census: &Census) -> Result<Vec<u8>, StudioError> {
    Ok(draw(census).png(Theme::Light, 2.0)?)
}

fn estimated(pieces: usize) -> String {
    if pieces > 0 { format!("{pieces} of them estimated") } else { String::new() }
}

fn panel(name: &str, remark: &str, axis: &str, census: &Census, counts: &[Counted]) -> Panel {
    let counts = &counts[..counts.len().min(SHOWN)];
    let share = |count: &Counted| count.pieces as f64 / census.pieces.max(1) as f64;
    Panel {
        name: name.to_owned(),
        remark: remark.to_owned(),
        axis: axis.to_owned(),
        labels: counts.iter().map(|count| count.what.clone()).collect(),
        series: vec![Series {
            name: "pieces".to_owned(),
            shares: counts.iter().map(share).collect(),
        }],
    }
}
