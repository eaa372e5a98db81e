//! The readable reference of the API: made here from the description, without script.
//!
//! It walks the description as JSON, so that it shows what programs read and nothing else.

use std::collections::BTreeMap;
use std::fmt::Write;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::Value;
use utoipa::openapi::OpenApi;

mod schema;

use schema::{kind, schema_section};

const STYLESHEET: &str = include_str!("reference/reference.css");

/// An operation with its place in the table of addresses.
struct Operation<'a> {
    method: &'a str,
    path: &'a str,
    value: &'a Value,
}

/// Writes the reference as a page.
pub fn page(api: &OpenApi) -> Bytes {
    // The description is made of texts, lists and maps, which always become JSON.
    let api = serde_json::to_value(api).unwrap_or_default();
    let by_tag = by_tag(&api);
    let mut html = String::with_capacity(128 * 1024);
    html.push_str(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Baton: the API</title>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <link rel=\"stylesheet\" href=\"/api/docs.css\">\n</head>\n<body>\n",
    );
    let version = escaped(api["info"]["version"].as_str().unwrap_or_default());
    let _ = write!(
        html,
        "<header><h1>Baton: the API</h1>\n<p>Version {version}. For programs: \
         <a href=\"/api/openapi.json\">openapi.json</a>. Every refusal is a <a href=\"#schema-Problem\">Problem</a>.\
         </p></header>\n"
    );
    contents(&mut html, &by_tag);
    html.push_str("<main>\n");
    for (tag, operations) in &by_tag {
        let _ = writeln!(html, "<section>\n<h2 id=\"tag-{}\">{}</h2>", anchor(tag), escaped(tag));
        for operation in operations {
            operation_section(&mut html, operation);
        }
        html.push_str("</section>\n");
    }
    html.push_str("<section>\n<h2 id=\"schemas\">Schemas</h2>\n");
    let schemas = api["components"]["schemas"].as_object();
    for (name, schema) in schemas.into_iter().flatten() {
        schema_section(&mut html, name, schema);
    }
    html.push_str("</section>\n</main>\n</body>\n</html>\n");
    Bytes::from(html)
}

/// Serves the reference.
pub fn serve(page: Bytes) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
}

/// Serves the reference's stylesheet.
pub async fn stylesheet() -> ([(header::HeaderName, &'static str); 1], &'static str) {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLESHEET)
}

fn by_tag(api: &Value) -> BTreeMap<&str, Vec<Operation<'_>>> {
    let mut by_tag: BTreeMap<&str, Vec<Operation<'_>>> = BTreeMap::new();
    for (path, item) in api["paths"].as_object().into_iter().flatten() {
        for method in ["get", "post", "put", "delete"] {
            let Some(value) = item.get(method) else { continue };
            let tag = value["tags"][0].as_str().unwrap_or("Other");
            by_tag.entry(tag).or_default().push(Operation { method, path, value });
        }
    }
    by_tag
}

fn contents(html: &mut String, by_tag: &BTreeMap<&str, Vec<Operation<'_>>>) {
    html.push_str("<nav aria-label=\"Contents\">\n<ul>\n");
    for (tag, operations) in by_tag {
        let _ = writeln!(html, "<li><a href=\"#tag-{}\">{}</a><ul>", anchor(tag), escaped(tag));
        for Operation { method, path, .. } in operations {
            let _ = writeln!(
                html,
                "<li><a href=\"#{}\"><b class=\"{method}\">{}</b> <code>{}</code></a></li>",
                anchor(&format!("{method} {path}")),
                method.to_uppercase(),
                escaped(path.trim_start_matches("/api")),
            );
        }
        html.push_str("</ul></li>\n");
    }
    html.push_str("<li><a href=\"#schemas\">Schemas</a></li>\n</ul>\n</nav>\n");
}

fn operation_section(html: &mut String, Operation { method, path, value }: &Operation<'_>) {
    let _ = writeln!(
        html,
        "<article>\n<h3 id=\"{}\"><b class=\"{method}\">{}</b> <code>{}</code></h3>\n<p>{}.</p>",
        anchor(&format!("{method} {path}")),
        method.to_uppercase(),
        escaped(path),
        escaped(value["summary"].as_str().unwrap_or_default()),
    );
    if let Some(more) = value["description"].as_str().filter(|more| !more.is_empty()) {
        let _ = writeln!(html, "<p>{}</p>", escaped(more));
    }
    let _ = writeln!(html, "<p class=\"who\">{}</p>", who(value));
    parameters(html, value);
    let body = value["requestBody"]["content"].as_object().into_iter().flatten().next();
    if let Some((media, content)) = body {
        let _ =
            writeln!(html, "<p>Body: {} as <code>{}</code></p>", kind(&content["schema"]), escaped(media));
    }
    html.push_str("<table><thead><tr><th>Status</th><th>Answer</th></tr></thead><tbody>\n");
    for (status, response) in value["responses"].as_object().into_iter().flatten() {
        let content = response["content"].as_object().into_iter().flatten().next();
        let shown = match content {
            Some((media, content)) => {
                format!("{} as <code>{}</code>", kind(&content["schema"]), escaped(media))
            }
            None => "no content".to_owned(),
        };
        let status = if status == "default" { "4xx, 503" } else { status };
        let _ = writeln!(html, "<tr><td>{}</td><td>{shown}</td></tr>", escaped(status));
    }
    html.push_str("</tbody></table>\n</article>\n");
}

fn who(operation: &Value) -> &'static str {
    match operation["security"][0].as_object().and_then(|scheme| scheme.keys().next()).map(String::as_str) {
        Some("customer") => "The customer, by the conversation's token.",
        Some("session") => "A person who is signed in.",
        Some(_) | None => "Anyone.",
    }
}

fn parameters(html: &mut String, operation: &Value) {
    let Some(parameters) = operation["parameters"].as_array().filter(|all| !all.is_empty()) else { return };
    html.push_str(
        "<table><thead><tr><th>Parameter</th><th>In</th><th>Type</th><th>Meaning</th></tr></thead><tbody>\n",
    );
    for parameter in parameters {
        let optional = if parameter["required"] == true { "" } else { " <i>optional</i>" };
        let _ = writeln!(
            html,
            "<tr><td><code>{}</code>{optional}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escaped(parameter["name"].as_str().unwrap_or_default()),
            escaped(parameter["in"].as_str().unwrap_or_default()),
            kind(&parameter["schema"]),
            escaped(parameter["description"].as_str().unwrap_or_default()),
        );
    }
    html.push_str("</tbody></table>\n");
}

/// Turns a text into what a link can name.
fn anchor(text: &str) -> String {
    let letter =
        |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    text.chars().map(letter).collect()
}

/// Writes a text so that HTML shows it as it is.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            other => html.push(other),
        }
    }
    html
}
