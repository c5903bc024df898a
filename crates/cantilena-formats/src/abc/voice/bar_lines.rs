//! Bar lines, repeats and endings.

use super::Voice;
use crate::abc::notes::Scanner;

impl Voice {
    /// All signs of a bar line: `|`, `||`, `|]`, `:|`, `|:`, `::`, `|1`, `:|2`.
    pub(super) fn bar_line(&mut self, scanner: &mut Scanner<'_>) {
        let mut signs = String::new();
        loop {
            match scanner.peek() {
                Some(sign @ ('|' | ':')) => {
                    scanner.next();
                    signs.push(sign);
                }
                Some(']') if signs.ends_with('|') || signs == "[" => {
                    scanner.next();
                    signs.push(']');
                }
                Some('[') if scanner.rest()[1..].starts_with(['|', ']']) => {
                    scanner.next();
                    signs.push('[');
                }
                _ => break,
            }
        }
        // Colons before a line close a repeat, and colons behind the last one open one; two
        // colons alone do both.
        let colons = |text: &str| text.len() - text.trim_end_matches(':').len();
        let (closes, opens) = match signs.find(":|") {
            _ if signs.chars().all(|c| c == ':') => match signs.len() {
                1 => (1, 0),
                both => (both / 2, both / 2),
            },
            Some(at) => (colons(&signs[..=at]), colons(&signs)),
            None => (0, colons(&signs)),
        };
        let is_double = signs.contains("||") || signs.contains(']') || signs.contains('[');
        if closes > 0 {
            self.close_repeat(closes as u32 + 1);
        }
        self.end_bar();
        if closes > 0 || opens > 0 || is_double {
            self.ending.clear();
        }
        if opens > 0 {
            self.bar().signs.repeat_start = true;
        }
        // A repeat without a start goes back to the latest double bar (abc 2.1, § 4.8).
        if is_double {
            self.bar().signs.section_start = true;
        }
        if scanner.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.begin_ending(scanner);
        }
    }

    /// Marks the last bar that holds something as the end of a repeat.
    pub(super) fn close_repeat(&mut self, times: u32) {
        let empty = self.bar().length == 0;
        let place = self.bars.len() - 1 - usize::from(empty && self.bars.len() > 1);
        let signs = &mut self.bars[place].signs;
        signs.repeat_end = signs.repeat_end.max(Some(times));
    }

    /// `[1`, `|1,3`, `[1-3`.
    pub(super) fn begin_ending(&mut self, scanner: &mut Scanner<'_>) {
        if self.position > 0 {
            self.end_bar();
        }
        let mut numbers: Vec<u32> = Vec::new();
        while let Some(number) = scanner.number() {
            numbers.push(number.min(32));
            if scanner.eat("-") {
                let last = scanner.number().unwrap_or(number).min(32);
                numbers.extend(number.min(32) + 1..=last);
            }
            // A comma before a note is no part of the numbers.
            let mut ahead = *scanner;
            if !(ahead.eat(",") && ahead.peek().is_some_and(|c| c.is_ascii_digit())) {
                break;
            }
            *scanner = ahead;
        }
        self.ending = numbers;
        let ending = self.ending.clone();
        self.bar().signs.ending = ending;
    }
}
