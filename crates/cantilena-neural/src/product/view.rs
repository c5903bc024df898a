//! A matrix as it lies in memory.

/// A matrix to be read, in whatever order its strides say.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) values: &'a [f32],
    pub(crate) row_stride: usize,
    pub(crate) column_stride: usize,
}

impl<'a> View<'a> {
    /// The matrix (·, `columns`) whose rows lie one behind the other.
    pub(crate) fn of(values: &'a [f32], columns: usize) -> View<'a> {
        View { values, row_stride: columns, column_stride: 1 }
    }

    /// The value at a place.
    pub(super) fn at(self, row: usize, column: usize) -> f32 {
        self.values[row * self.row_stride + column * self.column_stride]
    }

    /// The matrix on its side.
    pub(crate) fn transposed(self) -> View<'a> {
        View { row_stride: self.column_stride, column_stride: self.row_stride, ..self }
    }
}
