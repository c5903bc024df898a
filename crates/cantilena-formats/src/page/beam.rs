//! Which flags of neighbouring notes become beams.

use crate::page::bar::Segment;
use crate::page::tuplet::BarShape;
use crate::page::value::Value;

/// For each segment the words of its beams, the outermost first.
pub(crate) fn beams(shape: &BarShape, segments: &[Segment]) -> Vec<Vec<&'static str>> {
    let count = |segment: &Segment| match segment.event {
        Some(_) => segment.value.map_or(0, Value::beams),
        None => 0,
    };
    let counts: Vec<u8> = segments.iter().map(count).collect();
    let beat = if shape.is_compound() { 3 * shape.unit() } else { shape.ticks_per_quarter };
    let group = |segment: &Segment| segment.start / beat;
    // Two neighbours share a beam of a depth if both have so many and stand in one beat.
    let joined = |left: usize, depth: u8| {
        counts.get(left).is_some_and(|&count| count > depth)
            && counts.get(left + 1).is_some_and(|&count| count > depth)
            && group(&segments[left]) == group(&segments[left + 1])
    };
    (0..segments.len())
        .map(|at| {
            let before = |depth| at > 0 && joined(at - 1, depth);
            if !before(0) && !joined(at, 0) {
                return Vec::new();
            }
            let word = |depth| match (before(depth), joined(at, depth)) {
                (false, true) => "begin",
                (true, true) => "continue",
                (true, false) => "end",
                (false, false) if before(0) => "backward hook",
                (false, false) => "forward hook",
            };
            (0..counts[at]).map(word).collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::bar::{Event, segments};
    use cantilena_score::Meter;

    #[test]
    fn flags_of_one_beat_are_joined() {
        let shape =
            BarShape { length: 96, meter: Meter::COMMON, ticks_per_quarter: 24, shortest: 3 };
        let event = |(start, end)| Event { start, end, goes_on: (false, false) };
        let events = [(0, 18), (18, 24), (24, 36), (36, 48), (48, 60), (72, 84)].map(event);
        let segments = segments(&shape, &events);
        let found: Vec<String> = beams(&shape, &segments).iter().map(|b| b.join("+")).collect();
        assert_eq!(found, ["begin", "end+backward hook", "begin", "end", "", "", "", ""]);
    }
}
