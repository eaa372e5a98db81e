//! What the three programs show to someone who is signed in; each is linked into its own alone.

use baton_shared::api::SignedIn;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use crate::app::DeskContext;
use crate::browser::page;
use crate::screens::admin::{AdminPage, AdminScreen};
use crate::screens::desk::DeskScreen;
use crate::screens::not_found::NotFoundScreen;
use crate::screens::supervisor::{self, SupervisorScreen};

/// Returns the desk, or at another address that there is nothing.
pub fn desk(_person: SignedIn) -> AnyView {
    match page::path().as_str() {
        "/" => view! { <DeskWithKeys /> }.into_any(),
        _ => view! { <NotFoundScreen /> }.into_any(),
    }
}

/// Returns the page of the administration at this address, if there is one.
pub fn administration(person: SignedIn) -> AnyView {
    match AdminPage::at(&page::path()) {
        Some(page) => view! { <AdminScreen page=page person=person /> }.into_any(),
        None => view! { <NotFoundScreen /> }.into_any(),
    }
}

/// Returns the wall, or at another address that there is nothing.
pub fn supervision(person: SignedIn) -> AnyView {
    match page::path().trim_end_matches('/') {
        supervisor::PATH => view! { <SupervisorScreen person=person /> }.into_any(),
        _ => view! { <NotFoundScreen /> }.into_any(),
    }
}

/// The desk, and its shortcuts for as long as it is shown.
#[component]
fn DeskWithKeys() -> impl IntoView {
    let context = DeskContext::here();
    let keys = window_event_listener(leptos::ev::keydown, move |event| on_key(context, &event));
    on_cleanup(move || keys.remove());
    view! { <DeskScreen /> }
}

fn on_key(context: DeskContext, event: &KeyboardEvent) {
    if !context.live.peek(|_| true).unwrap_or(false) {
        return;
    }
    let press = crate::keyboard::Press {
        key: event.key(),
        code: event.code(),
        alt: event.alt_key(),
        command: event.ctrl_key() || event.meta_key(),
        typing: page::typing(),
    };
    if let Some(action) = crate::keyboard::action(&press)
        && !page::dialog_open()
        && crate::screens::desk::act(context, action)
    {
        event.prevent_default();
    }
}
