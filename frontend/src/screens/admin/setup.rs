//! What the parts of an administration page share: what was fetched, what was said, what is not saved.

use core::future::Future;

use baton_shared::api::{GroupView, Person, QueueView, Skill, TeamView};
use baton_shared::{Role, TeamId};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{self, Failure};
use crate::app::DeskContext;

/// A handle that can be copied.
#[derive(Clone, Copy)]
#[expect(missing_docs, reason = "the lists are named after what they hold")]
pub struct Setup {
    /// Who looks at the page.
    pub role: Role,
    pub queues: RwSignal<Vec<QueueView>>,
    pub people: RwSignal<Vec<Person>>,
    pub groups: RwSignal<Vec<GroupView>>,
    pub skills: RwSignal<Vec<Skill>>,
    /// For supervisors those that they lead.
    pub teams: RwSignal<Vec<TeamView>>,
    /// Why something was refused, for the top of the page.
    pub refusal: RwSignal<Option<String>>,
    /// Whether the last thing that was done is saved, and nothing was done since.
    pub saved: RwSignal<bool>,
    /// Whether something would be lost by leaving.
    pub unsaved: RwSignal<bool>,
    context: DeskContext,
}

impl Setup {
    /// Starts with nothing, and asks before the page is left with changes.
    pub fn new(context: DeskContext, role: Role) -> Self {
        let unsaved = RwSignal::new(false);
        let asking = window_event_listener(leptos::ev::beforeunload, move |event| {
            if unsaved.get_untracked() {
                event.prevent_default();
            }
        });
        on_cleanup(move || asking.remove());
        Self {
            role,
            queues: RwSignal::default(),
            people: RwSignal::default(),
            groups: RwSignal::default(),
            skills: RwSignal::default(),
            teams: RwSignal::default(),
            refusal: RwSignal::new(None),
            saved: RwSignal::new(false),
            unsaved,
            context,
        }
    }

    /// Says whether the person is an administrator.
    pub fn administers(self) -> bool {
        self.role == Role::Administrator
    }

    /// Says whether the person may define the groups of a team, or those that are no team's.
    pub fn may_define(self, team: Option<TeamId>) -> bool {
        let leads = |teams: &Vec<TeamView>| teams.iter().any(|known| Some(known.id) == team);
        self.administers() || self.teams.with(leads)
    }

    /// Says whether the person may define a group at all.
    pub fn may_define_groups(self) -> bool {
        self.administers() || self.teams.with(|teams| !teams.is_empty())
    }

    /// Returns whose group a new one is at first: nobody's for administrators, for supervisors the first team's they lead.
    pub fn usual_team(self) -> Option<TeamId> {
        let first = || self.teams.with_untracked(|teams| teams.first().map(|team| team.id));
        if self.administers() { None } else { first() }
    }

    /// Asks, where something would be lost, whether to leave.
    pub fn may_leave(self) -> bool {
        let leave = || window().confirm_with_message("Your changes are not saved. Leave without them?");
        !self.unsaved.get_untracked() || leave().unwrap_or(true)
    }

    /// Fetches the queues, the groups, the skills, the teams and, for administrators, the people.
    pub fn fetch(self) {
        self.fetch_groups();
        self.take(api::skills(), move |skills| self.skills.set(skills));
        self.take(api::teams::all(), move |teams| self.teams.set(teams));
        if self.administers() {
            self.take(api::queues(), move |queues| self.queues.set(queues));
            self.take(api::people(), move |people| self.people.set(people));
        }
    }

    /// Fetches the groups.
    pub fn fetch_groups(self) {
        self.take(api::groups(), move |groups| self.groups.set(groups));
    }

    /// Takes an answer, or says at the top of the page why there is none.
    pub fn take<Answer: 'static>(
        self,
        asking: impl Future<Output = Result<Answer, Failure>> + 'static,
        then: impl FnOnce(Answer) + 'static,
    ) {
        self.ask(asking, self.refusal, then);
    }

    /// Waits for something to be saved and says so, or says in `refusal` why it was not.
    pub fn save<Answer: 'static>(
        self,
        saving: impl Future<Output = Result<Answer, Failure>> + 'static,
        refusal: RwSignal<Option<String>>,
        then: impl FnOnce() + 'static,
    ) {
        self.saved.set(false);
        refusal.set(None);
        spawn_local(async move {
            match saving.await {
                Ok(_) => {
                    self.saved.set(true);
                    then();
                }
                Err(failure) => self.failed(&failure, refusal),
            }
        });
    }

    /// Waits for an answer, or says in `refusal` why there is none.
    pub fn ask<Answer: 'static>(
        self,
        asking: impl Future<Output = Result<Answer, Failure>> + 'static,
        refusal: RwSignal<Option<String>>,
        then: impl FnOnce(Answer) + 'static,
    ) {
        spawn_local(async move {
            match asking.await {
                Ok(answer) => then(answer),
                Err(failure) => self.failed(&failure, refusal),
            }
        });
    }

    fn failed(self, failure: &Failure, refusal: RwSignal<Option<String>>) {
        match failure {
            Failure::SignedOut => self.context.session.signed_out(),
            Failure::Unreachable | Failure::Later { .. } | Failure::Refused { .. } => {
                refusal.set(Some(failure.sentence()));
            }
        }
    }

    /// Returns how many of these people are available now, and tracks it.
    pub fn available(self, people: &[&Person]) -> usize {
        let count = self.context.live.read(|desk| {
            let presence = |person: &&&Person| desk.people.get(&person.id).map(|known| known.presence);
            people.iter().filter(|person| presence(person).is_some_and(|known| known.available())).count()
        });
        count.unwrap_or_default()
    }
}
