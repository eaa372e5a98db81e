//! Teams: whose work each supervisor sees and may step into.

use std::collections::BTreeSet;

use baton_shared::api::{Person, TeamSettings, TeamView};
use baton_shared::{AgentId, Role};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::setup::Setup;
use super::switches::{counted, listed};
use crate::api;
use crate::browser::random;
use crate::controls::dialog::Dialog;
use crate::conversation::questions::Refusal;

/// What is asked about a team.
#[derive(Clone, Debug, PartialEq)]
enum Asked {
    /// What a new one is to be.
    Add,
    /// What it is to be.
    Change(TeamView),
    /// Whether to remove it.
    Remove(TeamView),
}

/// How many people are shown without a way to search among them.
const SEEN_AT_ONCE_MAX: usize = 10;

/// Which of its people are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Supervisors,
    Agents,
}

impl Part {
    const fn title(self) -> &'static str {
        match self {
            Self::Supervisors => "Supervisors",
            Self::Agents => "Agents",
        }
    }

    /// Says whether someone may be in it: whoever is in it already may stay.
    fn may_have(self, person: &Person) -> bool {
        let role = match self {
            Self::Supervisors => person.role >= Role::Supervisor,
            Self::Agents => true,
        };
        role && person.enabled
    }

    const fn of(self, settings: &TeamSettings) -> &BTreeSet<AgentId> {
        match self {
            Self::Supervisors => &settings.supervisors,
            Self::Agents => &settings.agents,
        }
    }

    const fn of_mut(self, settings: &mut TeamSettings) -> &mut BTreeSet<AgentId> {
        match self {
            Self::Supervisors => &mut settings.supervisors,
            Self::Agents => &mut settings.agents,
        }
    }
}

/// Says what a team is for, in a sentence.
fn described(supervisors: &[String], agents: usize) -> String {
    let led = counted(agents as u64, "agent", "agents");
    match supervisors {
        [] => format!("Nobody leads it yet; {led} in it."),
        [one] => format!("{one} sees the work of {led} and may step in."),
        several => {
            let names: Vec<&str> = several.iter().map(String::as_str).collect();
            format!("{} see the work of {led} and may step in.", listed(&names))
        }
    }
}

/// Returns the names of some people, in the order in which people are listed.
fn names(setup: Setup, chosen: &BTreeSet<AgentId>) -> Vec<String> {
    setup.people.with(|people| {
        let chosen = people.iter().filter(|person| chosen.contains(&person.id));
        chosen.map(|person| person.name.clone()).collect()
    })
}

/// The page; administrators only.
#[component]
pub fn TeamsPage(
    /// What the parts share.
    setup: Setup,
) -> impl IntoView {
    setup.fetch();
    let asked = RwSignal::new(None::<Asked>);
    let saved = Callback::new(move |()| {
        setup.take(api::teams::all(), move |teams| setup.teams.set(teams));
        asked.set(None);
    });
    view! {
        <div class="admin__bar">
            <h1>"Teams"</h1>
            <p class="admin__status" role="status">
                {move || setup.saved.get().then_some("Saved")}
            </p>
        </div>
        <div class="admin__refusal" role="alert">
            {move || setup.refusal.get().map(|sentence| view! { <p class="refusal">{sentence}</p> })}
        </div>
        <div class="admin__content">
            <section class="panel" aria-labelledby="teams-title">
                <div class="panel__head">
                    <h2 id="teams-title">"Who leads whom"</h2>
                    <button class="button" type="button" on:click=move |_| asked.set(Some(Asked::Add))>
                        "Add team"
                    </button>
                </div>
                <p class="hint">
                    "Supervisors see the work of their teams and may step into it: the conversations of their agents, and the queues that these serve. Administrators see everything."
                </p>
                <Show
                    when=move || setup.teams.with(|teams| !teams.is_empty())
                    fallback=|| view! { <p>"There is no team yet: supervisors see nothing on the wall."</p> }
                >
                    <TeamTable setup=setup asked=asked />
                </Show>
            </section>
        </div>
        {move || match asked.get() {
            None => None,
            Some(Asked::Add) => {
                Some(view! { <TeamDialog setup=setup team=None asked=asked saved=saved /> }.into_any())
            }
            Some(Asked::Change(team)) => {
                Some(view! { <TeamDialog setup=setup team=Some(team) asked=asked saved=saved /> }.into_any())
            }
            Some(Asked::Remove(team)) => {
                Some(view! { <RemoveDialog setup=setup team=team asked=asked saved=saved /> }.into_any())
            }
        }}
    }
}

#[component]
fn TeamTable(setup: Setup, asked: RwSignal<Option<Asked>>) -> impl IntoView {
    let row = move |team: TeamView| {
        let (change, remove) = (team.clone(), team.clone());
        let shown = move |chosen: BTreeSet<AgentId>| {
            move || {
                let names = names(setup, &chosen);
                if names.is_empty() { "None".to_owned() } else { names.join(", ") }
            }
        };
        view! {
            <tr>
                <th scope="row">{team.name.clone()}</th>
                <td data-label="Supervisors">{shown(team.supervisors)}</td>
                <td data-label="Agents">{shown(team.agents)}</td>
                <td class="groups__tools">
                    <button
                        class="button button--small"
                        type="button"
                        aria-label=format!("Change {}", team.name)
                        on:click=move |_| asked.set(Some(Asked::Change(change.clone())))
                    >
                        "Change"
                    </button>
                    <button
                        class="button button--small"
                        type="button"
                        aria-label=format!("Remove {}", team.name)
                        on:click=move |_| asked.set(Some(Asked::Remove(remove.clone())))
                    >
                        "Remove"
                    </button>
                </td>
            </tr>
        }
    };
    view! {
        <table class="groups" aria-labelledby="teams-title">
            <thead>
                <tr>
                    <th scope="col">"Name"</th>
                    <th scope="col">"Supervisors"</th>
                    <th scope="col">"Agents"</th>
                    <td></td>
                </tr>
            </thead>
            <tbody>{move || setup.teams.get().into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}

#[component]
fn TeamDialog(
    setup: Setup,
    team: Option<TeamView>,
    asked: RwSignal<Option<Asked>>,
    saved: Callback<()>,
) -> impl IntoView {
    let id = team.as_ref().map(|team| team.id);
    let (title, button) = match &team {
        Some(team) => (format!("Change {}", team.name), "Save team"),
        None => ("Add team".to_owned(), "Add"),
    };
    let start = team.map_or_else(
        || TeamSettings { name: String::new(), agents: BTreeSet::new(), supervisors: BTreeSet::new() },
        |TeamView { name, agents, supervisors, .. }| TeamSettings { name, agents, supervisors },
    );
    let settings = RwSignal::new(start);
    let refusal = RwSignal::new(None::<String>);
    let close = Callback::new(move |()| asked.set(None));
    // The same team sent twice is added once.
    let sent = StoredValue::new(None::<(TeamSettings, String)>);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let wanted = settings.get_untracked();
        if wanted.name.trim().is_empty() {
            refusal.set(Some("Give the team a name.".to_owned()));
            return;
        }
        if let Some(team) = id {
            let saving = async move { api::teams::change(team, &wanted).await };
            setup.save(saving, refusal, move || saved.run(()));
            return;
        }
        let before = sent.get_value().filter(|(settings, _)| *settings == wanted);
        let key = before.map_or_else(random::idempotency_key, |(_, key)| key);
        sent.set_value(Some((wanted.clone(), key.clone())));
        setup.save(async move { api::teams::add(&wanted, &key).await }, refusal, move || saved.run(()));
    };
    let sentence = move || {
        settings.with(|settings| described(&names(setup, &settings.supervisors), settings.agents.len()))
    };
    view! {
        <Dialog name=title.clone() open=Signal::stored(true) on_close=close>
            <form on:submit=submit>
                <h2>{title.clone()}</h2>
                <label class="field">
                    <span class="field__label">"Name"</span>
                    <input
                        class="field__input"
                        type="text"
                        autocomplete="off"
                        maxlength="100"
                        autofocus
                        prop:value=move || settings.with(|settings| settings.name.clone())
                        on:input=move |event| settings.update(|settings| settings.name = event_target_value(&event))
                    />
                </label>
                <PeopleChoice setup=setup settings=settings part=Part::Supervisors />
                <PeopleChoice setup=setup settings=settings part=Part::Agents />
                <p class="hint" aria-live="polite">
                    {sentence}
                </p>
                <div class="dialog__foot">
                    <Refusal refusal=refusal />
                    <div class="dialog__buttons">
                        <button class="button" type="button" on:click=move |_| close.run(())>
                            "Back"
                        </button>
                        <button class="button button--primary" type="submit">
                            {button}
                        </button>
                    </div>
                </div>
            </form>
        </Dialog>
    }
}

#[component]
fn PeopleChoice(setup: Setup, settings: RwSignal<TeamSettings>, part: Part) -> impl IntoView {
    // Whoever was in it at first stays in sight, whatever became of them.
    let first = part.of(&settings.get_untracked()).clone();
    let choice = move |person: Person| {
        let id = person.id;
        let tick = move |wanted: bool| {
            settings.update(|settings| {
                if wanted {
                    part.of_mut(settings).insert(id);
                } else {
                    part.of_mut(settings).remove(&id);
                }
            });
        };
        view! {
            <label class="choice">
                <input
                    type="checkbox"
                    prop:checked=move || settings.with(|settings| part.of(settings).contains(&id))
                    on:change=move |event| tick(event_target_checked(&event))
                />
                {person.name}
            </label>
        }
    };
    let allowed = Memo::new(move |_| {
        let people = setup.people.get().into_iter();
        people.filter(|person| part.may_have(person) || first.contains(&person.id)).collect::<Vec<_>>()
    });
    let sought = RwSignal::new(String::new());
    let choices = move || {
        let sought = sought.get();
        let found = allowed.get().into_iter().filter(|person| is_like(&person.name, &sought));
        found.map(choice).collect_view()
    };
    view! {
        <fieldset class="choices">
            <legend>{part.title()}</legend>
            <Show when=move || allowed.with(|allowed| allowed.len() > SEEN_AT_ONCE_MAX)>
                <input
                    class="field__input"
                    type="search"
                    aria-label=format!("Search {}", part.title().to_lowercase())
                    placeholder="Search by name"
                    bind:value=sought
                />
            </Show>
            <div class="choices__list">{choices}</div>
        </fieldset>
    }
}

/// Says whether a name holds a text, in any case.
fn is_like(name: &str, text: &str) -> bool {
    name.to_lowercase().contains(&text.trim().to_lowercase())
}

#[component]
fn RemoveDialog(
    setup: Setup,
    team: TeamView,
    asked: RwSignal<Option<Asked>>,
    saved: Callback<()>,
) -> impl IntoView {
    let refusal = RwSignal::new(None::<String>);
    let close = Callback::new(move |()| asked.set(None));
    let id = team.id;
    let title = format!("Remove {}", team.name);
    let question = format!("Remove the team {}?", team.name);
    let remove = move |_| setup.save(api::teams::remove(id), refusal, move || saved.run(()));
    view! {
        <Dialog name=title.clone() open=Signal::stored(true) on_close=close>
            <h2>{question.clone()}</h2>
            <p>
                "Its supervisors see the work of its agents no more, unless another team of theirs has them. The people stay, with their queues and conversations."
            </p>
            <Refusal refusal=refusal />
            <div class="dialog__buttons">
                <button class="button" type="button" on:click=move |_| close.run(())>
                    "Keep it"
                </button>
                <button class="button button--danger" type="button" on:click=remove>
                    "Remove team"
                </button>
            </div>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_says_who_leads_how_many() {
        let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(described(&[], 0), "Nobody leads it yet; 0 agents in it.");
        assert_eq!(described(&named(&["Ann"]), 1), "Ann sees the work of 1 agent and may step in.");
        let both = "Ann and Bob see the work of 3 agents and may step in.";
        assert_eq!(described(&named(&["Ann", "Bob"]), 3), both);
    }

    #[test]
    fn people_are_sought_by_any_part_of_their_name() {
        assert!(is_like("Jürgen Ärmel", " äRM ") && is_like("Ann", ""));
        assert!(!is_like("Ann", "bob"));
    }
}
