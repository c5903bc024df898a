//! Letting a sound file be heard through a player that is installed.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::words::say;

/// Players that take a file name, play it and end, commonest first.
const PLAYERS: [(&str, &[&str]); 8] = [
    ("pw-play", &[]),
    ("paplay", &[]),
    ("aplay", &["-q"]),
    ("afplay", &[]),
    ("play", &["-q"]),
    ("ffplay", &["-nodisp", "-autoexit", "-loglevel", "error"]),
    ("mpv", &["--no-video", "--really-quiet"]),
    ("cvlc", &["--play-and-exit", "--quiet"]),
];

/// Plays a WAV file, or says where it is if nothing here can.
pub(crate) fn play(path: &Path) {
    for (player, options) in PLAYERS {
        let mut command = Command::new(player);
        command.args(options).arg(path).stdin(Stdio::null()).stdout(Stdio::null());
        match command.stderr(Stdio::null()).status() {
            Ok(status) if status.success() => return,
            // Not installed, or no sound card: the next one may do.
            _ => continue,
        }
    }
    say(&format!("No player here could play it; the sound is in {}", path.display()));
}
