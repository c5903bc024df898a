//! The terminal door to Cantilena.
//!
//! Data goes to stdout and everything said to people while working to stderr. Exit codes: 0
//! done, 1 the work failed, 2 the request made no sense, 130 interrupted (and saved).

mod cmd;
mod failure;
mod interrupt;
mod play;
mod progress;
mod sparkline;
mod start;
mod tuning_line;
mod words;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Train a music model on your own files, on your own computer, in minutes, and compose with it.
#[derive(Parser)]
#[command(name = "cantilena", version, about, max_term_width = 100)]
struct Cantilena {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    Demo(cmd::demo::Demo),
    Train(cmd::train::Train),
    Tune(cmd::tune::Tune),
    Compose(cmd::compose::Compose),
    Inspect(cmd::inspect::Inspect),
    Doctor(cmd::doctor::Doctor),
    Prepare(cmd::prepare::Prepare),
    Render(cmd::render::Render),
    Recipes(cmd::recipes::Recipes),
    Summary(cmd::summary::Summary),
    Report(cmd::report::Report),
    Serve(cmd::serve::Serve),
    Bench(cmd::bench::Bench),
    Completions(cmd::completions::Completions),
    Man(cmd::man::Man),
}

fn main() -> ExitCode {
    let result = match Cantilena::parse().command {
        None => start::page(),
        Some(Command::Demo(demo)) => demo.execute(),
        Some(Command::Train(train)) => train.execute(),
        Some(Command::Tune(tune)) => tune.execute(),
        Some(Command::Compose(compose)) => compose.execute(),
        Some(Command::Inspect(inspect)) => inspect.execute(),
        Some(Command::Doctor(doctor)) => doctor.execute(),
        Some(Command::Prepare(prepare)) => prepare.execute(),
        Some(Command::Render(render)) => render.execute(),
        Some(Command::Recipes(recipes)) => recipes.execute(),
        Some(Command::Summary(summary)) => summary.execute(),
        Some(Command::Report(report)) => report.execute(),
        Some(Command::Serve(serve)) => serve.execute(),
        Some(Command::Bench(bench)) => bench.execute(),
        Some(Command::Completions(completions)) => completions.execute(),
        Some(Command::Man(man)) => man.execute(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
