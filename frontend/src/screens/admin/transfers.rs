//! How transfers go: a preset, every switch, what queues and channels set differently, and the groups.

use baton_shared::policy::Preset;
use leptos::prelude::*;

use super::definitions::{DefinitionsSection, Kind};
use super::groups::GroupsSection;
use super::history::HistorySection;
use super::overrides::OverridesSection;
use super::setup::Setup;
use super::switch_field::SwitchField;
use super::switches::{SWITCHES, Section, Switch, Values, changed, counted, fault};
use crate::api::{self, PolicyValues};
use crate::browser::page;
use crate::reactive::{effect, memo};

/// The page; supervisors see the groups only.
#[component]
pub fn TransfersPage(
    /// What the parts share.
    setup: Setup,
) -> impl IntoView {
    setup.fetch();
    let draft = Draft::default();
    let administers = setup.administers();
    if administers {
        setup.take(api::transfer_presets(), move |presets| draft.presets.set(presets));
        setup.take(api::transfer_policy(), move |policy| draft.start(policy));
        effect(move || {
            let dirty = draft.dirty();
            setup.unsaved.set(dirty);
            if dirty {
                setup.saved.set(false);
            }
        });
    }
    view! {
        <div class="admin__bar">
            <h1>"Transfers"</h1>
            <p class="admin__distance" aria-live="polite">
                {move || draft.distance()}
            </p>
            <p class="admin__status" role="status">
                {move || setup.saved.get().then_some("Saved")}
            </p>
            {administers
                .then(|| {
                    view! {
                        <Show when=move || setup.unsaved.get()>
                            <span class="tag tag--warning">"Not saved yet"</span>
                        </Show>
                        <button
                            class="button button--primary"
                            type="button"
                            aria-disabled=move || (!draft.ready() || draft.saving.get()).then_some("true")
                            on:click=move |_| draft.save(setup)
                        >
                            "Save"
                        </button>
                    }
                })}
        </div>
        <div class="admin__refusal" role="alert">
            {move || setup.refusal.get().map(|sentence| view! { <p class="refusal">{sentence}</p> })}
        </div>
        <div class="admin__content">
            <Show when=move || administers && draft.ready()>
                <PresetChoice draft=draft />
                {Section::ALL
                    .into_iter()
                    .map(|section| view! { <SwitchSection section=section draft=draft setup=setup /> })
                    .collect_view()}
                <OverridesSection setup=setup below=draft.saved />
            </Show>
            <Show when=move || administers && !draft.ready()>
                <p class="hint">"Loading…"</p>
            </Show>
            <GroupsSection setup=setup />
            <Show when=move || administers>
                {Kind::ALL
                    .into_iter()
                    .map(|kind| view! { <DefinitionsSection setup=setup kind=kind /> })
                    .collect_view()}
            </Show>
            <Show when=move || administers>
                <HistorySection setup=setup />
            </Show>
        </div>
    }
}

/// Returns the parts of the page with their ids and titles, in their order.
pub fn places() -> Vec<(&'static str, &'static str)> {
    let sections = Section::ALL.into_iter().map(|section| (section.id(), section.title()));
    let others = [("overrides", "Different for some"), ("groups", "Transfer groups")];
    let written = Kind::ALL.into_iter().map(|kind| (kind.id(), kind.title()));
    let last = ("history", "History of changes");
    [("preset", "Preset")].into_iter().chain(sections).chain(others).chain(written).chain([last]).collect()
}

/// The policy as it is being edited; a handle that can be copied.
#[derive(Clone, Copy, Default)]
struct Draft {
    presets: RwSignal<Vec<PolicyValues>>,
    preset: RwSignal<Option<Preset>>,
    values: RwSignal<Values>,
    /// What the server has.
    saved: RwSignal<Values>,
    saved_preset: RwSignal<Option<Preset>>,
    saving: RwSignal<bool>,
}

impl Draft {
    fn start(self, PolicyValues { preset, values }: PolicyValues) {
        self.saved.set(values.clone());
        self.saved_preset.set(Some(preset));
        self.values.set(values);
        self.preset.set(Some(preset));
    }

    fn ready(self) -> bool {
        self.preset.get().is_some() && self.presets.with(|presets| !presets.is_empty())
    }

    fn dirty(self) -> bool {
        self.preset.get() != self.saved_preset.get()
            || self.values.with(|values| self.saved.with(|saved| changed(values, saved).next().is_some()))
    }

    /// Fills every switch with the values of a preset.
    fn choose(self, preset: Preset) {
        if let Some(values) = untrack(|| self.values_of(preset)) {
            self.values.set(values);
        }
        self.preset.set(Some(preset));
    }

    fn values_of(self, preset: Preset) -> Option<Values> {
        self.presets.with(|presets| Some(presets.iter().find(|each| each.preset == preset)?.values.clone()))
    }

    fn differs(self, switch: &'static Switch) -> bool {
        let Some(preset) = self.preset.get().and_then(|preset| self.values_of(preset)) else { return false };
        self.values.with(|values| changed(values, &preset).any(|each| each.name == switch.name))
    }

    fn set_back(self, switch: &'static Switch) {
        let preset = untrack(|| self.values_of(self.preset.get()?));
        let Some(value) = preset.and_then(|mut preset| preset.remove(switch.name)) else { return };
        self.values.update(|values| {
            values.insert(switch.name.to_owned(), value);
        });
    }

    /// Says how far the values are from the preset.
    fn distance(self) -> Option<String> {
        let preset = self.preset.get()?;
        let from = self.values_of(preset)?;
        let count = self.values.with(|values| changed(values, &from).count());
        let switches = counted(count as u64, "switch", "switches");
        (count > 0).then(|| format!("Changed from {}: {switches}", preset.label()))
    }

    fn save(self, setup: Setup) {
        let (Some(preset), values) = (self.preset.get_untracked(), self.values.get_untracked()) else {
            return;
        };
        if self.saving.get_untracked() {
            return;
        }
        if let Some((switch, fault)) = fault(&values) {
            setup.saved.set(false);
            setup.refusal.set(Some(fault));
            page::focus(&format!("{PLACE}-{}", switch.name));
            return;
        }
        self.saving.set(true);
        let chosen = Some(preset).filter(|preset| self.saved_preset.get_untracked() != Some(*preset));
        // What another administrator has set meanwhile stays, unless it is changed here or a preset is chosen.
        let sent = match chosen {
            Some(_) => values.clone(),
            None => self.saved.with_untracked(|saved| {
                let set = changed(&values, saved);
                set.filter_map(|switch| Some((switch.name.to_owned(), values.get(switch.name)?.clone())))
                    .collect()
            }),
        };
        let saving = async move {
            let answer = api::set_transfer_policy(chosen, sent).await;
            self.saving.set(false);
            answer
        };
        setup.save(saving, setup.refusal, move || {
            self.saved.set(values);
            self.saved_preset.set(Some(preset));
            setup.take(api::transfer_policy(), move |policy| {
                if !untrack(|| self.dirty()) {
                    self.start(policy);
                }
            });
        });
    }
}

/// What the ids of the page's switches begin with.
const PLACE: &str = "policy";

/// Says in plain words what a preset is like.
const fn described(preset: Preset) -> &'static str {
    match preset {
        Preset::Flex => {
            "To a person or a queue. The sender answers until somebody accepts; whoever is asked may refuse, and then the next one is asked."
        }
        Preset::FlexPlugin => {
            "The sender is free at once and has nothing to file; the conversation starts anew in line. One colleague can be invited to join."
        }
        Preset::Salesforce => {
            "Nobody can refuse, and a transfer cannot be taken back. If the person is full, the sender is free and the conversation waits for them."
        }
        Preset::Superoffice => {
            "Only to people of the same queue who are there. The sender reads on afterwards. No time limit, no notes."
        }
        Preset::Vivocha => {
            "To a person, or to everyone of a group at once: the first to accept gets it. If nobody does within a minute, it comes back."
        }
        Preset::Baton => {
            "The safe choice. The sender answers until somebody accepts; after a minute without an answer the transfer comes back. Every way, every target."
        }
    }
}

#[component]
fn PresetChoice(draft: Draft) -> impl IntoView {
    let radio = move |preset: Preset| {
        let id = format!("preset-{}", preset.label().replace(' ', "-"));
        view! {
            <label class="preset">
                <input
                    type="radio"
                    name="preset"
                    aria-label=preset.label()
                    aria-describedby=id.clone()
                    prop:checked=move || draft.preset.get() == Some(preset)
                    on:change=move |_| draft.choose(preset)
                />
                <span class="preset__name">{preset.label()}</span>
                <span class="preset__sentence" id=id>
                    {described(preset)}
                </span>
            </label>
        }
    };
    view! {
        <section class="panel" id="preset" aria-labelledby="preset-title">
            <h2 id="preset-title">"Preset"</h2>
            <p class="hint">
                "A preset fills every switch below. It holds for transfers that are asked for after you have saved."
            </p>
            <div class="presets" role="radiogroup" aria-labelledby="preset-title">
                {Preset::ALL.iter().map(|preset| radio(*preset)).collect_view()}
            </div>
        </section>
    }
}

#[component]
fn SwitchSection(section: Section, draft: Draft, setup: Setup) -> impl IntoView {
    let row = move |switch: &'static Switch| {
        view! {
            <SwitchField
                switch=switch
                values=draft.values
                setup=setup
                place=PLACE
                differs=memo(move || draft.differs(switch))
                undo=("Set back", Callback::new(move |()| draft.set_back(switch)))
            />
        }
    };
    let title = format!("{}-title", section.id());
    view! {
        <section class="panel" id=section.id() aria-labelledby=title.clone()>
            <h2 id=title.clone()>{section.title()}</h2>
            {SWITCHES.iter().filter(move |switch| switch.section == section).map(row).collect_view()}
        </section>
    }
}
