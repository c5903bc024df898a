//! Products of matrices, added to where they belong.
//!
//! Two of them carry all the weight of training. [`multiply`] has a right operand that was laid
//! out beforehand ([`Panels`]) because it is used again and again: a weight matrix. In
//! [`multiply_transposed`] both operands are new: the gradient of a weight matrix.
//!
//! Both cut the work as Goto and van de Geijn describe ("Anatomy of high-performance matrix
//! multiplication", 2008): a block of the left operand stays in the second-level cache while a
//! panel of the right one passes by, tile after tile.

mod affine;
mod blocks;
mod multiply;
mod narrow;
mod pairs;
mod panels;
#[cfg(test)]
mod tests;
mod transposed;
mod view;
mod words;

pub(crate) use affine::Affine;
pub(crate) use multiply::{Way, multiply, multiply_columns};
pub(crate) use panels::Panels;
pub(crate) use transposed::multiply_transposed;
pub(crate) use view::View;
