//! A transfer that is under way, or that came back, and a conversation that is seen but not owned.

use baton_shared::desk::{
    Asked, CancelUntil, PendingPhase, PendingTransfer, ReturnedTransfer, TransferChoices,
};
use baton_shared::{ConversationId, Mode, Reply, Target, Timestamp, TransferEnd, TransferId};
use leptos::prelude::*;

use crate::app::DeskContext;
use crate::conversation::why::WhyButton;
use crate::dispatch::{Command, Slot};
use crate::reactive::memo;
use crate::server_clock::secs_left;
use crate::viewing::DialogShown;

/// From how many seconds on a countdown is told in minutes.
const IN_MINUTES: u64 = 120;

/// Returns what became of a transfer, in a sentence; nothing where it needs none.
pub fn sentence(returned: &ReturnedTransfer, consulted: bool) -> Option<String> {
    let to = &returned.to;
    let reason = returned.reason.as_ref().filter(|reason| !reason.is_empty());
    match returned.end {
        TransferEnd::Returned if consulted => {
            Some(format!("The consultation with {to} is over. The conversation is yours."))
        }
        TransferEnd::Returned => Some(match reason {
            Some(reason) => format!("{to} rejected the transfer: {reason}"),
            None if returned.declined => format!("{to} rejected the transfer."),
            None => format!("{to} went away. The conversation is yours."),
        }),
        TransferEnd::Expired => Some(format!("{to} did not answer in time. The conversation is yours.")),
        TransferEnd::Failed => {
            Some(format!("The transfer to {to} could not be made. The conversation is yours."))
        }
        TransferEnd::CalledOff => {
            Some(format!("A supervisor called the transfer to {to} off. The conversation is yours."))
        }
        TransferEnd::Completed
        | TransferEnd::Cancelled
        | TransferEnd::Abandoned
        | TransferEnd::Superseded => None,
    }
}

/// Returns the name of the status of a transfer that is under way.
pub fn standing(transfer: &PendingTransfer) -> String {
    let to = &transfer.to;
    match (transfer.mode, transfer.phase) {
        (_, PendingPhase::Waiting) => format!("Waiting for {to}"),
        (_, PendingPhase::Consulting) | (Mode::Warm, PendingPhase::Offered) => format!("Consulting {to}"),
        (Mode::Cold | Mode::Invite, PendingPhase::Offered) => format!("Transferring to {to}"),
    }
}

/// Returns who is asked at the moment, in a sentence.
pub fn asked(transfer: &PendingTransfer) -> String {
    match (transfer.phase, transfer.asked.as_slice()) {
        (PendingPhase::Consulting, [one]) if one.name != transfer.to => {
            format!("You talk aside with {}.", one.name)
        }
        (PendingPhase::Consulting, _) => "You talk aside; the customer sees nothing of it.".to_owned(),
        (PendingPhase::Waiting, _) | (PendingPhase::Offered, []) => match transfer.target {
            Target::Agent(_) => format!("{} is asked as soon as they are free.", transfer.to),
            Target::Group(_)
            | Target::Queue(_)
            | Target::Workflow(_)
            | Target::Flow(_)
            | Target::External(_) => {
                "Nobody is free at the moment; the first who is will be asked.".to_owned()
            }
        },
        (PendingPhase::Offered, [one]) => {
            let does = match one.reply {
                Some(Reply::Soon) => "decides within 2 minutes",
                Some(Reply::Reading) => "is reading what you wrote",
                Some(Reply::Seen | Reply::Asked | Reply::Answered) => "has seen it",
                None => "is asked",
            };
            format!("{} {does}.", one.name)
        }
        (PendingPhase::Offered, [one, other]) => format!("{} and {} are asked.", one.name, other.name),
        (PendingPhase::Offered, [one, others @ ..]) => {
            format!("{} and {} others are asked.", one.name, others.len())
        }
    }
}

/// Returns how long it takes until a deadline, in words: "43 s left", "14 min left".
pub fn time_left(deadline: Timestamp, now: Timestamp) -> String {
    match secs_left(deadline, now) {
        secs @ 0..=IN_MINUTES => format!("{secs} s left"),
        secs => format!("{} min left", secs.div_ceil(60)),
    }
}

/// Says whether a transfer may be taken back at this time.
pub fn may_cancel(until: CancelUntil, now: Timestamp) -> bool {
    match until {
        CancelUntil::Accepted => true,
        CancelUntil::Time(until) => now < until,
        CancelUntil::Never => false,
    }
}

/// Shows both.
#[component]
pub fn TransferStatus(
    /// Of what.
    conversation: ConversationId,
) -> impl IntoView {
    let context = DeskContext::here();
    let pending = context.live.watch_thread(conversation, |thread| thread.transfer.clone());
    let returned = context.live.watch_thread(conversation, |thread| {
        thread.returned.clone().map(|returned| (returned, thread.choices.clone()))
    });
    view! {
        {move || pending.get().flatten().map(|transfer| pending_view(context, conversation, transfer))}
        {move || {
            let (returned, choices) = returned.get().flatten()?;
            let sentence = sentence(&returned, context.live.was_consulted(returned.transfer))?;
            let dismissed = context.viewing.dismissed.with(|dismissed| dismissed.contains(&returned.transfer));
            (!dismissed).then(|| returned_view(context, conversation, returned.transfer, sentence, &choices))
        }}
    }
}

fn returned_view(
    context: DeskContext,
    conversation: ConversationId,
    transfer: TransferId,
    sentence: String,
    choices: &TransferChoices,
) -> AnyView {
    let show = move |dialog| context.viewing.dialog.set(Some(dialog));
    let again = [Mode::Cold, Mode::Warm].into_iter().find(|mode| choices.modes.contains(mode));
    view! {
        <div class="banner banner--warning">
            <p>{sentence}</p>
            <div class="banner__buttons">
            {again
                .map(|mode| {
                    view! {
                        <button
                            class="button button--small"
                            type="button"
                            on:click=move |_| show(DialogShown::Transfer(conversation, mode))
                        >
                            {if mode == Mode::Warm { "Consult again" } else { "Transfer again" }}
                        </button>
                    }
                })}
            <button
                class="button button--small"
                type="button"
                on:click=move |_| show(DialogShown::CreateRequest(conversation))
            >
                "Create request"
            </button>
            <button
                class="button button--small button--plain"
                type="button"
                on:click=move |_| context.viewing.dismiss(transfer)
            >
                "Dismiss"
            </button>
            </div>
        </div>
    }
    .into_any()
}

fn pending_view(context: DeskContext, conversation: ConversationId, transfer: PendingTransfer) -> AnyView {
    let name = standing(&transfer);
    let words = name.clone();
    let left = memo(move || match transfer.deadline {
        Some(deadline) => time_left(deadline, context.clock.get()),
        None => "waits until it is answered".to_owned(),
    });
    let questions = transfer.asked.iter().filter_map(|one| question_view(context, one)).collect_view();
    let asked = asked(&transfer);
    let by = transfer.by.map(|by| view! { <p class="banner__more">{format!("{by} asked for it.")}</p> });
    let buttons = match transfer.phase {
        PendingPhase::Consulting => consult_buttons(context, conversation, transfer.transfer),
        PendingPhase::Waiting | PendingPhase::Offered => {
            cancel_button(context, conversation, transfer.transfer, transfer.cancel_until)
        }
    };
    view! {
        <div class="banner banner--pending">
            <div class="banner__status" role="status" aria-live="off" aria-label=name>
                <p>{words}</p>
                {by}
                <p class="banner__more">{asked}</p>
                {questions}
            </div>
            <p class="banner__left" aria-hidden="true">
                {left}
            </p>
            <div class="banner__buttons">{buttons} <WhyButton conversation=conversation /></div>
        </div>
    }
    .into_any()
}

/// Shows what a receiver asked, and a button to answer it while it is not.
fn question_view(context: DeskContext, asked: &Asked) -> Option<AnyView> {
    let (question, offer) = (asked.question.as_ref()?, asked.offer?);
    let words = format!("{} asks: {question}", asked.name);
    let answer = move |_| context.viewing.dialog.set(Some(DialogShown::Answer(offer)));
    let rest = match &asked.answer {
        Some(answer) => {
            view! { <p class="banner__asks" dir="auto">{format!("You: {answer}")}</p> }.into_any()
        }
        None => view! {
            <button class="button button--small" type="button" on:click=answer>
                "Answer"
            </button>
        }
        .into_any(),
    };
    Some(view! { <p class="banner__asks" dir="auto">{words}</p> {rest} }.into_any())
}

fn cancel_button(
    context: DeskContext,
    conversation: ConversationId,
    transfer: TransferId,
    until: CancelUntil,
) -> AnyView {
    let may = memo(move || may_cancel(until, context.clock.get()));
    let pending = move || context.dispatch.pending(Slot::Conversation(conversation)).then_some("true");
    let cancel = move |_| {
        let command = Command::CancelTransfer { conversation, transfer };
        context.dispatch.send(command, move |_| context.announcer.say("The transfer is cancelled."));
    };
    let until_then = move || match until {
        CancelUntil::Time(until) => {
            let words = format!("for {} s", secs_left(until, context.clock.get()));
            Some(view! { <span class="banner__until" aria-hidden="true">{words}</span> })
        }
        CancelUntil::Accepted | CancelUntil::Never => None,
    };
    view! {
        <Show
            when=move || may.get()
            fallback=|| view! { <p class="banner__fixed">"It cannot be taken back."</p> }
        >
            <button class="button button--small" type="button" aria-disabled=pending on:click=cancel>
                "Cancel transfer"
                {until_then}
            </button>
        </Show>
    }
    .into_any()
}

fn consult_buttons(context: DeskContext, conversation: ConversationId, transfer: TransferId) -> AnyView {
    let pending = move || context.dispatch.pending(Slot::Conversation(conversation)).then_some("true");
    let hand_over = move |_| {
        let command = Command::HandOver { conversation, transfer };
        context.dispatch.send(command, move |_| context.announcer.say("The conversation is handed over."));
    };
    let take_back = move |_| {
        context.viewing.dismiss(transfer);
        let command = Command::CancelTransfer { conversation, transfer };
        context.dispatch.send(command, move |_| {
            context.announcer.say("The consultation is over. The conversation is yours.");
        });
    };
    view! {
        <button
            class="button button--small button--primary"
            type="button"
            aria-disabled=pending
            on:click=hand_over
        >
            "Hand over"
        </button>
        <button class="button button--small" type="button" aria-disabled=pending on:click=take_back>
            "Take back"
        </button>
    }
    .into_any()
}

/// Says that one is consulted about a conversation, by whom and for how long.
#[component]
pub fn ConsultedStatus(
    /// The consultation.
    transfer: TransferId,
) -> impl IntoView {
    let context = DeskContext::here();
    let consult = memo(move || {
        let found = |desk: &baton_shared::Desk| {
            desk.consults.get(&transfer).map(|consult| (consult.from_name.clone(), consult.deadline))
        };
        context.live.read(found).flatten()
    });
    let leave = move |_| {
        context.attention.leaving(transfer);
        let command = Command::LeaveConsult { transfer };
        context.dispatch.send(command, move |_| context.announcer.say("You left the consultation."));
    };
    let pending = move || context.dispatch.pending(Slot::Consult(transfer)).then_some("true");
    view! {
        {move || {
            consult
                .get()
                .map(|(from, deadline)| {
                    let name = format!("Consulted by {from}");
                    let words = name.clone();
                    let left = memo(move || time_left(deadline, context.clock.get()));
                    view! {
                        <div class="banner banner--pending">
                            <div class="banner__status" role="status" aria-live="off" aria-label=name>
                                <p>{words}</p>
                                <p class="banner__more">
                                    {format!("You read the conversation; {from} answers the customer.")}
                                </p>
                            </div>
                            <p class="banner__left" aria-hidden="true">
                                {left}
                            </p>
                            <button
                                class="button button--small"
                                type="button"
                                aria-disabled=pending
                                on:click=leave
                            >
                                "Leave consultation"
                            </button>
                        </div>
                    }
                })
        }}
    }
}

/// Says that one reads on in a conversation that one passed on, or listens in on one.
#[component]
pub fn ListeningStatus(
    /// Which.
    conversation: ConversationId,
) -> impl IntoView {
    let context = DeskContext::here();
    let close = move |_| {
        let command = Command::StopListening { conversation };
        context.dispatch.send(command, move |_| context.announcer.say("The window is closed."));
    };
    let pending = move || context.dispatch.pending(Slot::Conversation(conversation)).then_some("true");
    view! {
        <div class="banner banner--pending">
            <div class="banner__status" role="status" aria-live="off" aria-label="Listening">
                <p>"Listening"</p>
                <p class="banner__more">"You read on in this conversation; you cannot write in it."</p>
            </div>
            <button class="button button--small" type="button" aria-disabled=pending on:click=close>
                "Close window"
            </button>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use baton_shared::{AgentId, QueueId};

    fn returned(end: TransferEnd, reason: Option<&str>) -> ReturnedTransfer {
        ReturnedTransfer {
            transfer: TransferId::from_bits(1),
            to: "Agent Two".to_owned(),
            end,
            declined: reason.is_some(),
            reason: reason.map(str::to_owned),
            note: None,
            at: Timestamp::default(),
        }
    }

    fn pending(mode: Mode, phase: PendingPhase, asked: &[&str]) -> PendingTransfer {
        PendingTransfer {
            transfer: TransferId::from_bits(1),
            by: None,
            target: Target::Agent(AgentId::from_bits(2)),
            to: "Agent Two".to_owned(),
            mode,
            phase,
            asked: asked.iter().map(|name| Asked::named((*name).to_owned())).collect(),
            requested_at: Timestamp::default(),
            deadline: None,
            cancel_until: CancelUntil::Accepted,
        }
    }

    #[test]
    fn a_rejection_tells_its_reason() {
        let told = sentence(&returned(TransferEnd::Returned, Some("on the phone")), false);
        assert_eq!(told.as_deref(), Some("Agent Two rejected the transfer: on the phone"));
        let told = sentence(&returned(TransferEnd::Returned, Some("")), false);
        assert_eq!(told.as_deref(), Some("Agent Two rejected the transfer."));
        let told = sentence(&returned(TransferEnd::Returned, None), false).expect("it is told");
        assert!(told.starts_with("Agent Two went away"));
    }

    #[test]
    fn the_end_of_a_consultation_is_no_rejection() {
        let told = sentence(&returned(TransferEnd::Returned, None), true).expect("it is told");
        assert!(told.starts_with("The consultation with Agent Two is over"));
    }

    #[test]
    fn what_the_sender_took_back_needs_no_word() {
        assert_eq!(sentence(&returned(TransferEnd::Cancelled, None), false), None);
        assert!(sentence(&returned(TransferEnd::Expired, None), false).is_some());
    }

    #[test]
    fn a_transfer_is_named_by_what_it_does() {
        let named = |mode, phase| standing(&pending(mode, phase, &[]));
        assert_eq!(named(Mode::Cold, PendingPhase::Offered), "Transferring to Agent Two");
        assert_eq!(named(Mode::Cold, PendingPhase::Waiting), "Waiting for Agent Two");
        assert_eq!(named(Mode::Warm, PendingPhase::Offered), "Consulting Agent Two");
        assert_eq!(named(Mode::Warm, PendingPhase::Consulting), "Consulting Agent Two");
    }

    #[test]
    fn whoever_is_asked_is_named_as_long_as_they_can_be_counted() {
        let told = |names: &[&str]| asked(&pending(Mode::Cold, PendingPhase::Offered, names));
        assert_eq!(told(&["Ann"]), "Ann is asked.");
        assert_eq!(told(&["Ann", "Ben"]), "Ann and Ben are asked.");
        assert_eq!(told(&["Ann", "Ben", "Cid"]), "Ann and 2 others are asked.");
        assert_eq!(told(&[]), "Agent Two is asked as soon as they are free.");
        let replied = |reply| {
            let one = Asked { reply: Some(reply), ..Asked::named("Ann".to_owned()) };
            asked(&PendingTransfer { asked: vec![one], ..pending(Mode::Cold, PendingPhase::Offered, &[]) })
        };
        assert_eq!(replied(Reply::Seen), "Ann has seen it.");
        assert_eq!(replied(Reply::Soon), "Ann decides within 2 minutes.");
        let anyone = PendingTransfer {
            target: Target::Queue(QueueId::from_bits(1)),
            ..pending(Mode::Warm, PendingPhase::Waiting, &[])
        };
        assert!(asked(&anyone).starts_with("Nobody is free"));
    }

    #[test]
    fn a_long_time_is_told_in_minutes() {
        let at = |secs: i64| Timestamp::from_millis(secs * 1_000);
        assert_eq!(time_left(at(43), at(0)), "43 s left");
        assert_eq!(time_left(at(841), at(0)), "15 min left");
    }

    #[test]
    fn taking_back_ends_when_the_policy_says_so() {
        let at = Timestamp::from_millis;
        let until = CancelUntil::Time(at(5_000));
        assert!(may_cancel(until, at(4_999)) && !may_cancel(until, at(5_000)));
        assert!(may_cancel(CancelUntil::Accepted, at(i64::MAX)) && !may_cancel(CancelUntil::Never, at(0)));
    }
}
