//! Arrays that begin with a line of the cache.

use std::ops::{Deref, DerefMut};

/// How many bytes a line of the cache has, and the widest vector.
const LINE: usize = 64;

/// An array whose first value lies at the beginning of a line of the cache, so that no vector
/// read from a multiple of its length lies in two.
#[derive(Debug)]
pub(crate) struct Lines<F> {
    /// The array and as much as may lie before it.
    room: Vec<F>,
    first: usize,
}

impl<F: Copy + Default> Lines<F> {
    /// Makes room for `len` values. What they are is not said; none are read before written.
    pub(crate) fn resize(&mut self, len: usize) {
        self.room.resize(len + LINE / size_of::<F>(), F::default());
        // Only speed depends on it, so that a platform may answer that it cannot tell.
        let first = self.room.as_ptr().align_offset(LINE);
        self.first = if first <= self.room.len() - len { first } else { 0 };
        self.room.truncate(self.first + len);
    }
}

impl<F> Default for Lines<F> {
    fn default() -> Lines<F> {
        Lines { room: Vec::new(), first: 0 }
    }
}

impl<F: Copy + Default> Clone for Lines<F> {
    fn clone(&self) -> Lines<F> {
        let mut lines = Lines::default();
        lines.resize(self.len());
        lines.copy_from_slice(self);
        lines
    }
}

impl<F> Deref for Lines<F> {
    type Target = [F];

    fn deref(&self) -> &[F] {
        &self.room[self.first..]
    }
}

impl<F> DerefMut for Lines<F> {
    fn deref_mut(&mut self) -> &mut [F] {
        &mut self.room[self.first..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_begins_with_a_line_whatever_its_length_and_wherever_it_moves() {
        let mut lines = Lines::<f32>::default();
        assert!(lines.is_empty());
        for len in [0, 1, 15, 16, 1000, 3, 100_000] {
            lines.resize(len);
            lines.fill(len as f32);
            for lines in [&lines, &lines.clone()] {
                assert_eq!(**lines, vec![len as f32; len]);
                assert!(len == 0 || lines.as_ptr().addr().is_multiple_of(LINE));
            }
        }
    }
}
