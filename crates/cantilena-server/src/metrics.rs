//! What is counted, in Prometheus' text format.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use cantilena_studio::{Studio, Times};

/// What the door itself counts.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    /// Requests by method, route and status.
    requests: Mutex<BTreeMap<(String, String, u16), u64>>,
    streams: Arc<AtomicU64>,
}

/// Counts a stream as long as it lives.
pub(crate) struct StreamCount(Arc<AtomicU64>);

impl Drop for StreamCount {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Metrics {
    /// Counts a request. `route` is a pattern, so that there are few.
    pub(crate) fn request(&self, method: &str, route: &str, status: u16) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry((method.to_owned(), route.to_owned(), status)).or_default() += 1;
    }

    /// Counts a stream until what is given back is dropped.
    pub(crate) fn stream(&self) -> StreamCount {
        self.streams.fetch_add(1, Ordering::Relaxed);
        StreamCount(Arc::clone(&self.streams))
    }

    /// All figures.
    pub(crate) fn text(&self, studio: &Studio) -> String {
        let mut text = Text(String::new());
        text.head("cantilena_requests_total", "counter", "Requests answered.");
        for ((method, route, status), count) in
            self.requests.lock().unwrap_or_else(PoisonError::into_inner).iter()
        {
            let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
            text.value("cantilena_requests_total", &labels, *count as f64);
        }
        let (figures, (waiting, live)) = (studio.figures(), studio.load());
        let streams = self.streams.load(Ordering::Relaxed);
        for (name, kind, help, value) in [
            ("cantilena_active_streams", "gauge", "Clients who listen or wait.", streams),
            ("cantilena_queue_depth", "gauge", "Commissions that wait.", waiting as u64),
            (
                "cantilena_pieces_live",
                "gauge",
                "Commissions that wait or are composed.",
                live as u64,
            ),
            (
                "cantilena_queue_rejected_total",
                "counter",
                "Commissions refused.",
                figures.refused.get(),
            ),
            ("cantilena_notes_total", "counter", "Notes drawn.", figures.notes.get()),
            ("cantilena_pieces_total", "counter", "Pieces finished.", figures.pieces.get()),
            (
                "cantilena_pieces_left_total",
                "counter",
                "Pieces nobody waited for.",
                figures.left.get(),
            ),
            (
                "cantilena_pieces_failed_total",
                "counter",
                "Pieces that failed.",
                figures.failed.get(),
            ),
        ] {
            text.head(name, kind, help);
            text.value(name, "", value as f64);
        }
        text.times(
            "cantilena_first_note_seconds",
            "From asking to the first note.",
            &figures.first_note,
        );
        text.times(
            "cantilena_generate_seconds",
            "From beginning a piece to its end.",
            &figures.piece,
        );
        text.0
    }
}

struct Text(String);

impl Text {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn value(&mut self, name: &str, labels: &str, value: f64) {
        let labels = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }

    fn times(&mut self, name: &str, help: &str, times: &Times) {
        self.head(name, "histogram", help);
        let counts = times.cumulative();
        let bounds = Times::BOUNDS.iter().map(f64::to_string).chain(["+Inf".to_owned()]);
        for (bound, count) in bounds.zip(counts) {
            self.value(&format!("{name}_bucket"), &format!("le=\"{bound}\""), count as f64);
        }
        self.value(&format!("{name}_sum"), "", times.seconds());
        self.value(&format!("{name}_count"), "", counts[Times::BOUNDS.len()] as f64);
    }
}
