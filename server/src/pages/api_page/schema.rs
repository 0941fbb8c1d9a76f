//! Schemas: a table of fields, the word for a type, and an example made out of both.

use super::text::{escape, inline};
use serde_json::{Map, Value};
use std::fmt::Write;

/// Whether a schema is asked for or answered: what may be left out of a request may be `null` in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Request,
    Answer,
}

/// Follows `$ref`s, and picks what is not `null` out of alternatives.
pub fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return resolve(document, &document["components"]["schemas"][name]);
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        if let Some(first) =
            schema[key].as_array().and_then(|all| all.iter().find(|one| one["type"] != "null"))
        {
            return resolve(document, first);
        }
    }
    schema
}

/// What a value is, in a few words.
fn type_word(document: &Value, schema: &Value, side: Side) -> String {
    let target = resolve(document, schema);
    let word = match &target["type"] {
        Value::String(word) => word.as_str(),
        Value::Array(words) => {
            words.iter().filter_map(Value::as_str).find(|word| *word != "null").unwrap_or("any")
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => "any",
    };
    let word = match (word, target["format"].as_str()) {
        ("array", _) => format!("list of {}", type_word(document, &target["items"], side)),
        ("string", Some("binary")) => "file".to_owned(),
        ("string", _) => "text".to_owned(),
        ("boolean", _) => "true or false".to_owned(),
        ("integer" | "number", _) => "number".to_owned(),
        (other, _) => other.to_owned(),
    };
    if side == Side::Answer && is_nullable(schema) { format!("{word} or null") } else { word }
}

fn is_nullable(schema: &Value) -> bool {
    let has_null = |list: &Value| {
        list.as_array().is_some_and(|all| all.iter().any(|one| one == "null" || one["type"] == "null"))
    };
    has_null(&schema["type"]) || has_null(&schema["oneOf"]) || has_null(&schema["anyOf"])
}

/// The fields of an object as table rows, the required ones first, those of inner objects under a dotted name.
pub fn field_rows(html: &mut String, document: &Value, schema: &Value, prefix: &str, side: Side) {
    let target = resolve(document, schema);
    let required =
        |name: &str| target["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
    let mut fields: Vec<_> = target["properties"].as_object().into_iter().flatten().collect();
    fields.sort_by_key(|(name, _)| !required(name));
    for (name, field) in fields {
        let full = format!("{prefix}{name}");
        row(html, document, &full, field, required(name) && side == Side::Request, side);
        let inner = resolve(document, field);
        let (inner, suffix) =
            if inner["type"] == "array" { (resolve(document, &inner["items"]), "[].") } else { (inner, ".") };
        if inner["properties"].is_object() {
            field_rows(html, document, inner, &format!("{full}{suffix}"), side);
        }
    }
}

/// One named value: a field or a parameter.
pub fn row(html: &mut String, document: &Value, name: &str, schema: &Value, required: bool, side: Side) {
    let target = resolve(document, schema);
    let text = [schema, target].iter().find_map(|one| one["description"].as_str()).unwrap_or_default();
    let mut notes = inline(&text.replace('\n', " "));
    if let Some(default) = target.get("default") {
        // Writing to a String cannot fail.
        let _ = write!(
            notes,
            " <span class=\"note\">Default: <code>{}</code></span>",
            escape(&default.to_string())
        );
    }
    let _ = writeln!(
        html,
        "<tr><th scope=\"row\"><code>{}</code>{}</th><td>{}</td><td>{notes}</td></tr>",
        escape(name),
        if required { " <span class=\"required\">required</span>" } else { "" },
        escape(&type_word(document, schema, side)),
    );
}

/// A value that fits, made of the examples and defaults.
pub fn example(document: &Value, schema: &Value, side: Side) -> Value {
    if let Some(given) = schema.get("example").or_else(|| schema["examples"].get(0)) {
        return given.clone();
    }
    let target = resolve(document, schema);
    if let Some(given) = target.get("example").or_else(|| target.get("default")) {
        return given.clone();
    }
    if let Some(fields) = target["properties"].as_object() {
        let made: Map<String, Value> = fields
            .iter()
            .map(|(name, field)| (name.clone(), example(document, field, side)))
            .filter(|(_, value)| side == Side::Answer || !value.is_null())
            .collect();
        return Value::Object(made);
    }
    match type_word(document, target, Side::Request).split(' ').next() {
        Some("list") => Value::Array(vec![example(document, &target["items"], side)]),
        _ if is_nullable(schema) => Value::Null,
        Some("true") => Value::Bool(true),
        Some("number") => Value::from(1),
        Some("text") => Value::from("…"),
        Some(_) | None => Value::Null,
    }
}
