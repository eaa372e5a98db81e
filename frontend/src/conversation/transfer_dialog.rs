//! To whom a conversation is transferred, who is consulted about it, or who is invited to it: choose, add a note and a
//! summary, confirm.

use core::time::Duration;

use baton_shared::api::{NewInvite, NewTransfer, Redirection, TransferTargets};
use baton_shared::command::{NOTE_CHARS_MAX, SUMMARY_CHARS_MAX};
use baton_shared::desk::TransferChoices;
use baton_shared::policy::Need;
use baton_shared::{ConversationId, Mode, Target, TransferId};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::app::DeskContext;
use crate::browser::page;
use crate::controls::dialog::{Dialog, Width};
use crate::controls::tab_list::TabList;
use crate::controls::toast::Toast;
use crate::conversation::drafts;
use crate::conversation::questions::Refusal;
use crate::conversation::summary::{Draft, streamed};
use crate::conversation::transfer_row::{Choice, Doing, Place, Tab, place_view};
use crate::conversation::wrap_up::written;
use crate::dispatch::{Command, Outcome, Slot};
use crate::reactive::{effect, memo};
use crate::server_clock::every;
use crate::viewing::{DialogShown, Entry};

/// How often the list is fetched anew while it is open.
const REFRESH_EVERY: Duration = Duration::from_secs(2);

const NOTE: &str = "transfer-note";
const SUMMARY: &str = "transfer-summary";
const CONFIRM: &str = "transfer-confirm";

/// Where the agent is in the dialog.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    /// Chooses.
    Choosing,
    /// Has chosen, and adds a note.
    Confirming(Choice),
}

/// What the server says about where a conversation could go.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Targets {
    /// The list, once it is there.
    pub listed: Option<TransferTargets>,
    /// Why it is not fresh.
    pub failure: Option<String>,
}

impl Targets {
    fn take(&mut self, answer: Result<TransferTargets, api::Failure>) {
        match answer {
            Ok(listed) => *self = Self { listed: Some(listed), failure: None },
            Err(failure) => self.failure = Some(failure.sentence()),
        }
    }
}

/// What is passed on, how it may be, and what goes with it.
#[derive(Clone, Copy)]
pub struct Handing {
    /// What.
    pub conversation: ConversationId,
    /// In which way, unless the agent chooses another in the list.
    pub mode: Mode,
    /// How it may be.
    pub choices: StoredValue<TransferChoices>,
    /// The summary that goes with it.
    pub summary: RwSignal<Draft>,
    /// What the agent adds.
    pub note: RwSignal<String>,
    /// Whose it is.
    pub whose: Whose,
}

/// Whose a conversation is that is passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// One's own.
    Own,
    /// Someone else's, or it waits.
    Others,
}

impl Handing {
    /// Begins with what the policy asks for.
    pub fn begin(
        conversation: ConversationId,
        mode: Mode,
        choices: TransferChoices,
        summary: RwSignal<Draft>,
    ) -> Self {
        // Whoever is invited reads the conversation itself.
        let summary_need = if mode == Mode::Invite { Need::Off } else { choices.summary };
        let choices = TransferChoices { summary: summary_need, ..choices };
        let (choices, note) = (StoredValue::new(choices), RwSignal::new(String::new()));
        Self { conversation, mode, choices, summary, note, whose: Whose::Own }
    }

    /// Begins with what a supervisor can choose who passes on what is not their own.
    pub fn of_others(conversation: ConversationId, choices: TransferChoices) -> Self {
        Self { whose: Whose::Others, ..Self::begin(conversation, Mode::Cold, choices, RwSignal::default()) }
    }

    /// Returns the field that must be filled in and is not, and a sentence that says so.
    fn missing(self) -> Option<(&'static str, &'static str)> {
        let (note, summary) = self.choices.with_value(|choices| (choices.note, choices.summary));
        let no_summary = self.summary.with_untracked(|summary| written(&summary.text).is_none());
        let no_note = self.note.with_untracked(|note| written(note).is_none());
        if summary == Need::Required && no_summary {
            Some((SUMMARY, "Fill in the transfer summary: it is required."))
        } else if note == Need::Required && no_note {
            Some((NOTE, "Fill in the notes for the agent: they are required."))
        } else {
            None
        }
    }

    /// Returns what to ask the server for.
    fn command(self, choice: &Choice) -> Command {
        let (conversation, target) = (self.conversation, choice.place.target);
        let need = self.choices.with_value(|choices| choices.note);
        let note = self.note.with_untracked(|note| written(note)).filter(|_| need != Need::Off);
        if self.whose == Whose::Others {
            return Command::Redirect { conversation, wish: Redirection { target, note } };
        }
        match choice.mode {
            Mode::Invite => Command::Invite { conversation, wish: NewInvite { target, note } },
            Mode::Cold | Mode::Warm => Command::Transfer { conversation, wish: self.wish(choice, note) },
        }
    }

    fn wish(self, choice: &Choice, note: Option<String>) -> NewTransfer {
        let summary = self.choices.with_value(|choices| choices.summary);
        NewTransfer {
            target: choice.place.target,
            mode: choice.mode,
            note,
            summary: self
                .summary
                .with_untracked(|draft| written(&draft.text))
                .filter(|_| summary != Need::Off),
            park: choice.park,
        }
    }
}

/// The dialog.
#[component]
pub fn TransferDialog() -> impl IntoView {
    let context = DeskContext::here();
    let dialog = context.viewing.dialog;
    let shown = memo(move || match dialog.get() {
        Some(DialogShown::Transfer(conversation, mode)) => Some((conversation, mode)),
        _ => None,
    });
    let open = Signal::derive(move || shown.get().is_some());
    let close = Callback::new(move |()| dialog.set(None));
    // What is one's own no more cannot be passed on.
    effect(move || {
        if let Some((conversation, _)) = shown.get()
            && context.live.read_thread(conversation, |_| ()).is_none()
        {
            close.run(());
        }
    });
    let owned = memo(move || {
        let owned = context.live.read(|desk| desk.conversations.keys().copied().collect::<Vec<_>>());
        owned.unwrap_or_default()
    });
    effect(move || owned.with(|owned| drafts::forget_notes_but(owned)));
    let steps = move |(conversation, mode)| {
        let found = context.live.peek(|desk| {
            let thread = desk.conversations.get(&conversation)?;
            let sent = thread.returned.as_ref().and_then(|returned| returned.note.clone());
            Some((thread.choices.clone(), sent))
        });
        let (choices, sent) = found.flatten()?;
        let summary = match (mode, choices.summary) {
            (Mode::Invite, _) | (Mode::Cold | Mode::Warm, Need::Off) => RwSignal::default(),
            (Mode::Cold | Mode::Warm, Need::Optional | Need::Required) => streamed(conversation),
        };
        let targets = fresh_targets(conversation);
        let handing = Handing {
            note: drafts::note_about(conversation, mode, sent),
            ..Handing::begin(conversation, mode, choices, summary)
        };
        Some(view! { <TransferSteps handing=handing targets=targets on_close=close /> })
    };
    view! {
        <Dialog name="Transfer" open=open on_close=close width=Width::Wide>
            {move || shown.get().and_then(steps)}
        </Dialog>
    }
}

/// The steps of a transfer.
#[component]
pub fn TransferSteps(
    /// What is transferred.
    handing: Handing,
    /// Where it could go.
    targets: RwSignal<Targets>,
    /// Called when the dialog has done its work or is given up.
    on_close: Callback<()>,
) -> impl IntoView {
    let step = RwSignal::new(Step::Choosing);
    view! {
        {move || match step.get() {
            Step::Choosing => {
                let choose = Callback::new(move |choice| step.set(Step::Confirming(choice)));
                view! { <Choosing handing=handing targets=targets on_choose=choose on_close=on_close /> }.into_any()
            }
            Step::Confirming(choice) => {
                let back = Callback::new(move |()| step.set(Step::Choosing));
                view! {
                    <Confirming handing=handing targets=targets choice=choice on_back=back on_close=on_close />
                }
                .into_any()
            }
        }}
    }
}

#[component]
fn Choosing(
    handing: Handing,
    targets: RwSignal<Targets>,
    on_choose: Callback<Choice>,
    on_close: Callback<()>,
) -> impl IntoView {
    // A workflow, a flow or a partner is nobody whom one could ask.
    let possible = move |tab: &Tab| handing.mode == Mode::Cold || tab.of_people();
    let chosen = move |tab: &Tab| handing.choices.with_value(|choices| choices.targets.contains(&tab.kind()));
    let tabs = memo(move || {
        targets.with(|targets| {
            let there = |tab: &Tab| possible(tab) && chosen(tab) && tab.is_there(targets.listed.as_ref());
            Tab::ALL.into_iter().filter(there).collect::<Vec<_>>()
        })
    });
    let tab = RwSignal::new(tabs.with_untracked(|tabs| tabs.first().copied().unwrap_or(Tab::Agents)));
    // The first one may come, and the chosen one go, with what there is.
    effect(move || {
        tabs.with(|tabs| {
            if let Some(first) = tabs.first().filter(|_| !tabs.contains(&tab.get_untracked())) {
                tab.set(*first);
            }
        });
    });
    let words = RwSignal::new(String::new());
    let places = memo(move || {
        targets.with(|targets| {
            let targets = targets.listed.as_ref()?;
            Some(words.with(|words| Place::of(targets, tab.get(), words)))
        })
    });
    let listed = memo(move || {
        places.with(|places| places.iter().flatten().map(|place| place.target).collect::<Vec<_>>())
    });
    let place = move |target: Target| {
        memo(move || {
            places.with(|places| places.iter().flatten().find(|place| place.target == target).cloned())
        })
    };
    let warm = handing.choices.with_value(|choices| choices.modes.contains(&Mode::Warm));
    let consult_too = warm && handing.mode == Mode::Cold;
    let doing = Doing { conversation: handing.conversation, mode: handing.mode, consult_too, on_choose };
    let hint = match handing.mode {
        Mode::Cold => None,
        Mode::Warm => Some(
            "You talk aside first, and the customer sees nothing of it. Then you hand over or take back.",
        ),
        Mode::Invite => {
            Some("They read the conversation and write to the customer, who sees them. You stay the owner.")
        }
    };
    view! {
        <h2>{heading(handing.mode)}</h2>
        {hint.map(|hint| view! { <p class="hint">{hint}</p> })}
        {move || {
            let tabs = tabs.get().into_iter().map(|tab| (tab, tab.id(), tab.label())).collect();
            view! { <TabList name="Where to" tabs=tabs chosen=tab /> }
        }}
        <input
            class="field__input"
            type="search"
            aria-label="Search"
            placeholder="Search by name"
            autocomplete="off"
            autofocus
            bind:value=words
        />
        <div class="places" role="tabpanel" aria-labelledby=move || tab.get().id()>
            <ul class="places__list">
                <For each=move || listed.get() key=|target| *target let(target)>
                    {place_view(place(target), described_id(target), target, doing.about(target))}
                </For>
            </ul>
            {move || {
                places
                    .with(|places| match places {
                        None => Some("Loading…"),
                        Some(places) if places.is_empty() && words.with(String::is_empty) => {
                            Some("There is nothing to choose here.")
                        }
                        Some(places) if places.is_empty() => Some("Nothing by this name."),
                        Some(_) => None,
                    })
                    .map(|words| view! { <p class="hint">{words}</p> })
            }}
        </div>
        {move || {
            targets.with(|targets| targets.failure.clone()).map(|failure| view! { <p class="refusal">{failure}</p> })
        }}
        <div class="dialog__buttons">
            <button class="button" type="button" on:click=move |_| on_close.run(())>
                "Close"
            </button>
        </div>
    }
}

fn described_id(target: Target) -> String {
    match target {
        Target::Agent(id) => format!("place-{id}"),
        Target::Group(id) => format!("place-{id}"),
        Target::Queue(id) => format!("place-{id}"),
        Target::Workflow(id) => format!("place-{id}"),
        Target::Flow(id) => format!("place-{id}"),
        Target::External(id) => format!("place-{id}"),
    }
}

/// Fetches the list, and again every other second and whenever somebody's presence changes.
pub fn fresh_targets(conversation: ConversationId) -> RwSignal<Targets> {
    let context = DeskContext::here();
    let targets = RwSignal::new(Targets::default());
    let (asked, answered) = (StoredValue::new(0), StoredValue::new(0));
    let fetch = move || {
        let mine = asked.get_value() + 1;
        asked.set_value(mine);
        spawn_local(async move {
            let answer = api::transfer_targets(conversation).await;
            // The dialog may have been closed meanwhile, and a later question been answered sooner.
            let is_newest = answered.try_get_value().is_some_and(|newest| newest < mine);
            if let Some(mut known) = targets.try_get_untracked().filter(|_| is_newest) {
                answered.set_value(mine);
                known.take(answer);
                let _gone = targets.try_set(known);
            }
        });
    };
    let people = memo(move || context.live.read(|desk| desk.people.clone()));
    effect(move || {
        people.track();
        fetch();
    });
    every(REFRESH_EVERY, fetch);
    targets
}

#[component]
fn Confirming(
    handing: Handing,
    targets: RwSignal<Targets>,
    choice: Choice,
    on_back: Callback<()>,
    on_close: Callback<()>,
) -> impl IntoView {
    let context = DeskContext::here();
    let conversation = handing.conversation;
    let refusal = RwSignal::new(None::<String>);
    let (name, mode) = (choice.place.name.clone(), choice.mode);
    // What holds for the place may change while a note is written.
    let (target, park, listed) = (choice.place.target, choice.park, choice.place.clone());
    let place = memo(move || {
        let now = targets.with(|targets| Some(Place::find(targets.listed.as_ref()?, target)));
        now.unwrap_or_else(|| Some(listed.clone()))
    });
    let prospect = move || {
        place.with(|place| match place {
            None => Some(("refusal", "This is listed no more: go back and choose again.".to_owned())),
            Some(place) => match place.refusal().filter(|_| !park) {
                Some(refusal) => Some(("refusal", refusal)),
                None => place.outcome(mode).map(|outcome| ("hint", outcome)),
            },
        })
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some((field, sentence)) = handing.missing() {
            refusal.set(Some(sentence.to_owned()));
            page::focus(field);
            return;
        }
        let chosen = choice.clone();
        let undo = Duration::from_secs(handing.choices.with_value(|choices| choices.undo_secs));
        context.dispatch.send_from(
            handing.command(&choice),
            move |sentence| drop(refusal.try_set(Some(sentence))),
            move |outcome| {
                drafts::forget_note(conversation, mode);
                on_close.run(());
                match outcome {
                    Outcome::Transferred(transfer) => {
                        requested(context, conversation, &chosen, transfer, undo);
                    }
                    Outcome::Invited => {
                        context.announcer.say(format!("{} is invited.", chosen.place.name));
                    }
                    Outcome::Done | Outcome::Accepted(_) | Outcome::Requested(_) => {}
                }
            },
        );
    };
    let (note, summary) = handing.choices.with_value(|choices| (choices.note, choices.summary));
    let first = match (note, summary) {
        (Need::Optional | Need::Required, _) => NOTE,
        (Need::Off, Need::Optional | Need::Required) => SUMMARY,
        (Need::Off, Need::Off) => CONFIRM,
    };
    request_animation_frame(move || page::focus(first));
    view! {
        <form on:submit=submit novalidate>
            <h2>{title(mode, &name)}</h2>
            <div role="status">
                {move || prospect().map(|(class, words)| view! { <p class=class>{words}</p> })}
            </div>
            {(mode == Mode::Warm)
                .then(|| {
                    view! {
                        <p class="hint">
                            "The customer sees nothing of the consultation and you go on answering; then you hand over or take back."
                        </p>
                    }
                })}
            {(summary != Need::Off).then(|| summary_field(handing.summary, summary))}
            {(note != Need::Off).then(|| note_field(handing.note, note))}
            <Refusal refusal=refusal />
            <div class="dialog__buttons">
                <button class="button" type="button" on:click=move |_| on_back.run(())>
                    "Back"
                </button>
                <button
                    id=CONFIRM
                    class="button button--primary"
                    type="submit"
                    aria-disabled=move || {
                        context.dispatch.pending(Slot::Conversation(conversation)).then_some("true")
                    }
                >
                    {match mode {
                        Mode::Cold => "Confirm transfer",
                        Mode::Warm => "Start consultation",
                        Mode::Invite => "Send invitation",
                    }}
                </button>
            </div>
        </form>
    }
}

const fn heading(mode: Mode) -> &'static str {
    match mode {
        Mode::Cold => "Transfer",
        Mode::Warm => "Consult",
        Mode::Invite => "Invite",
    }
}

fn title(mode: Mode, name: &str) -> String {
    match mode {
        Mode::Cold => format!("Transfer to {name}"),
        Mode::Warm => format!("Consult {name}"),
        Mode::Invite => format!("Invite {name}"),
    }
}

/// The line above a field: its name, and whether it must be filled in.
fn field_head(id: &'static str, name: &'static str, need: Need) -> AnyView {
    let word = match need {
        Need::Required => "required",
        Need::Optional => "optional",
        Need::Off => "",
    };
    view! {
        <div class="field__head">
            <label class="field__label" for=id>
                {name}
            </label>
            <span class="field__need" class:field__need--required=need == Need::Required aria-hidden="true">
                {word}
            </span>
        </div>
    }
    .into_any()
}

fn summary_field(draft: RwSignal<Draft>, need: Need) -> AnyView {
    view! {
        <div class="field">
            {field_head(SUMMARY, "Transfer summary", need)}
            <textarea
                id=SUMMARY
                class="field__input field__input--tall"
                rows="4"
                dir="auto"
                maxlength=SUMMARY_CHARS_MAX.to_string()
                aria-required=(need == Need::Required).then_some("true")
                aria-describedby="transfer-summary-hint"
                prop:value=move || draft.with(|draft| draft.text.clone())
                on:input=move |event| draft.update(|draft| draft.write(event_target_value(&event)))
            ></textarea>
            <p id="transfer-summary-hint" class="hint" role="status">
                {move || draft.with(Draft::hint)}
            </p>
        </div>
    }
    .into_any()
}

fn note_field(note: RwSignal<String>, need: Need) -> AnyView {
    view! {
        <div class="field">
            {field_head(NOTE, "Notes for agent", need)}
            <textarea
                id=NOTE
                class="field__input"
                rows="3"
                dir="auto"
                maxlength=NOTE_CHARS_MAX.to_string()
                aria-required=(need == Need::Required).then_some("true")
                aria-describedby="transfer-note-hint"
                bind:value=note
            ></textarea>
            <p id="transfer-note-hint" class="hint">
                "Only staff see it. Say what was tried and what is still to be done."
            </p>
        </div>
    }
    .into_any()
}

/// Says what has begun; a transfer to a queue or group can be taken back for a moment.
fn requested(
    context: DeskContext,
    conversation: ConversationId,
    choice: &Choice,
    transfer: TransferId,
    undo: Duration,
) {
    let to = &choice.place.name;
    match (choice.mode, choice.place.target) {
        (Mode::Warm, _) => context.announcer.say(format!("{to} is asked to a consultation.")),
        (Mode::Cold | Mode::Invite, Target::Agent(_) | Target::External(_)) => {
            context.announcer.say(format!("Transferring to {to}."))
        }
        (
            Mode::Cold | Mode::Invite,
            Target::Group(_) | Target::Queue(_) | Target::Workflow(_) | Target::Flow(_),
        ) => {
            let take_back = Callback::new(move |()| {
                let command = Command::CancelTransfer { conversation, transfer };
                context.dispatch.send(command, move |_| context.viewing.open(Entry::Owned(conversation)));
            });
            let sentence = format!("Transferred to {to}.");
            context.announcer.say(sentence.clone());
            let toast = Toast::notice(sentence);
            context.toasts.show(if undo.is_zero() {
                toast
            } else {
                toast.with_action("Undo", take_back).shown_for(undo)
            });
        }
    }
}
