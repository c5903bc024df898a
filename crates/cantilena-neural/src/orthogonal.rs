//! Matrices whose rows stand at right angles.

use crate::random::fill_uniform;

/// Fills a square matrix with rows of length one at right angles to each other.
///
/// Random rows are made so by Gram and Schmidt's process in its modified form, which subtracts
/// from each row its parts along the finished ones, one at a time.
pub(crate) fn fill_orthogonal(matrix: &mut [f32], size: usize, seed: u64) {
    fill_uniform(matrix, seed, 1.0);
    for row in 0..size {
        let (finished, rest) = matrix.split_at_mut(row * size);
        let values = &mut rest[..size];
        for finished in finished.chunks_exact(size) {
            let along = dot(finished, values);
            for (value, part) in values.iter_mut().zip(finished) {
                *value -= along * part;
            }
        }
        let length = dot(values, values).sqrt();
        values.iter_mut().for_each(|value| *value /= length);
    }
}

/// The inner product, summed in sixteen strands so that it runs on vectors.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut strands = [0.0; 16];
    for (a, b) in a.chunks(16).zip(b.chunks(16)) {
        for ((strand, a), b) in strands.iter_mut().zip(a).zip(b) {
            *strand += a * b;
        }
    }
    strands.iter().sum()
}
