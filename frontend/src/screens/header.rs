//! The line at the top of the desk.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::app::DeskContext;
use crate::controls::icon::{Icon, IconView};
use crate::controls::toast::Toast;
use crate::presence::capacity_meter::CapacityMeter;
use crate::presence::status_menu::StatusMenu;
use crate::viewing::DialogShown;

/// Who sits here, what they can take, and the choices about the page.
#[component]
pub fn Header() -> impl IntoView {
    let context = DeskContext::here();
    let name = Memo::new(move |_| context.live.read(|desk| desk.me.name.clone()).unwrap_or_default());
    let show = move |dialog| context.viewing.dialog.set(Some(dialog));
    let sign_out = move |_| {
        spawn_local(async move {
            match api::sign_out().await {
                Ok(()) | Err(api::Failure::SignedOut) => {
                    context.session.signed_out();
                    context.connection.tell_session_changed();
                }
                Err(failure) => context.toasts.show(Toast::failure(failure.sentence())),
            }
        });
    };
    view! {
        <header class="header">
            <h1 class="brand">"Baton"</h1>
            <p class="header__name">{name}</p>
            <CapacityMeter />
            <StatusMenu />
            <div class="header__tools">
                <button
                    class="button button--plain button--icon"
                    type="button"
                    aria-label="Settings"
                    on:click=move |_| show(DialogShown::Settings)
                >
                    <IconView icon=Icon::Settings />
                </button>
                <button
                    class="button button--plain button--icon header__shortcuts"
                    type="button"
                    aria-label="Shortcuts"
                    on:click=move |_| show(DialogShown::Shortcuts)
                >
                    <IconView icon=Icon::Keyboard />
                </button>
                <button
                    class="button button--plain button--icon"
                    type="button"
                    aria-label="Sign out"
                    on:click=sign_out
                >
                    <IconView icon=Icon::SignOut />
                </button>
            </div>
        </header>
    }
}
