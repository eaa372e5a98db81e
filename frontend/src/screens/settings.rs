//! The choices about the page: theme, sound, notifications.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::app::DeskContext;
use crate::browser::notifications::{self, Permission};
use crate::browser::sound;
use crate::controls::dialog::Dialog;
use crate::preferences::Theme;
use crate::viewing::DialogShown;

/// Shows the choices.
#[component]
pub fn SettingsDialog() -> impl IntoView {
    let context = DeskContext::here();
    let dialog = context.viewing.dialog;
    let open = Signal::derive(move || dialog.get() == Some(DialogShown::Settings));
    let close = Callback::new(move |()| dialog.set(None));
    view! {
        <Dialog name="Settings" open=open on_close=close>
            <h2>"Settings"</h2>
            <ThemeChoice />
            <SoundChoice />
            <NotificationChoice />
            <div class="dialog__buttons">
                <button class="button" type="button" on:click=move |_| dialog.set(None)>
                    "Close"
                </button>
            </div>
        </Dialog>
    }
}

#[component]
fn ThemeChoice() -> impl IntoView {
    let preferences = DeskContext::here().preferences;
    view! {
        <fieldset class="choices">
            <legend>"Theme"</legend>
            {Theme::ALL
                .into_iter()
                .map(|theme| {
                    view! {
                        <label class="choice">
                            <input
                                type="radio"
                                name="theme"
                                prop:checked=move || preferences.theme() == theme
                                on:change=move |_| preferences.choose_theme(theme)
                            />
                            {theme.label()}
                        </label>
                    }
                })
                .collect_view()}
        </fieldset>
    }
}

#[component]
fn SoundChoice() -> impl IntoView {
    let preferences = DeskContext::here().preferences;
    let choose = move |event| {
        let wanted = event_target_checked(&event);
        preferences.choose_sound(wanted);
        if wanted {
            sound::unlock();
            sound::play_offer();
        }
    };
    view! {
        <label class="choice">
            <input type="checkbox" prop:checked=move || preferences.sound() on:change=choose />
            "Sound for offers, and for messages while the page is hidden"
        </label>
    }
}

#[component]
fn NotificationChoice() -> impl IntoView {
    let permission = RwSignal::new(notifications::permission());
    let ask = move |_| spawn_local(async move { permission.set(notifications::ask().await) });
    view! {
        {move || match permission.get() {
            Permission::Granted => {
                view! { <p class="hint">"Desktop notifications are on."</p> }.into_any()
            }
            Permission::Denied => {
                view! {
                    <p class="hint">
                        "The browser blocks notifications from this page; its own settings can allow them."
                    </p>
                }
                    .into_any()
            }
            Permission::Unasked => {
                view! {
                    <button class="button" type="button" on:click=ask>
                        "Allow desktop notifications"
                    </button>
                }
                    .into_any()
            }
        }}
    }
}
