//! `cantilena inspect`: what is in a file.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use cantilena_studio::{Inspection, inspect};
use clap::Args;

use crate::failure::Failure;
use crate::words::{clock, count, counted, give, within_line};

/// Say what is in a file: tracks, bars, tempo, keys, and what was wrong with it.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  cantilena inspect piece.mid\n  cantilena inspect score.mxl\n  cantilena inspect book.abc --tune 7\n  cantilena inspect piece.mid --json | jq .bars"
)]
pub(crate) struct Inspect {
    /// The file.
    file: PathBuf,
    /// Which tune of a book in ABC, its first being 1 [default: 1].
    #[arg(long, value_name = "N")]
    tune: Option<NonZeroUsize>,
    /// Print everything on stdout as JSON.
    #[arg(long)]
    json: bool,
}

impl Inspect {
    pub(crate) fn execute(self) -> Result<(), Failure> {
        let inspection = inspect(&super::open(&self.file, self.tune)?);
        let text = match self.json {
            true => serde_json::to_string_pretty(&inspection).expect("it is plain data"),
            false => describe(&inspection),
        };
        Ok(give(&text)?)
    }
}

/// Changes of tempo, meter or key that are named one by one; more are counted.
const CHANGES_SHOWN: usize = 4;

fn describe(inspection: &Inspection) -> String {
    let title = if inspection.title.is_empty() { "(no title)" } else { &inspection.title };
    let length = std::time::Duration::try_from_secs_f64(inspection.seconds).unwrap_or_default();
    let tempi: Vec<(u32, String)> = inspection
        .tempi
        .iter()
        .map(|(bar, bpm)| (*bar, format!("{bpm:.4} bpm").replace(".0000", "")))
        .collect();
    let place = match inspection.tunes {
        1 => String::new(),
        tunes => format!(", tune {} of {}", count(inspection.tune as u64), count(tunes as u64)),
    };
    let mut lines = vec![
        format!("{}, {}{place}", within_line(title), inspection.format),
        format!(
            "  {}, {}, {}, {} ticks to a quarter",
            counted(inspection.bars as usize, "bar", "bars"),
            clock(length),
            counted(inspection.notes, "note", "notes"),
            inspection.ticks_per_quarter,
        ),
        format!("  tempo {}", changes(&tempi)),
        format!("  meter {}", changes(&inspection.meters)),
    ];
    if !inspection.keys.is_empty() {
        lines.push(format!("  key {}", changes(&inspection.keys)));
    }
    if inspection.chords > 0 {
        lines.push(format!("  {}", counted(inspection.chords, "chord symbol", "chord symbols")));
    }
    for (number, track) in inspection.tracks.iter().enumerate() {
        let range = track
            .range
            .as_ref()
            .map_or_else(String::new, |(low, high)| format!(", {low} to {high}"));
        let lyrics = match track.lyrics {
            0 => String::new(),
            syllables => format!(", {}", counted(syllables, "syllable", "syllables")),
        };
        let name = if track.name.is_empty() {
            String::new()
        } else {
            format!(" \"{}\"", within_line(&track.name))
        };
        let notes = counted(track.notes, "note", "notes");
        lines.push(format!(
            "  track {}{name}: {}, {notes}{range}{lyrics}",
            number + 1,
            track.instrument
        ));
    }
    let repetition = &inspection.repetition;
    lines.push(format!(
        "  repeated 8-note figures {:.0} %, longest loop {} notes",
        repetition.repeat_8 * 100.0,
        count(repetition.longest_loop as u64),
    ));
    match inspection.repairs.len() {
        0 => lines.push("  nothing had to be repaired".to_owned()),
        n => {
            lines.push(format!("  {}:", counted(n, "repair", "repairs")));
            lines.extend(inspection.repairs.iter().map(|repair| format!("    {repair}")));
        }
    }
    lines.join("\n")
}

/// `4/4`, or `4/4, 3/4 from bar 9`.
fn changes(changes: &[(u32, String)]) -> String {
    let named =
        changes.iter().take(CHANGES_SHOWN).enumerate().map(|(index, (bar, what))| match index {
            0 => what.clone(),
            _ => format!("{what} from bar {bar}"),
        });
    let mut text = named.collect::<Vec<_>>().join(", ");
    if changes.len() > CHANGES_SHOWN {
        text.push_str(&format!(" and {} more changes", changes.len() - CHANGES_SHOWN));
    }
    text
}
