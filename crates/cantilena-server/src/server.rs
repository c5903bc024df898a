//! Opening the door, and closing it.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cantilena_studio::{Studio, StudioError, StudioOptions};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use crate::guard::Guard;
use crate::metrics::Metrics;
use crate::problem::Problem;
use crate::routes::router;

/// How a server is started.
#[derive(Clone, Debug)]
pub struct Serving {
    /// The studio behind it.
    pub studio: StudioOptions,
    /// Where it listens. Port 0 takes any that is free.
    pub address: SocketAddr,
    /// One for each person who may come in. Without any, whoever can reach it may; so any address
    /// but a loopback one needs at least one.
    pub tokens: Vec<String>,
}

/// Why a server could not be started.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The studio cannot be opened.
    #[error(transparent)]
    Studio(#[from] StudioError),
    /// Others could reach it, and nothing would tell them from its owner.
    #[error("{0} can be reached from elsewhere, so a --token is needed; 127.0.0.1 needs none")]
    NoToken(SocketAddr),
    /// A token that is too easily guessed.
    #[error("a token of {0} letters is guessed too soon; 16 or more will do")]
    ShortToken(usize),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}; another --port may do")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// No threads.
    #[error("cannot start the server")]
    Start(#[source] std::io::Error),
}

/// What every route works with.
#[derive(Clone)]
pub(crate) struct House {
    pub(crate) studio: Arc<Studio>,
    pub(crate) guard: Arc<Guard>,
    pub(crate) metrics: Arc<Metrics>,
    /// Turns at rendering sound.
    pub(crate) rendering: Arc<Semaphore>,
    /// Held while a training is begun under a key, so that one key begins one.
    pub(crate) beginning: Arc<Mutex<()>>,
    /// Becomes true when the server is to end.
    pub(crate) closing: watch::Receiver<bool>,
    ready: Arc<AtomicBool>,
}

impl House {
    /// Whether a model is loaded.
    pub(crate) fn is_ready(&self) -> bool {
        if self.ready.load(Ordering::Relaxed) {
            return true;
        }
        // One that was trained since.
        let ready = !*self.closing.borrow() && self.studio.has_loaded();
        self.ready.store(ready, Ordering::Relaxed);
        ready
    }
}

/// Letters below which a token is too easily guessed.
const TOKEN_LETTERS_MIN: usize = 16;

/// How long requests under way may take to end.
const PATIENCE: Duration = Duration::from_millis(300);

/// Serves until the system asks the process to end.
///
/// `ready` is called with the address once it listens. On SIGINT or SIGTERM, streams are told,
/// what is under way is kept, and within a second it is over.
pub fn serve(serving: Serving, ready: impl FnOnce(SocketAddr)) -> Result<(), ServeError> {
    let Serving { studio, address, tokens } = serving;
    if !address.ip().is_loopback() && tokens.is_empty() {
        return Err(ServeError::NoToken(address));
    }
    if let Some(short) = tokens.iter().find(|token| token.chars().count() < TOKEN_LETTERS_MIN) {
        return Err(ServeError::ShortToken(short.chars().count()));
    }
    let studio = Arc::new(Studio::open(studio)?);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(ServeError::Start)?;
    let result = runtime.block_on(run(Arc::clone(&studio), address, tokens, ready));
    studio.close();
    // What still blocks is a render whose file is renamed into place or not there at all.
    runtime.shutdown_timeout(Duration::from_millis(100));
    result
}

async fn run(
    studio: Arc<Studio>,
    address: SocketAddr,
    tokens: Vec<String>,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    let cannot = |source| ServeError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    let (close, closing) = watch::channel(false);
    let house = House {
        studio: Arc::clone(&studio),
        guard: Arc::new(Guard::new(address, tokens)),
        metrics: Arc::new(Metrics::default()),
        beginning: Arc::default(),
        rendering: Arc::new(Semaphore::new(2)),
        closing: closing.clone(),
        ready: Arc::new(AtomicBool::new(false)),
    };
    // Models are loaded before they are asked for.
    let warming = Arc::clone(&studio);
    tokio::task::spawn_blocking(move || warming.warm());
    ready(address);
    let mut asked = closing.clone();
    let serving = axum::serve(listener, router(house)).with_graceful_shutdown(async move {
        let _ = asked.wait_for(|closing| *closing).await;
    });
    let mut serving = Box::pin(serving.into_future());
    tokio::select! {
        result = &mut serving => return result.map_err(ServeError::Start),
        () = asked_to_end() => {}
    }
    close.send_replace(true);
    studio.close();
    // A client that does not read must not keep the server.
    let _ = tokio::time::timeout(PATIENCE, serving).await;
    Ok(())
}

/// Waits until the system or Ctrl-C asks the process to end.
async fn asked_to_end() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        match terminate {
            Ok(mut terminate) => {
                tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
            }
            Err(_) => drop(interrupt.await),
        }
    }
    #[cfg(not(unix))]
    drop(interrupt.await);
}

/// Does work that blocks where it holds up nobody.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Problem::internal())
}

/// A seed nobody chose: small enough to be read out.
#[expect(clippy::disallowed_methods, reason = "the door may ask the clock")]
pub(crate) fn drawn_seed() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(1, |time| time.as_micros() as u64 % 1_000_000)
}

/// A line to whoever runs the server, on stderr.
pub(crate) fn say(line: &str) {
    // If nobody listens any more, there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "{line}");
}
