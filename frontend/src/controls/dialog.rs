//! A modal dialog: the native element, which traps the focus and gives it back.

use leptos::html;
use leptos::prelude::*;

use crate::reactive::effect;

/// Shows its children in a modal dialog for as long as it is open.
#[component]
pub fn Dialog(
    /// Its name.
    #[prop(into)]
    name: String,
    /// Whether it is open.
    #[prop(into)]
    open: Signal<bool>,
    /// Called when it was closed, by Escape too.
    on_close: Callback<()>,
    /// How wide it may be.
    #[prop(default = Width::Narrow)]
    width: Width,
    children: ChildrenFn,
) -> impl IntoView {
    let element = NodeRef::<html::Dialog>::new();
    effect(move || {
        let Some(dialog) = element.get() else { return };
        match (open.get(), dialog.open()) {
            // It fails only where it is shown already.
            (true, false) => drop(dialog.show_modal()),
            (false, true) => dialog.close(),
            (true, true) | (false, false) => {}
        }
    });
    let closed = move |_| {
        if open.get_untracked() {
            on_close.run(());
        }
    };
    // A click beside the content of a modal dialog has the dialog itself as its target.
    let click_beside = move |event: leptos::ev::MouseEvent| {
        let beside = element.get_untracked().is_some_and(|dialog| {
            let dialog: &web_sys::EventTarget = dialog.as_ref();
            event.target().as_ref() == Some(dialog)
        });
        if beside {
            on_close.run(());
        }
    };
    view! {
        <dialog
            class="dialog"
            class:dialog--wide=width == Width::Wide
            aria-label=name
            node_ref=element
            on:close=closed
            on:mousedown=click_beside
        >
            <Show when=move || open.get()>
                <div class="dialog__content">{children()}</div>
            </Show>
        </dialog>
    }
}

/// How wide a dialog may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// For a question.
    Narrow,
    /// For a list.
    Wide,
}
