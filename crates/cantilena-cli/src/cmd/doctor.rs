//! `cantilena doctor`: what is in a corpus, and what is the matter with it.

use std::path::PathBuf;

use cantilena_studio::{
    Beside, Checkup, ChordShare, Complaint, Counted, Diagnosis, DuplicateKind, FilePattern, Label,
    Labels, Overwrite, Summary, doctor,
};
use clap::Args;

use crate::failure::Failure;
use crate::progress::reading_bar;
use crate::words::{count, counted, give, within_line};

/// Examine a corpus: what is in it, what was repaired or refused, what is there twice.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cantilena doctor ~/midi
  cantilena doctor ~/midi -o corpus.svg -o corpus.json
  cantilena doctor set.zip --json | jq '.files[] | select(.refused)'
  cantilena doctor ~/midi --fix ~/clean-midi
  cantilena doctor emopia/ --file-pattern '{mood}_*'

Nothing in the corpus is ever written to.")]
pub(crate) struct Doctor {
    /// Folders, files and archives.
    #[arg(required = true)]
    music: Vec<PathBuf>,
    /// Write histograms (.svg, .png) or the whole report (.json); may be given more than once.
    #[arg(short, long, value_name = "FILE")]
    output: Vec<PathBuf>,
    /// Write what is sound into a new folder: repaired, without duplicates, drums on channel 10.
    #[arg(long, value_name = "FOLDER")]
    fix: Option<PathBuf>,
    /// What names of folders say: composer, genre, mood or split.
    #[arg(long, value_name = "LABEL", value_parser = label)]
    folder_label: Option<Label>,
    /// What names of files say, such as '{mood}_*'.
    #[arg(long, value_name = "PATTERN")]
    file_pattern: Option<FilePattern>,
    /// Print the whole report on stdout as JSON.
    #[arg(long)]
    json: bool,
    /// Replace files that are there; a folder never is.
    #[arg(long)]
    force: bool,
    /// Threads; they change the time it takes and nothing else.
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

/// A label by its word.
pub(super) fn label(text: &str) -> Result<Label, String> {
    Label::from_word(text).ok_or_else(|| "composer, genre, mood, bpm or split will do".to_owned())
}

impl Doctor {
    pub(crate) fn execute(self) -> Result<(), Failure> {
        let mut labels = Labels::default();
        (labels.folder, labels.pattern) = (self.folder_label, self.file_pattern);
        let request = Checkup {
            paths: self.music,
            labels,
            outputs: self.output,
            clean: self.fix,
            overwrite: if self.force { Overwrite::Replace } else { Overwrite::Refuse },
            threads: super::threads(self.threads),
        };
        let reading = reading_bar();
        let diagnosis = doctor(&request, &|done, total| {
            reading.set_length(total as u64);
            reading.set_position(done as u64);
        });
        reading.finish_and_clear();
        let diagnosis = diagnosis?;
        match self.json {
            true => give(diagnosis.json().trim_end())?,
            false => give(&describe(&diagnosis))?,
        }
        Ok(())
    }
}

/// Entries of a list that are shown; all of them are in the JSON.
const SHOWN: usize = 6;

fn describe(diagnosis: &Diagnosis) -> String {
    let census = &diagnosis.census;
    let mut lines = vec![
        format!(
            "{}, {:.1} hours, {}",
            counted(census.pieces, "piece", "pieces"),
            census.hours,
            counted(census.notes, "note", "notes")
        ),
        format!("  instruments  {}", commonest(&census.instruments)),
        format!("  meters       {}", commonest(&census.meters)),
        format!("  keys         {}{}", commonest(&census.keys), estimated(census.keys_estimated)),
        format!("  tempi        {}{}", bins(&census.tempi), estimated(census.tempi_estimated)),
        format!("  polyphony    {}", bins(&census.polyphony)),
        format!("  notes/second {}", bins(&census.density)),
    ];
    if !census.meters_heard.is_empty() {
        let heard = format!("  by the notes {}", commonest(&census.meters_heard));
        lines.insert(3, format!("{heard}, where the file seems to know no meter"));
    }
    if !census.chords.is_empty() {
        let estimated = estimated(census.chords_estimated);
        lines.push(format!("  chords       {}{estimated}", longest(&census.chords)));
        lines.push(format!("  in their key {}", longest(&census.degrees)));
    }
    if !census.labels.is_empty() {
        lines.push(format!("  labels       {}", commonest(&census.labels)));
    }
    lines.push(String::new());
    lines.extend(outcomes(&diagnosis.summary, &diagnosis.beside));
    section(&mut lines, "Odd", &diagnosis.odd);
    lines.extend(duplicates(diagnosis));
    match diagnosis.licences.as_slice() {
        [] => lines.push("No file looks like a licence: whose is this music?".to_owned()),
        licences => {
            let names: Vec<String> = licences.iter().map(|name| within_line(name)).collect();
            lines.push(format!("What looks like a licence: {}", names.join(", ")));
        }
    }
    if let Some(clean) = &diagnosis.clean {
        lines.push(format!(
            "Wrote {} to {}; left out {} there already and {} of one note; {} marked as drums",
            counted(clean.written, "piece", "pieces"),
            clean.folder.display(),
            counted(clean.duplicates, "that is", "that are"),
            count(clean.one_note as u64),
            counted(clean.drums, "track", "tracks"),
        ));
        lines.extend(clean.unwritable.iter().map(|why| format!("  cannot be written: {why}")));
    }
    lines.join("\n")
}

/// What became of the files.
pub(super) fn outcomes(summary: &Summary, beside: &Beside) -> Vec<String> {
    let files = summary.sound + summary.repaired_files + summary.refused_files;
    let mut lines = vec![format!(
        "{}: {} read as they are, {} repaired, {} refused; {} no music",
        counted(files, "music file", "music files"),
        count(summary.sound as u64),
        count(summary.repaired_files as u64),
        count(summary.refused_files as u64),
        counted(beside.other_files, "other file is", "other files are"),
    )];
    if !beside.passed_over.is_nothing() {
        lines.push(format!("Passed over: {}", beside.passed_over));
    }
    section(&mut lines, "Repaired", &summary.repaired);
    section(&mut lines, "Refused", &summary.refused);
    lines
}

fn section(lines: &mut Vec<String>, title: &str, complaints: &[Complaint]) {
    if complaints.is_empty() {
        return;
    }
    lines.push(format!("{title}:"));
    for complaint in complaints.iter().take(SHOWN) {
        lines.push(format!("  {:>6}  {}", count(complaint.files as u64), complaint.what));
        lines.push(format!("          as in {}", within_line(&complaint.examples[0])));
    }
    if complaints.len() > SHOWN {
        lines.push(format!("          … and {} kinds more, in the JSON", complaints.len() - SHOWN));
    }
}

fn duplicates(diagnosis: &Diagnosis) -> Vec<String> {
    if diagnosis.duplicates.is_empty() {
        return vec!["No piece is there twice, in any key.".to_owned()];
    }
    let is = |wanted: fn(&DuplicateKind) -> bool| {
        count(diagnosis.duplicates.iter().filter(|twin| wanted(&twin.kind)).count() as u64)
    };
    let all = diagnosis.duplicates.len();
    let transposed = diagnosis.duplicates.iter().filter(|twin| twin.semitones != 0).count();
    let mut lines = vec![format!(
        "{} the same music as another: {} by the byte, {} by their notes, {} as a version; {} in \
         another key",
        counted(all, "piece is", "pieces are"),
        is(|kind| matches!(kind, DuplicateKind::Bytes)),
        is(|kind| matches!(kind, DuplicateKind::Notes)),
        is(|kind| matches!(kind, DuplicateKind::Version { .. })),
        count(transposed as u64),
    )];
    for twin in diagnosis.duplicates.iter().take(SHOWN) {
        let key = match twin.semitones {
            0 => String::new(),
            semitones => format!(", {semitones:+} semitones"),
        };
        let (file, of) = (within_line(&twin.file), within_line(&twin.of));
        lines.push(format!("          {file} = {of}{key}"));
    }
    if all > SHOWN {
        lines.push(format!("          … and {} more, in the JSON", count((all - SHOWN) as u64)));
    }
    lines
}

/// `4/4 (12), 3/4 (2), and 3 more`.
fn commonest(counts: &[Counted]) -> String {
    let named =
        counts.iter().take(SHOWN).map(|c| format!("{} ({})", c.what, count(c.pieces as u64)));
    let mut text = named.collect::<Vec<_>>().join(", ");
    if counts.len() > SHOWN {
        text.push_str(&format!(", and {} more", counts.len() - SHOWN));
    }
    text
}

/// `C (12.5 %), G7 (8.0 %), and 3 more`.
fn longest(chords: &[ChordShare]) -> String {
    let named = chords.iter().take(SHOWN).map(|c| format!("{} ({:.1} %)", c.what, 100.0 * c.share));
    let mut text = named.collect::<Vec<_>>().join(", ");
    if chords.len() > SHOWN {
        text.push_str(&format!(", and {} more", chords.len() - SHOWN));
    }
    text
}

/// Bins that hold something.
fn bins(counts: &[Counted]) -> String {
    let used = counts.iter().filter(|bin| bin.pieces > 0);
    used.map(|c| format!("{} ({})", c.what, count(c.pieces as u64))).collect::<Vec<_>>().join(", ")
}

fn estimated(pieces: usize) -> String {
    if pieces > 0 { format!("; {} estimated", count(pieces as u64)) } else { String::new() }
}
