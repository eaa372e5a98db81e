//! Reports, and the tables in them as files.

use baton_shared::api::WhatIfWish;
use gloo_net::http::{Method, RequestBuilder};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Failure, READ_WITHIN_MS, RETRY_SECS_DEFAULT, as_json, failure, get};
use crate::browser::page;

/// How many rows the server puts into one table at most. Source: docs/api.md, "Insights".
const PAGE_ROWS: u32 = 10_000;

/// How many pages of a list are gathered for one file: 100,000 rows, as many as a browser holds with ease.
const FILE_PAGES_MAX: usize = 10;

/// How long days are played again at most; the server gives up before. Source: docs/insights.md, "What if".
const PLAYED_WITHIN_MS: u32 = 100_000;

/// What carries the place of the next page beside a table in CSV.
const NEXT: &str = "Baton-Next";

/// A form in which a table can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Lines with commas, for spreadsheets.
    Csv,
    /// What the server answers to programs.
    Json,
}

impl Form {
    /// Returns its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Json => "application/json",
        }
    }

    /// Returns the end of the names of its files.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }
}

/// The text of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gathered {
    /// The text.
    pub text: String,
    /// Whether there are rows that did not fit.
    pub cut: bool,
}

/// Fetches a report: the end of its address after `/api/insights/`, with its query.
pub async fn report<Answer: DeserializeOwned>(path: &str) -> Result<Answer, Failure> {
    get(format!("/api/insights/{path}")).await
}

/// Fetches a table as a file: its address as for [`report`]; of a list all of its pages, one after the other.
pub async fn file(path: &str, form: Form) -> Result<Gathered, Failure> {
    let (mut text, mut next) = page_of(path, form, None).await?;
    for _ in 1..FILE_PAGES_MAX {
        let Some(after) = next else { return Ok(Gathered { text, cut: false }) };
        let (more, then) = page_of(path, form, Some(&after)).await?;
        text = match form {
            Form::Csv => joined_lines(text, &more),
            Form::Json => joined_lists(&text, &more).ok_or(Failure::Unreachable)?,
        };
        next = then;
    }
    Ok(Gathered { text, cut: next.is_some() })
}

/// Has past days played again, and returns what came of it as the server wrote it.
pub async fn what_if(wish: &WhatIfWish, form: Form) -> Result<String, Failure> {
    let given_up = page::abort_after(PLAYED_WITHIN_MS);
    let request = RequestBuilder::new("/api/insights/what-if")
        .method(Method::POST)
        .header("Accept", form.media_type())
        .header("Content-Type", Form::Json.media_type())
        .abort_signal(Some(&given_up))
        .body(as_json(wish).unwrap_or_default());
    let answer = request.map_err(|_| Failure::Unreachable)?.send().await.map_err(|_| Failure::Unreachable)?;
    let retry_secs = answer.headers().get("Retry-After").and_then(|secs| secs.parse().ok());
    let text = answer.text().await.map_err(|_| Failure::Unreachable)?;
    match answer.status() {
        200..300 => Ok(text),
        status => Err(failure(status, retry_secs.or(Some(RETRY_SECS_DEFAULT)), &text)),
    }
}

/// Fetches one page, and where the next one begins.
async fn page_of(path: &str, form: Form, after: Option<&str>) -> Result<(String, Option<String>), Failure> {
    let joint = if path.contains('?') { '&' } else { '?' };
    let after = after.map(|after| format!("&after={after}")).unwrap_or_default();
    let address = format!("/api/insights/{path}{joint}limit={PAGE_ROWS}{after}");
    let given_up = page::abort_after(READ_WITHIN_MS);
    let request =
        RequestBuilder::new(&address).header("Accept", form.media_type()).abort_signal(Some(&given_up));
    let answer = request.send().await.map_err(|_| Failure::Unreachable)?;
    let retry_secs = answer.headers().get("Retry-After").and_then(|secs| secs.parse().ok());
    let told = answer.headers().get(NEXT);
    let text = answer.text().await.map_err(|_| Failure::Unreachable)?;
    match answer.status() {
        200..300 => {
            let next = match form {
                Form::Csv => told,
                Form::Json => next_in(&text),
            };
            Ok((text, next))
        }
        status => Err(failure(status, retry_secs.or(Some(RETRY_SECS_DEFAULT)), &text)),
    }
}

fn next_in(text: &str) -> Option<String> {
    let page: Value = serde_json::from_str(text).ok()?;
    Some(page.get("next")?.as_str()?.to_owned())
}

/// Adds the lines of a further page, without its line of names.
fn joined_lines(mut text: String, more: &str) -> String {
    text.push_str(more.split_once("\r\n").map_or("", |(_, lines)| lines));
    text
}

/// Adds what the lists of a further page hold to those of the first.
fn joined_lists(text: &str, more: &str) -> Option<String> {
    let (mut all, more): (Value, Value) =
        (serde_json::from_str(text).ok()?, serde_json::from_str(more).ok()?);
    for (name, value) in more.as_object()? {
        match (all.get_mut(name)?, value) {
            (Value::Array(rows), Value::Array(further)) => rows.extend(further.iter().cloned()),
            (last, value) => *last = value.clone(),
        }
    }
    Some(all.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_lines_become_one_table_with_one_line_of_names() {
        let all = joined_lines("id,name\r\n1,a\r\n".to_owned(), "id,name\r\n2,b\r\n");
        assert_eq!(all, "id,name\r\n1,a\r\n2,b\r\n");
    }

    #[test]
    fn pages_of_json_become_one_that_nothing_follows() {
        let all =
            joined_lists(r#"{"rows":[1],"next":"a"}"#, r#"{"rows":[2,3],"next":null}"#).expect("two pages");
        assert_eq!(all, r#"{"next":null,"rows":[1,2,3]}"#);
        assert_eq!(next_in(&all), None);
        assert_eq!(next_in(r#"{"next":"5-1"}"#).as_deref(), Some("5-1"));
    }
}
