//! In which order the bars of a page are played.

/// What a bar says about the order, besides its music.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Signs {
    /// A repeat begins here.
    pub(super) repeat_start: bool,
    /// A repeat ends here, and how often its music is played in all.
    pub(super) repeat_end: Option<u32>,
    /// The passes in which this bar is played; empty for all.
    pub(super) ending: Vec<u32>,
    pub(super) segno: bool,
    pub(super) coda: bool,
    pub(super) to_coda: bool,
    pub(super) da_capo: bool,
    pub(super) dal_segno: bool,
    pub(super) fine: bool,
}

impl Signs {
    /// Adds what another part says of the same bar.
    pub(super) fn merge(&mut self, other: &Signs) {
        self.repeat_start |= other.repeat_start;
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
pub(super) const MOST_TIMES: u32 = 32;

/// The bars in the order in which they are played, each with the pass of its repeat, from 1.
///
/// After D.C. or D.S., repeats are not taken again and the last ending is played, as is usual.
/// Nothing is played more than [`MOST_TIMES`] times in a repeat.
pub(super) fn unfold(bars: &[Signs]) -> Vec<(usize, u32)> {
    let mut order = Vec::with_capacity(bars.len());
    let (mut at, mut start, mut pass, mut jumped) = (0, 0, 1, false);
    while let Some(bar) = bars.get(at) {
        if bar.repeat_start && at != start {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Bars in words: `|:` and `:|` repeat (`:3|` three times), `[1` an ending, and signs.
    #[track_caller]
    fn check(page: &str, order: &[usize]) {
        let bars: Vec<Signs> = page
            .split(',')
            .map(|bar| {
                let mut signs = Signs::default();
                for word in bar.split_whitespace() {
                    match word {
                        "|:" => signs.repeat_start = true,
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
