//! In which order the bars of a page are played.

use std::ops::Range;

use cantilena_score::{Meter, MeterMap, Ticks, TicksPerQuarter};

/// What a bar says about the order, besides its music.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signs {
    /// A repeat begins here.
    pub(crate) repeat_start: bool,
    /// A section begins here, and with it a repeat that has no start of its own.
    pub(crate) section_start: bool,
    /// A repeat ends here, and how often its music is played in all.
    pub(crate) repeat_end: Option<u32>,
    /// The passes in which this bar is played; empty for all.
    pub(crate) ending: Vec<u32>,
    pub(crate) segno: bool,
    pub(crate) coda: bool,
    pub(crate) to_coda: bool,
    pub(crate) da_capo: bool,
    pub(crate) dal_segno: bool,
    pub(crate) fine: bool,
}

impl Signs {
    /// Adds what another part says of the same bar.
    pub(crate) fn merge(&mut self, other: &Signs) {
        self.repeat_start |= other.repeat_start;
        self.section_start |= other.section_start;
        self.repeat_end = self.repeat_end.max(other.repeat_end);
        self.segno |= other.segno;
        self.coda |= other.coda;
        self.to_coda |= other.to_coda;
        self.da_capo |= other.da_capo;
        self.dal_segno |= other.dal_segno;
        self.fine |= other.fine;
    }
}

/// A repeat that asks for more is a slip of the pen, or hostile.
pub(crate) const MOST_TIMES: u32 = 32;

/// The bars in the order in which they are played, each with the pass of its repeat, from 1.
///
/// After D.C. or D.S., repeats are not taken again and the last ending is played, as is usual.
/// Nothing is played more than [`MOST_TIMES`] times in a repeat.
pub(crate) fn unfold(bars: &[Signs]) -> Vec<(usize, u32)> {
    let mut order = Vec::with_capacity(bars.len());
    let (mut at, mut start, mut pass, mut jumped) = (0, 0, 1, false);
    while let Some(bar) = bars.get(at) {
        let begins = bar.repeat_start || (bar.section_start && !bars[start].repeat_start);
        if begins && at != start {
            (start, pass) = (at, 1);
        }
        let is_played = match jumped {
            true => bar.ending.is_empty() || is_last_ending(bars, at),
            false => bar.ending.is_empty() || bar.ending.contains(&pass),
        };
        if !is_played {
            at += 1;
            // Where no ending is meant for this pass, the music goes on behind them all.
            if bars.get(at).is_none_or(|next| next.ending.is_empty()) {
                (start, pass) = (at, 1);
            }
            continue;
        }
        order.push((at, pass));
        if jumped && bar.fine {
            break;
        }
        if jumped
            && bar.to_coda
            && let Some(coda) = (at + 1..bars.len()).find(|&next| bars[next].coda)
        {
            (at, start, pass) = (coda, coda, 1);
            continue;
        }
        if let Some(times) = bar.repeat_end
            && !jumped
            && pass < times.max(passes(bars, start)).min(MOST_TIMES)
        {
            (at, pass) = (start, pass + 1);
            continue;
        }
        if !jumped && (bar.da_capo || bar.dal_segno) {
            let segno = bars[..=at].iter().rposition(|bar| bar.segno);
            at = if bar.dal_segno { segno.unwrap_or(0) } else { 0 };
            (start, pass, jumped) = (at, 1, true);
            continue;
        }
        at += 1;
        let ends = bar.repeat_end.is_some() || !bar.ending.is_empty();
        if ends && bars.get(at).is_none_or(|next| next.ending.is_empty()) {
            (start, pass) = (at, 1);
        }
    }
    order
}

/// The highest pass that the endings of the repeat from `start` name.
fn passes(bars: &[Signs], start: usize) -> u32 {
    let first = (start..bars.len()).find(|&at| !bars[at].ending.is_empty());
    // Endings behind the end of another repeat, or the start of one, are not of this one.
    let own = first.filter(|&first| {
        let ends = bars[start..first].iter().any(|bar| bar.repeat_end.is_some());
        !ends && bars[(start + 1).min(first)..first].iter().all(|bar| !bar.repeat_start)
    });
    let endings = own.map_or(&[][..], |first| &bars[first..]);
    let endings = endings.iter().take_while(|bar| !bar.ending.is_empty());
    endings.flat_map(|bar| &bar.ending).copied().max().unwrap_or(1)
}

/// Whether the ending of a bar is the last of its repeat.
fn is_last_ending(bars: &[Signs], at: usize) -> bool {
    let own = &bars[at].ending;
    let rest = bars[at..].iter().take_while(|bar| !bar.ending.is_empty());
    { rest }.all(|bar| bar.ending == *own)
}

/// A bar as it is played: which, in which pass of its repeat, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Played {
    pub(crate) bar: usize,
    /// Counted from 1.
    pub(crate) pass: u32,
    /// Ticks since the start of the score.
    pub(crate) onset: u64,
}

/// The bars as they are played, where they last so many ticks each; at most so many of them.
///
/// Each section is played by itself, in the order given; repeats do not reach out of it.
pub(crate) fn play(
    signs: &[Signs],
    lengths: &[u64],
    sections: &[Range<usize>],
    most: usize,
) -> Vec<Played> {
    let mut onset = 0;
    let of_section = |section: &Range<usize>| {
        let start = section.start;
        unfold(&signs[section.clone()]).into_iter().map(move |(bar, pass)| (start + bar, pass))
    };
    let order = sections.iter().flat_map(of_section).take(most);
    order
        .map(|(bar, pass)| {
            let played = Played { bar, pass, onset };
            onset += lengths[bar];
            played
        })
        .collect()
}

/// What a page says of the meter of a bar.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BarMeter {
    /// The meter that holds.
    pub(crate) meter: Meter,
    /// Whether it is named here.
    pub(crate) is_named: bool,
    /// The ticks that the bar lasts.
    pub(crate) length: u64,
}

/// Puts the meters of the bars into a map; where a bar is not as long as its meter says, the next
/// bar begins it anew.
pub(crate) fn set_meters(
    map: &mut MeterMap,
    clock: TicksPerQuarter,
    order: &[Played],
    bars: &[BarMeter],
) {
    let (mut current, mut since) = (Meter::COMMON, 0u64);
    let mut seen = vec![false; bars.len()];
    for &Played { bar, onset, .. } in order {
        let BarMeter { meter: nominal, is_named, length } = bars[bar];
        let bar_length = u64::from(nominal.bar(clock).0);
        // A bar that is too long is one of more beats.
        let beat = u64::from(nominal.beat(clock).0);
        let beats = u8::try_from(length / beat).ok();
        let is_long = length > bar_length && length.is_multiple_of(beat);
        let wider = beats.filter(|_| is_long).map(|b| Meter::new(b, nominal.denominator()));
        let meter = match wider {
            Some(Ok(meter)) => meter,
            _ => nominal,
        };
        let current_bar = u64::from(current.bar(clock).0);
        let is_new = is_named && !std::mem::replace(&mut seen[bar], true);
        if is_new || meter != current || !(onset - since).is_multiple_of(current_bar) {
            map.insert(Ticks(u32::try_from(onset).unwrap_or(u32::MAX)), meter);
            (current, since) = (meter, onset);
        }
    }
}

/// Changes given by bar, each with its ticks since the bar began, in the order in which they are
/// played. When a bar is played again, only what is then different is a change.
pub(crate) fn play_changes<T: Copy + PartialEq>(
    order: &[Played],
    by_bar: &[Vec<(u64, T)>],
) -> Vec<(u64, T)> {
    // What holds where each bar begins, as written.
    let mut holds: Vec<Option<T>> = Vec::with_capacity(by_bar.len());
    let mut last = None;
    for changes in by_bar {
        holds.push(last);
        last = changes.last().map(|&(_, what)| what).or(last);
    }
    let mut played: Vec<(u64, T)> = Vec::new();
    let mut seen = vec![false; by_bar.len()];
    let mut current = None;
    for &Played { bar, onset, .. } in order {
        let again = std::mem::replace(&mut seen[bar], true);
        let at_start = holds[bar].filter(|_| by_bar[bar].first().is_none_or(|c| c.0 > 0));
        let back = at_start.filter(|what| again && current != Some(*what));
        let own = by_bar[bar].iter().copied();
        for (at, what) in back.map(|what| (0, what)).into_iter().chain(own) {
            if !again || current != Some(what) {
                played.push((onset + at, what));
            }
            current = Some(what);
        }
    }
    played
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bars in words: `|:` and `:|` repeat (`:3|` three times), `||` begins a section, `[1` is an
    /// ending, and signs.
    #[track_caller]
    fn check(page: &str, order: &[usize]) {
        let bars: Vec<Signs> = page
            .split(',')
            .map(|bar| {
                let mut signs = Signs::default();
                for word in bar.split_whitespace() {
                    match word {
                        "|:" => signs.repeat_start = true,
                        "||" => signs.section_start = true,
                        ":|" => signs.repeat_end = Some(2),
                        ":3|" => signs.repeat_end = Some(3),
                        "segno" => signs.segno = true,
                        "coda" => signs.coda = true,
                        "tocoda" => signs.to_coda = true,
                        "DC" => signs.da_capo = true,
                        "DS" => signs.dal_segno = true,
                        "fine" => signs.fine = true,
                        ending if ending.starts_with('[') => {
                            signs.ending =
                                ending[1..].chars().filter_map(|c| c.to_digit(10)).collect();
                        }
                        _ => {}
                    }
                }
                signs
            })
            .collect();
        let found: Vec<usize> = unfold(&bars).into_iter().map(|(bar, _)| bar + 1).collect();
        assert_eq!(found, order, "{page}");
    }

    #[test]
    fn repeats_are_played_as_often_as_they_say() {
        check("a, b, c", &[1, 2, 3]);
        check("a, b :|, c", &[1, 2, 1, 2, 3]);
        check("a, |: b, c :3|, d", &[1, 2, 3, 2, 3, 2, 3, 4]);
        check("a :|, |: b :|", &[1, 1, 2, 2]);
        check("a :|, b :|, c", &[1, 1, 2, 2, 3]);
    }

    #[test]
    fn a_repeat_without_a_start_goes_back_to_its_section() {
        check("a, || b, c :|", &[1, 2, 3, 2, 3]);
        check("a, || b :|, || c, d :|", &[1, 2, 2, 3, 4, 3, 4]);
        check("a, || b, [1 c :|, [2 d", &[1, 2, 3, 2, 4]);
        check("|: a, || b :|, c", &[1, 2, 1, 2, 3]);
        check("|: a :|, b, || c :|", &[1, 1, 2, 3, 3]);
    }

    #[test]
    fn each_pass_has_its_ending() {
        check("|: a, [1 b :|, [2 c, d", &[1, 2, 1, 3, 4]);
        check("|: a, [12 b :|, [3 c, d", &[1, 2, 1, 2, 1, 3, 4]);
        check(
            "|: a, [1 b, [1 c :|, [2 d, [2 e, |: f, [1 g :|, [2 h",
            &[1, 2, 3, 1, 4, 5, 6, 7, 6, 8],
        );
        check("|: a, [1 b :|, c", &[1, 2, 1, 3]);
        check("|: a, [1 b :|, [2 c :|, d", &[1, 2, 1, 3, 4]);
    }

    #[test]
    fn jumps_lead_to_their_signs_and_repeats_are_not_taken_again() {
        check("a fine, b DC", &[1, 2, 1]);
        check("a, segno b, c fine, d DS", &[1, 2, 3, 4, 2, 3]);
        check("a :|, b tocoda, c DC, coda d", &[1, 1, 2, 3, 1, 2, 4]);
        check("|: a, [1 b :|, [2 c fine, d DC", &[1, 2, 1, 3, 4, 1, 3]);
    }
}
