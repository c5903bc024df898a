//! The tokens of single fields of `notes`.

use cantilena_score::{BarPosition, Meter, Pitch, Ticks};

use crate::field::NONE;
use crate::notes::{BARS_LEFT_MAX, INTERVAL_MAX, METERS, POSITIONS_MAX};
use crate::setting::{Part, Setting};

pub(super) fn pitch(pitch: Pitch, is_drums: bool) -> u16 {
    1 + u16::from(pitch.number()) + if is_drums { Pitch::COUNT as u16 } else { 0 }
}

pub(super) fn meter(meter: Meter) -> u16 {
    let known = METERS.iter().position(|&row| row == (meter.numerator(), meter.denominator()));
    1 + known.unwrap_or(METERS.len()) as u16
}

pub(super) fn bars_left(setting: &Setting, place: BarPosition) -> u16 {
    setting
        .bars
        .map_or(NONE, |bars| 2.max(bars.saturating_sub(place.bar).min(BARS_LEFT_MAX) + 1) as u16)
}

pub(super) fn position(position: Ticks) -> u16 {
    1 + position.0.min(POSITIONS_MAX - 1) as u16
}

pub(super) fn phrase(place: BarPosition) -> u16 {
    1 + (place.bar % 8) as u16
}

pub(super) fn program(part: &Part) -> u16 {
    if part.is_drums { 129 } else { 1 + u16::from(part.program.number()) }
}

pub(super) fn pitch_class(pitch: u16) -> u16 {
    match pitch {
        NONE => NONE,
        drum if drum > Pitch::COUNT as u16 => NONE,
        pitch => 1 + (pitch - 1) % 12,
    }
}

pub(super) fn interval(last: u16, pitch: u16) -> u16 {
    if last == NONE || pitch == NONE {
        return NONE;
    }
    let interval = i32::from(pitch) - i32::from(last);
    (1 + INTERVAL_MAX + interval.clamp(-INTERVAL_MAX, INTERVAL_MAX)) as u16
}
