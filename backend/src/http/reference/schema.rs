//! Schemas in the reference: what a body looks like, in tables and links.

use std::fmt::Write;

use serde_json::Value;

use super::escaped;

/// Writes a named schema with all that it consists of.
pub(super) fn schema_section(html: &mut String, name: &str, schema: &Value) {
    let name = escaped(name);
    let _ = writeln!(html, "<article>\n<h3 id=\"schema-{name}\"><code>{name}</code></h3>");
    if let Some(meaning) = schema["description"].as_str() {
        let _ = writeln!(html, "<p>{}</p>", escaped(meaning));
    }
    match schema["oneOf"].as_array() {
        Some(variants) => {
            html.push_str("<p>One of:</p>\n<ul class=\"variants\">\n");
            for variant in variants {
                let meaning = escaped(variant["description"].as_str().unwrap_or_default());
                let _ = writeln!(html, "<li><p>{meaning}</p>");
                content(html, variant);
                html.push_str("</li>\n");
            }
            html.push_str("</ul>\n");
        }
        None => content(html, schema),
    }
    html.push_str("</article>\n");
}

fn content(html: &mut String, schema: &Value) {
    let Some(fields) = schema["properties"].as_object() else {
        let _ = writeln!(html, "<p>{}</p>", kind(schema));
        return;
    };
    let required = schema["required"].as_array();
    html.push_str("<table><thead><tr><th>Field</th><th>Type</th><th>Meaning</th></tr></thead><tbody>\n");
    for (name, field) in fields {
        let is_required = required.is_some_and(|names| names.iter().any(|known| known == name));
        let optional = if is_required { "" } else { " <i>optional</i>" };
        let _ = writeln!(
            html,
            "<tr><td><code>{}</code>{optional}</td><td>{}</td><td>{}</td></tr>",
            escaped(name),
            kind(field),
            escaped(field["description"].as_str().unwrap_or_default()),
        );
    }
    html.push_str("</tbody></table>\n");
}

/// Writes what kind of value a schema describes, with links to those that have names.
pub(super) fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        let name = escaped(name);
        return format!("<a href=\"#schema-{name}\"><code>{name}</code></a>");
    }
    for joined in ["oneOf", "anyOf", "allOf"] {
        if let Some(parts) = schema[joined].as_array() {
            return parts.iter().map(kind).collect::<Vec<_>>().join(" or ");
        }
    }
    if let Some(words) = schema["enum"].as_array() {
        let words = words.iter().map(|word| format!("<code>{}</code>", escaped(&word.to_string())));
        return words.collect::<Vec<_>>().join(" or ");
    }
    match &schema["type"] {
        Value::String(name) => named(name, schema),
        Value::Array(names) => {
            let names = names.iter().filter_map(Value::as_str).map(|name| named(name, schema));
            names.collect::<Vec<_>>().join(" or ")
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => "anything".to_owned(),
    }
}

fn named(name: &str, schema: &Value) -> String {
    match name {
        "array" => format!("list of {}", kind(&schema["items"])),
        "object" if schema["additionalProperties"].is_object() => {
            format!("map of {}", kind(&schema["additionalProperties"]))
        }
        "string" => match (schema["format"].as_str(), schema["pattern"].as_str()) {
            (Some("date-time"), _) => "time".to_owned(),
            (_, Some(pattern)) => format!("text like <code>{}</code>", escaped(pattern)),
            _ => "text".to_owned(),
        },
        "integer" => "whole number".to_owned(),
        "boolean" => "yes or no".to_owned(),
        "null" => "nothing".to_owned(),
        other => escaped(other),
    }
}
