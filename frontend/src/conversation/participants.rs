//! Who takes part in a conversation beside its owner, who is invited to, and how one leaves it.

use baton_shared::desk::InviteView;
use baton_shared::{ConversationId, InviteId, Timestamp};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use crate::app::DeskContext;
use crate::controls::dialog::Dialog;
use crate::conversation::questions::Refusal;
use crate::conversation::transfer_status::time_left;
use crate::dispatch::{Command, Slot};
use crate::reactive::{effect, memo};
use crate::viewing::{DialogShown, Entry};

/// Someone who takes part, or whom an invitation is meant for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participant {
    /// By which invitation.
    pub invite: InviteId,
    /// What they, or the queue or group, are called.
    pub name: String,
    /// What they are to the conversation, in words.
    pub part: String,
    /// When the invitation expires.
    pub deadline: Option<Timestamp>,
    /// The name of the button with which the owner ends it.
    pub end: String,
}

impl Participant {
    /// Reads an invitation.
    pub fn of(view: &InviteView) -> Self {
        let (name, part, end) = match &view.joined {
            Some(name) => (name, "takes part".to_owned(), format!("Remove {name}")),
            None => (&view.to, invited(view), format!("Cancel invitation to {}", view.to)),
        };
        Self { invite: view.invite, name: name.clone(), part, deadline: view.deadline, end }
    }
}

/// Says who is asked, where that is not the one who is invited.
fn invited(view: &InviteView) -> String {
    match view.asked.as_slice() {
        [] => "is invited as soon as somebody is free".to_owned(),
        [only] if *only == view.to => "is invited".to_owned(),
        [only] => format!("is invited; {only} is asked"),
        [first, others @ ..] => format!("is invited; {first} and {} more are asked", others.len()),
    }
}

/// Returns the names of those who take part.
pub fn takes_part(invites: &[InviteView]) -> impl Iterator<Item = &String> {
    invites.iter().filter_map(|invite| invite.joined.as_ref())
}

/// Returns who becomes the owner when the owner leaves, in a sentence; nothing where nobody takes part.
fn heir(invites: &[InviteView]) -> Option<String> {
    let names: Vec<&str> = takes_part(invites).map(String::as_str).collect();
    match names.as_slice() {
        [] => None,
        [only] => Some(format!("{only} becomes the owner.")),
        [before @ .., last] => {
            Some(format!("{} or {last} becomes the owner: whoever came first.", before.join(", ")))
        }
    }
}

/// Shows them, where there is anybody besides the owner.
#[component]
pub fn Participants(
    /// Where.
    entry: Entry,
) -> impl IntoView {
    let context = DeskContext::here();
    let owner = context.live.watch_entry(entry, |thread| thread.owner.clone());
    let invites = context.live.watch_entry(entry, |thread| thread.invites.clone());
    let owned = entry.owned().is_some();
    let shown = memo(move || {
        entry.writes()
            && (!owned || invites.with(|invites| invites.as_ref().is_some_and(|all| !all.is_empty())))
    });
    let listed = memo(move || {
        invites.with(|invites| invites.iter().flatten().map(Participant::of).collect::<Vec<_>>())
    });
    let may_leave = memo(move || {
        !owned || invites.with(|invites| takes_part(invites.as_deref().unwrap_or_default()).next().is_some())
    });
    let owner_name = move || owner.get().flatten().filter(|_| !owned).unwrap_or_else(|| "You".to_owned());
    let pending =
        move || context.dispatch.pending(Slot::Conversation(entry.conversation())).then_some("true");
    view! {
        <Show when=move || shown.get()>
            <section class="participants" aria-label="Participants">
                <ul class="participants__list">
                    <li class="participant">
                        <span class="participant__name">{owner_name}</span>
                        <span>{if owned { "own it" } else { "owns it" }}</span>
                    </li>
                    {move || {
                        let line = |line| participant_view(context, entry, line);
                        listed.get().into_iter().map(line).collect_view()
                    }}
                </ul>
                <Show when=move || may_leave.get()>
                    <button
                        class="button button--small"
                        type="button"
                        aria-disabled=pending
                        on:click=move |_| leave(context, entry)
                    >
                        "Leave"
                    </button>
                </Show>
            </section>
        </Show>
    }
}

fn participant_view(context: DeskContext, entry: Entry, line: Participant) -> AnyView {
    let Participant { invite, name, part, deadline, end } = line;
    let said = format!("{name} is invited no more.");
    let cancel = move |_| {
        let command = Command::CancelInvite { conversation: entry.conversation(), invite };
        let said = said.clone();
        context.dispatch.send(command, move |_| context.announcer.say(said));
    };
    let pending = move || context.dispatch.pending(Slot::Invite(invite)).then_some("true");
    let left = deadline.map(|deadline| {
        let left = memo(move || time_left(deadline, context.clock.get()));
        view! { <span class="participant__left" aria-hidden="true">{left}</span> }
    });
    view! {
        <li class="participant">
            <span class="participant__name">{name}</span>
            <span>{part}</span>
            {left}
            {entry
                .owned()
                .map(|_| {
                    view! {
                        <button
                            class="button button--small button--plain"
                            type="button"
                            aria-disabled=pending
                            on:click=cancel
                        >
                            {end}
                        </button>
                    }
                })}
        </li>
    }
    .into_any()
}

/// Leaves a conversation: a participant at once, its owner when they have read who becomes the owner.
pub fn leave(context: DeskContext, entry: Entry) {
    let conversation = entry.conversation();
    if entry.owned().is_some() {
        context.viewing.dialog.set(Some(DialogShown::Leave(conversation)));
        return;
    }
    context.attention.parting(conversation);
    context.dispatch.send(Command::Leave { conversation }, move |_| {
        context.announcer.say("You left the conversation.");
    });
}

/// Asks whether an own conversation is to be left to those who take part in it.
#[component]
pub fn LeaveDialog() -> impl IntoView {
    let context = DeskContext::here();
    let dialog = context.viewing.dialog;
    let conversation = memo(move || match dialog.get() {
        Some(DialogShown::Leave(conversation)) => Some(conversation),
        _ => None,
    });
    let refusal = RwSignal::new(None::<String>);
    let open = Signal::derive(move || conversation.get().is_some());
    let close = Callback::new(move |()| {
        dialog.set(None);
        refusal.set(None);
    });
    let heir = memo(move || {
        let found = |conversation: ConversationId| {
            context.live.read_thread(conversation, |thread| heir(&thread.invites)).flatten()
        };
        conversation.get().and_then(found)
    });
    // Where nobody takes part any more there is nobody to leave it to.
    effect(move || {
        if conversation.get().is_some() && heir.with(Option::is_none) {
            close.run(());
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(conversation) = conversation.get_untracked() else { return };
        context.dispatch.send_from(
            Command::Leave { conversation },
            move |sentence| refusal.set(Some(sentence)),
            move |_| {
                close.run(());
                context.announcer.say("You left the conversation.");
            },
        );
    };
    view! {
        <Dialog name="Leave" open=open on_close=close>
            <form on:submit=submit>
                <h2>"Leave this conversation?"</h2>
                <p>{move || heir.get()}</p>
                <Refusal refusal=refusal />
                <div class="dialog__buttons">
                    <button class="button" type="button" on:click=move |_| close.run(())>
                        "Stay"
                    </button>
                    <button class="button button--danger" type="submit">
                        "Leave"
                    </button>
                </div>
            </form>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invite(to: &str, joined: Option<&str>, asked: &[&str]) -> InviteView {
        InviteView {
            invite: InviteId::from_bits(1),
            to: to.to_owned(),
            from: "Agent One".to_owned(),
            joined: joined.map(str::to_owned),
            asked: asked.iter().map(|name| (*name).to_owned()).collect(),
            deadline: None,
        }
    }

    #[test]
    fn who_is_asked_is_named_where_it_is_not_the_one_invited() {
        let part = |asked: &[&str]| Participant::of(&invite("Billing", None, asked)).part;
        assert_eq!(part(&["Billing"]), "is invited");
        assert_eq!(part(&["Ann"]), "is invited; Ann is asked");
        assert_eq!(part(&["Ann", "Ben", "Cid"]), "is invited; Ann and 2 more are asked");
        assert_eq!(part(&[]), "is invited as soon as somebody is free");
    }

    #[test]
    fn an_invitation_is_cancelled_and_a_participant_is_removed_by_name() {
        let open = Participant::of(&invite("Billing", None, &["Ann"]));
        assert_eq!((open.name.as_str(), open.end.as_str()), ("Billing", "Cancel invitation to Billing"));
        let joined = Participant::of(&invite("Billing", Some("Ann"), &[]));
        assert_eq!((joined.name.as_str(), joined.end.as_str()), ("Ann", "Remove Ann"));
    }

    #[test]
    fn whoever_takes_part_becomes_the_owner() {
        let ann = invite("Ann", Some("Ann"), &[]);
        let ben = invite("Billing", Some("Ben"), &[]);
        let asked = invite("Cid", None, &["Cid"]);
        assert_eq!(heir(std::slice::from_ref(&asked)), None);
        assert_eq!(heir(&[asked.clone(), ann.clone()]).as_deref(), Some("Ann becomes the owner."));
        let several = heir(&[ann, asked, ben]);
        assert_eq!(several.as_deref(), Some("Ann or Ben becomes the owner: whoever came first."));
    }
}
