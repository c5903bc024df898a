//! `cantilena demo`: everything from nothing, in about a minute.

use std::ops::ControlFlow;
use std::path::PathBuf;

use cantilena_studio::{Budget, Demo as Request, DemoNews, DemoOutcome, Overwrite, demo};
use clap::Args;

use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::progress::TrainingLine;
use crate::words::{clock, count, give, say};

/// Train on the built-in songbook, compose a piece, and leave sound, pictures and a report.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cantilena demo
  cantilena demo --seconds 20 --seed 3 --out another --play

Leaves piece.mid, piece.wav, piece.svg, training.svg, distributions.svg, report.json and the
model itself in model/.")]
pub(crate) struct Demo {
    /// The folder for all of it.
    #[arg(long, value_name = "FOLDER", default_value = "cantilena-demo")]
    out: PathBuf,
    /// How long to learn.
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0, value_parser = super::positive)]
    seconds: f64,
    /// Learn for so many steps instead: the same piece every time, on one kind of machine.
    #[arg(long, value_name = "N", conflicts_with = "seconds")]
    steps: Option<u64>,
    /// How many bars to compose.
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=512))]
    bars: u32,
    /// The seed of the piece.
    #[arg(long, value_name = "N", default_value_t = 7)]
    seed: u64,
    /// Play the piece when it is there.
    #[arg(long)]
    play: bool,
    /// Replace an earlier demo.
    #[arg(long)]
    force: bool,
    /// Print the report on stdout as JSON.
    #[arg(long)]
    json: bool,
}

impl Demo {
    pub(crate) fn execute(self) -> Result<(), Failure> {
        let interrupt = Interrupt::listen();
        let request = Request {
            budget: self.steps.map_or(Budget::Minutes(self.seconds / 60.0), Budget::Steps),
            bars: self.bars,
            seed: self.seed,
            overwrite: if self.force { Overwrite::Replace } else { Overwrite::Refuse },
            ..Request::new(&self.out, super::threads(None))
        };
        let mut line = TrainingLine::new();
        let outcome = demo(&request, &mut |news| {
            match &news {
                DemoNews::Training(news) => line.show(news),
                DemoNews::Composing => {
                    line.finish();
                    say(&format!("Composing {} bars with seed {}", self.bars, self.seed));
                }
                DemoNews::Rendering => say("Making sound and pictures"),
            }
            match news {
                DemoNews::Training(_) => interrupt.flow(),
                _ => ControlFlow::Continue(()),
            }
        });
        line.finish();
        let outcome = outcome?;
        if self.json {
            let path = self.out.join("report.json");
            give(std::fs::read_to_string(path)?.trim_end())?;
        } else {
            give(&summary(&outcome))?;
        }
        if self.play {
            crate::play::play(&self.out.join("piece.wav"));
        }
        Ok(())
    }
}

/// What was made, how good it is and what to try next.
fn summary(outcome: &DemoOutcome) -> String {
    let (score, evaluation) = (&outcome.composition.score, &outcome.evaluation);
    let files: Vec<String> =
        outcome.files.iter().map(|path| format!("  {}", path.display())).collect();
    let short = if outcome.interrupted { " (cut short)" } else { "" };
    let folder = outcome.files[0].parent().map_or_else(String::new, |f| f.display().to_string());
    let repetition = &outcome.report.repetition;
    format!(
        "\n{} bars, {} notes, {} of music, after {} of learning{short}\n\n\
         How good the model is, on pieces it has not seen:\n  \
         {:.3} nats a note (Markov model {:.3}), perplexity {:.1}, pitch right {:.1} % (Markov {:.1} %)\n\
         How the piece stands to the songbook:\n  \
         repeated 8-note figures {:.0} %, longest loop {} notes, longest run copied {} notes\n\n\
         {}\n\n\
         Try next:\n  \
         cantilena render {folder}/piece.mid -o again.wav --play\n  \
         cantilena compose {folder}/model --bars 32 --seed 8 -o another.mid -o another.wav\n  \
         cantilena train ~/your-midi-files --minutes 5 --out my-model",
        score.bars(),
        count(score.note_count() as u64),
        clock(std::time::Duration::from_secs_f64(score.seconds().0)),
        clock(outcome.learning),
        evaluation.nats_per_note(),
        outcome.baseline.nats_per_note(),
        evaluation.perplexity(),
        evaluation.pitch_accuracy() * 100.0,
        outcome.baseline.pitch_accuracy() * 100.0,
        repetition.repeat_8 * 100.0,
        repetition.longest_loop,
        outcome.report.originality.as_ref().map_or(0, |o| o.longest_run),
        files.join("\n"),
    )
}
