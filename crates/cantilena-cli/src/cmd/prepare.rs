//! `cantilena prepare`: a folder of music becomes one file.

use std::path::PathBuf;

use cantilena_studio::{
    FilePattern, Label, Labels, Overwrite, Preparation, PreparedCorpus, Shard, StudioError, merge,
    prepare,
};
use clap::Args;

use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::progress::reading_bar;
use crate::words::{count, counted, give, pasted};

/// Read a folder once and keep it as one file, which training takes wherever it takes a folder.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cantilena prepare ~/midi -o midi.corpus
  cantilena train midi.corpus --out my-model
  cantilena prepare ~/midi --shard 2/4 -o part-2.corpus     one of four machines
  cantilena prepare --merge part-*.corpus -o midi.corpus    the same bytes as at once")]
pub(crate) struct Prepare {
    /// Folders, files and archives; with --merge, parts of a corpus.
    #[arg(required = true)]
    music: Vec<PathBuf>,
    /// The corpus file to be written, ending in .corpus.
    #[arg(short, long, value_name = "CORPUS")]
    output: PathBuf,
    /// Prepare one part of so many, such as 2/4.
    #[arg(long, value_name = "I/N", value_parser = shard)]
    shard: Option<Shard>,
    /// Join parts that were prepared with --shard.
    #[arg(long, conflicts_with_all = ["shard", "folder_label", "file_pattern"])]
    merge: bool,
    /// What names of folders say: composer, genre, mood or split.
    #[arg(long, value_name = "LABEL", value_parser = super::doctor::label)]
    folder_label: Option<Label>,
    /// What names of files say, such as '{mood}_*'.
    #[arg(long, value_name = "PATTERN")]
    file_pattern: Option<FilePattern>,
    /// Threads; they change the time it takes and nothing else.
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Replace a corpus that is there.
    #[arg(long)]
    force: bool,
    /// Print the result on stdout as JSON.
    #[arg(long)]
    json: bool,
}

/// `2/4`.
fn shard(text: &str) -> Result<Shard, String> {
    let part = text
        .split_once('/')
        .and_then(|(number, of)| Shard::new(number.trim().parse().ok()?, of.trim().parse().ok()?));
    part.ok_or_else(|| "1/4 to 4/4 are the parts of four".to_owned())
}

impl Prepare {
    pub(crate) fn execute(self) -> Result<(), Failure> {
        let overwrite = if self.force { Overwrite::Replace } else { Overwrite::Refuse };
        let prepared = match self.merge {
            true => merge(&self.music, &self.output, overwrite)?,
            false => {
                let mut labels = Labels::default();
                (labels.folder, labels.pattern) = (self.folder_label, self.file_pattern);
                let request = Preparation {
                    paths: self.music,
                    labels,
                    shard: self.shard.unwrap_or(Shard::WHOLE),
                    out: self.output,
                    overwrite,
                    threads: super::threads(self.threads),
                };
                prepare_watched(&request)?
            }
        };
        match self.json {
            true => {
                let json = serde_json::to_string_pretty(&prepared);
                give(&json.expect("numbers, words and lists of them"))?;
            }
            false => give(&describe(&prepared, self.merge))?,
        }
        Ok(())
    }
}

fn prepare_watched(request: &Preparation) -> Result<PreparedCorpus, Failure> {
    let interrupt = Interrupt::listen();
    let reading = reading_bar();
    let prepared = prepare(request, &mut |done, total| {
        reading.set_length(total as u64);
        reading.set_position(done as u64);
        interrupt.flow()
    });
    reading.finish_and_clear();
    match prepared {
        Err(StudioError::Corpus(cantilena_studio::CorpusError::Stopped)) => {
            Err(Failure::Interrupted("Stopped; nothing was written.".to_owned()))
        }
        prepared => Ok(prepared?),
    }
}

fn describe(prepared: &PreparedCorpus, is_merge: bool) -> String {
    let mut lines = match is_merge {
        true => Vec::new(),
        false => super::doctor::outcomes(&prepared.summary, &prepared.beside),
    };
    lines.push(format!(
        "Wrote {} to {} ({} bytes). To learn from them: cantilena train {} --out MODEL",
        counted(prepared.pieces as usize, "piece", "pieces"),
        prepared.corpus.display(),
        count(prepared.bytes),
        pasted(&prepared.corpus),
    ));
    lines.join("\n")
}
