//! An address that leads nowhere.

use leptos::prelude::*;

/// Says so, and leads back.
#[component]
pub fn NotFoundScreen() -> impl IntoView {
    view! {
        <main class="lone">
            <p class="brand">"Baton"</p>
            <h1>"There is nothing at this address"</h1>
            <p>
                <a href="/">"Go to your desk"</a>
            </p>
        </main>
    }
}
