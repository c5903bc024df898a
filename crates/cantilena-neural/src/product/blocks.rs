//! How large products are cut.

use std::ops::Range;

use crate::simd::TILE_ROWS;

/// How deep a block is: the length of the inner loop. A panel of it (128 KiB with AVX-512) and a
/// block of the left operand fit the second-level cache together; a shorter loop would load and
/// store the sums too often.
pub(super) const DEPTH: usize = 512;

/// How many rows of the left operand make a block: 384 KiB at full depth.
pub(super) const ROWS: usize = 32 * TILE_ROWS;

/// `0..rows` in runs of at most `size`.
pub(super) fn blocks(rows: usize, size: usize) -> impl Iterator<Item = Range<usize>> {
    (0..rows).step_by(size).map(move |first| first..rows.min(first + size))
}

/// The rows of a block as (first, how many), cut into as few tiles as there can be and these as
/// even as they can be: 16 rows are 6 + 5 + 5, for a tile of 4 keeps the multipliers less busy.
#[inline(always)]
pub(super) fn even_tiles(block: Range<usize>) -> impl Iterator<Item = (usize, usize)> {
    let rows = block.len();
    let tiles = rows.div_ceil(TILE_ROWS);
    (0..tiles).map(move |tile| {
        let first = rows * tile / tiles;
        (block.start + first, rows * (tile + 1) / tiles - first)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_of_a_block_are_even_and_whole() {
        let tiles: Vec<_> = even_tiles(10..26).collect();
        assert_eq!(tiles, [(10, 5), (15, 5), (20, 6)]);
        for rows in 0..100 {
            assert_eq!(even_tiles(0..rows).map(|(_, rows)| rows).sum::<usize>(), rows);
            assert!(even_tiles(0..rows).all(|(_, rows)| (1..=TILE_ROWS).contains(&rows)));
        }
    }
}
