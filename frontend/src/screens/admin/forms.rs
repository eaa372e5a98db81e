//! Forms for what is written down as JSON: each field reads and writes one place of one value.
//!
//! A field that is typed into changes the value and nothing else; whatever changes which fields there are, such as an
//! added step or another kind of one, draws the form anew.

use leptos::prelude::*;
use serde_json::{Map, Value};

use super::definitions::Kind;
use super::setup::Setup;
use crate::api;
use crate::browser::page;

mod external;
mod flow;
mod workflow;

/// A value that is edited; a handle that can be copied.
#[derive(Clone, Copy)]
pub struct Document {
    value: StoredValue<Value>,
    /// Rises whenever the form is to be drawn anew.
    drawn: RwSignal<u32>,
    /// Rises whenever something has another name that can be chosen.
    renamed: RwSignal<u32>,
}

/// A choice: its value, and what it is called.
pub type Choice = (String, String);

/// What can be chosen by name.
#[derive(Clone, Copy)]
#[expect(missing_docs, reason = "the lists are named after what they hold")]
pub struct Names {
    pub queues: Signal<Vec<Choice>>,
    pub skills: Signal<Vec<Choice>>,
    pub people: Signal<Vec<Choice>>,
    pub groups: Signal<Vec<Choice>>,
    pub workflows: RwSignal<Vec<Choice>>,
    pub flows: RwSignal<Vec<Choice>>,
    pub externals: RwSignal<Vec<Choice>>,
}

impl Names {
    /// Takes those that the page knows, and fetches the others.
    pub fn fetch(setup: Setup) -> Self {
        let names = Self {
            queues: Signal::derive(move || named(setup.queues.get(), |one| (one.id.to_string(), one.name))),
            skills: Signal::derive(move || named(setup.skills.get(), |one| (one.id.to_string(), one.name))),
            people: Signal::derive(move || named(setup.people.get(), |one| (one.id.to_string(), one.name))),
            groups: Signal::derive(move || named(setup.groups.get(), |one| (one.id.to_string(), one.name))),
            workflows: RwSignal::default(),
            flows: RwSignal::default(),
            externals: RwSignal::default(),
        };
        for (kind, list) in [
            (Kind::Workflows, names.workflows),
            (Kind::Flows, names.flows),
            (Kind::Externals, names.externals),
        ] {
            setup.take(api::written(kind.path()), move |found| {
                let choice = |one: Map<String, Value>| {
                    let word =
                        |field: &str| one.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
                    (word("id"), word("name"))
                };
                drop(list.try_set(found.into_iter().map(choice).collect()));
            });
        }
        names
    }
}

fn named<Thing>(things: Vec<Thing>, choice: fn(Thing) -> Choice) -> Vec<Choice> {
    things.into_iter().map(choice).collect()
}

impl Document {
    /// Begins with a value.
    pub fn new(value: Value) -> Self {
        Self { value: StoredValue::new(value), drawn: RwSignal::new(0), renamed: RwSignal::new(0) }
    }

    /// Returns it as text.
    pub fn text(self) -> String {
        self.value.with_value(|value| serde_json::to_string_pretty(value).unwrap_or_default())
    }

    /// Puts another value in its place.
    pub fn replace(self, value: Value) {
        self.value.set_value(value);
        self.drawn.update(|drawn| *drawn += 1);
    }

    /// Draws the form anew, and takes the focus to where it was or belongs: what had it is not there any more.
    fn draw(self, focus: String) {
        self.drawn.update(|drawn| *drawn += 1);
        request_animation_frame(move || page::focus_first_in(&focus));
    }

    /// Returns what stands at a place, and is called again when the form is to be drawn anew.
    fn at(self, place: &str) -> Value {
        self.drawn.track();
        self.peek(place)
    }

    fn peek(self, place: &str) -> Value {
        self.value.with_value(|value| value.pointer(place).cloned().unwrap_or_default())
    }

    fn word(self, place: &str) -> String {
        match self.peek(place) {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => String::new(),
        }
    }

    fn count(self, place: &str) -> usize {
        self.at(place).as_array().map_or(0, Vec::len)
    }

    /// Writes at a place; the thing around it is made where it is missing.
    fn set(self, place: &str, wanted: Value) {
        self.value.update_value(|value| {
            let Some((around, name)) = place.rsplit_once('/') else { return };
            let Some(around) = value.pointer_mut(around) else { return };
            match around {
                Value::Array(list) => {
                    if let Some(old) = name.parse().ok().and_then(|at: usize| list.get_mut(at)) {
                        *old = wanted;
                    }
                }
                Value::Object(fields) => {
                    fields.insert(name.to_owned(), wanted);
                }
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        });
    }

    /// Writes at a place what changes which fields there are.
    fn reshape(self, place: &str, wanted: Value) {
        self.set(place, wanted);
        self.draw(id_of(place));
    }

    fn add(self, place: &str, fresh: Value) {
        self.edit_list(place, |list| list.push(fresh));
    }

    fn change_list(self, place: &str, focus: String, change: impl FnOnce(&mut Vec<Value>)) {
        self.edit_list(place, change);
        self.draw(focus);
    }

    fn edit_list(self, place: &str, change: impl FnOnce(&mut Vec<Value>)) {
        self.value.update_value(|value| {
            if value.pointer(place).is_none_or(Value::is_null) {
                let Some((around, name)) = place.rsplit_once('/') else { return };
                if let Some(Value::Object(fields)) = value.pointer_mut(around) {
                    fields.insert(name.to_owned(), Value::Array(Vec::new()));
                }
            }
            if let Some(Value::Array(list)) = value.pointer_mut(place) {
                change(list);
            }
        });
    }
}

/// Returns the id of what stands for a place.
fn id_of(pointer: &str) -> String {
    format!("definition{}", pointer.replace('/', "-"))
}

/// A field's place, with what stands before its label for whoever does not see the form.
#[derive(Clone)]
pub struct Place {
    document: Document,
    /// A JSON pointer (RFC 6901).
    pointer: String,
    /// "Filter 1, step 2: ", or nothing.
    within: String,
}

impl Place {
    /// Returns the whole of a document.
    pub const fn whole(document: Document) -> Self {
        Self { document, pointer: String::new(), within: String::new() }
    }

    fn field(&self, name: &str) -> Self {
        Self { pointer: format!("{}/{name}", self.pointer), ..self.clone() }
    }

    fn part(&self, place: usize, called: &str) -> Self {
        let within = match self.within.strip_suffix(": ") {
            Some(around) => format!("{around}, {} {}: ", called.to_lowercase(), place + 1),
            None => format!("{called} {}: ", place + 1),
        };
        Self { pointer: format!("{}/{place}", self.pointer), within, document: self.document }
    }

    fn word(&self) -> String {
        self.document.word(&self.pointer)
    }

    fn kind(&self) -> String {
        let kind = self.document.at(&format!("{}/kind", self.pointer));
        kind.as_str().unwrap_or_default().to_owned()
    }
}

/// How a field is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Line,
    Lines,
    /// A whole number; empty for none.
    Number,
    /// Words with commas between them.
    List,
}

impl Shape {
    fn shown(self, place: &Place) -> String {
        match self {
            Self::Line | Self::Lines | Self::Number => place.word(),
            Self::List => {
                let list = place.document.peek(&place.pointer);
                let words = list.as_array().into_iter().flatten().filter_map(Value::as_str);
                words.collect::<Vec<_>>().join(", ")
            }
        }
    }

    fn read(self, text: &str, optional: bool) -> Value {
        match self {
            Self::Line | Self::Lines if optional && text.trim().is_empty() => Value::Null,
            Self::Line | Self::Lines => text.into(),
            Self::Number => text.trim().parse::<u32>().map_or(Value::Null, Value::from),
            Self::List => {
                let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
                words.map(Value::from).collect()
            }
        }
    }
}

/// A field to type into.
fn typed(place: Place, label: &'static str, shape: Shape, optional: bool, hint: &'static str) -> AnyView {
    let name = format!("{}{label}", place.within);
    let shown = shape.shown(&place);
    let document = place.document;
    let pointer = place.pointer;
    let input = move |event| document.set(&pointer, shape.read(&event_target_value(&event), optional));
    let left = move |_| document.renamed.update(|renamed| *renamed += 1);
    let field = match shape {
        Shape::Lines => view! {
            <textarea class="field__input" rows="2" aria-label=name prop:value=shown on:input=input></textarea>
        }
        .into_any(),
        Shape::Line | Shape::Number | Shape::List => view! {
            <input
                class="field__input"
                type=if shape == Shape::Number { "number" } else { "text" }
                min="0"
                autocomplete="off"
                aria-label=name
                prop:value=shown
                on:input=input
                on:change=left
            />
        }
        .into_any(),
    };
    view! {
        <label class="field">
            <span class="field__label">{label}</span>
            {field}
            {(!hint.is_empty()).then(|| view! { <span class="hint">{hint}</span> })}
        </label>
    }
    .into_any()
}

/// A field to choose in; an empty value stands for nothing.
fn chosen(place: Place, label: &'static str, choices: impl Fn() -> Vec<Choice> + Send + 'static) -> AnyView {
    let document = place.document;
    let pointer = place.pointer.clone();
    let written = {
        let place = place.clone();
        move || place.word()
    };
    picked(place, label, choices, written, move |value| {
        document.set(&pointer, if value.is_empty() { Value::Null } else { value.into() });
    })
}

/// A field to choose in that says itself what becomes of the choice.
fn picked(
    place: Place,
    label: &'static str,
    choices: impl Fn() -> Vec<Choice> + Send + 'static,
    written: impl Fn() -> String + Send + 'static,
    choose: impl Fn(String) + 'static,
) -> AnyView {
    let options = move || {
        let written = written();
        let mut choices = choices();
        // What is named and is no more, or is not known yet, is not turned into something else.
        if !choices.iter().any(|(value, _)| *value == written) {
            choices.insert(
                0,
                (written.clone(), if written.is_empty() { "Choose".to_owned() } else { written.clone() }),
            );
        }
        let option = |(value, name): Choice| {
            let selected = value == written;
            view! {
                <option value=value selected=selected>
                    {name}
                </option>
            }
        };
        choices.into_iter().map(option).collect_view()
    };
    view! {
        <label class="field" id=id_of(&place.pointer)>
            <span class="field__label">{label}</span>
            <select
                class="field__input"
                aria-label=format!("{}{label}", place.within)
                on:change=move |event| choose(event_target_value(&event))
            >
                {options}
            </select>
        </label>
    }
    .into_any()
}

/// Says what was chosen when a field was drawn that draws the form anew.
fn kept(written: &str) -> impl Fn() -> String + Send + 'static {
    let written = written.to_owned();
    move || written.clone()
}

fn fixed(choices: &'static [(&'static str, &'static str)]) -> impl Fn() -> Vec<Choice> + Send + 'static {
    move || choices.iter().map(|(value, name)| ((*value).to_owned(), (*name).to_owned())).collect()
}

/// A list of like things, each in a frame of its own, that can be added, moved and removed.
fn list(
    place: Place,
    called: &'static str,
    fresh: impl Fn() -> Value + Clone + Send + 'static,
    each: impl Fn(Place) -> AnyView + Clone + Send + 'static,
) -> AnyView {
    let document = place.document;
    let add = {
        let (pointer, fresh) = (place.pointer.clone(), fresh);
        move |_| {
            let place = document.peek(&pointer).as_array().map_or(0, Vec::len);
            document.add(&pointer, fresh());
            document.draw(id_of(&format!("{pointer}/{place}")));
        }
    };
    let adding = format!("{}Add {}", place.within, called.to_lowercase());
    let label = format!("Add {}", called.to_lowercase());
    let items = {
        let place = place.clone();
        move || {
            let count = document.count(&place.pointer);
            let item = |at: usize| {
                let part = place.part(at, called);
                let id = id_of(&part.pointer);
                let title = part.within.trim_end_matches(": ").to_owned();
                let button = |label: &'static str, change: fn(&mut Vec<Value>, usize)| {
                    let pointer = place.pointer.clone();
                    let before =
                        id_of(&if at > 0 { format!("{pointer}/{}", at - 1) } else { pointer.clone() });
                    view! {
                        <button
                            class="button button--small"
                            type="button"
                            aria-label=format!("{label} {}", title.to_lowercase())
                            on:click=move |_| document.change_list(&pointer, before.clone(), |list| change(list, at))
                        >
                            {label}
                        </button>
                    }
                };
                let up = (at > 0).then(|| button("Move up", |list, at| list.swap(at - 1, at)));
                let remove = button("Remove", |list, at| drop(list.remove(at)));
                view! {
                    <fieldset class="piece" id=id>
                        <legend class="piece__title">{format!("{called} {}", at + 1)}</legend>
                        <div class="piece__tools">{up} {remove}</div>
                        {each(part)}
                    </fieldset>
                }
            };
            (0..count).map(item).collect_view()
        }
    };
    view! {
        <div class="pieces" id=id_of(&place.pointer)>
            {items}
            <button class="button button--small" type="button" aria-label=adding on:click=add>
                {label}
            </button>
        </div>
    }
    .into_any()
}

/// The form of a kind of thing.
#[component]
pub fn DefinitionForm(
    /// Which kind.
    kind: Kind,
    /// What is edited.
    document: Document,
    /// What can be chosen.
    names: Names,
) -> impl IntoView {
    let place = Place::whole(document);
    match kind {
        Kind::Workflows => workflow::form(&place, names),
        Kind::Flows => flow::form(&place, names),
        Kind::Externals => external::form(&place),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn with(value: Value, test: impl FnOnce(Document)) {
        let owner = Owner::new();
        owner.with(|| test(Document::new(value)));
    }

    #[test]
    fn a_field_reads_and_writes_its_place_alone() {
        with(json!({"name": "Reception", "steps": [{"name": "hello"}, {"name": "bye"}]}), |document| {
            let step = Place::whole(document).field("steps").part(1, "Step");
            assert_eq!((step.field("name").word().as_str(), step.within.as_str()), ("bye", "Step 2: "));
            document.set("/steps/1/name", "end".into());
            document.set("/steps/1/next", "hello".into());
            document.set("/steps/7/name", "nowhere".into());
            let expected =
                json!({"name": "Reception", "steps": [{"name": "hello"}, {"name": "end", "next": "hello"}]});
            assert_eq!(document.peek(""), expected);
        });
    }

    #[test]
    fn a_list_that_is_missing_begins_with_what_is_added() {
        with(json!({"skills": null}), |document| {
            for (list, number) in [("/skills", 1), ("/relax", 2)] {
                document.add(list, json!(number));
            }
            assert_eq!(document.peek(""), json!({"skills": [1], "relax": [2]}));
        });
    }

    #[test]
    fn what_is_left_empty_is_nothing_where_it_may_be() {
        assert_eq!(Shape::Line.read(" ", true), Value::Null);
        assert_eq!(Shape::Line.read("", false), json!(""));
        assert_eq!(
            [Shape::Number.read("60", false), Shape::Number.read("x", false)],
            [json!(60), Value::Null]
        );
        assert_eq!(Shape::List.read("invoice, , parcel ", false), json!(["invoice", "parcel"]));
    }

    #[test]
    fn a_part_within_a_part_is_named_from_the_outside_in() {
        with(Value::Null, |document| {
            let place =
                Place::whole(document).field("filters").part(0, "Filter").field("steps").part(2, "Step");
            assert_eq!(
                (place.within.as_str(), place.pointer.as_str()),
                ("Filter 1, step 3: ", "/filters/0/steps/2")
            );
        });
    }
}
