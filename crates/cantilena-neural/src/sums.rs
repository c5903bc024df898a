//! Sums of rows: biases going forward, their gradients going back.

/// Sets every row of `matrix` to `row`.
pub(crate) fn fill_rows(row: &[f32], matrix: &mut [f32]) {
    if !row.is_empty() {
        matrix.chunks_exact_mut(row.len()).for_each(|to| to.copy_from_slice(row));
    }
}

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
