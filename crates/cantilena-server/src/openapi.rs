//! The description of the API, made from the routes themselves.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use utoipa::OpenApi;

use crate::guard::{COOKIE, OPEN};
use crate::routes;
use crate::server::House;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Cantilena",
        description = "Compose with models, on your own computer. Every error is application/problem+json."
    ),
    servers((url = "/", description = "Where this description comes from")),
    paths(
        routes::health::healthz,
        routes::health::readyz,
        routes::health::metrics,
        routes::melody::generate,
        routes::models::list,
        routes::models::one,
        routes::files::open,
        routes::files::piece,
        routes::pieces::list,
        routes::pieces::compose,
        routes::pieces::events,
        routes::pieces::stop,
        routes::pieces::feedback,
        routes::pieces::remove,
        routes::see::report,
        routes::jobs::list,
        routes::jobs::begin,
        routes::jobs::one,
        routes::jobs::events,
        routes::jobs::stop,
        routes::jobs::resume,
    )
)]
struct Description;

/// The description, as OpenAPI 3.1 has it.
pub(crate) async fn description(State(house): State<House>) -> Json<Value> {
    Json(described(house.guard.asks_for_tokens()))
}

/// The description of a server that does, or does not, ask whoever comes for a token.
fn described(asks_for_tokens: bool) -> Value {
    let mut description = json!(Description::openapi());
    close_tuples(&mut description);
    let security = match asks_for_tokens {
        true => json!([{ "bearer": [] }, { "cookie": [] }]),
        false => json!([]),
    };
    if asks_for_tokens {
        description["components"]["securitySchemes"] = json!({
            "bearer": { "type": "http", "scheme": "bearer" },
            "cookie": { "type": "apiKey", "in": "cookie", "name": COOKIE },
        });
    }
    description["security"] = security;
    let refusal = |why: &str| {
        let schema = json!({ "$ref": "#/components/schemas/Problem" });
        json!({ "description": why, "content": { "application/problem+json": { "schema": schema } } })
    };
    let paths = description["paths"].as_object_mut().into_iter().flatten();
    for (path, operations) in paths {
        for (_, operation) in operations.as_object_mut().into_iter().flatten() {
            operation["responses"]["403"] =
                refusal("Not this server's name, or a page of another origin");
            match OPEN.contains(&path.as_str()) {
                true => operation["security"] = json!([]),
                false if asks_for_tokens => {
                    operation["responses"]["401"] = refusal("A token is needed");
                }
                false => {}
            }
        }
    }
    description
}

/// Says of every tuple how long it is, by lengths: `items: false` says the same, but readers that
/// expect a schema there stop at it.
fn close_tuples(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(close_tuples),
        Value::Object(fields) => {
            if let Some(length) = fields.get("prefixItems").and_then(Value::as_array).map(Vec::len)
            {
                fields.remove("items");
                fields.insert("minItems".to_owned(), length.into());
                fields.insert("maxItems".to_owned(), length.into());
            }
            fields.values_mut().for_each(close_tuples);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Method, path and description of every operation.
    fn operations(description: &Value) -> Vec<(String, String, &Value)> {
        let paths = description["paths"].as_object().unwrap().iter();
        let of_path = |(path, operations): (&String, &'_ Value)| -> Vec<(String, String)> {
            operations.as_object().unwrap().keys().map(|m| (m.clone(), path.clone())).collect()
        };
        let names: Vec<(String, String)> = paths.flat_map(of_path).collect();
        let told = |(method, path): (String, String)| {
            let operation = &description["paths"][&path][&method];
            (method, path, operation)
        };
        names.into_iter().map(told).collect()
    }

    /// Every object of it.
    fn objects<'a>(value: &'a Value, found: &mut Vec<&'a serde_json::Map<String, Value>>) {
        match value {
            Value::Array(values) => values.iter().for_each(|value| objects(value, found)),
            Value::Object(fields) => {
                found.push(fields);
                fields.values().for_each(|value| objects(value, found));
            }
            _ => {}
        }
    }

    #[test]
    fn every_operation_has_a_name_of_its_own() {
        let description = described(false);
        let operations = operations(&description);
        let names: BTreeSet<&str> =
            operations.iter().map(|(.., told)| told["operationId"].as_str().unwrap()).collect();
        assert!(operations.len() > 20);
        assert_eq!(names.len(), operations.len());
        assert_eq!(description["servers"][0]["url"], "/");
    }

    #[test]
    fn a_token_is_told_of_where_one_is_needed() {
        for asks in [false, true] {
            let description = described(asks);
            assert_eq!(description["security"].as_array().unwrap().is_empty(), !asks);
            assert_eq!(description["components"]["securitySchemes"].is_object(), asks);
            for (method, path, told) in operations(&description) {
                let is_open = ["/healthz", "/readyz"].contains(&&*path);
                let is_refused = told["responses"]["401"].is_object();
                assert_eq!(is_refused, asks && !is_open, "{method} {path}");
                assert!(told["responses"]["403"].is_object(), "{method} {path}");
            }
        }
    }

    #[test]
    fn every_schema_is_one_that_readers_take() {
        let description = described(true);
        let mut found = Vec::new();
        objects(&description, &mut found);
        let mut tuples = 0;
        for object in found {
            assert_ne!(object.get("items"), Some(&Value::Bool(false)), "{object:?}");
            if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
                let place = reference.trim_start_matches('#');
                assert!(description.pointer(place).is_some(), "{reference} leads nowhere");
            }
            if object.get("type") == Some(&"array".into()) {
                tuples += usize::from(object.contains_key("maxItems"));
                assert!(object.contains_key("items") || object.contains_key("maxItems"));
            }
            let (least, default) = (object.get("minLength"), object.get("default"));
            let is_short = least.and_then(Value::as_u64) > Some(0) && default == Some(&"".into());
            assert!(!is_short, "a default that cannot be: {object:?}");
            // A file is a string of bytes; a list of numbers would be JSON.
            for (kind, content) in
                object.get("content").and_then(Value::as_object).into_iter().flatten()
            {
                let is_file =
                    ["audio/", "application/octet-stream"].iter().any(|k| kind.starts_with(k));
                assert!(!is_file || content["schema"]["format"] == "binary", "{kind}: {content}");
            }
        }
        assert!(tuples > 3, "{tuples} tuples");
        let uploads = &description["paths"]["/v1/uploads"]["post"]["requestBody"]["content"];
        assert!(uploads["multipart/form-data"].is_object(), "{uploads}");
    }
}
