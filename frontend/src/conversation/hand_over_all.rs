//! Passing on all that one has: one target, one note, a summary each; what cannot go stays, with the reason.

use baton_shared::api::{NewTransfer, TransferTargets};
use baton_shared::command::{NOTE_CHARS_MAX, SUMMARY_CHARS_MAX};
use baton_shared::desk::{Thread, TransferChoices};
use baton_shared::policy::Need;
use baton_shared::{ConversationId, Mode, Target};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::app::DeskContext;
use crate::browser::page;
use crate::controls::dialog::{Dialog, Width};
use crate::conversation::questions::Refusal;
use crate::conversation::summary::{Draft, Progress, stream_into};
use crate::conversation::transfer_row::{Place, Tab};
use crate::conversation::wrap_up::written;
use crate::dispatch::Command;
use crate::reactive::{effect, memo};
use crate::viewing::DialogShown;

const TARGET: &str = "hand-over-target";
const NOTE: &str = "hand-over-note";
const CLOSE: &str = "hand-over-close";

/// What became of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Nothing yet.
    #[default]
    Here,
    /// It is on its way.
    Going,
    /// It is passed on: how.
    Gone(String),
    /// It stays: why.
    Kept(String),
}

/// One of the conversations.
#[derive(Clone)]
struct Row {
    conversation: ConversationId,
    customer: String,
    queue: String,
    choices: TransferChoices,
    summary: RwSignal<Draft>,
    standing: RwSignal<Standing>,
}

impl Row {
    fn of(thread: &Thread) -> Self {
        Self {
            conversation: thread.conversation,
            customer: thread.customer.clone(),
            queue: thread.queue.clone(),
            choices: thread.choices.clone(),
            summary: RwSignal::default(),
            standing: RwSignal::default(),
        }
    }

    /// Says whether its summary is still to come, and tracks it.
    fn summary_is_coming(&self) -> bool {
        self.choices.summary != Need::Off && self.summary.with(|draft| draft.progress == Progress::Coming)
    }

    fn lacks_summary(&self) -> bool {
        let empty = |draft: &Draft| draft.progress != Progress::Coming && written(&draft.text).is_none();
        self.choices.summary == Need::Required && self.summary.with_untracked(empty)
    }

    fn summary_id(&self) -> String {
        format!("summary-{}", self.conversation)
    }

    fn wish(&self, target: Target, note: &str) -> NewTransfer {
        NewTransfer {
            target,
            mode: Mode::Cold,
            note: written(note).filter(|_| self.choices.note != Need::Off),
            summary: self
                .summary
                .with_untracked(|draft| written(&draft.text))
                .filter(|_| self.choices.summary != Need::Off),
            park: false,
        }
    }
}

/// What the server says about where one conversation could go.
type Answer = (ConversationId, Result<TransferTargets, String>);

/// A target, and how many of the conversations can go there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    /// Which.
    pub target: Target,
    /// What it is called.
    pub name: String,
    /// Whether a person is there, and how much they hold.
    pub marks: Vec<String>,
    /// How many can go there.
    pub takes: usize,
}

impl Pick {
    /// Returns the targets of a kind that at least one conversation knows, in the order they are listed first, and those
    /// that take none last.
    pub fn of<'a>(answers: impl Iterator<Item = &'a TransferTargets>, tab: Tab) -> Vec<Self> {
        let mut picks: Vec<Self> = Vec::new();
        for place in answers.flat_map(|targets| Place::of(targets, tab, "")) {
            let takes = usize::from(!place.closed);
            match picks.iter_mut().find(|pick| pick.target == place.target) {
                Some(pick) => pick.takes += takes,
                None => {
                    let marks =
                        place.presence.map_or(Vec::new(), |_| place.facts.into_iter().take(2).collect());
                    picks.push(Self { target: place.target, name: place.name, marks, takes });
                }
            }
        }
        picks.sort_by_key(|pick| pick.takes == 0);
        picks
    }

    /// Returns how it stands in the list: with its marks, and with how many it takes, where that is not all.
    pub fn label(&self, of: usize) -> String {
        let mut label = self.name.clone();
        for mark in &self.marks {
            label.push_str(" · ");
            label.push_str(mark);
        }
        match self.takes {
            all if all == of => label,
            0 => format!("{label} (takes none at the moment)"),
            some => format!("{label} (takes {some} of {of} at the moment)"),
        }
    }
}

fn value_of(target: Target) -> String {
    match target {
        Target::Agent(id) => id.to_string(),
        Target::Group(id) => id.to_string(),
        Target::Queue(id) => id.to_string(),
        Target::Workflow(id) => id.to_string(),
        Target::Flow(id) => id.to_string(),
        Target::External(id) => id.to_string(),
    }
}

/// Returns what will happen to a conversation that goes to a target, or why it cannot.
fn prospect(targets: &TransferTargets, target: Target) -> String {
    match Place::find(targets, target) {
        None => "Cannot be transferred there.".to_owned(),
        Some(place) => place.refusal().or(place.outcome).unwrap_or_default(),
    }
}

/// Returns how many went, in a sentence.
fn result(standings: &[Standing]) -> String {
    let gone = standings.iter().filter(|standing| matches!(standing, Standing::Gone(_))).count();
    match standings.len() {
        all if all == gone => "All are handed over.".to_owned(),
        all => format!("{gone} of {all} are handed over; the others stay with you."),
    }
}

/// The dialog.
#[component]
pub fn HandOverAllDialog() -> impl IntoView {
    let context = DeskContext::here();
    let dialog = context.viewing.dialog;
    let open = Signal::derive(move || dialog.get() == Some(DialogShown::HandOverAll));
    let close = Callback::new(move |()| dialog.set(None));
    let rows = move || {
        let mut threads: Vec<Row> = Vec::new();
        context.live.peek(|desk| threads.extend(desk.conversations.values().map(Row::of)));
        threads
    };
    view! {
        <Dialog name="Hand over all" open=open on_close=close width=Width::Wide>
            <HandOverForm rows=rows() on_close=close />
        </Dialog>
    }
}

/// The conversations as they are being handed over; a handle that can be copied.
#[derive(Clone, Copy)]
struct Batch {
    context: DeskContext,
    rows: StoredValue<Vec<Row>>,
    answers: RwSignal<Vec<Answer>>,
    target: RwSignal<Option<Target>>,
    note: RwSignal<String>,
    refusal: RwSignal<Option<String>>,
    /// Which is on its way, counted from 0; nothing while none is.
    at: RwSignal<Option<usize>>,
}

impl Batch {
    /// Asks where each could go, one after the other.
    fn fetch_targets(self) {
        let conversations =
            self.rows.with_value(|rows| rows.iter().map(|row| row.conversation).collect::<Vec<_>>());
        spawn_local(async move {
            for conversation in conversations {
                let answer = api::transfer_targets(conversation).await.map_err(|failure| failure.sentence());
                // The dialog may be closed by then.
                if self.answers.try_update(|answers| answers.push((conversation, answer))).is_none() {
                    return;
                }
            }
        });
    }

    /// Asks for a summary of each, one after the other.
    fn fetch_summaries(self) {
        let next = memo(move || self.rows.with_value(|rows| rows.iter().position(Row::summary_is_coming)));
        effect(move || {
            let row = next.get().and_then(|place| self.row(place));
            if let Some(row) = row {
                stream_into(row.conversation, row.summary);
            }
        });
    }

    fn row(self, place: usize) -> Option<Row> {
        self.rows.with_value(|rows| rows.get(place).cloned())
    }

    /// Returns the strictest need of all.
    fn need(self, need: fn(&TransferChoices) -> Need) -> Need {
        self.rows.with_value(|rows| {
            let needs = || rows.iter().map(|row| need(&row.choices));
            match (needs().any(|need| need == Need::Required), needs().all(|need| need == Need::Off)) {
                (true, _) => Need::Required,
                (false, true) => Need::Off,
                (false, false) => Need::Optional,
            }
        })
    }

    /// Returns the field that must be filled in and is not, and a sentence that says so.
    fn missing(self) -> Option<(String, String)> {
        if self.target.get_untracked().is_none() {
            return Some((TARGET.to_owned(), "Choose where they go.".to_owned()));
        }
        let no_note = self.note.with_untracked(|note| written(note).is_none());
        if no_note && self.need(|choices| choices.note) == Need::Required {
            return Some((NOTE.to_owned(), "Fill in the notes for the agent: they are required.".to_owned()));
        }
        let lacking = self.rows.with_value(|rows| rows.iter().find(|row| row.lacks_summary()).cloned())?;
        let sentence = format!("Fill in the summary of {}: it is required.", lacking.customer);
        Some((lacking.summary_id(), sentence))
    }

    /// Sends what is still here, in order; each waits for its summary.
    fn send_in_order(self) {
        effect(move || {
            let Some(place) = self.at.get() else { return };
            let Some(row) = self.row(place) else {
                self.at.set(None);
                let standings = self.standings();
                self.context.announcer.say(result(&standings));
                // The button that was pressed may be gone.
                page::focus(CLOSE);
                return;
            };
            match row.standing.get_untracked() {
                Standing::Gone(_) => self.at.set(Some(place + 1)),
                Standing::Going => {}
                Standing::Here | Standing::Kept(_) => {
                    if !row.summary_is_coming() {
                        self.send(&row, place);
                    }
                }
            }
        });
    }

    fn send(self, row: &Row, place: usize) {
        let Some(target) = self.target.get_untracked() else { return };
        let standing = row.standing;
        standing.set(Standing::Going);
        let wish = self.note.with_untracked(|note| row.wish(target, note));
        let command = Command::Transfer { conversation: row.conversation, wish };
        let gone = self.gone(target);
        // The dialog may be closed by then: what was not sent yet stays.
        let ended = move |how| {
            let _gone = standing.try_set(how);
            let _gone = self.at.try_set(Some(place + 1));
        };
        let refused = move |sentence| ended(Standing::Kept(sentence));
        self.context.dispatch.send_from(command, refused, move |_| ended(Standing::Gone(gone)));
    }

    fn gone(self, target: Target) -> String {
        let name = self.picks().into_iter().flat_map(|(_, picks)| picks);
        let name = name.into_iter().find(|pick| pick.target == target).map(|pick| pick.name);
        let name = name.unwrap_or_default();
        match target {
            Target::Agent(_) | Target::External(_) => format!("Transferring to {name}"),
            Target::Group(_) | Target::Queue(_) | Target::Workflow(_) | Target::Flow(_) => {
                format!("Transferred to {name}")
            }
        }
    }

    fn standings(self) -> Vec<Standing> {
        self.rows.with_value(|rows| rows.iter().map(|row| row.standing.get_untracked()).collect())
    }

    fn picks(self) -> Vec<(Tab, Vec<Pick>)> {
        let tabs = [Tab::Queues, Tab::Groups, Tab::Agents, Tab::Workflows];
        self.answers.with(|answers| {
            let listed = || answers.iter().filter_map(|(_, answer)| answer.as_ref().ok());
            tabs.map(|tab| (tab, Pick::of(listed(), tab))).into()
        })
    }

    /// Returns what there is to say about a conversation.
    fn word(self, row: &Row) -> (&'static str, String) {
        match row.standing.get() {
            Standing::Going => ("hint", "Handing over…".to_owned()),
            Standing::Gone(how) => ("hand-over__gone", how),
            Standing::Kept(why) => ("refusal", why),
            Standing::Here => self.answers.with(|answers| {
                let answer = answers.iter().find(|(conversation, _)| *conversation == row.conversation);
                match (answer, self.target.get()) {
                    (Some((_, Err(sentence))), _) => ("refusal", sentence.clone()),
                    (Some((_, Ok(targets))), Some(target)) => ("hint", prospect(targets, target)),
                    (Some((_, Ok(_))) | None, _) => ("hint", String::new()),
                }
            }),
        }
    }
}

#[component]
fn HandOverForm(rows: Vec<Row>, on_close: Callback<()>) -> impl IntoView {
    let batch = Batch {
        context: DeskContext::here(),
        rows: StoredValue::new(rows),
        answers: RwSignal::default(),
        target: RwSignal::new(None),
        note: RwSignal::default(),
        refusal: RwSignal::new(None),
        at: RwSignal::new(None),
    };
    batch.fetch_targets();
    batch.fetch_summaries();
    batch.send_in_order();
    let count = batch.rows.with_value(Vec::len);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if batch.at.get_untracked().is_some() {
            return;
        }
        match batch.missing() {
            Some((field, sentence)) => {
                batch.refusal.set(Some(sentence));
                page::open_around(&field);
                page::focus(&field);
            }
            None => {
                batch.refusal.set(None);
                batch.at.set(Some(0));
            }
        }
    };
    let all_gone = memo(move || {
        let gone = |row: &Row| row.standing.with(|standing| matches!(standing, Standing::Gone(_)));
        batch.rows.with_value(|rows| rows.iter().all(gone))
    });
    let note = batch.need(|choices| choices.note);
    view! {
        <form on:submit=submit novalidate>
            <h2>"Hand over all"</h2>
            <p class="hint">
                "Each conversation is transferred on its own. What cannot be transferred stays with you, with the reason."
            </p>
            {move || target_field(batch, count)}
            {(note != Need::Off).then(|| note_field(batch.note, note))}
            <div class="hand-over" role="group" aria-label="What is handed over" tabindex="0">
                <ul>{batch.rows.get_value().into_iter().map(|row| row_view(batch, row)).collect_view()}</ul>
            </div>
            <Refusal refusal=batch.refusal />
            <div class="dialog__buttons">
                <button id=CLOSE class="button" type="button" on:click=move |_| on_close.run(())>
                    "Close"
                </button>
                <Show when=move || !all_gone.get()>
                    <button
                        class="button button--primary"
                        type="submit"
                        aria-disabled=move || batch.at.get().is_some().then_some("true")
                    >
                        "Hand over all"
                    </button>
                </Show>
            </div>
        </form>
    }
}

/// The list of targets, once every conversation has said where it could go.
fn target_field(batch: Batch, count: usize) -> AnyView {
    let listed = batch.answers.with(Vec::len);
    if listed < count {
        return view! { <p class="hint">"Loading where they could go…"</p> }.into_any();
    }
    let picks = batch.picks();
    let targets: Vec<Target> =
        picks.iter().flat_map(|(_, picks)| picks.iter().map(|pick| pick.target)).collect();
    let choose = move |event| {
        let value = event_target_value(&event);
        batch.target.set(targets.iter().copied().find(|target| value_of(*target) == value));
        batch.refusal.set(None);
    };
    let option = move |pick: Pick| {
        let label = pick.label(count);
        view! { <option value=value_of(pick.target)>{label}</option> }
    };
    let group = move |(tab, picks): (Tab, Vec<Pick>)| {
        (!picks.is_empty()).then(|| {
            view! { <optgroup label=tab.label()>{picks.into_iter().map(option).collect_view()}</optgroup> }
        })
    };
    view! {
        <label class="field">
            <span class="field__label">"Hand over to"</span>
            <select id=TARGET class="field__input" on:change=choose>
                <option value="">"Choose…"</option>
                {picks.into_iter().map(group).collect_view()}
            </select>
        </label>
    }
    .into_any()
}

fn note_field(note: RwSignal<String>, need: Need) -> AnyView {
    view! {
        <label class="field">
            <span class="field__label">"Notes for agent"</span>
            <textarea
                id=NOTE
                class="field__input"
                rows="2"
                dir="auto"
                maxlength=NOTE_CHARS_MAX.to_string()
                aria-required=(need == Need::Required).then_some("true")
                bind:value=note
            ></textarea>
        </label>
    }
    .into_any()
}

fn row_view(batch: Batch, row: Row) -> AnyView {
    let (customer, queue, draft) = (row.customer.clone(), row.queue.clone(), row.summary);
    let with_summary = row.choices.summary != Need::Off;
    let (id, name) = (row.summary_id(), format!("Transfer summary for {customer}"));
    let fixed = {
        let standing = row.standing;
        move || standing.with(|standing| matches!(standing, Standing::Going | Standing::Gone(_)))
    };
    let word = move || {
        let (class, words) = batch.word(&row);
        view! { <p class=class>{words}</p> }
    };
    view! {
        <li class="hand-over__row">
            <p>
                <span class="hand-over__name">{customer}</span>
                " "
                <span class="hint">{queue}</span>
            </p>
            <div role="status">{word}</div>
            {with_summary
                .then(|| {
                    view! {
                        <details>
                            <summary>{format!("{name}…")}</summary>
                            <textarea
                                id=id
                                class="field__input"
                                rows="4"
                                dir="auto"
                                aria-label=name
                                maxlength=SUMMARY_CHARS_MAX.to_string()
                                readonly=fixed
                                prop:value=move || draft.with(|draft| draft.text.clone())
                                on:input=move |event| {
                                    draft.update(|draft| draft.write(event_target_value(&event)));
                                }
                            ></textarea>
                            <p class="hint">{move || draft.with(Draft::hint)}</p>
                        </details>
                    }
                })}
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use baton_shared::api::{AgentTarget, QueueTarget};
    use baton_shared::{AgentId, Presence, QueueId, Status};

    fn targets(queues: &[(u128, Option<&str>)]) -> TransferTargets {
        let queue = |(bits, why_not): &(u128, Option<&str>)| QueueTarget {
            id: QueueId::from_bits(*bits),
            name: format!("Queue {bits}"),
            waiting: 0,
            available: 1,
            wait_secs: None,
            why_not: why_not.map(str::to_owned),
            outcome: "Number 1 in line.".to_owned(),
        };
        TransferTargets {
            agents: Vec::new(),
            groups: Vec::new(),
            queues: queues.iter().map(queue).collect(),
            workflows: Vec::new(),
            flows: Vec::new(),
            externals: Vec::new(),
        }
    }

    #[test]
    fn a_target_says_how_many_it_takes_where_it_does_not_take_all() {
        let full = Some("Nobody serves it.");
        let answers = [targets(&[(1, None), (2, None)]), targets(&[(1, None), (2, full), (3, full)])];
        let picks = Pick::of(answers.iter(), Tab::Queues);
        let labels: Vec<_> = picks.iter().map(|pick| pick.label(2)).collect();
        let wanted =
            ["Queue 1", "Queue 2 (takes 1 of 2 at the moment)", "Queue 3 (takes none at the moment)"];
        assert_eq!(labels, wanted);
    }

    #[test]
    fn a_person_is_marked_as_in_the_list_of_a_transfer_and_whoever_takes_none_is_last() {
        let person = |bits, status, why_not: Option<&str>| AgentTarget {
            id: AgentId::from_bits(bits),
            name: format!("Agent {bits}"),
            presence: Presence { status, reachable: status != Status::Offline },
            held: 1,
            limit: 4,
            why_not: why_not.map(str::to_owned),
            may_park: false,
            outcome: "Offered at once.".to_owned(),
        };
        let of_one = |agents| TransferTargets { agents, ..targets(&[]) };
        let busy = Some("This person is busy.");
        let first = [person(1, Status::Busy, busy), person(2, Status::Available, busy)];
        let second = [person(2, Status::Available, None), person(1, Status::Busy, busy)];
        let third = person(3, Status::Offline, None);
        let answers = [of_one(first.into()), of_one([second.into(), vec![third]].concat())];
        let picks = Pick::of(answers.iter(), Tab::Agents);
        let labels: Vec<_> = picks.iter().map(|pick| pick.label(2)).collect();
        let wanted = [
            "Agent 2 · Available · 1 of 4 (takes 1 of 2 at the moment)",
            "Agent 3 · Offline · 1 of 4 (takes 1 of 2 at the moment)",
            "Agent 1 · Busy · 1 of 4 (takes none at the moment)",
        ];
        assert_eq!(labels, wanted);
    }

    #[test]
    fn each_conversation_says_what_would_become_of_it() {
        let targets = targets(&[(1, None), (2, Some("Nobody serves it."))]);
        let told = |bits| prospect(&targets, Target::Queue(QueueId::from_bits(bits)));
        assert_eq!(told(1), "Number 1 in line.");
        assert_eq!(told(2), "Nobody serves it.");
        assert_eq!(told(3), "Cannot be transferred there.");
    }

    #[test]
    fn what_stays_is_counted() {
        let gone = || Standing::Gone("Transferred to Billing".to_owned());
        assert_eq!(result(&[gone(), gone()]), "All are handed over.");
        let kept = Standing::Kept("Full.".to_owned());
        assert_eq!(result(&[gone(), kept]), "1 of 2 are handed over; the others stay with you.");
    }
}
