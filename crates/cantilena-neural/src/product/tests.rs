//! Products against plain loops, on every instruction set.

use super::narrow::NARROW;
use super::*;
use crate::isa::Isa;
use crate::precision::{Pair, Precision, Weights};
use crate::random::fill_uniform;
use crate::simd::Start;

/// The plain loop, in f64: (rows, columns) = a (rows, depth) · b (depth, columns).
fn plain(rows: usize, depth: usize, columns: usize, a: View<'_>, b: View<'_>) -> Vec<f64> {
    let at = |m: View<'_>, r: usize, c: usize| {
        f64::from(m.values[r * m.row_stride + c * m.column_stride])
    };
    let mut product = Vec::with_capacity(rows * columns);
    for row in 0..rows {
        for column in 0..columns {
            product.push((0..depth).map(|k| at(a, row, k) * at(b, k, column)).sum());
        }
    }
    product
}

/// Sums of `depth` products of values below one, in f32; a missing product would be 0.25 off.
#[track_caller]
fn assert_close(depth: usize, found: &[f32], start: &[f32], expected: &[f64]) {
    let tolerance = 2e-7 * depth as f64 + 1e-6;
    for ((&found, &start), &expected) in found.iter().zip(start).zip(expected) {
        let expected = f64::from(start) + expected;
        assert!((f64::from(found) - expected).abs() <= tolerance, "{found} for {expected}");
    }
}

/// Tails of every kind; the larger ones are too much for an interpreter such as Miri.
const SIZES: &[[usize; 3]] = {
    const ALL: [[usize; 3]; 12] = [
        [1, 1, 1],
        [1, 0, 3],
        [0, 4, 3],
        [2, 3, 5],
        [5, 70, 64],
        [6, 17, 65],
        [7, 16, 63],
        [13, 33, 129],
        [16, 512, 128],
        [23, 513, 31],
        [200, 40, 17],
        [193, 1030, 70],
    ];
    if cfg!(miri) { ALL.split_at(7).0 } else { &ALL }
};

#[test]
fn products_equal_the_plain_loop_on_every_instruction_set() {
    for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
        for &[rows, depth, columns] in SIZES {
            let mut left = vec![0.0; rows * depth];
            let mut right = vec![0.0; depth * columns];
            let mut start = vec![0.0; rows * columns];
            fill_uniform(&mut left, 1, 1.0);
            fill_uniform(&mut right, 2, 1.0);
            fill_uniform(&mut start, 3, 1.0);
            let a = View::of(&left, depth);

            let mut panels = Panels::new(isa, Precision::F32);
            for b in [View::of(&right, columns), View::of(&right, depth).transposed()] {
                let expected = plain(rows, depth, columns, a, b);
                panels.pack(depth, columns, b);
                let mut onto = start.clone();
                multiply(Way::Forth, rows, &left, &panels, Start::There, &mut onto);
                assert_close(depth, &onto, &start, &expected);
                let row = &start[..columns.min(start.len())];
                for row in [row, &[]] {
                    let mut whole: Vec<f32> = row.repeat(rows);
                    whole.resize(start.len(), 0.0);
                    onto.fill(f32::NAN);
                    multiply(Way::Forth, rows, &left, &panels, Start::Row(row), &mut onto);
                    assert_close(depth, &onto, &whole, &expected);
                }
            }

            let mut onto = start.clone();
            multiply_transposed(
                isa,
                Precision::F32,
                [rows, depth, columns],
                &left,
                &right,
                &mut onto,
            );
            let a = View::of(&left, rows).transposed();
            let expected = plain(rows, depth, columns, a, View::of(&right, columns));
            assert_close(depth, &onto, &start, &expected);
        }
    }
}

fn noise(len: usize, key: u64) -> Vec<f32> {
    let mut values = vec![0.0; len];
    fill_uniform(&mut values, key, 1.0);
    values
}

fn bf16(values: &[f32]) -> Vec<f32> {
    let round = |&value| f32::from_bits(Pair::round(0.0, value).lane().to_bits() & !0xffff);
    values.iter().map(round).collect()
}

/// Rows rounded to whole numbers that are at most 16,383 in each.
fn words(values: &[f32], depth: usize) -> Vec<f32> {
    let round = |row: &[f32]| {
        let largest = row.iter().fold(0.0, |largest: f32, value| largest.max(value.abs()));
        let whole = |value: &f32| (value * (16_383.0 / largest)).round_ties_even();
        row.iter().map(|value| whole(value) * (largest / 16_383.0)).collect::<Vec<_>>()
    };
    values.chunks(depth.max(1)).flat_map(round).collect()
}

#[test]
fn compact_weights_are_those_of_the_rounded_matrix() {
    for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
        for &[rows, depth, columns] in SIZES {
            let (left, right) = (noise(rows * depth, 1), noise(depth * columns, 2));
            let start = noise(rows * columns, 3);
            for weights in Weights::ALL {
                let mut kept = right.clone();
                for column in 0..columns {
                    let largest = (0..depth)
                        .map(|row| right[row * columns + column].abs())
                        .fold(0.0, f32::max);
                    for row in 0..depth {
                        let value = &mut kept[row * columns + column];
                        *value = match weights {
                            Weights::F32 => *value,
                            Weights::Bf16 => bf16(&[*value])[0],
                            Weights::Int8 => {
                                (*value / (largest / 127.0)).round_ties_even() * (largest / 127.0)
                            }
                        };
                    }
                }
                let rounded =
                    if weights == Weights::Int8 { words(&left, depth) } else { left.clone() };
                let (a, b) = (View::of(&rounded, depth), View::of(&kept, columns));
                let expected = plain(rows, depth, columns, a, b);
                let mut panels = Panels::compact(isa, weights);
                panels.pack(depth, columns, View::of(&right, columns));
                let mut onto = start.clone();
                multiply(Way::Forth, rows, &left, &panels, Start::There, &mut onto);
                assert_close(depth, &onto, &start, &expected);
            }
        }
    }
}

#[test]
fn weights_that_are_all_zero_stay_so() {
    let mut panels = Panels::compact(Isa::best(), Weights::Int8);
    panels.pack(3, 2, View::of(&[0.0; 6], 2));
    let mut onto = [7.0, 8.0];
    multiply(Way::Forth, 1, &[1.0; 3], &panels, Start::There, &mut onto);
    assert_eq!(onto, [7.0, 8.0]);
}

#[test]
fn products_of_short_numbers_are_those_of_rounded_ones_and_alike_to_the_bit() {
    for &[rows, depth, columns] in SIZES {
        let (left, right) = (noise(rows * depth, 1), noise(depth * columns, 2));
        let start = noise(rows * columns, 3);
        let (a, b) = (bf16(&left), bf16(&right));
        let a_transposed = View::of(&a, rows).transposed();
        let expected = plain(rows, depth, columns, View::of(&a, depth), View::of(&b, columns));
        let expected_transposed = plain(rows, depth, columns, a_transposed, View::of(&b, columns));
        let mut first: Option<[Vec<f32>; 2]> = None;
        for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
            let mut panels = Panels::new(isa, Precision::Bf16);
            panels.pack(depth, columns, View::of(&right, columns));
            let mut onto = start.clone();
            multiply(Way::Forth, rows, &left, &panels, Start::There, &mut onto);
            assert_close(depth, &onto, &start, &expected);

            // Laid out from the matrix on its side, the panels are the same.
            let mut turned = vec![0.0; right.len()];
            for (index, &value) in right.iter().enumerate() {
                turned[index % columns * depth + index / columns] = value;
            }
            panels.pack(depth, columns, View::of(&turned, depth).transposed());
            let mut again = start.clone();
            multiply(Way::Forth, rows, &left, &panels, Start::There, &mut again);
            assert_eq!(onto, again);

            let mut onto_transposed = start.clone();
            let shape = [rows, depth, columns];
            let onto_t = &mut onto_transposed;
            multiply_transposed(isa, Precision::Bf16, shape, &left, &right, onto_t);
            if columns > NARROW {
                assert_close(depth, &onto_transposed, &start, &expected_transposed);
                let found = [onto, onto_transposed];
                match &first {
                    None => first = Some(found),
                    Some(first) => assert!(&found == first, "{isa:?} at {shape:?}"),
                }
            }
        }
    }
}
