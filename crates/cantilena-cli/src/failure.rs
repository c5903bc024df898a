//! How a command ends badly, and what is said about it.

use std::error::Error;
use std::fmt::Write;
use std::process::ExitCode;

use cantilena_generate::GenerateError;
use cantilena_server::ServeError;
use cantilena_studio::StudioError;
use cantilena_systems::SystemError;

/// Why a command did not do what it was asked.
pub(crate) enum Failure {
    /// The work failed: exit code 1.
    Work(StudioError),
    /// The server could not be started: exit code 1.
    Serve(ServeError),
    /// The request made no sense: exit code 2.
    Usage(String),
    /// Stopped by Ctrl-C, after saving what there was: exit code 130.
    Interrupted(String),
    /// Nobody reads the output any more, as with `| head`: nothing to say.
    Closed,
    /// What was to be printed could not be, as on a full disk: exit code 1.
    Output(std::io::Error),
}

impl From<StudioError> for Failure {
    fn from(error: StudioError) -> Failure {
        match error {
            StudioError::UnknownOutput { .. } | StudioError::Request(_) => {
                Failure::Usage(error.to_string())
            }
            StudioError::Generate(
                GenerateError::Sampling { .. }
                | GenerateError::NoLength(_)
                | GenerateError::NoNotes { .. },
            )
            | StudioError::System(SystemError::Generate(_)) => Failure::Usage(error.to_string()),
            StudioError::Generate(GenerateError::NothingAllowed { bar }) => {
                Failure::Usage(format!("{error}; --at-bar {} will do", bar.saturating_add(1)))
            }
            StudioError::Unsuited { field, why } => {
                let option = if field == "conditions" { "condition" } else { field };
                Failure::Usage(format!("--{option}: {why}"))
            }
            error => Failure::Work(error),
        }
    }
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Failure {
        match error {
            ServeError::NoToken(_) | ServeError::ShortToken(_) => Failure::Usage(error.to_string()),
            error => Failure::Serve(error),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Failure::Closed,
            _ => Failure::Output(error),
        }
    }
}

impl Failure {
    /// Says what was the matter, on stderr, and gives the exit code.
    pub(crate) fn report(self) -> ExitCode {
        let (text, code) = match self {
            Failure::Work(error) => (format!("error: {}", chain(&error)), 1),
            Failure::Serve(error) => (format!("error: {}", chain(&error)), 1),
            Failure::Usage(text) => (format!("error: {text}"), 2),
            Failure::Interrupted(text) => (text, 130),
            Failure::Output(error) => (format!("error: cannot write to the output: {error}"), 1),
            Failure::Closed => return ExitCode::from(1),
        };
        crate::words::say(&text);
        ExitCode::from(code)
    }
}

/// An error and all that caused it, outermost first.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        // Errors that pass on another's words would say them twice.
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            let _ = write!(text, ": {cause_text}");
        }
        source = cause.source();
    }
    text
}
