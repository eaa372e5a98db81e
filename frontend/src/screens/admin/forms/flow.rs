//! A flow: steps that say, ask, note, choose, answer, pass on and end.

use leptos::prelude::*;
use serde_json::{Value, json};

use super::workflow::ENTRANCES;
use super::{Choice, Document, Names, Place, Shape, chosen, fixed, kept, list, picked, typed};

const KINDS: &[(&str, &str)] = &[
    ("say", "Say something"),
    ("ask", "Ask something"),
    ("set", "Note an attribute"),
    ("branch", "Go on elsewhere"),
    ("answer", "Answer from canned texts"),
    ("transfer", "Pass it on"),
    ("end", "End the conversation"),
];

const CHECKS: &[(&str, &str)] =
    &[("", "Anything"), ("choice", "One of these"), ("email", "An e-mail address"), ("number", "A number")];

const TARGETS: &[(&str, &str)] = &[
    ("queue", "Queue"),
    ("group", "Group"),
    ("agent", "Agent"),
    ("workflow", "Workflow"),
    ("flow", "Flow"),
    ("external", "External contact"),
];

/// What a step of a kind does at first.
fn fresh(kind: &str) -> Value {
    match kind {
        "ask" => json!({"kind": kind, "text": "", "attribute": "", "tries": 3}),
        "set" => json!({"kind": kind, "attribute": "", "value": ""}),
        "branch" => json!({"kind": kind, "when": "", "then": ""}),
        "answer" => json!({"kind": kind, "answers": [{"keywords": [], "text": ""}]}),
        "transfer" => json!({"kind": kind, "target": {"kind": "queue", "id": ""}}),
        "end" => json!({"kind": kind, "text": null}),
        _ => json!({"kind": "say", "text": ""}),
    }
}

/// Asks for the name, the steps and the fallback.
pub(super) fn form(place: &Place, names: Names) -> AnyView {
    let document = place.document;
    let step = move || {
        let number = document.count("/steps") + 1;
        json!({"name": format!("step {number}"), "does": fresh("say")})
    };
    view! {
        {typed(
            place.field("name"),
            "Name",
            Shape::Line,
            false,
            "Customers see it as the author of what the flow says.",
        )}
        <div class="piece__row">
            {chosen(place.field("entrance"), "Entrance", fixed(ENTRANCES))}
            {typed(place.field("lasts_secs"), "Seconds it may take", Shape::Number, false, "")}
            {chosen(place.field("fallback"), "Fallback queue", move || names.queues.get())}
        </div>
        <h3>"Steps"</h3>
        <p class="hint">"In texts and values {name} stands for the attribute of that name."</p>
        {list(place.field("steps"), "Step", step, move |place| step_form(place, names))}
    }
    .into_any()
}

/// Returns the names of the steps, and first what stands for none.
fn steps(document: Document, none: &'static str) -> impl Fn() -> Vec<Choice> + Send + 'static {
    move || {
        document.renamed.track();
        let steps = document.peek("/steps");
        let names = steps.as_array().into_iter().flatten().filter_map(|step| step.get("name")?.as_str());
        let names = names.map(|name| (name.to_owned(), name.to_owned()));
        std::iter::once((String::new(), none.to_owned())).chain(names).collect()
    }
}

fn step_form(place: Place, names: Names) -> AnyView {
    let document = place.document;
    let does = place.field("does");
    let kind = does.kind();
    let pointer = does.pointer.clone();
    let choose = move |kind: String| {
        // What was written to be said is kept.
        let said = document.word(&format!("{pointer}/text"));
        let mut wanted = fresh(&kind);
        if let Some(text) = wanted.get_mut("text") {
            *text = said.into();
        }
        document.reshape(&pointer, wanted);
    };
    let goes_on = matches!(kind.as_str(), "say" | "ask" | "set" | "answer");
    let next = chosen(place.field("next"), "Next", steps(document, "The step below"));
    view! {
        <div class="piece__row">
            {typed(place.field("name"), "Step name", Shape::Line, false, "")}
            {picked(does.clone(), "Does", fixed(KINDS), kept(&kind), choose)}
            {goes_on.then_some(next)}
        </div>
        {does_form(&kind, &does, names)}
    }
    .into_any()
}

fn does_form(kind: &str, does: &Place, names: Names) -> AnyView {
    let line = |name: &str, label, hint| typed(does.field(name), label, Shape::Line, false, hint);
    let text = |name: &str, label, optional| typed(does.field(name), label, Shape::Lines, optional, "");
    let otherwise = |none| chosen(does.field("otherwise"), "Otherwise", steps(does.document, none));
    match kind {
        "ask" => view! {
            {text("text", "Question", false)}
            <div class="piece__row">
                {line("attribute", "Attribute", "")}
                {typed(does.field("tries"), "Times it is asked", Shape::Number, false, "")}
                {otherwise("The fallback queue")}
            </div>
            {check(does.field("check"))}
            {text("again", "Said before it is asked again", true)}
        }
        .into_any(),
        "set" => view! {
            <div class="piece__row">
                {line("attribute", "Attribute", "")} {line("value", "Value", "")}
            </div>
        }
        .into_any(),
        "branch" => view! {
            {line("when", "When", "An expression over what is known, such as attributes.topic == \"invoice\".")}
            <div class="piece__row">
                {chosen(does.field("then"), "Then", steps(does.document, "Choose"))} {otherwise("The step below")}
            </div>
        }
        .into_any(),
        "answer" => view! {
            {list(
                does.field("answers"),
                "Answer",
                || json!({"keywords": [], "text": ""}),
                |answer| {
                    view! {
                        {typed(
                            answer.field("keywords"),
                            "Keywords",
                            Shape::List,
                            false,
                            "With commas between them; one of them in what the customer said is enough.",
                        )}
                        {typed(answer.field("text"), "Text", Shape::Lines, false, "")}
                    }
                        .into_any()
                },
            )}
            {otherwise("The step below")}
        }
        .into_any(),
        "transfer" => view! {
            {target(does.field("target"), names)}
            {text("note", "Note", true)}
        }
        .into_any(),
        "end" => text("text", "Said before the end", true),
        _ => text("text", "Text", false),
    }
}

fn check(place: Place) -> AnyView {
    let drawn = move || {
        let kind = place.kind();
        let document = place.document;
        let pointer = place.pointer.clone();
        let choose = move |kind: String| {
            let wanted = match kind.as_str() {
                "" => Value::Null,
                "choice" => json!({"kind": "choice", "of": []}),
                kind => json!({"kind": kind}),
            };
            document.reshape(&pointer, wanted);
        };
        let of = (kind == "choice")
            .then(|| typed(place.field("of"), "Choices", Shape::List, false, "With commas between them."));
        view! {
            <div class="piece__row">
                {picked(place.clone(), "An answer is", fixed(CHECKS), kept(&kind), choose)} {of}
            </div>
        }
    };
    drawn.into_any()
}

fn target(place: Place, names: Names) -> AnyView {
    let drawn = move || {
        let kind = place.kind();
        let document = place.document;
        let pointer = place.pointer.clone();
        let choose = move |kind: String| document.reshape(&pointer, json!({"kind": kind, "id": ""}));
        let known = {
            let kind = kind.clone();
            move || match kind.as_str() {
                "agent" => names.people.get(),
                "group" => names.groups.get(),
                "workflow" => names.workflows.get(),
                "flow" => names.flows.get(),
                "external" => names.externals.get(),
                _ => names.queues.get(),
            }
        };
        view! {
            <div class="piece__row">
                {picked(place.clone(), "To a", fixed(TARGETS), kept(&kind), choose)} {chosen(place.field("id"), "Target", known)}
            </div>
        }
    };
    drawn.into_any()
}

#[cfg(test)]
mod tests {
    use baton_shared::flow::Does;

    use super::*;

    #[test]
    fn every_kind_of_step_begins_as_the_server_reads_it() {
        for (kind, _) in KINDS {
            let mut does = fresh(kind);
            if *kind == "transfer" {
                does["target"]["id"] = baton_shared::QueueId::from_bits(1).to_string().into();
            }
            assert_eq!(does["kind"], *kind);
            serde_json::from_value::<Does>(does).unwrap();
        }
    }
}
