//! The HTTP side: one table of addresses, grouped by who uses them.
//!
//! A handler takes out what it needs, makes one call, and maps the answer; rules are elsewhere.
//! Deliberately absent: cross-origin answers to cookies, and anything that is not JSON except pages and streams.

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use error::ApiError;

pub mod assets;
pub mod body;
pub mod callers;
pub mod chat;
pub mod conversations;
pub mod desk;
pub mod error;
pub mod externals;
pub mod flows;
pub mod gate;
pub mod handover;
pub mod headers;
pub mod health;
pub mod insights;
pub mod invites;
pub mod limits;
pub mod offers;
pub mod openapi;
pub mod people;
pub mod policies;
pub mod queues;
pub mod reference;
pub mod requests;
pub mod schedules;
pub mod search;
pub mod server;
pub mod session;
pub mod streams;
pub mod summary;
pub mod supervision;
pub mod teams;
mod transfers;
pub mod wall;
mod why;
pub mod workflows;

/// Returns everything that the server answers.
pub fn router(app: Arc<App>) -> Router {
    let (api, description) = api().split_for_parts();
    let description = openapi::finish(description);
    let document = openapi::document_text(&description);
    let reference = reference::page(&description);
    let everything = Router::new()
        .merge(api)
        .route("/api/openapi.json", get(|| async move { openapi::serve(document) }))
        .route("/api/docs", get(|| async move { reference::serve(reference) }))
        .route("/api/docs.css", get(reference::stylesheet))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .fallback(assets::serve)
        .method_not_allowed_fallback(wrong_method);
    // Panics are caught inside, so that a panicking handler's answer has the headers that every answer has.
    let caught = everything.layer(CatchPanicLayer::custom(panicked));
    caught.layer(from_fn_with_state(app.clone(), edge)).with_state(app)
}

/// Returns the description of the API.
pub fn description() -> OpenApi {
    openapi::finish(api().into_openapi())
}

fn api() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(openapi::base())
        // Everyone who signs in.
        .routes(routes!(session::sign_in, session::current, session::sign_out))
        .routes(routes!(desk::desk))
        .routes(routes!(streams::desk_events))
        .routes(routes!(wall::show))
        .routes(routes!(streams::wall_events))
        .routes(routes!(desk::heartbeat))
        .routes(routes!(desk::choose_status))
        .routes(routes!(offers::accept))
        .routes(routes!(offers::reject))
        .routes(routes!(offers::reply))
        .routes(routes!(offers::ask))
        .routes(routes!(offers::answer))
        .routes(routes!(conversations::show))
        .routes(routes!(conversations::messages, conversations::send))
        .routes(routes!(conversations::mark))
        .routes(routes!(conversations::typing))
        .routes(routes!(summary::summary))
        .routes(routes!(conversations::close))
        .routes(routes!(why::show))
        .routes(routes!(why::target))
        .routes(routes!(transfers::targets))
        .routes(routes!(transfers::request))
        .routes(routes!(transfers::cancel))
        .routes(routes!(transfers::hand_over))
        .routes(routes!(transfers::take_over))
        .routes(routes!(transfers::leave))
        .routes(routes!(transfers::send_aside))
        .routes(routes!(supervision::listen_in, transfers::stop_listening))
        .routes(routes!(invites::make))
        .routes(routes!(invites::cancel))
        .routes(routes!(invites::leave))
        .routes(routes!(requests::list))
        .routes(routes!(requests::create))
        .routes(routes!(requests::answer))
        .routes(routes!(offers::complete_wrap_up))
        .routes(routes!(offers::extend_wrap_up))
        .routes(routes!(desk::dispositions))
        .routes(routes!(insights::transfers))
        .routes(routes!(insights::transfer_list))
        .routes(routes!(insights::segments))
        .routes(routes!(insights::queues))
        .routes(routes!(insights::agents))
        .routes(routes!(insights::conversations))
        .routes(routes!(insights::conversation_list))
        .routes(routes!(insights::waits))
        .routes(routes!(insights::ratings))
        .routes(routes!(insights::rating_list))
        .routes(routes!(insights::flows_between))
        .routes(routes!(insights::trend))
        .routes(routes!(schedules::list, schedules::add))
        .routes(routes!(schedules::change, schedules::remove))
        .routes(routes!(schedules::send))
        .routes(routes!(insights::what_if::what_if))
        // Supervisors, and agents who ask for them.
        .routes(routes!(supervision::raise_flag, supervision::lower_flag))
        .routes(routes!(supervision::whisper))
        .routes(routes!(supervision::join))
        .routes(routes!(supervision::redirect))
        .routes(routes!(supervision::person))
        .routes(routes!(supervision::set_status))
        .routes(routes!(supervision::sign_out))
        // Administrators.
        .routes(routes!(people::list, people::add))
        .routes(routes!(people::show, people::change))
        .routes(routes!(people::grant, people::revoke))
        .routes(routes!(queues::list, queues::add))
        .routes(routes!(queues::change))
        .routes(routes!(queues::add_member, queues::remove_member))
        .routes(routes!(queues::list_skills, queues::add_skill))
        .routes(routes!(queues::list_groups, queues::add_group))
        .routes(routes!(queues::change_group, queues::remove_group))
        .routes(routes!(teams::list, teams::add))
        .routes(routes!(teams::change, teams::remove))
        .routes(routes!(workflows::list, workflows::add))
        .routes(routes!(workflows::show, workflows::change, workflows::remove))
        .routes(routes!(workflows::dry_run))
        .routes(routes!(flows::list, flows::add))
        .routes(routes!(flows::show, flows::change, flows::remove))
        .routes(routes!(externals::list, externals::add))
        .routes(routes!(externals::change, externals::remove))
        .routes(routes!(policies::show, policies::set))
        .routes(routes!(policies::presets))
        .routes(routes!(policies::overrides))
        .routes(routes!(policies::history))
        .routes(routes!(policies::set_for_queue))
        .routes(routes!(policies::set_for_chat))
        // Partners.
        .routes(routes!(externals::transcript))
        .routes(routes!(externals::send))
        .routes(routes!(externals::give_back))
        .routes(routes!(externals::close))
        // Supervisors, looking back.
        .routes(routes!(search::find))
        .routes(routes!(search::timeline))
        // Customers.
        .routes(routes!(chat::start, chat::show))
        .routes(routes!(chat::opening))
        .routes(routes!(chat::leave_request))
        .routes(routes!(streams::chat_events))
        .routes(routes!(chat::messages, chat::send))
        .routes(routes!(chat::mark))
        .routes(routes!(chat::typing))
        .routes(routes!(chat::leave_address))
        .routes(routes!(chat::close))
        .routes(routes!(chat::rate))
}

/// What every request passes on its way in and every answer on its way out.
async fn edge(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let method = parts.method.clone();
    let route = parts.extensions.get::<MatchedPath>().cloned();
    let mut response = match gate::check(&parts, &app.config) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(refused) => refused.into_response(),
    };
    headers::add(&mut response, &path, &app.config);
    count(&method, route.as_ref(), response.status());
    response
}

fn count(method: &Method, route: Option<&MatchedPath>, status: StatusCode) {
    // Made-up methods would make a series each.
    let method = match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    };
    let route = route.map_or("other", MatchedPath::as_str).to_owned();
    let status = status.as_str().to_owned();
    metrics::counter!("baton_requests_total", "method" => method, "route" => route, "status" => status)
        .increment(1);
}

/// Answers a method that an address does not take; the router adds the `Allow` header.
async fn wrong_method(method: Method, uri: Uri) -> Response {
    if method == Method::OPTIONS && gate::is_of_customers(uri.path()) {
        return chat::allowed_from_anywhere().into_response();
    }
    if method == Method::OPTIONS {
        return StatusCode::NO_CONTENT.into_response();
    }
    ApiError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "wrong_method",
        "This address does not take this method; the `Allow` header lists those that it takes.",
    )
    .into_response()
}

fn panicked(panic: Box<dyn Any + Send>) -> axum::http::Response<Body> {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("");
    tracing::error!(panic = text, "a handler panicked");
    ApiError::internal().into_response()
}
