//! Transfer groups: whoever has certain skills, under a name that one can transfer to.

use std::collections::BTreeSet;

use baton_shared::api::{GroupSettings, GroupView, Person, TeamView};
use baton_shared::queue::{Group, Membership, Priority};
use baton_shared::{AgentId, GroupId, SkillId, TeamId};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::setup::Setup;
use super::switches::{counted, listed};
use crate::api;
use crate::browser::random;
use crate::controls::dialog::Dialog;
use crate::conversation::questions::Refusal;

/// What is asked about a group.
#[derive(Clone, Debug, PartialEq)]
enum Asked {
    /// What a new one is to be.
    Add,
    /// What it is to be.
    Change(GroupView),
    /// Whether to remove it.
    Remove(GroupView),
}

/// The priorities with their labels, the first goes last.
const PRIORITIES: [(Priority, &str); 4] = [
    (Priority::Low, "Low"),
    (Priority::Normal, "Normal"),
    (Priority::High, "High"),
    (Priority::Urgent, "Urgent"),
];

fn label(priority: Priority) -> &'static str {
    PRIORITIES.iter().find(|(each, _)| *each == priority).map_or("", |(_, label)| label)
}

/// Returns the people of a group of which `team` are the agents, or everyone where it is no team's; a group without skills
/// asks for none.
fn members<'a>(
    people: &'a [Person],
    team: Option<&BTreeSet<AgentId>>,
    skills: &BTreeSet<SkillId>,
    membership: Membership,
) -> Vec<&'a Person> {
    let group = Group {
        id: GroupId::from_bits(0),
        skills: skills.clone(),
        membership,
        priority: Priority::default(),
        team: None,
    };
    let can =
        |person: &&Person| person.enabled && person.capacity > 0 && group.asks_no_more_than(&person.skills);
    people.iter().filter(can).filter(|person| team.is_none_or(|team| team.contains(&person.id))).collect()
}

/// Says who belongs to a group, in a sentence.
fn described(team: Option<&str>, skills: &[&str], membership: Membership) -> String {
    let who = team.map(|team| format!("in the team {team} ")).unwrap_or_default();
    match (skills, membership) {
        ([], _) => format!("Everyone {who}belongs to it."),
        ([skill], _) => format!("Everyone {who}with the skill {skill} belongs to it."),
        (several, Membership::All) => format!("Everyone {who}with {} belongs to it.", listed(several)),
        (several, Membership::Any) => {
            format!("Everyone {who}with at least one of {} belongs to it.", listed(several))
        }
    }
}

/// Returns the name of a team that is known.
fn team_name(setup: Setup, team: Option<TeamId>) -> Option<String> {
    let known = |teams: &Vec<TeamView>| {
        teams.iter().find(|known| Some(known.id) == team).map(|team| team.name.clone())
    };
    setup.teams.with(known)
}

/// Returns the people of a group as it is set, as far as they are known, and tracks them.
fn with_members<Made>(
    setup: Setup,
    team: Option<TeamId>,
    skills: &BTreeSet<SkillId>,
    membership: Membership,
    make: impl FnOnce(&[&Person]) -> Made,
) -> Made {
    setup.teams.with(|teams| {
        let agents = teams.iter().find(|known| Some(known.id) == team).map(|team| &team.agents);
        setup.people.with(|people| make(&members(people, agents, skills, membership)))
    })
}

/// Lists the groups; they can be added, changed and removed.
#[component]
pub fn GroupsSection(
    /// What the parts of the page share.
    setup: Setup,
) -> impl IntoView {
    let asked = RwSignal::new(None::<Asked>);
    let fetched = Callback::new(move |()| {
        setup.fetch_groups();
        asked.set(None);
    });
    view! {
        <section class="panel" id="groups" aria-labelledby="groups-title">
            <div class="panel__head">
                <h2 id="groups-title">"Transfer groups"</h2>
                <Show when=move || setup.may_define_groups()>
                    <button class="button" type="button" on:click=move |_| asked.set(Some(Asked::Add))>
                        "Add group"
                    </button>
                </Show>
            </div>
            <p class="hint">
                "A transfer to a group is offered to its members; who belongs to it follows from their team and their skills."
            </p>
            <Show when=move || !setup.may_define_groups()>
                <p class="hint">
                    "Supervisors define the groups of the teams that they lead. Ask an administrator for a team."
                </p>
            </Show>
            <Show
                when=move || setup.groups.with(|groups| !groups.is_empty())
                fallback=|| view! { <p>"There is no group yet."</p> }
            >
                <GroupTable setup=setup asked=asked />
            </Show>
        </section>
        {move || match asked.get() {
            None => None,
            Some(Asked::Add) => {
                Some(view! { <GroupDialog setup=setup group=None asked=asked saved=fetched /> }.into_any())
            }
            Some(Asked::Change(group)) => {
                Some(view! { <GroupDialog setup=setup group=Some(group) asked=asked saved=fetched /> }.into_any())
            }
            Some(Asked::Remove(group)) => {
                Some(view! { <RemoveDialog setup=setup group=group asked=asked saved=fetched /> }.into_any())
            }
        }}
    }
}

fn skill_names(setup: Setup, chosen: &BTreeSet<SkillId>) -> Vec<String> {
    let skills = setup.skills.get();
    skills.into_iter().filter(|skill| chosen.contains(&skill.id)).map(|skill| skill.name).collect()
}

#[component]
fn GroupTable(setup: Setup, asked: RwSignal<Option<Asked>>) -> impl IntoView {
    let row = move |group: GroupView| {
        let (change, remove) = (group.clone(), group.clone());
        let name = group.name.clone();
        let skills = group.skills.clone();
        let names = move || {
            let names = skill_names(setup, &skills);
            if names.is_empty() { "None".to_owned() } else { names.join(", ") }
        };
        let membership = match group.membership {
            Membership::All => "All of them",
            Membership::Any => "Any of them",
        };
        let team = group.team;
        let available = move || {
            with_members(setup, team, &group.skills, group.membership, |members| {
                format!("{} of {}", setup.available(members), members.len())
            })
        };
        let team_shown = move || {
            team_name(setup, team).unwrap_or_else(|| match team {
                None => "Everyone".to_owned(),
                Some(_) => "Another team".to_owned(),
            })
        };
        let tools = move || {
            let (change, remove, name) = (change.clone(), remove.clone(), name.clone());
            setup.may_define(team).then(|| tools(name, change, remove, asked))
        };
        view! {
            <tr>
                <th scope="row">{group.name.clone()}</th>
                <td data-label="Team">{team_shown}</td>
                <td data-label="Skills">{names}</td>
                <td data-label="Members have">{membership}</td>
                <td data-label="Priority">{label(group.priority)}</td>
                {setup.administers().then(|| view! { <td data-label="Available now">{available}</td> })}
                <td class="groups__tools">{tools}</td>
            </tr>
        }
    };
    view! {
        <table class="groups" aria-labelledby="groups-title">
            <thead>
                <tr>
                    <th scope="col">"Name"</th>
                    <th scope="col">"Team"</th>
                    <th scope="col">"Skills"</th>
                    <th scope="col">"Members have"</th>
                    <th scope="col">"Priority"</th>
                    {setup.administers().then(|| view! { <th scope="col">"Available now"</th> })}
                    <td></td>
                </tr>
            </thead>
            <tbody>{move || setup.groups.get().into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}

fn tools(
    name: String,
    change: GroupView,
    remove: GroupView,
    asked: RwSignal<Option<Asked>>,
) -> impl IntoView {
    view! {
        <button
            class="button button--small"
            type="button"
            aria-label=format!("Change {name}")
            on:click=move |_| asked.set(Some(Asked::Change(change.clone())))
        >
            "Change"
        </button>
        <button
            class="button button--small"
            type="button"
            aria-label=format!("Remove {name}")
            on:click=move |_| asked.set(Some(Asked::Remove(remove.clone())))
        >
            "Remove"
        </button>
    }
}

#[component]
fn GroupDialog(
    setup: Setup,
    group: Option<GroupView>,
    asked: RwSignal<Option<Asked>>,
    saved: Callback<()>,
) -> impl IntoView {
    let id = group.as_ref().map(|group| group.id);
    let (title, button) = match &group {
        Some(group) => (format!("Change {}", group.name), "Save group"),
        None => ("Add group".to_owned(), "Add"),
    };
    let start = group.map_or_else(
        || GroupSettings {
            name: String::new(),
            skills: BTreeSet::new(),
            membership: Membership::default(),
            priority: Priority::default(),
            team: setup.usual_team(),
        },
        |GroupView { name, skills, membership, priority, team, .. }| GroupSettings {
            name,
            skills,
            membership,
            priority,
            team,
        },
    );
    let settings = RwSignal::new(start);
    let refusal = RwSignal::new(None::<String>);
    let close = Callback::new(move |()| asked.set(None));
    // The same group sent twice is added once.
    let sent = StoredValue::new(None::<(GroupSettings, String)>);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let wanted = settings.get_untracked();
        if wanted.name.trim().is_empty() {
            refusal.set(Some("Give the group a name.".to_owned()));
            return;
        }
        if let Some(group) = id {
            let saving = async move { api::change_group(group, &wanted).await };
            setup.save(saving, refusal, move || saved.run(()));
            return;
        }
        let before = sent.get_value().filter(|(settings, _)| *settings == wanted);
        let key = before.map_or_else(random::idempotency_key, |(_, key)| key);
        sent.set_value(Some((wanted.clone(), key.clone())));
        setup.save(async move { api::add_group(&wanted, &key).await }, refusal, move || saved.run(()));
    };
    let sentence = move || {
        settings.with(|settings| {
            let names = skill_names(setup, &settings.skills);
            let names: Vec<_> = names.iter().map(String::as_str).collect();
            let team = team_name(setup, settings.team);
            let sentence = described(team.as_deref(), &names, settings.membership);
            if !setup.administers() {
                return sentence;
            }
            let (team, membership) = (settings.team, settings.membership);
            let count = with_members(setup, team, &settings.skills, membership, |members| members.len());
            format!("{sentence} At the moment that is {}.", counted(count as u64, "person", "people"))
        })
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
                <TeamChoice setup=setup settings=settings />
                <SkillChoice setup=setup settings=settings />
                <MembershipChoice settings=settings />
                <PriorityChoice settings=settings />
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
fn SkillChoice(setup: Setup, settings: RwSignal<GroupSettings>) -> impl IntoView {
    let tick = move |skill: SkillId, wanted: bool| {
        settings.update(|settings| {
            if wanted {
                settings.skills.insert(skill);
            } else {
                settings.skills.remove(&skill);
            }
        });
    };
    view! {
        <fieldset class="choices">
            <legend>"Skills"</legend>
            {move || {
                let skills = setup.skills.get().into_iter();
                skills
                    .map(|skill| {
                        let id = skill.id;
                        view! {
                            <label class="choice">
                                <input
                                    type="checkbox"
                                    prop:checked=move || settings.with(|settings| settings.skills.contains(&id))
                                    on:change=move |event| tick(id, event_target_checked(&event))
                                />
                                {skill.name}
                            </label>
                        }
                    })
                    .collect_view()
            }}
        </fieldset>
    }
}

#[component]
fn MembershipChoice(settings: RwSignal<GroupSettings>) -> impl IntoView {
    let radio = move |membership: Membership, label: &'static str| {
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="membership"
                    prop:checked=move || settings.with(|settings| settings.membership == membership)
                    on:change=move |_| settings.update(|settings| settings.membership = membership)
                />
                {label}
            </label>
        }
    };
    view! {
        <fieldset class="choices">
            <legend>"Members have"</legend>
            {radio(Membership::All, "All of the skills")}
            {radio(Membership::Any, "Any of the skills")}
        </fieldset>
    }
}

/// Chooses whose group it is; supervisors choose among the teams that they lead.
#[component]
fn TeamChoice(setup: Setup, settings: RwSignal<GroupSettings>) -> impl IntoView {
    let choose = move |event| {
        let team = event_target_value(&event).parse().ok();
        settings.update(|settings| settings.team = team);
    };
    let chosen = move |team: Option<TeamId>| move || settings.with(|settings| settings.team == team);
    let teams = move || {
        let team = |team: TeamView| {
            view! {
                <option value=team.id.to_string() prop:selected=chosen(Some(team.id))>
                    {team.name}
                </option>
            }
        };
        setup.teams.get().into_iter().map(team).collect_view()
    };
    let everyone = setup.administers().then(|| {
        view! {
            <option value="" prop:selected=chosen(None)>
                "Everyone"
            </option>
        }
    });
    view! {
        <div class="field">
            <label class="field__label" for="group-team">
                "Team"
            </label>
            <select id="group-team" class="field__input" aria-describedby="group-team-hint" on:change=choose>
                {everyone}
                {teams}
            </select>
            <p id="group-team-hint" class="hint">
                "Only agents of the team belong to its group, and its supervisors may change it."
            </p>
        </div>
    }
}

#[component]
fn PriorityChoice(settings: RwSignal<GroupSettings>) -> impl IntoView {
    let choose = move |event| {
        let wanted = event_target_value(&event);
        if let Some((priority, _)) = PRIORITIES.iter().find(|(_, label)| *label == wanted) {
            settings.update(|settings| settings.priority = *priority);
        }
    };
    view! {
        <div class="field">
            <label class="field__label" for="group-priority">
                "Priority"
            </label>
            <select
                id="group-priority"
                class="field__input"
                aria-describedby="group-priority-hint"
                on:change=choose
            >
                {PRIORITIES
                    .into_iter()
                    .map(|(priority, label)| {
                        let chosen = move || settings.with(|settings| settings.priority == priority);
                        view! {
                            <option value=label prop:selected=chosen>
                                {label}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
            <p id="group-priority-hint" class="hint">
                "While a conversation waits for the group, it has at least this priority."
            </p>
        </div>
    }
}

#[component]
fn RemoveDialog(
    setup: Setup,
    group: GroupView,
    asked: RwSignal<Option<Asked>>,
    saved: Callback<()>,
) -> impl IntoView {
    let refusal = RwSignal::new(None::<String>);
    let close = Callback::new(move |()| asked.set(None));
    let id = group.id;
    let title = format!("Remove {}", group.name);
    let question = format!("Remove the group {}?", group.name);
    let remove = move |_| setup.save(api::remove_group(id), refusal, move || saved.run(()));
    view! {
        <Dialog name=title.clone() open=Signal::stored(true) on_close=close>
            <h2>{question.clone()}</h2>
            <p>
                "Conversations that wait for this group go to the queue they came from and keep their age, so nobody loses their place. Nobody can transfer to the group afterwards; its members keep their skills."
            </p>
            <Refusal refusal=refusal />
            <div class="dialog__buttons">
                <button class="button" type="button" on:click=move |_| close.run(())>
                    "Keep it"
                </button>
                <button class="button button--danger" type="button" on:click=remove>
                    "Remove group"
                </button>
            </div>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use baton_shared::{Presence, Role, Status};

    use super::*;

    fn person(number: u128, skills: &[u128]) -> Person {
        Person {
            id: AgentId::from_bits(number),
            name: format!("Agent {number}"),
            email: String::new(),
            role: Role::Agent,
            enabled: true,
            capacity: 4,
            interruptible_capacity: None,
            skills: skills.iter().map(|skill| SkillId::from_bits(*skill)).collect(),
            queues: BTreeSet::new(),
            presence: Presence { status: Status::Available, reachable: true },
        }
    }

    #[test]
    fn who_belongs_to_a_group_follows_from_skills_and_from_who_can_take_anything() {
        let mut away = person(3, &[1, 2]);
        away.enabled = false;
        let people = [person(1, &[1]), person(2, &[1, 2]), away];
        let skills = BTreeSet::from([SkillId::from_bits(1), SkillId::from_bits(2)]);
        assert_eq!(members(&people, None, &skills, Membership::All).len(), 1);
        assert_eq!(members(&people, None, &skills, Membership::Any).len(), 2);
        assert_eq!(members(&people, None, &BTreeSet::new(), Membership::All).len(), 2);
        let team = BTreeSet::from([AgentId::from_bits(1), AgentId::from_bits(3)]);
        assert_eq!(members(&people, Some(&team), &skills, Membership::Any).len(), 1);
    }

    #[test]
    fn a_sentence_says_who_belongs_to_it() {
        assert_eq!(described(None, &[], Membership::All), "Everyone belongs to it.");
        assert_eq!(
            described(Some("North"), &["French"], Membership::Any),
            "Everyone in the team North with the skill French belongs to it."
        );
        let both = ["French", "Billing"];
        assert_eq!(
            described(None, &both, Membership::All),
            "Everyone with French and Billing belongs to it."
        );
        let either = "Everyone with at least one of French and Billing belongs to it.";
        assert_eq!(described(None, &both, Membership::Any), either);
    }
}
