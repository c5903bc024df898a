//! A line of music, sign by sign.

use cantilena_score::Meter;

use super::Voice;
use crate::abc::UNITS_PER_QUARTER;
use crate::abc::notes::Scanner;
use crate::fault::Fault;
use crate::repair::Repairs;

impl Voice {
    /// Reads a line of music. `field` is told what stands in brackets: `[K:G]`.
    pub(in crate::abc) fn read_line(
        &mut self,
        text: &str,
        offset: usize,
        repairs: &mut Repairs,
        mut field: impl FnMut(&mut Voice, char, &str, &mut Repairs) -> bool,
    ) {
        let mut scanner = Scanner::new(text);
        while let Some(next) = scanner.peek() {
            let place = Some(offset + scanner.place());
            match next {
                '|' | ':' => self.bar_line(&mut scanner),
                '[' => {
                    let mut letters = scanner.rest()[1..].chars();
                    match (letters.next(), letters.next()) {
                        (Some('|' | ']'), _) => self.bar_line(&mut scanner),
                        (Some(digit), _) if digit.is_ascii_digit() => {
                            scanner.next();
                            self.begin_ending(&mut scanner);
                        }
                        (Some(letter), Some(':')) if letter.is_ascii_alphabetic() => {
                            scanner.next();
                            let words = scanner.take_until(']');
                            // The rest of the line may belong to another voice.
                            if field(self, letter, &words[2..], repairs) {
                                return;
                            }
                        }
                        _ => self.chord(&mut scanner, place, repairs),
                    }
                }
                '"' => {
                    scanner.next();
                    let words = scanner.take_until('"');
                    self.chord_symbol(words, place, repairs);
                }
                '+' if old_chord(&scanner.rest()[1..]) => self.chord(&mut scanner, place, repairs),
                '!' | '+' => {
                    scanner.next();
                    let rest = scanner.rest();
                    // A lone one is an old sign for a new line.
                    if let Some(end) = rest.find(next).filter(|&end| !rest[..end].contains(' ')) {
                        self.decoration(&rest[..end]);
                        scanner.take_until(next);
                    }
                }
                '{' => {
                    scanner.next();
                    scanner.take_until('}');
                    repairs.add(Fault::GraceLeftOut, place, None);
                }
                '(' => {
                    scanner.next();
                    if scanner.peek().is_some_and(|c| c.is_ascii_digit()) {
                        self.begin_tuplet(&mut scanner);
                    }
                }
                '>' | '<' => {
                    let arrows = scanner.take_while(|c| c == next).len().min(3) as u32;
                    self.break_rhythm(next == '>', arrows);
                }
                '-' => {
                    scanner.next();
                    self.tie();
                }
                '&' => {
                    // Another voice within the bar: back to where it began.
                    scanner.next();
                    self.position = 0;
                }
                'z' | 'x' => {
                    scanner.next();
                    let length = self.length(&mut scanner);
                    self.rest(length);
                }
                'Z' | 'X' => {
                    scanner.next();
                    let bars = scanner.number().unwrap_or(1).min(1000);
                    let meter = self.setting.meter.unwrap_or(Meter::COMMON);
                    for bar in 0..bars {
                        if bar > 0 {
                            self.end_bar();
                        }
                        self.rest(bar_units(meter));
                    }
                }
                'y' => {
                    scanner.next();
                    scanner.length();
                }
                '%' => return,
                _ => match scanner.pitch() {
                    Some(pitch) => {
                        let length = self.length(&mut scanner);
                        let ties = scanner.eat("-");
                        self.strike(&[(pitch, ties)], length, place, repairs);
                    }
                    None => {
                        scanner.next();
                        let means_nothing = next.is_whitespace()
                            || next.is_ascii_alphabetic()
                            || matches!(next, ')' | '`' | '.' | '~' | '\\' | '*' | ';' | ']' | '$');
                        if !means_nothing {
                            repairs.add(Fault::Stray, place, None);
                        }
                    }
                },
            }
        }
    }

    fn decoration(&mut self, name: &str) {
        let signs = &mut self.bar().signs;
        match name {
            "segno" => signs.segno = true,
            "coda" => signs.coda = true,
            "fine" => signs.fine = true,
            "dacoda" => signs.to_coda = true,
            "D.C." => signs.da_capo = true,
            "D.S." => signs.dal_segno = true,
            _ => {}
        }
    }
}

/// Whether what follows a `+` is a chord of abc 1.6 and its end, and no decoration: two notes or
/// more, and not `ff` or `fff`.
fn old_chord(text: &str) -> bool {
    let Some((inside, _)) = text.split_once('+') else { return false };
    let mut scanner = Scanner::new(inside);
    let mut notes = 0;
    while scanner.pitch().is_some() {
        scanner.length();
        notes += 1;
    }
    notes > 1 && scanner.peek().is_none() && inside.contains(|c| c != 'f')
}

/// The units of a bar.
fn bar_units(meter: Meter) -> u64 {
    4 * UNITS_PER_QUARTER * u64::from(meter.numerator()) / u64::from(meter.denominator())
}
