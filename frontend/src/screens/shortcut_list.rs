//! The list of shortcuts.

use leptos::prelude::*;

use crate::app::DeskContext;
use crate::controls::dialog::Dialog;
use crate::keyboard::SHORTCUTS;
use crate::viewing::DialogShown;

/// Shows every shortcut.
#[component]
pub fn ShortcutDialog() -> impl IntoView {
    let dialog = DeskContext::here().viewing.dialog;
    let open = Signal::derive(move || dialog.get() == Some(DialogShown::Shortcuts));
    let close = Callback::new(move |()| dialog.set(None));
    view! {
        <Dialog name="Shortcuts" open=open on_close=close>
            <h2>"Shortcuts"</h2>
            <dl class="shortcuts">
                {SHORTCUTS
                    .into_iter()
                    .map(|shortcut| {
                        view! {
                            <div>
                                <dt>{shortcut.label}</dt>
                                <dd>
                                    {shortcut.keys.iter().map(|key| view! { <kbd>{*key}</kbd> }).collect_view()}
                                </dd>
                            </div>
                        }
                    })
                    .collect_view()}
                <div>
                    <dt>"Send the message"</dt>
                    <dd>
                        <kbd>"Enter"</kbd>
                    </dd>
                </div>
                <div>
                    <dt>"Begin a new line"</dt>
                    <dd>
                        <kbd>"Shift"</kbd>
                        <kbd>"Enter"</kbd>
                    </dd>
                </div>
            </dl>
            <div class="dialog__buttons">
                <button class="button" type="button" on:click=move |_| dialog.set(None)>
                    "Close"
                </button>
            </div>
        </Dialog>
    }
}
