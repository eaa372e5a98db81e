//! How the wall is looked at: which part, what is searched, how it is sorted and how far back is counted; views that are
//! kept by name in the browser; and the wallboard, which fills the screen.

use std::collections::{BTreeMap, BTreeSet};

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::Part;
use super::table::Order;
use crate::browser::page;
use crate::browser::storage::Place;
use crate::controls::dialog::Dialog;

const KEPT: &str = "baton.wall.views";

const COLUMNS_KEPT: &str = "baton.wall.columns";

/// How the wall is looked at at the moment; a handle that can be copied.
#[derive(Clone, Copy)]
pub struct WallView {
    /// Which part is shown.
    pub(super) part: RwSignal<Part>,
    /// What is searched.
    pub search: RwSignal<String>,
    /// Whether queues are counted since midnight, rather than for the last half hour.
    pub today: RwSignal<bool>,
    /// How tables are sorted that were sorted otherwise than at first, by name.
    pub orders: RwSignal<BTreeMap<String, Order>>,
    /// The titles of the columns that are shown of queues; nothing for those that are usual.
    pub columns: RwSignal<Option<BTreeSet<String>>>,
}

/// A view that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    name: String,
    part: String,
    search: String,
    today: bool,
    orders: BTreeMap<String, (usize, bool)>,
    #[serde(default)]
    columns: Option<BTreeSet<String>>,
}

impl WallView {
    /// Begins with the queues, and nothing searched.
    pub fn begin() -> Self {
        let view = Self {
            part: RwSignal::new(Part::Queues),
            search: RwSignal::default(),
            today: RwSignal::new(false),
            orders: RwSignal::default(),
            columns: RwSignal::new(load_columns()),
        };
        provide_context(view);
        view
    }

    /// Returns the one of this page.
    pub fn here() -> Self {
        use_context().unwrap_or_else(Self::begin)
    }

    /// Shows these columns of queues from now on, in this browser; nothing for those that are usual.
    pub fn choose_columns(self, columns: Option<BTreeSet<String>>) {
        match &columns {
            // Texts always become JSON.
            Some(columns) => {
                Place::Browser.set(COLUMNS_KEPT, &serde_json::to_string(columns).unwrap_or_default());
            }
            None => Place::Browser.remove(COLUMNS_KEPT),
        }
        self.columns.set(columns);
    }

    fn named(self, name: String) -> Kept {
        let orders = self.orders.get_untracked().into_iter();
        Kept {
            name,
            part: self.part.get_untracked().name().to_owned(),
            search: self.search.get_untracked(),
            today: self.today.get_untracked(),
            orders: orders.map(|(table, Order { column, down })| (table, (column, down))).collect(),
            columns: self.columns.get_untracked(),
        }
    }

    fn show(self, kept: &Kept) {
        let orders = kept.orders.iter();
        let orders =
            orders.map(|(table, (column, down))| (table.clone(), Order { column: *column, down: *down }));
        self.orders.set(orders.collect());
        self.search.set(kept.search.clone());
        self.today.set(kept.today);
        self.columns.set(kept.columns.clone());
        let part = Part::ALL.into_iter().find(|part| part.name() == kept.part);
        self.part.set(part.unwrap_or(Part::Queues));
    }
}

fn load_columns() -> Option<BTreeSet<String>> {
    serde_json::from_str(&Place::Browser.get(COLUMNS_KEPT)?).ok()
}

fn load() -> Vec<Kept> {
    let kept = Place::Browser.get(KEPT);
    kept.and_then(|kept| serde_json::from_str(&kept).ok()).unwrap_or_default()
}

fn store(views: &[Kept]) {
    // Texts and numbers always become JSON.
    Place::Browser.set(KEPT, &serde_json::to_string(views).unwrap_or_default());
}

/// Chooses a view that is kept, keeps the one that is shown, and fills the screen.
#[component]
pub fn ViewTools(
    /// How the wall is looked at.
    view: WallView,
) -> impl IntoView {
    let views = RwSignal::new(load());
    let asked = RwSignal::new(false);
    let choose = move |event| {
        let name = event_target_value(&event);
        views.with_untracked(|views| {
            if let Some(kept) = views.iter().find(|kept| kept.name == name) {
                view.show(kept);
            }
        });
    };
    let options = move || {
        let option = |kept: Kept| view! { <option value=kept.name.clone()>{kept.name.clone()}</option> };
        views.get().into_iter().map(option).collect_view()
    };
    view! {
        <div class="wall__views">
            <Show when=move || views.with(|views| !views.is_empty())>
                <select class="field__input" aria-label="Saved views" on:change=choose>
                    <option value="">"Saved views"</option>
                    {options}
                </select>
            </Show>
            <button class="button button--small" type="button" on:click=move |_| asked.set(true)>
                "Save view"
            </button>
            <button class="button button--small" type="button" on:click=move |_| page::turn_full_screen()>
                "Wallboard"
            </button>
        </div>
        <SaveDialog view=view views=views asked=asked />
    }
}

#[component]
fn SaveDialog(view: WallView, views: RwSignal<Vec<Kept>>, asked: RwSignal<bool>) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let keep = move |event: SubmitEvent| {
        event.prevent_default();
        let wanted = name.get_untracked().trim().to_owned();
        if wanted.is_empty() {
            return;
        }
        views.update(|views| {
            views.retain(|kept| kept.name != wanted);
            views.push(view.named(wanted));
            store(views);
        });
        name.set(String::new());
        asked.set(false);
    };
    let remove = move |gone: String| {
        views.update(|views| {
            views.retain(|kept| kept.name != gone);
            store(views);
        });
    };
    let row = move |kept: Kept| {
        let gone = kept.name.clone();
        view! {
            <li class="wall__kept">
                <span>{kept.name.clone()}</span>
                <button
                    class="button button--small"
                    type="button"
                    aria-label=format!("Remove {}", kept.name)
                    on:click=move |_| remove(gone.clone())
                >
                    "Remove"
                </button>
            </li>
        }
    };
    view! {
        <Dialog name="Save view" open=asked on_close=Callback::new(move |()| asked.set(false))>
            <form on:submit=keep>
                <h2>"Save view"</h2>
                <p class="hint">
                    "The part that is shown, what is searched, the order of the tables, the columns and the time counted over are kept in this browser."
                </p>
                <label class="field">
                    <span class="field__label">"Name"</span>
                    <input
                        class="field__input"
                        type="text"
                        maxlength="60"
                        autocomplete="off"
                        autofocus
                        required
                        prop:value=move || name.get()
                        on:input=move |event| name.set(event_target_value(&event))
                    />
                </label>
                <ul class="wall__kept-list">{move || views.get().into_iter().map(row).collect_view()}</ul>
                <div class="dialog__buttons">
                    <button class="button" type="button" on:click=move |_| asked.set(false)>
                        "Close"
                    </button>
                    <button class="button button--primary" type="submit">
                        "Keep"
                    </button>
                </div>
            </form>
        </Dialog>
    }
}
