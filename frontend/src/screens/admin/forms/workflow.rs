//! A workflow: filters, each with its steps through queues.

use leptos::prelude::*;
use serde_json::{Value, json};

use super::{Names, Place, Shape, chosen, fixed, kept, list, picked, typed};

const PRIORITIES: &[(&str, &str)] =
    &[("", "As it is"), ("low", "Low"), ("normal", "Normal"), ("high", "High"), ("urgent", "Urgent")];

/// How the beginning of new conversations is chosen, for workflows and flows.
pub(super) const ENTRANCES: &[(&str, &str)] =
    &[("", "None: by transfer only"), ("web_chat", "New web chats begin here")];

/// Asks for the name, the filters, the default and the fallback.
pub(super) fn form(place: &Place, names: Names) -> AnyView {
    let first_queue = move || names.queues.with_untracked(|queues| queues.first().map(|(id, _)| id.clone()));
    let step = move || json!({"queue": first_queue().unwrap_or_default()});
    let filter = move || json!({"name": "", "when": "", "steps": [step()]});
    let filters = list(place.field("filters"), "Filter", filter, move |filter| {
        view! {
            {typed(filter.field("name"), "Name", Shape::Line, false, "")}
            {typed(
                filter.field("when"),
                "When",
                Shape::Line,
                false,
                "An expression over what is known, such as attributes.tier == \"gold\". The first filter that is true decides.",
            )}
            {list(filter.field("steps"), "Step", step, move |place| step_form(&place, names))}
        }
        .into_any()
    });
    // Steps of the default are told from those of filters.
    let default = Place { within: "Default: ".to_owned(), ..place.field("default") };
    view! {
        {typed(place.field("name"), "Name", Shape::Line, false, "")}
        {chosen(place.field("entrance"), "Entrance", fixed(ENTRANCES))}
        <h3>"Filters"</h3>
        {filters}
        <h3>"Where no filter is true"</h3>
        {list(default, "Step", step, move |place| step_form(&place, names))}
        {chosen(place.field("fallback"), "Fallback queue", move || names.queues.get())}
    }
    .into_any()
}

fn step_form(place: &Place, names: Names) -> AnyView {
    let skill = move || json!({"skill": names.skills.with_untracked(|skills| skills.first().map(|(id, _)| id.clone()))});
    view! {
        <div class="piece__row">
            {chosen(place.field("queue"), "Queue", move || names.queues.get())}
            {typed(place.field("timeout_secs"), "Seconds until the next step", Shape::Number, true, "")}
            {chosen(place.field("priority"), "Priority", fixed(PRIORITIES))}
        </div>
        {skip(&place.field("skip_if"))}
        {known(&place.field("known_agent"))}
        {list(place.field("skills"), "Skill", skill, move |place| skill_form(&place, names))}
    }
    .into_any()
}

/// Draws a field that has a kind, and the one field that some kinds have.
fn kind_of(
    place: &Place,
    label: &'static str,
    kinds: &'static [(&'static str, &'static str)],
    further: (&'static str, &'static str, &'static str),
) -> AnyView {
    let place = place.clone();
    let (of, name, further_label) = further;
    let drawn = move || {
        let kind = place.kind();
        let document = place.document;
        let pointer = place.pointer.clone();
        let choose = move |kind: String| {
            let wanted = match kind.as_str() {
                "" => Value::Null,
                kind if kind == of => json!({"kind": kind, name: ""}),
                kind => json!({"kind": kind}),
            };
            document.reshape(&pointer, wanted);
        };
        let has_more = kind == of;
        view! {
            <div class="piece__row">
                {picked(place.clone(), label, fixed(kinds), kept(&kind), choose)}
                {has_more.then(|| typed(place.field(name), further_label, Shape::Line, false, ""))}
            </div>
        }
    };
    drawn.into_any()
}

fn skip(place: &Place) -> AnyView {
    let kinds =
        &[("", "Never"), ("nobody_available", "When nobody is free"), ("when", "When an expression is true")];
    kind_of(place, "Passed over", kinds, ("when", "expression", "Expression"))
}

fn known(place: &Place) -> AnyView {
    let kinds = &[
        ("", "Everyone in the queue"),
        ("last", "Whoever had the conversation last"),
        ("attribute", "The one whom an attribute names"),
    ];
    kind_of(place, "Asked", kinds, ("attribute", "name", "Attribute"))
}

fn skill_form(place: &Place, names: Names) -> AnyView {
    let lowering = || json!({"after_secs": 30, "level": 1});
    view! {
        <div class="piece__row">
            {chosen(place.field("skill"), "Skill", move || names.skills.get())}
            {level(place)}
            {typed(place.field("drop_after_secs"), "Seconds until it is asked for no more", Shape::Number, true, "")}
        </div>
        {list(place.field("relax"), "Lower level", lowering, |place| {
            view! {
                <div class="piece__row">
                    {typed(place.field("after_secs"), "After seconds", Shape::Number, false, "")}
                    {level(&place)}
                </div>
            }
            .into_any()
        })}
    }
    .into_any()
}

/// A level, which is 1 where nothing is chosen.
fn level(place: &Place) -> AnyView {
    let place = place.field("level");
    let document = place.document;
    let pointer = place.pointer.clone();
    let known = place.clone();
    let written =
        move || Some(known.word()).filter(|level| !level.is_empty()).unwrap_or_else(|| "1".to_owned());
    let choices = || (1..=10).map(|level: u32| (level.to_string(), level.to_string())).collect();
    picked(place, "Level", choices, written, move |level| {
        document.set(&pointer, level.parse::<u32>().unwrap_or(1).into());
    })
}
