//! A matrix with what its sums start from.

use super::multiply::{Way, multiply};
use super::panels::Panels;
use super::view::View;
use crate::simd::Start;

/// A right operand, and a bias for each of its columns; an empty one is zero.
#[derive(Clone, Debug)]
pub(crate) struct Affine {
    pub(crate) panels: Panels,
    pub(crate) bias: Vec<f32>, // (columns,) or empty
}

impl Affine {
    /// Panels that are not yet laid out, without a bias.
    pub(crate) fn new(panels: Panels) -> Affine {
        Affine { panels, bias: Vec::new() }
    }

    /// Lays out the matrix `from` (depth, columns), and takes in the bias.
    pub(crate) fn pack(&mut self, depth: usize, columns: usize, from: View<'_>, bias: &[f32]) {
        self.panels.pack(depth, columns, from);
        self.bias.clear();
        self.bias.extend_from_slice(bias);
    }

    /// onto (rows, columns) = bias + left (rows, depth) · panels.
    pub(crate) fn apply(&self, way: Way, rows: usize, left: &[f32], onto: &mut [f32]) {
        multiply(way, rows, left, &self.panels, Start::Row(&self.bias), onto);
    }

    /// onto (rows, columns) += left (rows, depth) · panels, without the bias.
    pub(crate) fn add(&self, way: Way, rows: usize, left: &[f32], onto: &mut [f32]) {
        multiply(way, rows, left, &self.panels, Start::There, onto);
    }
}
