//! A workflow, tried out: which filter matches, which step begins, who could be asked, and what can never match.

use std::collections::BTreeMap;

use baton_shared::api::{DryRun, DryRunView, FilterTrial, PersonTrial, StepTrial};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::setup::Setup;
use crate::api;
use crate::controls::dialog::{Dialog, Width};
use crate::conversation::questions::Refusal;
use crate::reading::quoted;

/// Reads lines such as `tier = gold`, or says which line is none.
fn attributes(text: &str) -> Result<BTreeMap<String, String>, String> {
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    let pair = |(line, number): (&str, usize)| match line.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok((name.trim().to_owned(), value.trim().to_owned()))
        }
        Some(_) | None => Err(format!("Line {number}: write an attribute as “name = value”.")),
    };
    lines.map(pair).collect()
}

/// Asks with what to try a workflow, and shows what would happen; nothing does.
#[component]
pub fn DryRunForm(
    /// What the parts of the page share.
    setup: Setup,
    /// The workflow's id.
    workflow: String,
    /// What it is called.
    name: String,
    /// Called when it is closed.
    on_close: Callback<()>,
) -> impl IntoView {
    let (conversation, known) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let refusal = RwSignal::new(None::<String>);
    let result = RwSignal::new(None::<DryRunView>);
    let (title, workflow) = (format!("Try {name}"), StoredValue::new(workflow));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let wanted = conversation.get_untracked();
        let parsed = match wanted.trim() {
            "" => Ok(None),
            id => id.parse().map(Some).map_err(|_| "A conversation's id begins with “cnv_”.".to_owned()),
        };
        let asked = parsed.and_then(|conversation| {
            let attributes = known.with_untracked(|known| attributes(known))?;
            let attributes = (conversation.is_none() || !attributes.is_empty()).then_some(attributes);
            Ok(DryRun { conversation, attributes, channel: None, queue: None, waiting_secs: None })
        });
        match asked {
            Err(sentence) => refusal.set(Some(sentence)),
            Ok(body) => {
                refusal.set(None);
                let trying = api::dry_run(workflow.get_value(), body);
                setup.ask(trying, refusal, move |view| result.set(Some(view)));
            }
        }
    };
    view! {
        <Dialog name=title.clone() open=Signal::stored(true) on_close=on_close width=Width::Wide>
            <form on:submit=submit>
                <h2>{title.clone()}</h2>
                <label class="field">
                    <span class="field__label">"Conversation"</span>
                    <input
                        class="field__input"
                        type="text"
                        autocomplete="off"
                        placeholder="cnv_…, or empty for one that is made up"
                        autofocus
                        bind:value=conversation
                    />
                </label>
                <label class="field">
                    <span class="field__label">"Attributes"</span>
                    <textarea
                        class="field__input definition"
                        rows="4"
                        spellcheck="false"
                        placeholder="tier = gold"
                        prop:value=move || known.get()
                        on:input=move |event| known.set(event_target_value(&event))
                    ></textarea>
                </label>
                <Refusal refusal=refusal />
                <div aria-live="polite">{move || result.get().map(result_view)}</div>
                <div class="dialog__buttons">
                    <button class="button" type="button" on:click=move |_| on_close.run(())>
                        "Close"
                    </button>
                    <button class="button button--primary" type="submit">
                        "Try"
                    </button>
                </div>
            </form>
        </Dialog>
    }
}

fn result_view(view: DryRunView) -> AnyView {
    let DryRunView { filters, steps, outcome, warnings, .. } = view;
    let warning = |warning: String| view! { <li class="refusal">{warning}</li> };
    view! {
        <h3>"What would happen"</h3>
        <p>{outcome}</p>
        <ul>{warnings.into_iter().map(warning).collect_view()}</ul>
        <h3>"Filters"</h3>
        <ol>{filters.into_iter().map(filter_view).collect_view()}</ol>
        <h3>"Steps"</h3>
        <ol>{steps.into_iter().map(step_view).collect_view()}</ol>
    }
    .into_any()
}

fn filter_view(filter: FilterTrial) -> AnyView {
    let how = match filter.matched {
        Some(true) => "matches",
        Some(false) => "does not match",
        None => "was not asked",
    };
    view! {
        <li>
            <strong>{filter.name}</strong>
            {format!(" {how}. {}", quoted(&filter.why))}
        </li>
    }
    .into_any()
}

fn step_view(step: StepTrial) -> AnyView {
    let asked = match step.eligible.is_empty() {
        true => "Nobody could be offered it now.".to_owned(),
        false => {
            let names: Vec<_> = step.eligible.into_iter().map(|person| person.name).collect();
            format!("Could be offered to {}.", names.join(", "))
        }
    };
    let other = |PersonTrial { name, why_not, .. }: PersonTrial| {
        view! { <li>{format!("{name}: {}", why_not.unwrap_or_default())}</li> }
    };
    view! {
        <li>
            <strong>{step.queue}</strong>
            {format!(" {} {asked}", quoted(&step.why))}
            <ul>{step.others.into_iter().map(other).collect_view()}</ul>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_written_one_in_a_line() {
        let read = attributes("tier = gold\n\n page=/a=b ").unwrap();
        assert_eq!(
            read,
            [("page", "/a=b"), ("tier", "gold")].map(|(a, b)| (a.to_owned(), b.to_owned())).into()
        );
        assert_eq!(attributes("tier"), Err("Line 1: write an attribute as “name = value”.".to_owned()));
    }
}
