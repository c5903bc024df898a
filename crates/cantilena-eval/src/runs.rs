//! Many sequences, ready to be searched for what another has in common with them.

use std::hash::{DefaultHasher, Hash, Hasher};

/// Sequences of symbols, with an index of where each run of a given length begins.
#[derive(Debug)]
pub(crate) struct Runs<Symbol> {
    /// Symbols in the shortest run that is found.
    shortest: usize,
    sequences: Vec<Vec<Symbol>>,
    /// A hash of each run with its sequence and place, in order. What hashes alike is compared,
    /// so a collision costs time and no truth.
    starts: Vec<(u64, u32, u32)>,
}

/// A run in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// Where it begins in the sequence asked about.
    pub(crate) at: usize,
    /// In symbols.
    pub(crate) length: usize,
    /// Which sequence has it.
    pub(crate) sequence: usize,
}

impl<Symbol: Hash + Eq> Runs<Symbol> {
    /// Reads the sequences.
    pub(crate) fn new(shortest: usize, sequences: Vec<Vec<Symbol>>) -> Runs<Symbol> {
        let mut starts = Vec::new();
        for (sequence, symbols) in (0..).zip(&sequences) {
            let runs = symbols.windows(shortest).map(hash);
            starts.extend((0..).zip(runs).map(|(place, hash)| (hash, sequence, place)));
        }
        starts.sort_unstable();
        Runs { shortest, sequences, starts }
    }

    /// The runs in common that go no further to either side, by where they begin; of several in
    /// one place, by the order of the sequences.
    pub(crate) fn common<'a>(&'a self, symbols: &'a [Symbol]) -> impl Iterator<Item = Run> + 'a {
        symbols.windows(self.shortest).enumerate().flat_map(move |(at, run)| {
            let hash = hash(run);
            let first = self.starts.partition_point(|start| start.0 < hash);
            let alike = self.starts[first..].iter().take_while(move |start| start.0 == hash);
            alike.filter_map(move |&(_, sequence, place)| {
                let (theirs, place) = (&self.sequences[sequence as usize], place as usize);
                // What goes on to the left was measured there.
                if at > 0 && place > 0 && symbols[at - 1] == theirs[place - 1] {
                    return None;
                }
                let pairs = symbols[at..].iter().zip(&theirs[place..]);
                let length = pairs.take_while(|(ours, theirs)| ours == theirs).count();
                let sequence = sequence as usize;
                (length >= self.shortest).then_some(Run { at, length, sequence })
            })
        })
    }
}

/// The same on every run of the program: the standard hasher with its fixed keys.
fn hash(run: &[impl Hash]) -> u64 {
    let mut hasher = DefaultHasher::new();
    run.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(corpus: &[&str], text: &str, expected: &[(usize, usize, usize)]) {
        let letters = |text: &str| -> Vec<char> { text.chars().collect() };
        let runs = Runs::new(3, corpus.iter().map(|text| letters(text)).collect());
        let text = letters(text);
        let found: Vec<_> =
            runs.common(&text).map(|run| (run.at, run.length, run.sequence)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn runs_are_found_once_and_whole() {
        check(&["abcdef"], "xbcdey", &[(1, 4, 0)]);
        check(&["abcd", "bcde"], "zabcdez", &[(1, 4, 0), (2, 4, 1)]);
        check(&["abcXabc"], "abc", &[(0, 3, 0), (0, 3, 0)]);
        check(&["aaaa"], "aaaaa", &[(0, 4, 0), (0, 3, 0), (1, 4, 0), (2, 3, 0)]);
        check(&["abcdef"], "abxefx", &[]);
        check(&["ab", ""], "ab", &[]);
    }
}
