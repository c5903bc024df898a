//! A fence around the engine, so that its faults stay its own.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use crate::error::SoundError;

thread_local! {
    /// Whether this thread is inside the fence, where a panic is caught and need not be told.
    static FENCED: Cell<bool> = const { Cell::new(false) };
}

/// Does `work`; a panic in it becomes an error and prints nothing.
///
/// What `work` was changing is in an unknown state after an error: throw it away. The process's
/// panic hook is wrapped once, on first use, and still hears every panic outside a fence.
pub(crate) fn fenced<T>(work: impl FnOnce() -> T) -> Result<T, SoundError> {
    static WRAP_HOOK: Once = Once::new();
    WRAP_HOOK.call_once(|| {
        let hook = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !FENCED.get() {
                hook(panic);
            }
        }));
    });
    let outside = FENCED.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    FENCED.set(outside);
    result.map_err(|_| SoundError::Engine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_inside_is_an_error_and_the_next_work_is_done() {
        assert_eq!(fenced(|| -> u8 { panic!("inside") }), Err(SoundError::Engine));
        assert_eq!(fenced(|| 7), Ok(7));
        assert!(!FENCED.get());
    }
}
