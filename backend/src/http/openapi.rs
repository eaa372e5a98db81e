//! The machine-readable description of the API, generated from the handlers.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use baton_shared::api::Problem;
use bytes::Bytes;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Content, InfoBuilder, OpenApi, OpenApiBuilder, Ref, ResponseBuilder};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::callers::PLAIN_COOKIE;
use super::error::PROBLEM_JSON;
use super::gate::is_of_customers;

/// The header that makes a command's repetition harmless.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it describes a header that `Keyed` reads")]
pub struct KeyParam {
    /// A key of the client's own making; the same key again gives the same answer and has no second effect.
    #[param(rename = "Idempotency-Key", min_length = 8, max_length = 64, pattern = "^[A-Za-z0-9_-]+$")]
    key: String,
}

/// Returns what the handlers' descriptions are added to.
pub fn base() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Baton")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("An agent desktop for messaging. docs/api.md holds what a schema cannot say."))
        .build();
    OpenApiBuilder::new().info(info).build()
}

/// Adds what is true of every address: how one proves who one is, and what a refusal looks like.
pub fn finish(mut api: OpenApi) -> OpenApi {
    let components = api.components.get_or_insert_default();
    let mut schemas = vec![(Problem::name().into_owned(), Problem::schema())];
    Problem::schemas(&mut schemas);
    components.schemas.extend(schemas);
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(PLAIN_COOKIE)));
    let token = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    components.add_security_scheme("session", cookie);
    components.add_security_scheme("customer", token);
    let refusal = ResponseBuilder::new()
        .description("A refusal, as problem details (RFC 9457) with a stable code.")
        .content(PROBLEM_JSON, Content::new(Some(Ref::from_schema_name(Problem::name()))))
        .build();
    for (path, item) in &mut api.paths.paths {
        let operations = [
            ("get", &mut item.get),
            ("post", &mut item.post),
            ("put", &mut item.put),
            ("delete", &mut item.delete),
        ];
        for (method, operation) in operations {
            let Some(operation) = operation else { continue };
            operation.responses.responses.insert("default".to_owned(), refusal.clone().into());
            operation.security = security(path, method);
            operation.operation_id = Some(operation_id(path, method));
        }
    }
    api
}

/// Names an operation after its method and address, as `get_people_by_person`: handlers' own names are not unique.
fn operation_id(path: &str, method: &str) -> String {
    let named = path.split('/').filter(|part| !part.is_empty() && *part != "api");
    let words = named.map(|part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
        Some(id) => format!("by_{id}"),
        None => part.replace('-', "_"),
    });
    std::iter::once(method.to_owned()).chain(words).collect::<Vec<_>>().join("_")
}

fn security(path: &str, method: &str) -> Option<Vec<SecurityRequirement>> {
    let scheme = match (path, method) {
        ("/api/chat" | "/api/chat/requests" | "/api/session", "post") => return None,
        ("/api/chat/opening", "get") => return None,
        // What partners sign with stands in headers that each of their addresses describes.
        _ if path.starts_with("/api/external/") => return None,
        _ if is_of_customers(path) => "customer",
        _ => "session",
    };
    Some(vec![SecurityRequirement::new::<_, [&str; 0], &str>(scheme, [])])
}

/// Writes the description as JSON.
pub fn document_text(api: &OpenApi) -> Bytes {
    // The description is made of texts, lists and maps, which always become JSON.
    serde_json::to_vec_pretty(api).unwrap_or_default().into()
}

/// Serves the description.
pub fn serve(document: Bytes) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], document).into_response()
}
