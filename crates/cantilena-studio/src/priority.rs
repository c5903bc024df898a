//! Threads that work for long stand back for those that answer.
//!
//! Composing and learning take every processor there is. Where somebody waits for an answer, the
//! system should give it to the thread that has one at once, and not when a slice of time is over.

/// How far a thread stands back: steps of the system's priority, 0 to 19.
#[derive(Clone, Copy)]
pub(crate) enum StandBack {
    /// Somebody waits for the notes.
    Composing = 5,
    /// Nobody waits for the next step.
    Learning = 10,
}

impl StandBack {
    /// Lets the calling thread, and those it starts, stand back from here on.
    pub(crate) fn here(self) {
        // Elsewhere the call is one of the whole process, which would gain nothing.
        #[cfg(target_os = "linux")]
        {
            // A system that refuses gives every thread the same, as before.
            let _ = rustix::process::nice(self as i32);
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_thread_stands_back_and_no_other_does() {
        let nice = || rustix::process::nice(0).unwrap();
        let before = nice();
        let there = std::thread::spawn(move || {
            StandBack::Composing.here();
            nice()
        });
        assert_eq!(there.join().unwrap(), (before + 5).min(19));
        assert_eq!(nice(), before);
    }
}
