//! Tables in plain text: what people write about their files.

/// The rows of a table: fields separated by commas, or by semicolons or tabs where the first row
/// has those and no comma (RFC 4180, and what spreadsheets make of it).
///
/// A field in double quotes may hold separators, line ends and doubled quotes. A byte order mark
/// is passed over, and so are empty rows. Whatever the text, this gives rows and never fails: an
/// open quote is closed by the end.
pub fn records(text: &str) -> Vec<Vec<String>> {
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().next().unwrap_or_default();
    let separator = [',', ';', '\t'].into_iter().find(|s| first.contains(*s)).unwrap_or(',');
    let (mut rows, mut row, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut is_quoted = false;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if is_quoted && letters.peek() == Some(&'"') => {
                letters.next();
                field.push('"');
            }
            '"' if is_quoted => is_quoted = false,
            '"' if field.is_empty() => is_quoted = true,
            '\n' if !is_quoted => {
                end_row(&mut rows, &mut row, &mut field);
            }
            '\r' if !is_quoted && letters.peek() == Some(&'\n') => {}
            _ if letter == separator && !is_quoted => row.push(std::mem::take(&mut field)),
            _ => field.push(letter),
        }
    }
    end_row(&mut rows, &mut row, &mut field);
    rows
}

/// Ends a row; one without a letter is none.
fn end_row(rows: &mut Vec<Vec<String>>, row: &mut Vec<String>, field: &mut String) {
    row.push(std::mem::take(field));
    let row = std::mem::take(row);
    if row.iter().any(|field| !field.is_empty()) {
        rows.push(row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, rows: &[&[&str]]) {
        assert_eq!(records(text), rows);
    }

    #[test]
    fn rows_are_read_as_spreadsheets_write_them() {
        check("a,b\r\n1,2\r\n", &[&["a", "b"], &["1", "2"]]);
        check("\u{feff}file;split\na.mid;test", &[&["file", "split"], &["a.mid", "test"]]);
        check("a\tb\n\n1\t\n", &[&["a", "b"], &["1", ""]]);
        check("a,\"b, \"\"c\"\"\nd\",e", &[&["a", "b, \"c\"\nd", "e"]]);
        check("5\" drum,b", &[&["5\" drum", "b"]]);
        check("", &[]);
        check("\"open", &[&["open"]]);
    }
}
