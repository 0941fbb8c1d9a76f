//! One operation: what it takes, what it answers, and a call to copy.

use super::Entry;
use super::schema::{Side, example, field_rows, resolve, row};
use super::text::{escape, inline, prose};
use serde_json::Value;
use std::fmt::Write;

pub fn render(html: &mut String, document: &Value, entry: &Entry<'_>) {
    // Writing to a String cannot fail.
    let _ = writeln!(
        html,
        "<article id=\"{}\">\n<h3>{}</h3>\n<p class=\"route\"><span class=\"verb {}\">{}</span> <code>{}</code></p>\n{}",
        escape(&entry.id()),
        escape(entry.summary()),
        escape(entry.method),
        escape(&entry.method.to_uppercase()),
        escape(entry.path),
        prose(entry.operation["description"].as_str().unwrap_or_default())
    );
    parameters(html, document, entry.operation);
    body(html, document, entry.operation);
    call(html, document, entry);
    responses(html, document, entry.operation);
    html.push_str("</article>\n");
}

const HEAD: &str = "<thead><tr><th scope=\"col\">Name</th><th scope=\"col\">Type</th><th scope=\"col\">Meaning</th></tr></thead>";

fn parameters(html: &mut String, document: &Value, operation: &Value) {
    let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    for (place, title) in [("path", "In the path"), ("query", "In the query")] {
        let here: Vec<&Value> = parameters.iter().filter(|one| one["in"] == place).collect();
        if here.is_empty() {
            continue;
        }
        let _ = writeln!(html, "<h4>{title}</h4>\n<div class=\"table\"><table>{HEAD}<tbody>");
        for parameter in here {
            let mut schema = parameter["schema"].clone();
            if let (Some(text), Some(fields)) = (parameter.get("description"), schema.as_object_mut()) {
                fields.insert("description".to_owned(), text.clone());
            }
            let name = parameter["name"].as_str().unwrap_or_default();
            row(html, document, name, &schema, parameter["required"] == true, Side::Request);
        }
        html.push_str("</tbody></table></div>\n");
    }
}

/// Media type and schema of a body, if there is one.
fn content(of: &Value) -> Option<(&String, &Value)> {
    of["content"].as_object()?.iter().next().map(|(kind, body)| (kind, &body["schema"]))
}

fn body(html: &mut String, document: &Value, operation: &Value) {
    let Some((kind, schema)) = content(&operation["requestBody"]) else { return };
    let _ = writeln!(html, "<h4>Body <span class=\"note\">{}</span></h4>", escape(kind));
    if resolve(document, schema)["properties"].is_object() {
        let _ = writeln!(html, "<div class=\"table\"><table>{HEAD}<tbody>");
        field_rows(html, document, schema, "", Side::Request);
        html.push_str("</tbody></table></div>\n");
    } else {
        html.push_str("<p>The bytes of the file.</p>\n");
    }
}

fn call(html: &mut String, document: &Value, entry: &Entry<'_>) {
    let method = entry.method.to_uppercase();
    let mut lines = vec![format!("curl -X {method} \"$SERVER{}{}\"", entry.path, query(entry.operation))];
    match entry.operation["security"][0]
        .as_object()
        .and_then(|schemes| schemes.keys().next())
        .map(String::as_str)
    {
        Some("apikey") => lines.push("-H \"apikey: $APIKEY\"".to_owned()),
        Some("access_token") => lines.push("-H \"Authorization: Bearer $ACCESS_TOKEN\"".to_owned()),
        Some(_) | None => {}
    }
    match content(&entry.operation["requestBody"]) {
        Some((kind, schema)) if kind == "application/json" => {
            lines.push("-H \"Content-Type: application/json\"".to_owned());
            lines.push(format!("-d '{}'", example(document, schema, Side::Request)));
        }
        Some((kind, _)) if kind == "multipart/form-data" => lines.push("-F avatar=@picture.png".to_owned()),
        Some(_) => lines.push("--data-binary @holiday.jpg".to_owned()),
        None => {}
    }
    let _ = writeln!(
        html,
        "<h4>Call</h4>\n<pre tabindex=\"0\"><code>{}</code></pre>",
        escape(&lines.join(" \\\n  "))
    );
}

/// The query parameters that come with an example.
fn query(operation: &Value) -> String {
    let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    let given = parameters.iter().filter(|one| one["in"] == "query").filter_map(|one| {
        let value = one["example"].as_str()?;
        Some(format!("{}={}", one["name"].as_str()?, value.replace('#', "%23")))
    });
    let list: Vec<String> = given.collect();
    if list.is_empty() { String::new() } else { format!("?{}", list.join("&")) }
}

fn responses(html: &mut String, document: &Value, operation: &Value) {
    html.push_str("<h4>Answers</h4>\n");
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let good = status.starts_with('2');
        let text = inline(response["description"].as_str().unwrap_or_default());
        let class = if good { "good" } else { "bad" };
        let _ = writeln!(
            html,
            "<p class=\"answer\"><span class=\"status {class}\">{}</span> <span class=\"text\">{text}</span></p>",
            escape(status)
        );
        if let Some((_, schema)) = content(response).filter(|(kind, _)| good && *kind == "application/json") {
            let shown =
                serde_json::to_string_pretty(&example(document, schema, Side::Answer)).unwrap_or_default();
            let _ = writeln!(html, "<pre tabindex=\"0\"><code>{}</code></pre>", escape(&shown));
            let _ =
                writeln!(html, "<details><summary>Fields</summary><div class=\"table\"><table>{HEAD}<tbody>");
            field_rows(html, document, schema, "", Side::Answer);
            html.push_str("</tbody></table></div></details>\n");
        }
    }
}
