//! How the policy was changed: when, by whom, and what will have happened since.

use baton_shared::api::{PolicyChange, SetupChange, SetupDone, SetupThing, SwitchChange};
use leptos::prelude::*;
use serde_json::Value;

use super::setup::Setup;
use super::switches::{Control, Switch, holds, listed, only, switch};
use crate::api;
use crate::browser::dates;

/// Lists the changes, the newest first; it is fetched anew whenever something was saved.
#[component]
pub fn HistorySection(
    /// What the parts of the page share.
    setup: Setup,
) -> impl IntoView {
    let changes = RwSignal::new(None::<Vec<PolicyChange>>);
    let fetch = move || setup.take(api::policy_history(), move |found| drop(changes.try_set(Some(found))));
    fetch();
    Effect::new(move |before: Option<bool>| {
        let saved = setup.saved.get();
        if saved && before == Some(false) {
            fetch();
        }
        saved
    });
    view! {
        <section class="panel" id="history" aria-labelledby="history-title">
            <h2 id="history-title">"History of changes"</h2>
            {move || match changes.get() {
                None => view! { <p class="hint">"Loading…"</p> }.into_any(),
                Some(changes) if changes.is_empty() => {
                    view! { <p class="hint">"Nothing was changed since the start."</p> }.into_any()
                }
                Some(changes) => {
                    // A list that scrolls is reached by keyboard too.
                    view! {
                        <div class="changes" role="group" aria-labelledby="history-title" tabindex="0">
                            <ol>{changes.into_iter().map(change_view).collect_view()}</ol>
                        </div>
                    }
                        .into_any()
                }
            }}
        </section>
    }
}

fn change_view(change: PolicyChange) -> AnyView {
    let lines = change.switches.iter().map(|change| {
        let (line, since) = (line(change), since(change));
        view! { <li>{line} " " <span class="hint">{since}</span></li> }
    });
    let lines = lines.collect_view();
    view! {
        <li class="change">
            <p class="change__head">
                <time>{dates::full(change.at)}</time>
                " "
                {head(&change)}
            </p>
            <ul>{lines}</ul>
        </li>
    }
    .into_any()
}

/// Says who changed something where, and from which preset it was taken.
fn head(change: &PolicyChange) -> String {
    let by = change.by.as_deref().unwrap_or("The server");
    if let Some(setup) = &change.setup {
        return format!("{by} {}", setup_line(setup));
    }
    let preset = change.preset.map(|preset| format!(", preset {}", preset.label())).unwrap_or_default();
    let what = if change.switches.is_empty() { " saved it without a change" } else { "" };
    format!("{by}{what} · {}{preset}", change.scope)
}

/// Says what was set up besides switches: "added the group Refunds".
fn setup_line(setup: &SetupChange) -> String {
    let done = match setup.done {
        SetupDone::Added => "added",
        SetupDone::Changed => "changed",
        SetupDone::Removed => "removed",
    };
    let thing = match setup.thing {
        SetupThing::QueueRules => "the rules of the queue",
        SetupThing::Group => "the group",
        SetupThing::Workflow => "the workflow",
        SetupThing::Flow => "the flow",
        SetupThing::External => "the external contact",
        SetupThing::Schedule => "the scheduled report",
    };
    format!("{done} {thing} {}", setup.name)
}

/// Says what a switch was and became: "Notes for the receiver: Optional → Required".
pub fn line(change: &SwitchChange) -> String {
    let known = switch(&change.name);
    let label = known.map_or(change.name.as_str(), |switch| switch.label);
    let words = |value: &Option<String>| match value {
        None => "as everywhere".to_owned(),
        Some(text) => match (known, serde_json::from_str(text)) {
            (Some(switch), Ok(value)) => in_words(switch, &value),
            (None, _) | (_, Err(_)) => text.clone(),
        },
    };
    format!("{label}: {} → {}", words(&change.from), words(&change.to))
}

/// Returns what happens since, as the page says it beside the switch; nothing where the switch is not set any more.
fn since(change: &SwitchChange) -> Option<String> {
    let value: Value = serde_json::from_str(change.to.as_deref()?).ok()?;
    Some(switch(&change.name)?.sentence(&value))
}

/// Returns a value as the control shows it.
fn in_words(switch: &Switch, value: &Value) -> String {
    let known = match &switch.control {
        Control::Flag(..) => value.as_bool().map(|on| if on { "on" } else { "off" }.to_owned()),
        Control::Choice(options) => {
            let chosen = options.iter().find(|(word, ..)| value.as_str() == Some(*word));
            chosen.map(|(_, label, _)| (*label).to_owned())
        }
        Control::Several(options, ..) => {
            let chosen = options.iter().filter(|(word, _)| holds(value, word)).map(|(_, label)| *label);
            let chosen: Vec<_> = chosen.collect();
            Some(if chosen.is_empty() { "none".to_owned() } else { listed(&chosen) })
        }
        Control::Number(number) => match (value.as_u64(), number.none) {
            (Some(count), _) => Some(number.unit.words(count)),
            (None, Some((label, _))) => Some(label.to_owned()),
            (None, None) => None,
        },
        Control::Targets => Some(match (value.as_str(), only(value).map(<[Value]>::len)) {
            (Some("queue_members"), _) => "members of the queue".to_owned(),
            (_, Some(count)) => format!("only {count}"),
            (_, None) => "all".to_owned(),
        }),
    };
    known.unwrap_or_else(|| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use baton_shared::Timestamp;
    use baton_shared::policy::Preset;

    fn change(name: &str, from: Option<&str>, to: Option<&str>) -> String {
        let owned = |value: Option<&str>| value.map(str::to_owned);
        line(&SwitchChange { name: name.to_owned(), from: owned(from), to: owned(to) })
    }

    #[test]
    fn a_value_is_told_as_its_control_shows_it() {
        assert_eq!(change("enabled", Some("true"), Some("false")), "Messaging transfers: on → off");
        assert_eq!(
            change("note", Some(r#""optional""#), Some(r#""required""#)),
            "Notes for the receiver: Optional → Required"
        );
        assert_eq!(
            change("modes", Some(r#"["cold","warm"]"#), Some("[]")),
            "Ways to pass on: Transfer and Consult first → none"
        );
        assert_eq!(
            change("transfer_secs", Some("90"), Some("null")),
            "Time for a transfer: 1 minute 30 seconds → No limit"
        );
        assert_eq!(
            change("allowed", Some(r#""queue_members""#), Some(r#"{"only":[1,2]}"#)),
            "Targets allowed: members of the queue → only 2"
        );
    }

    #[test]
    fn what_is_not_set_any_more_is_as_everywhere() {
        assert_eq!(
            change("offer_secs", Some("30"), None),
            "Time to answer an offer: 30 seconds → as everywhere"
        );
    }

    #[test]
    fn a_number_that_means_something_of_its_own_is_explained() {
        let to = |to: Option<&str>| {
            let to = to.map(str::to_owned);
            since(&SwitchChange { name: "hops_max".to_owned(), from: Some("20".to_owned()), to })
        };
        assert_eq!(
            to(Some("0")).as_deref(),
            Some("A conversation can be passed on as often as people like.")
        );
        assert_eq!(to(None), None);
    }

    #[test]
    fn a_switch_of_another_build_is_told_as_it_is() {
        assert_eq!(change("moon", Some("1"), Some("2")), "moon: 1 → 2");
    }

    #[test]
    fn a_change_says_who_where_and_from_which_preset() {
        let mut change = PolicyChange {
            at: Timestamp::default(),
            by: Some("Admin".to_owned()),
            scope: "Everywhere".to_owned(),
            preset: Some(Preset::Flex),
            switches: Vec::new(),
            setup: None,
        };
        assert_eq!(head(&change), "Admin saved it without a change · Everywhere, preset Flex");
        change.switches = vec![SwitchChange { name: "note".to_owned(), from: None, to: None }];
        (change.by, change.preset) = (None, None);
        assert_eq!(head(&change), "The server · Everywhere");
        let name = "Refunds".to_owned();
        change.setup = Some(SetupChange { done: SetupDone::Removed, thing: SetupThing::Group, name });
        assert_eq!(head(&change), "The server removed the group Refunds");
    }
}
