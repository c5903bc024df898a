//! Words under the notes.

use super::Voice;
use crate::abc::bar::Bar;
use crate::abc::notes::Scanner;

impl Voice {
    /// A line of words under the last line of music (abc 2.1, § 5).
    pub(in crate::abc) fn read_words(&mut self, words: &str) {
        let mut notes = self.line.iter().copied().peekable();
        let mut scanner = Scanner::new(words.trim());
        let verse = self.verse;
        self.verse += 1;
        let mut word = String::new();
        let give = |bars: &mut Vec<Bar>, at: Option<(usize, usize)>, text: &str| {
            if let Some((bar, note)) = at.filter(|_| !text.is_empty()) {
                let lyrics = &mut bars[bar].notes[note].lyrics;
                lyrics.resize(verse, String::new());
                lyrics.push(text.to_owned());
            }
        };
        while let Some(letter) = scanner.next() {
            match letter {
                ' ' | '\t' if word.is_empty() => {}
                ' ' | '\t' => give(&mut self.bars, notes.next(), &std::mem::take(&mut word)),
                '-' if word.is_empty() => {
                    notes.next();
                }
                '-' => {
                    word.push('-');
                    give(&mut self.bars, notes.next(), &std::mem::take(&mut word));
                }
                '_' => {
                    if !word.is_empty() {
                        give(&mut self.bars, notes.next(), &std::mem::take(&mut word));
                    }
                    notes.next();
                }
                '*' => {
                    notes.next();
                }
                '|' => {
                    if !word.is_empty() {
                        give(&mut self.bars, notes.next(), &std::mem::take(&mut word));
                    }
                    // On to the next bar than that of the note sung last.
                    if let Some(&(bar, _)) = notes.peek() {
                        let place = self.line.len() - notes.len();
                        let sung = place.checked_sub(1).map(|last| self.line[last].0);
                        if sung == Some(bar) {
                            while notes.peek().is_some_and(|&(next, _)| next == bar) {
                                notes.next();
                            }
                        }
                    }
                }
                '~' => word.push(' '),
                // What stands behind a backslash stands for itself.
                '\\' => word.extend(scanner.next()),
                letter => word.push(letter),
            }
        }
        give(&mut self.bars, notes.next(), &word);
    }
}
