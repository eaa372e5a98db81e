//! The line at the top of the desk.

use baton_shared::Role;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::app::DeskContext;
use crate::controls::dialog::Dialog;
use crate::controls::icon::{Icon, IconView};
use crate::controls::toast::Toast;
use crate::presence::capacity_meter::CapacityMeter;
use crate::presence::status_menu::StatusMenu;
use crate::reactive::memo;
use crate::screens::admin::AdminPage;
use crate::viewing::DialogShown;

/// Who sits here, what they can take, and the choices about the page.
#[component]
pub fn Header() -> impl IntoView {
    let context = DeskContext::here();
    let name = memo(move || context.live.read(|desk| desk.me.name.clone()).unwrap_or_default());
    let leads = memo(move || context.live.read(|desk| desk.me.role > Role::Agent).unwrap_or(false));
    let show = move |dialog| context.viewing.dialog.set(Some(dialog));
    view! {
        <header class="header">
            <h1 class="brand">"Baton"</h1>
            <p class="header__name">{name}</p>
            <CapacityMeter />
            <StatusMenu />
            <div class="header__tools">
                <Show when=move || leads.get()>
                    <a class="button button--plain" href="/supervisor">
                        "Wall"
                    </a>
                    <a
                        class="button button--plain button--icon"
                        href=AdminPage::Transfers.path()
                        aria-label="Administration"
                    >
                        <IconView icon=Icon::Administration />
                    </a>
                </Show>
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
                    on:click=move |_| match held(context) {
                        0 => sign_out(context),
                        _ => show(DialogShown::SignOut),
                    }
                >
                    <IconView icon=Icon::SignOut />
                </button>
            </div>
        </header>
    }
}

/// Returns how many open conversations one has.
fn held(context: DeskContext) -> usize {
    context.live.peek(|desk| desk.conversations.len()).unwrap_or_default()
}

/// Asks whether to sign out with conversations open.
#[component]
pub fn SignOutDialog() -> impl IntoView {
    let context = DeskContext::here();
    let dialog = context.viewing.dialog;
    let open = Signal::derive(move || dialog.get() == Some(DialogShown::SignOut));
    let close = Callback::new(move |()| dialog.set(None));
    let question = move || match open.get().then(|| held(context)) {
        Some(1) => "Sign out with a conversation open?".to_owned(),
        many => format!("Sign out with {} conversations open?", many.unwrap_or_default()),
    };
    let leave = move |_| {
        close.run(());
        sign_out(context);
    };
    view! {
        <Dialog name="Sign out" open=open on_close=close>
            <h2>{question}</h2>
            <p>
                "Whoever writes there waits until you are given up, and then in line again. Hand over first, so that somebody goes on at once."
            </p>
            <div class="dialog__buttons">
                <button class="button" type="button" on:click=move |_| close.run(())>
                    "Stay"
                </button>
                <button class="button" type="button" on:click=move |_| dialog.set(Some(DialogShown::HandOverAll))>
                    "Hand over all"
                </button>
                <button class="button button--danger" type="button" on:click=leave>
                    "Sign out"
                </button>
            </div>
        </Dialog>
    }
}

/// Signs out.
pub fn sign_out(context: DeskContext) {
    spawn_local(async move {
        match api::sign_out().await {
            Ok(()) | Err(api::Failure::SignedOut) => {
                context.session.leave();
                context.connection.tell_left();
            }
            Err(failure) => context.toasts.show(Toast::failure(failure.sentence())),
        }
    });
}
