//! One switch as a row: its label, what will happen, and the control that fits it.

use leptos::prelude::*;

use crate::reactive::memo;
use serde_json::{Value, json};

use super::setup::Setup;
use super::switches::{Control, Number, Switch, Values, holds, only};

/// A row for a switch; it writes into the values as its control is moved.
#[component]
pub fn SwitchField(
    /// Which.
    switch: &'static Switch,
    /// The values that hold its own.
    values: RwSignal<Values>,
    /// What is known about queues, groups and people.
    setup: Setup,
    /// What the ids in this part of the page begin with.
    place: &'static str,
    /// Whether the value is another than the one to compare with.
    #[prop(into)]
    differs: Signal<bool>,
    /// A button that takes the difference away: its word, and what it does.
    undo: (&'static str, Callback<()>),
) -> impl IntoView {
    let id = format!("{place}-{}", switch.name);
    let field = Field {
        switch,
        values,
        value: memo(move || values.with(|values| values.get(switch.name).cloned().unwrap_or_default())),
        sentence: format!("{id}-sentence"),
        label: format!("{id}-label"),
        id,
    };
    let (value, sentence) = (field.value, field.sentence.clone());
    let (word, take_away) = undo;
    let label = match switch.control {
        Control::Several(..) => {
            view! { <span class="switch__label" id=field.label.clone()>{switch.label}</span> }.into_any()
        }
        Control::Flag(..) | Control::Choice(_) | Control::Number(_) | Control::Targets => {
            view! { <label class="switch__label" for=field.id.clone()>{switch.label}</label> }.into_any()
        }
    };
    view! {
        <div class="switch" class:switch--changed=move || differs.get()>
            <div class="switch__text">
                <div class="switch__title">
                    {label}
                    <Show when=move || differs.get()>
                        <button
                            class="switch__undo"
                            type="button"
                            aria-label=format!("{word}: {}", switch.label)
                            on:click=move |_| take_away.run(())
                        >
                            {word}
                        </button>
                    </Show>
                </div>
                <p class="switch__sentence" id=sentence>
                    {move || switch.sentence(&value.get())}
                </p>
            </div>
            <div class="switch__control">{field.control(setup)}</div>
        </div>
    }
}

/// What the controls of a row share.
#[derive(Clone)]
struct Field {
    switch: &'static Switch,
    values: RwSignal<Values>,
    value: Memo<Value>,
    id: String,
    label: String,
    sentence: String,
}

impl Field {
    fn control(self, setup: Setup) -> AnyView {
        match self.switch.control {
            Control::Flag(..) => self.flag(),
            Control::Choice(options) => {
                let options = options.iter().map(|(word, label, _)| (*word, *label)).collect();
                let value = self.value;
                let chosen = move |word: &'static str| value.with(|value| value.as_str() == Some(word));
                let choose = self.writer();
                self.select(options, chosen, move |word| choose.run(json!(word)))
            }
            Control::Several(options, ..) => self.several(options),
            Control::Number(number) => self.number(number),
            Control::Targets => self.targets(setup),
        }
    }

    fn writer(&self) -> Callback<Value> {
        let (values, name) = (self.values, self.switch.name);
        Callback::new(move |value| {
            values.update(|values| {
                values.insert(name.to_owned(), value);
            });
        })
    }

    fn flag(self) -> AnyView {
        let (value, write) = (self.value, self.writer());
        view! {
            <input
                id=self.id
                type="checkbox"
                aria-describedby=self.sentence
                prop:checked=move || value.with(|value| value.as_bool().unwrap_or(false))
                on:change=move |event| write.run(json!(event_target_checked(&event)))
            />
        }
        .into_any()
    }

    fn select(
        &self,
        options: Vec<(&'static str, &'static str)>,
        chosen: impl Fn(&'static str) -> bool + Copy + Send + Sync + 'static,
        choose: impl Fn(String) + 'static,
    ) -> AnyView {
        view! {
            <select
                id=self.id.clone()
                class="field__input"
                aria-describedby=self.sentence.clone()
                on:change=move |event| choose(event_target_value(&event))
            >
                {options
                    .into_iter()
                    .map(|(word, label)| {
                        view! {
                            <option value=word prop:selected=move || chosen(word)>
                                {label}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
        }
        .into_any()
    }

    fn several(self, options: &'static [(&'static str, &'static str)]) -> AnyView {
        let (value, write) = (self.value, self.writer());
        let tick = move |word: &'static str, wanted| {
            // In the order of the table, whatever was ticked first.
            let kept = move |(each, _): &&(&str, &str)| {
                if *each == word { wanted } else { value.with_untracked(|value| holds(value, each)) }
            };
            write.run(options.iter().filter(kept).map(|(each, _)| json!(each)).collect());
        };
        view! {
            <div class="choices" role="group" aria-labelledby=self.label aria-describedby=self.sentence>
                {options
                    .iter()
                    .map(|(word, label)| {
                        view! {
                            <label class="choice">
                                <input
                                    type="checkbox"
                                    prop:checked=move || value.with(|value| holds(value, word))
                                    on:change=move |event| tick(word, event_target_checked(&event))
                                />
                                {*label}
                            </label>
                        }
                    })
                    .collect_view()}
            </div>
        }
        .into_any()
    }

    fn number(self, number: Number) -> AnyView {
        let (value, write, switch) = (self.value, self.writer(), self.switch);
        let none = memo(move || value.with(Value::is_null) && number.none.is_some());
        // Comes back when the tick for no number is taken away.
        let last = StoredValue::new(json!(number.min.max(60)));
        let shown = move || match value.get() {
            Value::Number(number) => number.to_string(),
            Value::String(text) => text,
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => String::new(),
        };
        let type_in = move |event| {
            let text = event_target_value(&event);
            // What is no number is kept as it was typed, so that its fault can be said.
            write.run(text.trim().parse::<u64>().map_or(Value::String(text), |number| json!(number)));
        };
        let wrong = move || value.with(|value| switch.fault(value).is_some()).then_some("true");
        let limit = number.none.map(|(label, _)| {
            let tick = move |event| {
                if event_target_checked(&event) {
                    last.set_value(value.get_untracked());
                    write.run(Value::Null);
                } else {
                    write.run(last.get_value());
                }
            };
            view! {
                <label class="choice">
                    <input
                        type="checkbox"
                        aria-label=format!("{}: {label}", switch.label)
                        prop:checked=move || none.get()
                        on:change=tick
                    />
                    {label}
                </label>
            }
        });
        view! {
            <div class="switch__number">
                <input
                    id=self.id
                    class="field__input"
                    type="text"
                    inputmode="numeric"
                    autocomplete="off"
                    aria-describedby=self.sentence
                    aria-invalid=wrong
                    disabled=move || none.get()
                    prop:value=shown
                    on:input=type_in
                />
                <span>{number.unit.label()}</span>
            </div>
            {limit}
        }
        .into_any()
    }

    fn targets(self, setup: Setup) -> AnyView {
        const WAYS: [(&str, &str); 3] =
            [("everything", "All"), ("queue_members", "Members of the queue"), ("only", "Only those ticked")];
        let (value, write) = (self.value, self.writer());
        let some = memo(move || value.with(|value| only(value).is_some()));
        let chosen = move |word: &'static str| match word {
            "only" => some.get(),
            word => value.with(|value| value.as_str() == Some(word)),
        };
        let choose = move |word: String| {
            write.run(if word == "only" { json!({ "only": [] }) } else { json!(word) });
        };
        let select = self.select(WAYS.to_vec(), chosen, choose);
        let tick = move |target: Value, wanted: bool| {
            let mut targets =
                value.with_untracked(|value| only(value).map(<[Value]>::to_vec)).unwrap_or_default();
            targets.retain(|each| *each != target);
            if wanted {
                targets.push(target);
            }
            write.run(json!({ "only": targets }));
        };
        let box_for = move |kind: &str, id: String, name: String| {
            let target = json!({ "kind": kind, "id": id });
            let known = target.clone();
            let ticked = move || value.with(|value| only(value).is_some_and(|list| list.contains(&known)));
            view! {
                <label class="choice">
                    <input
                        type="checkbox"
                        prop:checked=ticked
                        on:change=move |event| tick(target.clone(), event_target_checked(&event))
                    />
                    {name}
                </label>
            }
        };
        view! {
            {select}
            <Show when=move || some.get()>
                <div class="choices switch__targets" role="group" aria-label="Targets">
                    {move || {
                        let queues = setup.queues.get().into_iter();
                        queues.map(|queue| box_for("queue", queue.id.to_string(), queue.name)).collect_view()
                    }}
                    {move || {
                        let groups = setup.groups.get().into_iter();
                        groups.map(|group| box_for("group", group.id.to_string(), group.name)).collect_view()
                    }}
                    {move || {
                        let people = setup.people.get().into_iter();
                        people.map(|person| box_for("agent", person.id.to_string(), person.name)).collect_view()
                    }}
                </div>
            </Show>
        }
        .into_any()
    }
}
