//! Work on the rows of a table, shared among threads.

use std::num::NonZero;

/// Gives `work` the rows of a table in as many blocks as there are threads, each with the index
/// of its first row.
///
/// No row is seen by two threads, so the result cannot depend on how many there are, as long as
/// `work` treats every row by itself.
pub(crate) fn share_rows<T: Send>(
    table: &mut [T],
    width: usize,
    threads: NonZero<usize>,
    work: impl Fn(usize, &mut [T]) + Sync,
) {
    // What has no size takes no room.
    let mut nothing = vec![(); table.len()];
    share_row_pairs(table, &mut nothing, width, threads, |first, rows, _| work(first, rows));
}

/// The same with two tables of one shape.
pub(crate) fn share_row_pairs<T: Send, U: Send>(
    left: &mut [T],
    right: &mut [U],
    width: usize,
    threads: NonZero<usize>,
    work: impl Fn(usize, &mut [T], &mut [U]) + Sync,
) {
    let rows = left.len().checked_div(width).unwrap_or(0);
    let block = rows.div_ceil(threads.get()).max(1);
    if block >= rows {
        return work(0, left, right);
    }
    let (left, right) = (left.chunks_mut(block * width), right.chunks_mut(block * width));
    std::thread::scope(|scope| {
        for (index, (left, right)) in left.zip(right).enumerate() {
            let work = &work;
            scope.spawn(move || work(index * block, left, right));
        }
    });
}
