//! A server of the real binary, and what a client says to it: bytes to and from its socket.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::Value;

/// A small network that learns a little in a second or two.
pub(crate) const TINY: &str = include_str!("../tiny.toml");

/// A tiny model of the songbook, trained once for all tests.
pub(crate) fn model() -> &'static Path {
    static MODEL: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, model) = MODEL.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("tiny.toml"), TINY).unwrap();
        let asked =
            ["train", "--songbook", "--recipe", "tiny.toml", "--steps", "30", "--out", "tiny"];
        assert!(cantilena(folder.path(), &asked).output().unwrap().status.success());
        let model = folder.path().join("tiny");
        (folder, model)
    });
    model
}

pub(crate) fn cantilena(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cantilena"));
    command.args(arguments).current_dir(folder).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A server with a studio of its own, ended with the test.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) address: String,
    pub(crate) folder: tempfile::TempDir,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl Server {
    /// With a tiny model, when it is ready.
    pub(crate) fn start(more: &[&str]) -> Server {
        let model = model().display().to_string();
        let server = Server::without_models(&[&["--model", &model], more].concat());
        while server.get("/readyz").status != 200 {
            std::thread::sleep(Duration::from_millis(5));
        }
        server
    }

    /// In an empty folder, as it is when it listens.
    pub(crate) fn without_models(more: &[&str]) -> Server {
        let folder = tempfile::tempdir().unwrap();
        let (child, address) = opened(folder.path(), more);
        Server { child, address, folder }
    }

    /// Kills it, and opens another one in the same folder.
    pub(crate) fn kill_and_reopen(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.reopen();
    }

    /// Opens another one in the folder of one that has ended.
    pub(crate) fn reopen(&mut self) {
        (self.child, self.address) = opened(self.folder.path(), &[]);
    }

    /// Asks it to end, as a system does that shuts down.
    #[cfg(unix)]
    pub(crate) fn ask_to_end(&self) {
        Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
    }

    pub(crate) fn connect(
        &self,
        method: &str,
        path: &str,
        headers: &[&str],
        body: &[u8],
    ) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let host = format!("Host: {}", self.address);
        let own_host = headers.iter().all(|header| !header.starts_with("Host:"));
        let mut head = format!("{method} {path} HTTP/1.1\r\n");
        if headers.iter().all(|header| !header.starts_with("Connection:")) {
            head.push_str("Connection: close\r\n");
        }
        headers.iter().for_each(|header| head.push_str(&format!("{header}\r\n")));
        if own_host {
            head.push_str(&format!("{host}\r\n"));
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
        stream.write_all(head.as_bytes()).unwrap();
        // A body that is refused for its size may find the door closed.
        let _ = stream.write_all(body);
        stream
    }

    pub(crate) fn ask(&self, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Answer {
        let mut bytes = Vec::new();
        let _ = self.connect(method, path, headers, body).read_to_end(&mut bytes);
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap().to_lowercase();
        let mut body = bytes[end + 4..].to_vec();
        if head.contains("transfer-encoding: chunked") {
            body = unchunked(&body);
        }
        Answer { status: head[9..12].parse().unwrap(), head, body }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], b"")
    }

    pub(crate) fn compose(&self, headers: &[&str], json: &str) -> Answer {
        let headers = [&["Content-Type: application/json"], headers].concat();
        self.ask("POST", "/v1/pieces", &headers, json.as_bytes())
    }

    /// A figure of `/metrics`.
    pub(crate) fn figure(&self, name: &str) -> f64 {
        let text = String::from_utf8(self.get("/metrics").body).unwrap();
        let line = text.lines().find(|line| line.starts_with(&format!("{name} "))).unwrap();
        line.rsplit(' ').next().unwrap().parse().unwrap()
    }
}

/// A server that listens, and where.
fn opened(folder: &Path, more: &[&str]) -> (Child, String) {
    let asked = ["serve", "--port", "0", "--dir", "studio"];
    let mut child = cantilena(folder, &[&asked[..], more].concat()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().trim_start_matches("http://").trim_end_matches('/').to_owned();
    (child, address)
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn unchunked(mut bytes: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = bytes.windows(2).position(|two| two == b"\r\n") {
        let size = std::str::from_utf8(&bytes[..end]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        if size == 0 {
            break;
        }
        whole.extend(&bytes[end + 2..end + 2 + size]);
        bytes = &bytes[end + 4 + size..];
    }
    whole
}

/// The events of a stream: name, id and data.
pub(crate) fn events(body: &[u8]) -> Vec<(String, String, Value)> {
    let text = String::from_utf8(body.to_vec()).unwrap();
    let value = |block: &str, name: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_default().to_owned()
    };
    text.split("\n\n")
        .filter(|block| block.contains("data: "))
        .map(|block| {
            let data = serde_json::from_str(&value(block, "data")).unwrap();
            (value(block, "event"), value(block, "id"), data)
        })
        .collect()
}

/// A small network that learns a little in a second or two.
pub(crate) const STREAM: &str = "Accept: text/event-stream";
