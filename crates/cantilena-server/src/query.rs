//! What a client asks for behind the `?` of an address, parameter by parameter.

use std::ops::RangeInclusive;
use std::str::FromStr;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// The parameters of a request. All of them are texts, so that none but an unknown one, or one that
/// is there twice, can be wrong before its name is known; [`number`] reads those that are numbers.
pub(crate) struct Parameters<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Parameters<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Parameters<T>, Problem> {
        let asked = Query::try_from_uri(&parts.uri);
        let Query(asked) = asked.map_err(|error| refused(&error.body_text()))?;
        Ok(Parameters(asked))
    }
}

/// What is wrong with a query, from the words of those who read it: they name the parameter in
/// quotes, and behind it those that there are.
fn refused(words: &str) -> Problem {
    let mut quoted = words.split('`').skip(1).step_by(2);
    let Some(name) = quoted.next() else { return Problem::malformed(words) };
    if words.contains("duplicate field") {
        return Problem::field(name, format!("{name} is there twice; once will do"));
    }
    let known: Vec<&str> = quoted.collect();
    Problem::field(name, format!("no parameter is called {name}; {} will do", known.join(", ")))
}

/// A whole number within a range, where the parameter is there.
pub(crate) fn number<T>(
    name: &str,
    text: Option<&str>,
    range: RangeInclusive<T>,
) -> Result<Option<T>, Problem>
where
    T: FromStr + PartialOrd + std::fmt::Display,
{
    let Some(text) = text else { return Ok(None) };
    let will_do = format!("{} to {}", range.start(), range.end());
    match text.parse() {
        Ok(number) if range.contains(&number) => Ok(Some(number)),
        Ok(number) => Err(Problem::out_of_range(name, number, &will_do)),
        Err(_) => {
            let found: String = text.chars().take(40).collect();
            let detail = format!("{name} is {found:?}, and a whole number, {will_do}, will do");
            Err(Problem::field(name, detail))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        limit: Option<String>,
        #[expect(dead_code, reason = "it is only named")]
        before: Option<String>,
    }

    fn asked(query: &str) -> Result<Asked, Problem> {
        let request = axum::http::Request::builder().uri(format!("/x?{query}")).body(()).unwrap();
        let mut parts = request.into_parts().0;
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let read = runtime.block_on(Parameters::from_request_parts(&mut parts, &()));
        read.map(|Parameters(asked)| asked)
    }

    #[test]
    fn a_parameter_that_is_wrong_is_named() {
        for (query, field, detail) in [
            ("limits=3", "limits", "no parameter is called limits; limit, before will do"),
            ("limit=3&limit=4", "limit", "limit is there twice; once will do"),
        ] {
            let told = serde_json::json!(asked(query).unwrap_err());
            assert_eq!((&told["field"], &told["detail"]), (&field.into(), &detail.into()));
        }
    }

    #[test]
    fn numbers_are_read_within_their_range() {
        let limit = |query: &str| {
            let asked = asked(query).unwrap();
            number("limit", asked.limit.as_deref(), 1..=500_u32)
        };
        assert_eq!(limit("").unwrap(), None);
        assert_eq!(limit("limit=500").unwrap(), Some(500));
        for (query, detail) in [
            ("limit=abc", "limit is \"abc\", and a whole number, 1 to 500, will do"),
            ("limit=", "limit is \"\", and a whole number, 1 to 500, will do"),
            ("limit=0", "limit is 0, and 1 to 500 will do"),
        ] {
            let told = serde_json::json!(limit(query).unwrap_err());
            assert_eq!((&told["field"], &told["detail"]), (&"limit".into(), &detail.into()));
        }
    }
}
