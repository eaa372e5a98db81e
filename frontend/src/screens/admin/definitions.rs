//! Workflows, flows and external contacts: listed, edited in a form or as JSON, removed.
//!
//! The server checks what is written and says in a sentence what is wrong with it and where.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use serde_json::{Map, Value};

use super::dry_run::DryRunForm;
use super::forms::{DefinitionForm, Document, Names};
use super::setup::Setup;
use crate::api::{self, Written};
use crate::browser::random;
use crate::controls::dialog::{Dialog, Width};
use crate::controls::tab_list::TabList;
use crate::conversation::questions::Refusal;

/// A kind of thing that is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Ways through queues.
    Workflows,
    /// Scripted bots.
    Flows,
    /// Partners outside.
    Externals,
}

impl Kind {
    /// Every kind, in the order of the sections.
    pub const ALL: [Self; 3] = [Self::Workflows, Self::Flows, Self::Externals];

    /// Returns the id of its section.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Workflows => "workflows",
            Self::Flows => "flows",
            Self::Externals => "external-contacts",
        }
    }

    /// Returns its title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Workflows => "Workflows",
            Self::Flows => "Flows",
            Self::Externals => "External contacts",
        }
    }

    /// Returns what one of it is called.
    const fn noun(self) -> &'static str {
        match self {
            Self::Workflows => "workflow",
            Self::Flows => "flow",
            Self::Externals => "external contact",
        }
    }

    /// Returns its address.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Workflows => "/api/workflows",
            Self::Flows => "/api/flows",
            Self::Externals => "/api/external-contacts",
        }
    }

    const fn hint(self) -> &'static str {
        match self {
            Self::Workflows => {
                "A workflow sends a conversation through queues, step by step, by what is known about it. A change governs the conversations that enter it later."
            }
            Self::Flows => {
                "A flow greets, asks, answers from canned texts and passes on. A change takes effect at once: conversations that are in it go to its fallback queue."
            }
            Self::Externals => {
                "A partner outside is asked over a signed webhook and answers within 60 s. The secret is never shown again; without one in a change the old one stays."
            }
        }
    }

    /// Says what becomes of conversations when one is removed.
    const fn removal(self) -> &'static str {
        match self {
            Self::Workflows => "Conversations that are on their way through it go on.",
            Self::Flows => "Conversations that it has go to its fallback queue and keep their age.",
            Self::Externals => "Conversations that it has go back to their queues and keep their age.",
        }
    }

    /// Returns a beginning for something new; the first queue stands where one is needed.
    fn template(self, queue: &str) -> String {
        let text = match self {
            Self::Workflows => include_str!("templates/workflow.json"),
            Self::Flows => include_str!("templates/flow.json"),
            Self::Externals => include_str!("templates/external.json"),
        };
        text.trim_end().replace("QUEUE", queue)
    }
}

/// What is asked about something.
#[derive(Clone, Debug, PartialEq)]
enum Asked {
    Add,
    Change(Written),
    Remove(Written),
    Try(Written),
}

/// How something is edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edited {
    Form,
    Text,
}

impl Edited {
    const fn tab(self) -> &'static str {
        match self {
            Self::Form => "definition-form",
            Self::Text => "definition-text",
        }
    }
}

/// Returns what can be changed of something.
fn changeable(written: &Written) -> Value {
    let fields: Map<String, Value> = written
        .iter()
        .filter(|(name, _)| *name != "id")
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    Value::Object(fields)
}

fn word(written: &Written, field: &str) -> String {
    written.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Says in a sentence why a text is no JSON object; nothing if it is one.
pub fn json_fault(text: &str) -> Option<String> {
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(_)) => None,
        Ok(_) => Some("Write an object in braces.".to_owned()),
        Err(error) => Some(format!(
            "Line {}, column {}: this is no JSON. Check the commas, quotes and brackets.",
            error.line(),
            error.column()
        )),
    }
}

/// Lists things of a kind; they can be added, changed and removed, and workflows be tried out.
#[component]
pub fn DefinitionsSection(
    /// What the parts of the page share.
    setup: Setup,
    /// Which kind.
    kind: Kind,
) -> impl IntoView {
    let listed = RwSignal::new(Vec::<Written>::new());
    let asked = RwSignal::new(None::<Asked>);
    let fetch = move || setup.take(api::written(kind.path()), move |found| listed.set(found));
    fetch();
    let saved = Callback::new(move |()| {
        asked.set(None);
        fetch();
    });
    let title = format!("{}-title", kind.id());
    let labelled = title.clone();
    let ask = move |question: fn(Written) -> Asked, written: &Written| {
        let written = written.clone();
        move |_| asked.set(Some(question(written.clone())))
    };
    let row = move |written: Written| {
        let name = word(&written, "name");
        let button = |label: &'static str, question: fn(Written) -> Asked| {
            view! {
                <button
                    class="button button--small"
                    type="button"
                    aria-label=format!("{label} {name}")
                    on:click=ask(question, &written)
                >
                    {label}
                </button>
            }
        };
        let buttons = view! {
            {(kind == Kind::Workflows).then(|| button("Try", Asked::Try))}
            {button("Change", Asked::Change)}
            {button("Remove", Asked::Remove)}
        };
        view! {
            <tr>
                <th scope="row">{name.clone()}</th>
                <td data-label="Id">{word(&written, "id")}</td>
                <td class="groups__tools">{buttons}</td>
            </tr>
        }
    };
    view! {
        <section class="panel" id=kind.id() aria-labelledby=title.clone()>
            <div class="panel__head">
                <h2 id=title.clone()>{kind.title()}</h2>
                <button class="button" type="button" on:click=move |_| asked.set(Some(Asked::Add))>
                    {format!("Add {}", kind.noun())}
                </button>
            </div>
            <p class="hint">{kind.hint()}</p>
            <Show
                when=move || listed.with(|listed| !listed.is_empty())
                fallback=move || view! { <p>{format!("There is no {} yet.", kind.noun())}</p> }
            >
                <table class="groups" aria-labelledby=labelled.clone()>
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col">"Id"</th>
                            <td></td>
                        </tr>
                    </thead>
                    <tbody>{move || listed.get().into_iter().map(row).collect_view()}</tbody>
                </table>
            </Show>
        </section>
        {move || match asked.get()? {
            Asked::Add => {
                Some(view! { <WriteDialog setup=setup kind=kind written=None asked=asked saved=saved /> }.into_any())
            }
            Asked::Change(written) => {
                Some(
                    view! { <WriteDialog setup=setup kind=kind written=Some(written) asked=asked saved=saved /> }
                        .into_any(),
                )
            }
            Asked::Remove(written) => {
                Some(view! { <RemoveDialog setup=setup kind=kind written=written asked=asked saved=saved /> }.into_any())
            }
            Asked::Try(written) => {
                let close = Callback::new(move |()| asked.set(None));
                let (id, name) = (word(&written, "id"), word(&written, "name"));
                Some(view! { <DryRunForm setup=setup workflow=id name=name on_close=close /> }.into_any())
            }
        }}
    }
}

#[component]
fn WriteDialog(
    setup: Setup,
    kind: Kind,
    written: Option<Written>,
    asked: RwSignal<Option<Asked>>,
    saved: Callback<()>,
) -> impl IntoView {
    let (title, button) = match &written {
        Some(written) => (format!("Change {}", word(written, "name")), format!("Save {}", kind.noun())),
        None => (format!("Add {}", kind.noun()), "Add".to_owned()),
    };
    let queue = setup.queues.with_untracked(|queues| queues.first().map(|queue| queue.id.to_string()));
    let template = || serde_json::from_str(&kind.template(&queue.unwrap_or_default())).unwrap_or_default();
    let start = written.as_ref().map_or_else(template, changeable);
    let id = StoredValue::new(written.as_ref().map(|written| word(written, "id")));
    let (document, names) = (Document::new(start), Names::fetch(setup));
    let (edited, shown) = (RwSignal::new(Edited::Form), RwSignal::new(Edited::Form));
    let text = RwSignal::new(String::new());
    let refusal = RwSignal::new(None::<String>);
    let close = Callback::new(move |()| asked.set(None));
    // The same text sent twice is added once.
    let sent = StoredValue::new(None::<(String, String)>);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let wanted = match shown.get_untracked() {
            Edited::Form => document.text(),
            Edited::Text => text.get_untracked(),
        };
        if let Some(fault) = json_fault(&wanted) {
            refusal.set(Some(fault));
            return;
        }
        let before = sent.get_value().filter(|(text, _)| *text == wanted);
        let key = before.map_or_else(random::idempotency_key, |(_, key)| key);
        sent.set_value(Some((wanted.clone(), key.clone())));
        let saving = api::write(kind.path(), id.get_value(), wanted, key);
        setup.save(saving, refusal, move || saved.run(()));
    };
    // What is written the one way is shown the other way too; a text that is no JSON stays where it is.
    Effect::new(move |_| match (shown.get_untracked(), edited.get()) {
        (Edited::Form, Edited::Text) => {
            text.set(document.text());
            shown.set(Edited::Text);
        }
        (Edited::Text, Edited::Form) => {
            let wanted = text.get_untracked();
            let fault = json_fault(&wanted);
            if fault.is_some() {
                edited.set(Edited::Text);
            } else {
                document.replace(serde_json::from_str(&wanted).unwrap_or_default());
                shown.set(Edited::Form);
            }
            refusal.set(fault);
        }
        (Edited::Form, Edited::Form) | (Edited::Text, Edited::Text) => {}
    });
    let tabs =
        || vec![(Edited::Form, Edited::Form.tab(), "Form"), (Edited::Text, Edited::Text.tab(), "JSON")];
    let panel = move || match shown.get() {
        Edited::Form => view! { <DefinitionForm kind=kind document=document names=names /> }.into_any(),
        Edited::Text => view! { <TextForm setup=setup text=text /> }.into_any(),
    };
    view! {
        <Dialog name=title.clone() open=Signal::stored(true) on_close=close width=Width::Wide>
            <form on:submit=submit>
                <h2>{title.clone()}</h2>
                <TabList name="Edited as" tabs=tabs() chosen=edited />
                <div class="definition__panel" role="tabpanel" aria-labelledby=move || shown.get().tab()>
                    {panel}
                </div>
                <div class="dialog__foot">
                    <Refusal refusal=refusal />
                    <div class="dialog__buttons">
                        <button class="button" type="button" on:click=move |_| close.run(())>
                            "Back"
                        </button>
                        <button class="button button--primary" type="submit">
                            {button.clone()}
                        </button>
                    </div>
                </div>
            </form>
        </Dialog>
    }
}

/// The definition as JSON, with the ids that it may name.
#[component]
fn TextForm(setup: Setup, text: RwSignal<String>) -> impl IntoView {
    view! {
                <label class="field">
                    <span class="field__label">"Definition"</span>
                    <textarea
                        class="field__input definition"
                        rows="18"
                        spellcheck="false"
                        autocomplete="off"
                        aria-describedby="definition-hint"
                        prop:value=move || text.get()
                        on:input=move |event| text.set(event_target_value(&event))
                    ></textarea>
                </label>
                <p id="definition-hint" class="hint">
                    "Written as JSON; the documentation has every field."
                </p>
                <Ids setup=setup />
    }
}

/// Lists the ids that a definition may name.
#[component]
fn Ids(setup: Setup) -> impl IntoView {
    let line = |(name, id): (String, String)| {
        view! {
            <li>
                {name} ": " <code>{id}</code>
            </li>
        }
    };
    let every = move || {
        let queues = setup.queues.get().into_iter().map(|queue| (queue.name, queue.id.to_string()));
        let groups = setup.groups.get().into_iter().map(|group| (group.name, group.id.to_string()));
        let skills = setup.skills.get().into_iter().map(|skill| (skill.name, skill.id.to_string()));
        let people = setup.people.get().into_iter().map(|person| (person.name, person.id.to_string()));
        queues.chain(groups).chain(skills).chain(people).map(line).collect_view()
    };
    view! {
        <details>
            <summary>"Ids of queues, groups, skills and people"</summary>
            <ul>{every}</ul>
        </details>
    }
}

#[component]
fn RemoveDialog(
    setup: Setup,
    kind: Kind,
    written: Written,
    asked: RwSignal<Option<Asked>>,
    saved: Callback<()>,
) -> impl IntoView {
    let refusal = RwSignal::new(None::<String>);
    let close = Callback::new(move |()| asked.set(None));
    let (id, name) = (StoredValue::new(word(&written, "id")), word(&written, "name"));
    let title = format!("Remove {name}");
    let question = format!("Remove the {} {name}?", kind.noun());
    let remove =
        move |_| setup.save(api::unwrite(kind.path(), id.get_value()), refusal, move || saved.run(()));
    view! {
        <Dialog name=title.clone() open=Signal::stored(true) on_close=close>
            <h2>{question.clone()}</h2>
            <p>{kind.removal()} " Nobody can transfer to it afterwards."</p>
            <Refusal refusal=refusal />
            <div class="dialog__buttons">
                <button class="button" type="button" on:click=move |_| close.run(())>
                    "Keep it"
                </button>
                <button class="button button--danger" type="button" on:click=remove>
                    {format!("Remove {}", kind.noun())}
                </button>
            </div>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use baton_shared::QueueId;
    use baton_shared::api::NewExternal;
    use baton_shared::{Definition, FlowDefinition};

    use super::*;

    #[test]
    fn every_template_is_what_the_server_reads() {
        let queue = QueueId::from_bits(1).to_string();
        let text = |kind: Kind| kind.template(&queue);
        let flow: FlowDefinition = serde_json::from_str(&text(Kind::Flows)).unwrap();
        assert_eq!(flow.fault(), None);
        let workflow: Definition = serde_json::from_str(&text(Kind::Workflows)).unwrap();
        assert_eq!(workflow.fault(), None);
        let contact: NewExternal = serde_json::from_str(&text(Kind::Externals)).unwrap();
        assert!(contact.secret.is_some());
    }

    #[test]
    fn what_is_edited_has_no_id() {
        let written: Written =
            serde_json::from_str(r#"{"id": "flw_1", "name": "Reception", "steps": []}"#).unwrap();
        assert_eq!(changeable(&written), serde_json::json!({"name": "Reception", "steps": []}));
        assert_eq!(word(&written, "id"), "flw_1");
    }

    #[test]
    fn a_text_that_is_no_json_is_found_with_its_place() {
        assert_eq!(json_fault("{}"), None);
        assert!(json_fault("[]").is_some());
        let fault = json_fault("{\n  \"name\": \"x\"\n  \"steps\": []\n}").unwrap();
        assert!(fault.starts_with("Line 3, column 3: "), "{fault}");
    }
}
