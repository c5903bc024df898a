//! A right operand, laid out for the inner loop.

use std::ops::Range;

use super::pairs::PackPairs;
use super::view::View;
use crate::isa::Isa;
use crate::lines::Lines;
use crate::precision::{BytePair, Pair, Precision, Short, Weights};
use crate::simd::{Factor, Kernel, Simd, dispatch};

/// A right operand, cut into panels of as many columns as a tile has. Rows of one panel lie one
/// behind the other, so that the inner loop reads it from end to end; the last panel is padded
/// with zeros.
#[derive(Clone, Debug)]
pub(crate) struct Panels {
    pub(super) isa: Isa,
    /// (depth, columns) of the matrix, once it is laid out.
    shape: Option<(usize, usize)>,
    pub(super) factors: Factors,
}

/// The panels' numbers, one or two rows of the matrix in one.
#[derive(Clone, Debug)]
pub(super) enum Factors {
    F32(Sheet<f32>),
    Bf16(Sheet<Pair>),
    /// Multiplied with `f32`.
    Short(Sheet<Short>),
    /// Two rows in one, multiplied with whole numbers, and the sum of each column by a scale.
    Byte(Sheet<BytePair>, Vec<f32>),
}

/// The values of all panels.
#[derive(Clone, Debug, Default)]
pub(super) struct Sheet<F: Copy + Default> {
    /// How many factors stand one below the other in a column.
    pub(super) depth: usize,
    values: Lines<F>, // (panel, depth, width)
}

impl Panels {
    /// Room for a matrix that is not yet laid out, for products with the instructions of `isa`.
    pub(crate) fn new(isa: Isa, precision: Precision) -> Panels {
        let factors = match precision {
            Precision::F32 => Factors::F32(Sheet::default()),
            Precision::Bf16 => Factors::Bf16(Sheet::default()),
        };
        Panels { isa, shape: None, factors }
    }

    /// As [`Panels::new`], for a matrix that multiplies `f32` values.
    pub(crate) fn compact(isa: Isa, weights: Weights) -> Panels {
        let factors = match weights {
            Weights::F32 => Factors::F32(Sheet::default()),
            Weights::Bf16 => Factors::Short(Sheet::default()),
            Weights::Int8 => Factors::Byte(Sheet::default(), Vec::new()),
        };
        Panels { isa, shape: None, factors }
    }

    /// How many rows the matrix has.
    pub(crate) fn depth(&self) -> usize {
        self.shape().0
    }

    /// How many columns the matrix has.
    pub(crate) fn columns(&self) -> usize {
        self.shape().1
    }

    /// How many bytes its numbers take.
    pub(crate) fn bytes(&self) -> usize {
        match &self.factors {
            Factors::F32(sheet) => size_of_val(&*sheet.values),
            Factors::Bf16(sheet) => size_of_val(&*sheet.values),
            Factors::Short(sheet) => size_of_val(&*sheet.values),
            Factors::Byte(sheet, _) => size_of_val(&*sheet.values),
        }
    }

    fn shape(&self) -> (usize, usize) {
        self.shape.expect("weights are packed before they are used")
    }

    /// Lays out the matrix `from` (depth, columns).
    pub(crate) fn pack(&mut self, depth: usize, columns: usize, from: View<'_>) {
        let width = dispatch(self.isa, PanelWidth);
        self.shape = Some((depth, columns));
        let padded = columns.next_multiple_of(width);
        match &mut self.factors {
            Factors::F32(Sheet { depth: rows, values }) => {
                *rows = depth;
                values.resize(padded * depth);
                pack_panels(depth, columns, width, from, values);
            }
            Factors::Bf16(Sheet { depth: rows, values }) => {
                *rows = depth.div_ceil(2);
                values.resize(padded * *rows);
                dispatch(self.isa, PackPairs { depth, columns, width, from, values });
            }
            Factors::Short(sheet) => {
                let at = |row: usize, column: usize| Short::round(from.at(row, column));
                sheet.pack(depth, columns, width, at);
            }
            Factors::Byte(sheet, scales) => {
                let largest = |column: usize| {
                    (0..depth).fold(0.0, |max: f32, row| max.max(from.at(row, column).abs()))
                };
                scales.clear();
                scales.extend((0..columns).map(|column| largest(column) / 127.0));
                let byte = |row: usize, column: usize| match row < depth {
                    // Where all weights are zero, zero over zero becomes the byte zero.
                    true => (from.at(row, column) / scales[column]).round_ties_even() as i8,
                    false => 0,
                };
                sheet.pack(depth.div_ceil(2), columns, width, |pair, column| {
                    BytePair([byte(2 * pair, column), byte(2 * pair + 1, column)])
                });
            }
        }
    }
}

impl<F: Factor> Sheet<F> {
    /// How many panels there are.
    #[inline(always)]
    pub(super) fn panels<S: Simd>(&self) -> usize {
        self.values.len() / (self.depth * S::PANEL)
    }

    /// Rows `deep` of a panel.
    #[inline(always)]
    pub(super) fn part<S: Simd>(&self, panel: usize, deep: Range<usize>) -> &[F] {
        let first = panel * self.depth;
        &self.values[(first + deep.start) * S::PANEL..(first + deep.end) * S::PANEL]
    }

    /// Lays out a matrix value by value.
    fn pack(&mut self, depth: usize, columns: usize, width: usize, at: impl Fn(usize, usize) -> F) {
        self.depth = depth;
        self.values.resize(columns.next_multiple_of(width) * depth);
        self.values.fill(F::default());
        for column in 0..columns {
            let first = column / width * width * depth + column % width;
            for row in 0..depth {
                self.values[first + row * width] = at(row, column);
            }
        }
    }
}

struct PanelWidth;

impl Kernel for PanelWidth {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> usize {
        S::PANEL
    }
}

/// Writes the matrix `from` (depth, columns) as panels of `width` columns into `values`.
fn pack_panels(depth: usize, columns: usize, width: usize, from: View<'_>, values: &mut [f32]) {
    if depth == 0 {
        return;
    }
    for (index, panel) in values.chunks_exact_mut(depth * width).enumerate() {
        let first = index * width;
        let filled = width.min(columns - first);
        if filled < width {
            panel.fill(0.0);
        }
        let from = View { values: &from.values[first * from.column_stride..], ..from };
        if from.column_stride == 1 {
            for (row, to) in panel.chunks_exact_mut(width).enumerate() {
                to[..filled].copy_from_slice(&from.values[row * from.row_stride..][..filled]);
            }
        } else {
            // Down in steps of a cache line, so that each line of `from` is read at once.
            for (block, to) in panel.chunks_mut(16 * width).enumerate() {
                for column in 0..filled {
                    let start = block * 16 * from.row_stride + column * from.column_stride;
                    for (row, to) in to.iter_mut().skip(column).step_by(width).enumerate() {
                        *to = from.values[start + row * from.row_stride];
                    }
                }
            }
        }
    }
}
