//! What a queue or a channel sets differently: only the switches that were chosen to differ.

use leptos::html;
use leptos::prelude::*;

use super::setup::Setup;
use super::switch_field::SwitchField;
use super::switches::{SWITCHES, Section, Switch, Values, counted, fault, listed, switch};
use crate::api::{self, OverrideValues};
use crate::browser::page;
use crate::controls::dialog::{Dialog, Width};
use crate::conversation::questions::Refusal;
use crate::reactive::memo;

/// The switch that holds for the workspace alone: whoever is lost may have conversations of several queues.
const EVERYWHERE: &str = "grace_secs";

/// What the ids of the dialog's switches begin with.
const PLACE: &str = "override";

/// A queue or a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    /// The end of its address.
    path: String,
    name: String,
    kind: &'static str,
    set: Values,
}

fn parts(setup: Setup, overrides: &OverrideValues) -> Vec<Part> {
    let chat = Part {
        path: "channels/web_chat".to_owned(),
        name: "Web chat".to_owned(),
        kind: "Channel",
        set: overrides.channels.get("web_chat").cloned().unwrap_or_default(),
    };
    let queues = setup.queues.get().into_iter().map(|queue| {
        let id = queue.id.to_string();
        let set = overrides.queues.get(&id).cloned().unwrap_or_default();
        Part { path: format!("queues/{id}"), name: queue.name, kind: "Queue", set }
    });
    queues.chain([chat]).collect()
}

/// Lists the queues and the channel with what they set differently.
#[component]
pub fn OverridesSection(
    /// What the parts of the page share.
    setup: Setup,
    /// The values that hold where nothing is set.
    below: RwSignal<Values>,
) -> impl IntoView {
    let overrides = RwSignal::new(OverrideValues::default());
    let fetch = Callback::new(move |()| {
        setup.take(api::policy_overrides(), move |fetched| overrides.set(fetched));
    });
    fetch.run(());
    let editing = RwSignal::new(None::<Part>);
    let row = move |part: Part| {
        let names: Vec<_> =
            part.set.keys().filter_map(|name| switch(name)).map(|switch| switch.label).collect();
        let summary = match names.len() {
            0 => "As everywhere".to_owned(),
            count => {
                format!("{}: {}", counted(count as u64, "switch differs", "switches differ"), listed(&names))
            }
        };
        let (name, kind) = (part.name.clone(), part.kind);
        view! {
            <li class="part">
                <div>
                    <p class="part__name">{part.name.clone()} " " <span class="tag">{kind}</span></p>
                    <p class="hint">{summary}</p>
                </div>
                <button class="button" type="button" on:click=move |_| editing.set(Some(part.clone()))>
                    {format!("Set differently for {name}…")}
                </button>
            </li>
        }
    };
    view! {
        <section class="panel" id="overrides" aria-labelledby="overrides-title">
            <h2 id="overrides-title">"Different for some"</h2>
            <p class="hint">
                "What is set for a channel goes before what is set for a queue, and both go before what is set above."
            </p>
            <ul>{move || overrides.with(|overrides| parts(setup, overrides)).into_iter().map(row).collect_view()}</ul>
        </section>
        {move || {
            editing
                .get()
                .map(|part| {
                    view! { <OverrideDialog part=part setup=setup below=below editing=editing saved=fetch /> }
                })
        }}
    }
}

#[component]
fn OverrideDialog(
    part: Part,
    setup: Setup,
    below: RwSignal<Values>,
    editing: RwSignal<Option<Part>>,
    saved: Callback<()>,
) -> impl IntoView {
    let (values, refusal) = (RwSignal::new(part.set.clone()), RwSignal::new(None::<String>));
    let close = Callback::new(move |()| editing.set(None));
    let Part { path, name, .. } = part;
    let save = {
        let path = path.clone();
        move |_| {
            let values = values.get_untracked();
            if let Some((switch, fault)) = fault(&values) {
                refusal.set(Some(fault));
                page::focus(&format!("{PLACE}-{}", switch.name));
                return;
            }
            setup.save(api::set_override(path.clone(), values), refusal, move || {
                saved.run(());
                close.run(());
            });
        }
    };
    let chosen = memo(move || {
        let there = |switch: &&Switch| values.with(|values| values.contains_key(switch.name));
        SWITCHES.iter().filter(there).map(|switch| switch.name).collect::<Vec<_>>()
    });
    let title = format!("Set differently for {name}");
    let (heading, button) = (title.clone(), format!("Save for {name}"));
    view! {
        <Dialog name=title open=Signal::stored(true) on_close=close width=Width::Wide>
            <h2>{heading.clone()}</h2>
            <p class="hint">"Choose the switches that differ; all others are as everywhere."</p>
            <div class="override">
                <For each=move || chosen.get() key=|name| *name let(name)>
                    {switch(name)
                        .map(|switch| {
                            let take_away = move |()| {
                                values.update(|values| {
                                    values.remove(switch.name);
                                });
                                page::focus(ADD);
                            };
                            view! {
                                <SwitchField
                                    switch=switch
                                    values=values
                                    setup=setup
                                    place=PLACE
                                    differs=Signal::stored(true)
                                    undo=("As everywhere", Callback::new(take_away))
                                />
                            }
                        })}
                </For>
            </div>
            <AddSwitch values=values below=below chosen=chosen />
            <Refusal refusal=refusal />
            <div class="dialog__buttons">
                <button class="button" type="button" on:click=move |_| close.run(())>
                    "Back"
                </button>
                <button class="button button--primary" type="button" on:click=save.clone()>
                    {button.clone()}
                </button>
            </div>
        </Dialog>
    }
}

/// The id of the list from which a switch is chosen.
const ADD: &str = "override-add";

#[component]
fn AddSwitch(
    values: RwSignal<Values>,
    below: RwSignal<Values>,
    chosen: Memo<Vec<&'static str>>,
) -> impl IntoView {
    let list = NodeRef::<html::Select>::new();
    let add = move |event| {
        let name = event_target_value(&event);
        // It stands at its first line again, ready for the next.
        if let Some(list) = list.get_untracked() {
            list.set_value("");
        }
        let Some(value) = below.with_untracked(|below| below.get(&name).cloned()) else { return };
        let id = format!("{PLACE}-{name}");
        values.update(|values| {
            values.insert(name, value);
        });
        request_animation_frame(move || page::focus(&id));
    };
    let free = move |section: Section| {
        let free = |switch: &&Switch| {
            let open = switch.name != EVERYWHERE && !chosen.get().contains(&switch.name);
            switch.section == section && open
        };
        let option = |switch: &Switch| view! { <option value=switch.name>{switch.label}</option> };
        SWITCHES.iter().filter(free).map(option).collect_view()
    };
    view! {
        <label class="field">
            <span class="field__label">"Add a switch"</span>
            <select id=ADD class="field__input" node_ref=list on:change=add>
                <option value="">"Choose…"</option>
                {Section::ALL
                    .into_iter()
                    .map(|section| {
                        view! { <optgroup label=section.title()>{move || free(section)}</optgroup> }
                    })
                    .collect_view()}
            </select>
        </label>
    }
}
