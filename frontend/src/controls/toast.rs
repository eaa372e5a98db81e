//! Short messages over the page: what was refused, what was done and can be undone.

use core::time::Duration;

use leptos::prelude::*;

use crate::controls::icon::{Icon, IconView};

/// How long a message stays.
const SHOWN: Duration = Duration::from_secs(6);

/// How long a failure stays: long enough to be read twice.
const FAILURE_SHOWN: Duration = Duration::from_secs(12);

/// How a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something happened.
    Notice,
    /// Something did not.
    Failure,
}

/// A message over the page.
#[derive(Clone)]
pub struct Toast {
    tone: Tone,
    text: String,
    shown: Duration,
    action: Option<(&'static str, Callback<()>)>,
}

impl Toast {
    /// Makes a message that something happened.
    pub fn notice(text: impl Into<String>) -> Self {
        Self { tone: Tone::Notice, text: text.into(), shown: SHOWN, action: None }
    }

    /// Makes a message that something did not.
    pub fn failure(text: impl Into<String>) -> Self {
        Self { tone: Tone::Failure, shown: FAILURE_SHOWN, ..Self::notice(text) }
    }

    /// Adds a button.
    pub fn with_action(self, label: &'static str, action: Callback<()>) -> Self {
        Self { action: Some((label, action)), ..self }
    }

    /// Says how long it stays.
    pub fn shown_for(self, shown: Duration) -> Self {
        Self { shown, ..self }
    }
}

/// The messages that are shown; a handle that can be copied.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<(u32, Toast)>>,
    count: StoredValue<u32>,
}

impl Toasts {
    /// Starts with none.
    pub fn none() -> Self {
        Self { shown: RwSignal::new(Vec::new()), count: StoredValue::new(0) }
    }

    /// Shows a message for its time; an answer may come after the desk is gone, and then there is nobody to tell.
    pub fn show(self, toast: Toast) {
        let Some(id) = self.count.try_update_value(|count| {
            *count += 1;
            *count
        }) else {
            return;
        };
        let shown = toast.shown;
        self.shown.update(|toasts| toasts.push((id, toast)));
        set_timeout(move || self.hide(id), shown);
    }

    fn hide(self, id: u32) {
        let _gone = self.shown.try_update(|toasts| toasts.retain(|(known, _)| *known != id));
    }
}

/// Shows the messages.
#[component]
pub fn ToastList(
    /// Which.
    toasts: Toasts,
) -> impl IntoView {
    view! {
        <div class="toasts" role="region" aria-label="Notices">
            <For each=move || toasts.shown.get() key=|(id, _)| *id let((id, toast))>
                <div
                    class="toast"
                    class:toast--failure=toast.tone == Tone::Failure
                    role=(toast.tone == Tone::Failure).then_some("alert")
                >
                    <p>{toast.text}</p>
                    {toast
                        .action
                        .map(|(label, action)| {
                            let act = move |_| {
                                toasts.hide(id);
                                action.run(());
                            };
                            view! {
                                <button class="button button--small" type="button" on:click=act>
                                    {label}
                                </button>
                            }
                        })}
                    <button
                        class="button button--plain button--icon"
                        type="button"
                        aria-label="Close"
                        on:click=move |_| toasts.hide(id)
                    >
                        <IconView icon=Icon::Close />
                    </button>
                </div>
            </For>
        </div>
    }
}
