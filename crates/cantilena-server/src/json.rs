//! JSON that a client sends, and what is wrong with it in words of JSON.

use serde::de::{Deserialize, DeserializeOwned, Deserializer, IgnoredAny, Unexpected, Visitor};
use serde_json::error::Category;

use crate::problem::Problem;

/// JSON of a type with named fields.
///
/// # Errors
/// What is no JSON is [malformed](Problem::malformed); what is JSON and not what the route takes is
/// a problem of its field.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // Serde would take a list for the fields in their order, which is no promise of ours.
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(Problem::malformed("the body is a list; an object with named fields will do"));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize::<_, T>(&mut reader);
    if let Err(error) = serde_json::from_slice::<IgnoredAny>(bytes) {
        let field = read.err().map(|error| error.path().to_string());
        return Err(match (not_a_number(bytes, &error), field) {
            // No JSON either, but it is clear which field is meant, and what with it.
            (Some(what), Some(field)) if is_named(&field) => {
                Problem::field(&field, format!("{field} is {what}, and a number will do"))
            }
            _ if error.is_eof() => Problem::malformed("the body ends before its JSON does"),
            _ => Problem::malformed(format!(
                "the body is no JSON from line {}, column {} on",
                error.line(),
                error.column()
            )),
        });
    }
    read.map_err(|error| refused(&error.path().to_string(), error.inner()))
}

/// The number that other languages write and JSON does not, where one stands at the fault.
fn not_a_number(bytes: &[u8], error: &serde_json::Error) -> Option<&'static str> {
    let line = bytes.split(|byte| *byte == b'\n').nth(error.line().checked_sub(1)?)?;
    // The column is that of the letter that cannot be, or of the one behind it.
    let near = &line[error.column().saturating_sub(2).min(line.len())..];
    let begins = |word: &str| near.windows(word.len()).take(3).any(|w| w == word.as_bytes());
    ["NaN", "Infinity"].into_iter().find(|word| begins(word))
}

/// Whether a path leads to a field by its name.
fn is_named(path: &str) -> bool {
    path != "." && !path.contains('?')
}

/// JSON that a route cannot use: where it is wrong, and what would do.
fn refused(path: &str, error: &serde_json::Error) -> Problem {
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let message = message.strip_suffix(&place).unwrap_or(&message);
    // A field that is not known, missing, or there twice, is named in quotes; its path is the
    // object's.
    let named = message.split('`').nth(1).unwrap_or(path);
    let inner = |name: &str| match path.rsplit_once('.').filter(|_| is_named(path)) {
        Some((object, last)) if last == name => format!("{object}.{name}"),
        _ => name.to_owned(),
    };
    if let Some(known) = message.strip_prefix("unknown field ") {
        let known: Vec<&str> = known.split('`').skip(3).step_by(2).collect();
        let detail = format!("no field is called {named}; {} will do", known.join(", "));
        return Problem::field(&inner(named), detail);
    }
    if message.starts_with("missing field ") {
        let within = if is_named(path) { format!("{path}.") } else { String::new() };
        return Problem::field(&format!("{within}{named}"), format!("{named} is missing"));
    }
    if message.starts_with("duplicate field ") {
        return Problem::field(&inner(named), format!("{named} is there twice; once will do"));
    }
    if let Some((found, expected)) =
        message.strip_prefix("invalid type: ").and_then(|rest| rest.rsplit_once(", expected "))
    {
        let (found, expected) = (in_json(found), in_json(expected));
        return match is_named(path) {
            true => Problem::field(path, format!("{path} is {found}, and {expected} will do")),
            false => Problem::malformed(format!("the body is {found}; {expected} will do")),
        };
    }
    match error.classify() {
        _ if !is_named(path) => Problem::malformed(format!("the body cannot be used: {message}")),
        Category::Syntax => Problem::field(path, format!("{path} cannot be read: {message}")),
        _ => Problem::field(path, format!("{path} {message}")),
    }
}

/// Letters of a value that are told back to whoever sent it.
const TOLD_LETTERS: usize = 40;

/// What serde calls a value or a type, as JSON has it.
fn in_json(words: &str) -> String {
    match words {
        "map" | "a map" => return "an object".to_owned(),
        "sequence" => return "a list".to_owned(),
        "unit value" => return "null".to_owned(),
        "f64" => return "a number".to_owned(),
        "a boolean" => return "true or false".to_owned(),
        _ if words.starts_with("struct ") => return "an object with named fields".to_owned(),
        _ => {}
    }
    let kinds = ["integer ", "floating point ", "boolean ", "string "];
    let value = kinds.iter().find_map(|kind| words.strip_prefix(kind)).unwrap_or(words);
    let value = value.trim_matches('`');
    match value.chars().count() > TOLD_LETTERS {
        true => value.chars().take(TOLD_LETTERS).chain(['…']).collect(),
        false => value.to_owned(),
    }
}

/// A whole number as JSON has it: `16` is one, and so is `16.0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Whole(pub(crate) i64);

impl Whole {
    /// The number, as one of a type and a range.
    pub(crate) fn within<T>(
        self,
        field: &str,
        range: std::ops::RangeInclusive<T>,
    ) -> Result<T, Problem>
    where
        T: TryFrom<i64> + PartialOrd + std::fmt::Display,
    {
        match T::try_from(self.0) {
            Ok(number) if range.contains(&number) => Ok(number),
            _ => {
                let range = format!("{} to {}", range.start(), range.end());
                Err(Problem::out_of_range(field, self.0, &range))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Whole, D::Error> {
        from.deserialize_any(WholeVisitor).map(Whole)
    }
}

/// Takes every way to write a whole number.
struct WholeVisitor;

impl Visitor<'_> for WholeVisitor {
    type Value = i64;

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_i64<E>(self, number: i64) -> Result<i64, E> {
        Ok(number)
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<i64, E> {
        i64::try_from(number)
            .map_err(|_| E::invalid_type(Unexpected::Unsigned(number), &"a smaller number"))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<i64, E> {
        // Every whole f64 below 2⁶³ is an i64.
        match number.fract() == 0.0 && number.abs() < 9_223_372_036_854_775_808.0 {
            true => Ok(number as i64),
            false if number.fract() == 0.0 => {
                Err(E::invalid_type(Unexpected::Float(number), &"a smaller number"))
            }
            false => Err(E::invalid_type(Unexpected::Float(number), &self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Asked {
        bars: Option<Whole>,
        tempo: Option<f64>,
        key: Option<String>,
        songbook: bool,
        from: Option<From>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "it is only read")]
    struct From {
        bar: Whole,
    }

    #[test]
    fn what_is_no_json_is_malformed_and_no_field_is_made_up() {
        for json in [
            "",
            "no json",
            "{bars: 1}",
            "{\"bars\": 1",
            "{\"bars\": x}",
            "{\"bars\": 1}}",
            "[]",
            " [null]",
            "5",
            "\"bars\"",
            "null",
            "{\"bars\": \"x\", bars: 1}",
            "{\"bars\": .5}",
        ] {
            let problem = parse::<Asked>(json.as_bytes()).unwrap_err();
            let told = serde_json::json!(problem);
            assert_eq!(problem.status(), StatusCode::BAD_REQUEST, "{json}: {told}");
            assert_eq!(told["type"], "/problems/malformed", "{json}: {told}");
            assert!(told.get("field").is_none(), "{json}: {told}");
        }
    }

    #[test]
    fn a_field_is_refused_in_words_of_json() {
        for (json, field, detail) in [
            (r#"{"bars": 1.5}"#, "bars", "bars is 1.5, and a whole number will do"),
            (r#"{"bars": "two"}"#, "bars", "bars is \"two\", and a whole number will do"),
            (r#"{"bars": [2]}"#, "bars", "bars is a list, and a whole number will do"),
            (r#"{"tempo": {}}"#, "tempo", "tempo is an object, and a number will do"),
            (r#"{"tempo": NaN}"#, "tempo", "tempo is NaN, and a number will do"),
            (r#"{"tempo": -Infinity}"#, "tempo", "tempo is Infinity, and a number will do"),
            (r#"{"key": true}"#, "key", "key is true, and a string will do"),
            (r#"{"songbook": "no"}"#, "songbook", "songbook is \"no\", and true or false will do"),
            (r#"{"from": 3}"#, "from", "from is 3, and an object with named fields will do"),
            (
                r#"{"from": {"bar": null}}"#,
                "from.bar",
                "from.bar is null, and a whole number will do",
            ),
            (r#"{"from": {}}"#, "from.bar", "bar is missing"),
            (r#"{"bars": 1, "bars": 2}"#, "bars", "bars is there twice; once will do"),
            (
                r#"{"tune": 1}"#,
                "tune",
                "no field is called tune; bars, tempo, key, songbook, from will do",
            ),
        ] {
            let problem = parse::<Asked>(json.as_bytes()).unwrap_err();
            let told = serde_json::json!(problem);
            assert_eq!(problem.status(), StatusCode::UNPROCESSABLE_ENTITY, "{json}: {told}");
            assert_eq!((&told["field"], &told["detail"]), (&field.into(), &detail.into()));
        }
    }

    #[test]
    fn a_whole_number_may_be_written_with_a_point() {
        for (json, bars) in [("16", 16), ("16.0", 16), ("1.6e1", 16), ("-0.0", 0), ("-3", -3)] {
            let asked: Asked = parse(format!("{{\"bars\": {json}}}").as_bytes()).unwrap();
            assert_eq!(asked.bars, Some(Whole(bars)), "{json}");
        }
        let asked: Asked = parse(b"{\"bars\": null}").unwrap();
        assert_eq!((asked.bars, asked.tempo, asked.key), (None, None, None));
        assert!(!asked.songbook && asked.from.is_none());
        for json in ["1e300", "18446744073709551615", "-1e19"] {
            let problem = parse::<Asked>(format!("{{\"bars\": {json}}}").as_bytes()).unwrap_err();
            assert_eq!(problem.status(), StatusCode::UNPROCESSABLE_ENTITY, "{json}");
        }
        assert!(Whole(3).within("bars", 1..=4_u8).is_ok());
        assert!(Whole(-1).within("bars", 0..=4_u8).is_err());
        assert!(Whole(300).within("bars", 0..=255_u8).is_err());
    }
}
