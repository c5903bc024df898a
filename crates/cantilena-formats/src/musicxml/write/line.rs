//! A voice within a bar.

use cantilena_score::Ticks;

use crate::page::bar::{Event, Segment, segments};
use crate::page::tuplet::BarShape;
use crate::page::voice::ChordGroup;

/// One voice in one bar.
pub(super) struct Line<'a> {
    pub(super) voice: usize,
    pub(super) groups: &'a [ChordGroup],
    pub(super) segments: Vec<Segment>,
}

/// The part of a voice that sounds in a bar; `next` is where to go on behind it.
pub(super) fn line<'a>(
    shape: &BarShape,
    groups: &'a [ChordGroup],
    next: &mut usize,
    onset: Ticks,
    end: Ticks,
) -> Line<'a> {
    let sounding = groups[*next..].iter().take_while(|group| group.onset < end).count();
    let groups = &groups[*next..*next + sounding];
    let events: Vec<Event> = groups
        .iter()
        .map(|group| {
            let release = group.onset + group.duration;
            Event {
                start: (group.onset - onset).0,
                end: (release.min(end) - onset).0,
                goes_on: (group.onset < onset, release > end),
            }
        })
        .collect();
    // One that goes on is met again in the next bar.
    *next += groups.iter().take_while(|group| group.onset + group.duration <= end).count();
    Line { voice: 0, groups, segments: segments(shape, &events) }
}
