//! Makes the description as strict as the server: what a field of a name may hold, wherever it is asked for, and the
//! answers that any route may give.

use crate::refusal::RestCode;
use crate::rest::activity_types;
use crate::webhooks::event::HookEvent;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// `.` and `..` are no names: every client takes them out of an address.
const ALIAS: &str = r"^(?!\.{1,2}$)[A-Za-z0-9._-]{1,128}$";
const ROOM: &str = r"^(?!\.{1,2}$)[A-Za-z0-9._-]{1,64}$";
const EMAIL: &str = r"[^@\s\u0000-\u001f\u007f-\u009f]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*";
const LANGUAGE: &str = r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*";
const ADDRESS: &str = r"^https?://[A-Za-z0-9\[][A-Za-z0-9.:\[\]-]*([/?][!-~]*)?$";

/// What programs may rely on of every refusal, besides the codes that an operation names itself.
const ANY_ROUTE: [RestCode; 6] = [
    RestCode::InvalidParam,
    RestCode::RouteNotFound,
    RestCode::RateLimited,
    RestCode::StorageUnavailable,
    RestCode::InvalidApiKey,
    RestCode::Validation,
];
const WITH_A_BODY: [RestCode; 2] = [RestCode::BodyTimeout, RestCode::BodyTooLarge];

/// The document, completed.
pub fn complete(mut document: Value) -> Value {
    let asked_for = schemas_of_requests(&document);
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        for (name, schema) in schemas.iter_mut().filter(|(name, _)| asked_for.contains(*name)) {
            tighten(name, schema);
        }
    }
    let paths = fields(&mut document, "paths").into_iter().flatten();
    for operation in paths.flat_map(|(_, item)| item.as_object_mut().into_iter().flatten()) {
        complete_operation(operation.1);
    }
    document
}

fn complete_operation(operation: &mut Value) {
    for parameter in items(operation, "parameters") {
        let name = parameter["name"].as_str().unwrap_or_default().to_owned();
        if let Some(schema) = of_parameter(&name) {
            parameter["schema"] = schema;
        }
    }
    let mut codes = ANY_ROUTE.to_vec();
    if let Some(body) = operation.get_mut("requestBody") {
        codes.extend(WITH_A_BODY);
        if body["content"]["application/json"]["schema"]["$ref"] == "#/components/schemas/UpdateUser" {
            body["required"] = false.into();
        }
    }
    let Some(answers) = fields(operation, "responses") else { return };
    for code in codes {
        let answer = || refusal(code);
        answers.entry(code.status().as_str()).or_insert_with(answer);
    }
    for (_, answer) in answers.iter_mut() {
        if answer["description"].as_str().is_none_or(str::is_empty) {
            answer["description"] = "As asked for".into();
        }
    }
}

/// What is not there is not made by looking for it, as it is with brackets.
fn items<'a>(value: &'a mut Value, name: &str) -> impl Iterator<Item = &'a mut Value> {
    value.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten()
}

fn fields<'a>(value: &'a mut Value, name: &str) -> Option<&'a mut Map<String, Value>> {
    value.get_mut(name).and_then(Value::as_object_mut)
}

fn refusal(code: RestCode) -> Value {
    json!({
        "description": format!("`{}`", code.as_str()),
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorEnvelope"}}},
    })
}

/// The names of the schemas that requests are made of, with those inside them.
fn schemas_of_requests(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let items = document["paths"].as_object().into_iter().flatten();
    let mut open: Vec<String> = items
        .flat_map(|(_, item)| item.as_object().into_iter().flatten())
        .flat_map(|(_, operation)| references(&operation["requestBody"]))
        .collect();
    while let Some(name) = open.pop() {
        if found.insert(name.clone()) {
            open.extend(references(&document["components"]["schemas"][&name]));
        }
    }
    found
}

fn references(value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) => {
            let own = fields.get("$ref").and_then(Value::as_str).and_then(|to| to.rsplit('/').next());
            own.map(str::to_owned).into_iter().chain(fields.values().flat_map(references)).collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

fn tighten(name: &str, schema: &mut Value) {
    if name == "PermissionsUpdate" {
        schema["required"] = json!(["can_video"]);
    }
    if let Some(fields) = fields(schema, "properties") {
        tighten_fields(name, fields);
        // Left out, it counts as an empty list, which is refused.
        if fields.contains_key("users")
            && let Some(required) =
                schema.as_object_mut().map(|schema| schema.entry("required").or_insert(json!([])))
            && let Some(required) = required.as_array_mut().filter(|names| !names.contains(&"users".into()))
        {
            required.push("users".into());
        }
    }
    for one in items(schema, "oneOf") {
        match fields(one, "properties") {
            Some(fields) => tighten_fields(name, fields),
            // A participant may be named by the id alone.
            None => *one = text(ALIAS),
        }
    }
}

fn tighten_fields(schema: &str, fields: &mut Map<String, Value>) {
    for (name, field) in fields.iter_mut() {
        let Some(Value::Object(strict)) = of_field(schema, name) else { continue };
        let Some(field) = field.as_object_mut() else { continue };
        // What is said about it stays; what it may be is said anew.
        field.retain(|key, _| {
            ["description", "example", "examples", "default", "deprecated"].contains(&key.as_str())
        });
        field.extend(strict);
    }
}

fn text(pattern: &str) -> Value {
    json!({"type": "string", "pattern": pattern})
}

/// Blanks around it are taken off before it is looked at.
fn trimmed(pattern: &str) -> String {
    const BLANKS: &str = r"[\t-\r\u0085 ]*";
    format!("^{BLANKS}{pattern}{BLANKS}$")
}

/// Control characters are in no name.
fn name_of(most_chars: usize) -> Value {
    text(&trimmed(&format!(r"[^\u0000-\u001f\u007f-\u009f]{{0,{most_chars}}}")))
}

/// Or nothing.
fn optional(schema: Value) -> Value {
    json!({"oneOf": [schema, {"type": "null"}]})
}

fn flag() -> Value {
    json!({"enum": [true, false, 0, 1, "true", "false", "0", "1"]})
}

fn whole(least: u64, most: u64) -> Value {
    json!({"type": "integer", "minimum": least, "maximum": most})
}

fn date() -> Value {
    json!({"anyOf": [
        {"type": "string", "format": "date-time"},
        {"type": "string", "format": "date"},
        {"type": "string", "maxLength": 0},
    ]})
}

fn of_parameter(name: &str) -> Option<Value> {
    Some(match name {
        "user_id" | "user_alias" => text(ALIAS),
        "room_id" | "room_alias" => text(ROOM),
        "limit" | "page_size" => whole(1, 100),
        "skip" => whole(0, u32::MAX.into()),
        "page_number" => whole(0, 1 << 52),
        "start_date" | "end_date" | "date_from" | "date_to" => date(),
        "order" => json!({"enum": ["asc", "desc"]}),
        "version" => json!({"enum": ["v0", "v1"]}),
        "activity_type" => json!({"enum": activity_types()}),
        "users" => text(r"^[A-Za-z0-9._-]{1,128},[A-Za-z0-9._-]{1,128}$"),
        "page_token" | "chat" | "call" | "name" | "cursor" | "for" | "sig" => json!({"type": "string"}),
        "until" => json!({"type": "integer"}),
        _ => return None,
    })
}

fn of_field(schema: &str, name: &str) -> Option<Value> {
    let role = || json!({"enum": ["basic", "plus"]});
    Some(match (schema, name) {
        ("CreateUser", "role") => role(),
        ("UpdateUser", "role") => json!({"enum": ["basic", "plus", null]}),
        ("CreateUser", "id") => optional(text(ALIAS)),
        (_, "user_id" | "sender") => text(ALIAS),
        (_, "firstname" | "lastname") => optional(name_of(32)),
        (_, "nickname") => optional(name_of(16)),
        (_, "email") => optional(text(&trimmed(&format!("({EMAIL})?")))),
        (_, "language") => optional(text(&trimmed(&format!("({LANGUAGE})?")))),
        ("PermissionsUpdate", "can_video") => flag(),
        (_, "active" | "can_video" | "recording" | "record" | "directCall" | "live" | "is_admin") => {
            optional(flag())
        }
        (_, "expires_in") => optional(whole(360, 86_400)),
        (_, "duration") => optional(whole(60, u32::MAX.into())),
        (_, "users") => {
            json!({"type": "array", "items": text(ALIAS), "minItems": 2, "maxItems": 2, "uniqueItems": true})
        }
        (_, "message") => json!({"type": "string", "pattern": r"\S", "maxLength": 10_000}),
        (_, "user_list_in_call") => optional(json!({"type": "array", "items": text(ALIAS)})),
        (_, "participants") => json!({"type": "array", "minItems": 2, "maxItems": 25, "uniqueItems": true,
            "items": {"$ref": "#/components/schemas/ParticipantFields"}}),
        (_, "recording_type") => json!({"enum": ["automatic", "manual", null]}),
        (_, "call_type") => json!({"enum": ["audio_only", "audio_upgradable", "audio_video", null]}),
        (_, "initiatorAlias") => optional(text(r"^([A-Za-z0-9._-]{1,128})?$")),
        (_, "description") => optional(json!({"type": "string", "maxLength": 1000})),
        (_, "post_event_webhook_url") => json!({"type": "string", "pattern": ADDRESS, "maxLength": 2048}),
        (_, "webhook_method") => json!({"enum": ["POST", null]}),
        (_, "webhook_filters") => {
            let event = json!({"enum": HookEvent::words()});
            let object =
                json!({"type": "object", "required": ["event"], "properties": {"event": event.clone()}});
            json!({"type": "array", "items": {"oneOf": [event, object]}})
        }
        (_, _) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_request_is_made_of_gets_strict_and_what_is_answered_stays() {
        let field = json!({"type": "string", "description": "Who"});
        let document = complete(json!({
            "paths": {"/x": {"post": {
                "parameters": [{"name": "limit", "schema": {"type": "integer"}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/CreateUser"}}}},
                "responses": {"200": {}}}, "get": {"responses": {"200": {"description": "ok"}}}}},
            "components": {"schemas": {
                "CreateUser": {"properties": {"role": field.clone()}},
                "UserObject": {"properties": {"role": field.clone()}}}}
        }));
        let role = |schema: &str| document["components"]["schemas"][schema]["properties"]["role"].clone();
        assert_eq!(role("CreateUser"), json!({"description": "Who", "enum": ["basic", "plus"]}));
        assert_eq!(role("UserObject"), field);
        assert!(!document.to_string().contains("null"), "{document}");
        let operation = &document["paths"]["/x"]["post"];
        assert_eq!(operation["parameters"][0]["schema"]["maximum"], 100);
        let answers = &operation["responses"];
        assert!(answers["200"]["description"].is_string());
        for status in ["400", "401", "408", "413", "422", "429", "503"] {
            assert!(answers[status]["content"].is_object(), "{status}");
        }
    }
}
