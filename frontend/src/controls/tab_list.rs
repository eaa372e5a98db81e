//! Tabs, as the ARIA authoring practices describe them: arrow keys move and choose.

use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::controls::menu;

/// A row of tabs; the panel is the caller's, with `role="tabpanel"` and `aria-labelledby` the chosen tab's id.
#[component]
pub fn TabList<Value>(
    /// The name of the row.
    name: &'static str,
    /// The tabs: what each stands for, its id and its name.
    tabs: Vec<(Value, &'static str, &'static str)>,
    /// The one that is chosen.
    chosen: RwSignal<Value>,
) -> impl IntoView
where
    Value: Copy + PartialEq + Send + Sync + 'static,
{
    let list = NodeRef::<html::Div>::new();
    let labels: Vec<_> = tabs.iter().map(|(_, _, label)| *label).collect();
    let values: Vec<_> = tabs.iter().map(|(value, _, _)| *value).collect();
    let on_key = move |event: KeyboardEvent| {
        let key = match event.key().as_str() {
            "ArrowRight" => "ArrowDown",
            "ArrowLeft" => "ArrowUp",
            "Home" => "Home",
            "End" => "End",
            _ => return,
        };
        let current = values.iter().position(|value| *value == chosen.get_untracked());
        if let Some(place) = menu::target(&labels, current, key) {
            event.prevent_default();
            chosen.set(values[place]);
            let tab = list.get_untracked().and_then(|list| list.children().item(u32::try_from(place).ok()?));
            if let Some(tab) = tab.and_then(|tab| tab.dyn_into::<web_sys::HtmlElement>().ok()) {
                drop(tab.focus());
            }
        }
    };
    view! {
        <div class="tabs" role="tablist" aria-label=name node_ref=list on:keydown=on_key>
            {tabs
                .into_iter()
                .map(|(value, id, label)| {
                    let selected = move || chosen.get() == value;
                    view! {
                        <button
                            id=id
                            class="tabs__tab"
                            type="button"
                            role="tab"
                            aria-selected=move || selected().to_string()
                            tabindex=move || if selected() { "0" } else { "-1" }
                            on:click=move |_| chosen.set(value)
                        >
                            {label}
                        </button>
                    }
                })
                .collect_view()}
        </div>
    }
}
