//! Sums of rows.

/// onto += values.
pub(crate) fn add(values: &[f32], onto: &mut [f32]) {
    for (onto, value) in onto.iter_mut().zip(values) {
        *onto += value;
    }
}

/// onto += the sum of all rows of `matrix`, in their order.
pub(crate) fn add_rows(matrix: &[f32], onto: &mut [f32]) {
    if !onto.is_empty() {
        matrix.chunks_exact(onto.len()).for_each(|row| add(row, onto));
    }
}
