//! A button that opens a menu, as the ARIA authoring practices describe it:
//! arrow keys, Home and End move, letters jump, Escape and Tab close, and the focus returns to the button.

use leptos::ev::{FocusEvent, KeyboardEvent, MouseEvent};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// One item of a menu.
#[derive(Clone, PartialEq)]
pub struct MenuItem<Value> {
    /// What it stands for.
    pub value: Value,
    /// Its name.
    pub label: &'static str,
    /// A class for the mark before it.
    pub mark: Option<&'static str>,
    /// What choosing it means, where the name does not say it: a description, not a part of the name.
    pub hint: Option<&'static str>,
    /// Whether it is the one chosen, where one of the items is.
    pub chosen: Option<bool>,
}

/// Returns the item to move to, counted from 0, when a key is pressed on an item; nothing if the key means nothing.
pub fn target(labels: &[&str], current: Option<usize>, key: &str) -> Option<usize> {
    let count = labels.len();
    if count == 0 {
        return None;
    }
    match key {
        "ArrowDown" => Some(current.map_or(0, |current| (current + 1) % count)),
        "ArrowUp" => Some(current.map_or(count - 1, |current| (current + count - 1) % count)),
        "Home" => Some(0),
        "End" => Some(count - 1),
        letter if letter.chars().count() == 1 => {
            let first = current.map_or(0, |current| current + 1);
            (0..count).map(|step| (first + step) % count).find(|place| {
                let begins = labels[*place].get(..letter.len());
                begins.is_some_and(|begin| begin.eq_ignore_ascii_case(letter))
            })
        }
        _ => None,
    }
}

/// A button and its menu.
#[component]
pub fn Menu<Value>(
    /// The id of the button.
    id: &'static str,
    /// The name of the button.
    name: &'static str,
    /// What a screen reader adds to the name.
    #[prop(optional, into)]
    description: MaybeProp<String>,
    /// What stands in the button.
    children: ChildrenFn,
    /// The items.
    #[prop(into)]
    items: Signal<Vec<MenuItem<Value>>>,
    /// Called with the item chosen.
    on_choose: Callback<Value>,
) -> impl IntoView
where
    Value: Clone + PartialEq + Send + Sync + 'static,
{
    let parts = Parts { open: RwSignal::new(false), button: NodeRef::new(), list: NodeRef::new() };
    let open = parts.open;
    let labels =
        move || items.with_untracked(|items| items.iter().map(|item| item.label).collect::<Vec<_>>());
    let choose = move |value: Value| {
        parts.close();
        on_choose.run(value);
    };
    view! {
        <div class="menu">
            <button
                id=id
                class="button menu__button"
                type="button"
                aria-label=name
                aria-description=move || description.get()
                aria-haspopup="menu"
                aria-expanded=move || open.get().to_string()
                node_ref=parts.button
                on:mousedown=move |event| parts.keep_focus(&event)
                on:click=move |_| if open.get_untracked() { parts.close() } else { parts.show(0) }
                on:keydown=move |event| parts.button_key(&event, labels().len())
            >
                {children()}
            </button>
            <Show when=move || open.get()>
                <div
                    class="menu__list"
                    role="menu"
                    aria-label=name
                    node_ref=parts.list
                    on:keydown=move |event| parts.list_key(&event, &labels())
                    on:focusout=move |event| parts.left(&event)
                >
                    {move || {
                        items.get().into_iter().map(|item| item_view(item, choose)).collect_view()
                    }}
                </div>
            </Show>
        </div>
    }
}

/// The elements of a menu, and whether it is open.
#[derive(Clone, Copy)]
struct Parts {
    open: RwSignal<bool>,
    button: NodeRef<html::Button>,
    list: NodeRef<html::Div>,
}

impl Parts {
    fn show(self, place: usize) {
        self.open.set(true);
        // The list is in the page by the next frame.
        request_animation_frame(move || focus_item(self.list, place));
    }

    fn close(self) {
        self.open.set(false);
        if let Some(button) = self.button.get_untracked() {
            drop(button.focus());
        }
    }

    /// Keeps a press on the button from taking the focus out of the list: that closes it, and the click opens it.
    fn keep_focus(self, event: &MouseEvent) {
        if self.open.get_untracked() {
            event.prevent_default();
        }
    }

    fn button_key(self, event: &KeyboardEvent, count: usize) {
        match event.key().as_str() {
            "ArrowDown" => self.show(0),
            "ArrowUp" => self.show(count.saturating_sub(1)),
            _ => return,
        }
        event.prevent_default();
    }

    fn list_key(self, event: &KeyboardEvent, labels: &[&str]) {
        match event.key().as_str() {
            "Escape" => {
                event.prevent_default();
                event.stop_propagation();
                self.close();
            }
            "Tab" => self.close(),
            key => {
                if let Some(place) = target(labels, focused_item(self.list), key) {
                    event.prevent_default();
                    focus_item(self.list, place);
                }
            }
        }
    }

    fn left(self, event: &FocusEvent) {
        let to = event.related_target().and_then(|to| to.dyn_into::<web_sys::Node>().ok());
        let stays = self.list.get_untracked().is_some_and(|list| list.contains(to.as_ref()));
        if self.open.get_untracked() && !stays {
            self.open.set(false);
        }
    }
}

fn item_view<Value>(item: MenuItem<Value>, choose: impl Fn(Value) + Send + Sync + Copy + 'static) -> AnyView
where
    Value: Clone + Send + Sync + 'static,
{
    let value = item.value;
    view! {
        <button
            class="menu__item"
            type="button"
            role=if item.chosen.is_some() { "menuitemradio" } else { "menuitem" }
            aria-checked=item.chosen.map(|chosen| chosen.to_string())
            aria-label=item.hint.map(|_| item.label)
            aria-description=item.hint
            tabindex="-1"
            on:click=move |_| choose(value.clone())
        >
            {item.mark.map(|mark| view! { <span class=mark aria-hidden="true"></span> })}
            {item.label}
            {item.hint.map(|hint| view! { <span class="menu__hint" aria-hidden="true">{hint}</span> })}
        </button>
    }
    .into_any()
}

fn item_at(list: NodeRef<html::Div>, place: usize) -> Option<web_sys::HtmlElement> {
    let place = u32::try_from(place).ok()?;
    // The menu may be gone when the frame comes that was asked for.
    list.try_get_untracked().flatten()?.children().item(place)?.dyn_into().ok()
}

fn focus_item(list: NodeRef<html::Div>, place: usize) {
    if let Some(item) = item_at(list, place) {
        drop(item.focus());
    }
}

fn focused_item(list: NodeRef<html::Div>) -> Option<usize> {
    let focused = document().active_element()?;
    let items = list.get_untracked()?.children();
    (0..items.length())
        .find(|place| items.item(*place).as_ref() == Some(&focused))
        .map(|place| place as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LABELS: [&str; 4] = ["Available", "Busy", "Away", "Offline"];

    #[test]
    fn arrows_go_round() {
        assert_eq!(target(&LABELS, Some(3), "ArrowDown"), Some(0));
        assert_eq!(target(&LABELS, Some(0), "ArrowUp"), Some(3));
        assert_eq!(target(&LABELS, Some(1), "End"), Some(3));
        assert_eq!(target(&[], None, "ArrowDown"), None);
    }

    #[test]
    fn a_letter_jumps_to_the_next_item_that_begins_with_it() {
        assert_eq!(target(&LABELS, Some(0), "a"), Some(2));
        assert_eq!(target(&LABELS, Some(2), "a"), Some(0));
        assert_eq!(target(&LABELS, Some(0), "x"), None);
        assert_eq!(target(&LABELS, Some(0), "é"), None);
    }
}
