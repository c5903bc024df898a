//! `cantilena serve`: the studio in a browser.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use cantilena_server::{Serving, serve};
use cantilena_studio::{Limits, StudioOptions};
use clap::Args;

use crate::failure::Failure;
use crate::words::{give, say};

/// Open the studio in a browser: compose, listen, train, and keep every take.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cantilena serve --open
  cantilena serve --dir ~/music/studio --model my-model
  cantilena serve --listen 0.0.0.0 --token \"$(openssl rand -hex 16)\"

Programs ask the same address: GET /openapi.json describes how. Ctrl-C ends it; everything made is
kept in the folder.")]
pub(crate) struct Serve {
    /// The port; 0 takes any that is free.
    #[arg(long, value_name = "N", default_value_t = 8000)]
    port: u16,
    /// The studio's folder, made if need be.
    #[arg(long, value_name = "FOLDER", default_value = "cantilena-studio")]
    dir: PathBuf,
    /// A model in another folder to compose with; may be repeated.
    #[arg(long, value_name = "FOLDER")]
    model: Vec<PathBuf>,
    /// The address to listen on. Any but a loopback one needs a token.
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    listen: IpAddr,
    /// A word without which nobody may come in; repeat it for several people, who then do not see
    /// each other's pieces.
    #[arg(
        long,
        value_name = "TOKEN",
        env = "CANTILENA_TOKEN",
        value_delimiter = ',',
        hide_env_values = true
    )]
    token: Vec<String>,
    /// A SoundFont (.sf2) for the sound.
    #[arg(long, value_name = "FILE")]
    soundfont: Option<PathBuf>,
    /// How many pieces are composed at once [default: one a processor].
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// How many commissions may wait.
    #[arg(long, value_name = "N", default_value_t = 64)]
    queue: usize,
    /// Open the page in a browser.
    #[arg(long)]
    open: bool,
}

/// How long one piece may take: the longest that may be asked for takes a tenth of it.
const PIECE_TIME_MAX: Duration = Duration::from_secs(120);

/// What is read of a file that somebody brings: larger than any score that people exchange, and
/// no more than a browser can draw.
const READING: cantilena_formats::Limits =
    cantilena_formats::Limits { bytes: 4 << 20, notes: 200_000, tracks: 1024 };

impl Serve {
    pub(crate) fn execute(self) -> Result<(), Failure> {
        let composers = super::threads(self.threads);
        let studio = StudioOptions {
            folder: self.dir.clone(),
            models: self.model,
            soundfont: self.soundfont,
            limits: Limits { composers, waiting: self.queue, time: PIECE_TIME_MAX },
            reading: READING,
        };
        let address = SocketAddr::new(self.listen, self.port);
        let serving = Serving { studio, address, tokens: self.token };
        let mut told = Ok(());
        serve(serving, |address| {
            let page = format!("http://{address}/");
            told = give(&page);
            say(&format!("The studio of {} is open. Ctrl-C closes it.", self.dir.display()));
            if self.open {
                show(&page);
            }
        })?;
        Ok(told?)
    }
}

/// Programs that open an address in the browser of the desktop, by system.
const OPENERS: [(&str, &[&str]); 3] =
    [("xdg-open", &[]), ("open", &[]), ("cmd", &["/c", "start", ""])];

/// Opens an address in a browser, if there is one here.
fn show(page: &str) {
    for (opener, options) in OPENERS {
        let mut command = Command::new(opener);
        command.args(options).arg(page);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if command.spawn().is_ok() {
            return;
        }
    }
    say("No browser here could be opened; the address above will do.");
}
