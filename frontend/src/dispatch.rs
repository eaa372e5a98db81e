//! From what the agent wants to what the server says: a command, its request, its outcome.
//!
//! A command has a slot: the thing it is about.
//! While one is on its way its slot is pending, and a second one for the same slot is not sent.

use baton_shared::api::{Accepted, Added, NewInvite, NewTransfer, Redirection, TransferMade};
use baton_shared::segment::Disposition;
use baton_shared::{ConversationId, InviteId, OfferId, RequestId, SegmentId, ShortReply, Status, TransferId};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{self, Change, Failure};
use crate::browser::random;
use crate::controls::toast::{Toast, Toasts};
use crate::session::CurrentSession;

/// How often a command is tried before the agent is told.
const TRIES: u32 = 3;

/// The wait before the second try, in milliseconds; it doubles from there.
const RETRY_MS_FIRST: u32 = 400;

/// What the agent wants.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the fields are named after what they are; the variants say what is wanted")]
pub enum Command {
    /// To have another status.
    ChooseStatus { status: Status },
    /// To take a conversation.
    Accept { offer: OfferId },
    /// Not to take a conversation.
    Reject { offer: OfferId, reason: String },
    /// To let the sender of a transfer know something.
    Reply { offer: OfferId, reply: ShortReply },
    /// To ask the sender of a transfer.
    Ask { offer: OfferId, text: String },
    /// To answer the receiver of a transfer.
    Answer { offer: OfferId, text: String },
    /// To pass a conversation on.
    Transfer { conversation: ConversationId, wish: NewTransfer },
    /// To have someone join a conversation.
    Invite { conversation: ConversationId, wish: NewInvite },
    /// To take an invitation back, or to end a participation.
    CancelInvite { conversation: ConversationId, invite: InviteId },
    /// To take part no more; an owner leaves the conversation to a participant.
    Leave { conversation: ConversationId },
    /// To keep it after all.
    CancelTransfer { conversation: ConversationId, transfer: TransferId },
    /// To give a conversation to the person who is consulted about it.
    HandOver { conversation: ConversationId, transfer: TransferId },
    /// To be consulted no more.
    LeaveConsult { transfer: TransferId },
    /// To say something aside.
    SayAside { transfer: TransferId, text: String },
    /// To read on no more in a conversation that was passed on.
    StopListening { conversation: ConversationId },
    /// To ask supervisors for help.
    RaiseFlag { conversation: ConversationId, text: String },
    /// To ask for help no more.
    LowerFlag { conversation: ConversationId },
    /// To say something that only supervisors and the owner see.
    Whisper { conversation: ConversationId, text: String },
    /// To pass on what someone else has or what waits.
    Redirect { conversation: ConversationId, wish: Redirection },
    /// To end a conversation with a request that is answered later.
    CreateRequest { conversation: ConversationId, note: Option<String> },
    /// To answer a request.
    AnswerRequest { request: RequestId, text: String },
    /// To end a conversation.
    Close { conversation: ConversationId, disposition: Option<Disposition>, notes: Option<String> },
    /// To have more time to file a segment.
    ExtendWrapUp { segment: SegmentId },
    /// To file a segment.
    FileWrapUp { segment: SegmentId, disposition: Disposition, notes: Option<String> },
}

/// The thing that a command is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// The agent's own status.
    Status,
    /// An offer.
    Offer(OfferId),
    /// What is told about an offer before it is decided: each of the short replies by itself, because pages tell some unasked.
    Reply(OfferId, Option<ShortReply>),
    /// A conversation.
    Conversation(ConversationId),
    /// An invitation.
    Invite(InviteId),
    /// A segment.
    Segment(SegmentId),
    /// What is said aside in a consultation.
    Aside(TransferId),
    /// What is whispered.
    Whisper(ConversationId),
    /// Being consulted.
    Consult(TransferId),
    /// A request.
    Request(RequestId),
}

impl Command {
    /// Returns what it is about.
    pub const fn slot(&self) -> Slot {
        match self {
            Self::ChooseStatus { .. } => Slot::Status,
            Self::Accept { offer } | Self::Reject { offer, .. } => Slot::Offer(*offer),
            Self::Reply { offer, reply } => Slot::Reply(*offer, Some(*reply)),
            Self::Ask { offer, .. } | Self::Answer { offer, .. } => Slot::Reply(*offer, None),
            Self::Transfer { conversation, .. }
            | Self::Invite { conversation, .. }
            | Self::Leave { conversation }
            | Self::CancelTransfer { conversation, .. }
            | Self::HandOver { conversation, .. }
            | Self::StopListening { conversation }
            | Self::RaiseFlag { conversation, .. }
            | Self::LowerFlag { conversation }
            | Self::Redirect { conversation, .. }
            | Self::CreateRequest { conversation, .. }
            | Self::Close { conversation, .. } => Slot::Conversation(*conversation),
            Self::CancelInvite { invite, .. } => Slot::Invite(*invite),
            Self::ExtendWrapUp { segment } | Self::FileWrapUp { segment, .. } => Slot::Segment(*segment),
            Self::LeaveConsult { transfer } => Slot::Consult(*transfer),
            Self::SayAside { transfer, .. } => Slot::Aside(*transfer),
            Self::Whisper { conversation, .. } => Slot::Whisper(*conversation),
            Self::AnswerRequest { request, .. } => Slot::Request(*request),
        }
    }
}

/// What a command brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Done,
    /// A conversation is one's own.
    Accepted(ConversationId),
    /// A transfer is made.
    Transferred(TransferId),
    /// An invitation is made.
    Invited,
    /// A request is created.
    Requested(RequestId),
}

/// Sends commands; a handle that can be copied.
#[derive(Clone, Copy)]
pub struct Dispatch {
    /// What a command is on its way about; there are few, so a list will do.
    pending: RwSignal<Vec<Slot>>,
    session: CurrentSession,
    toasts: Toasts,
}

impl Dispatch {
    /// Starts with nothing pending.
    pub fn new(session: CurrentSession, toasts: Toasts) -> Self {
        Self { pending: RwSignal::default(), session, toasts }
    }

    /// Says whether a command about a thing is on its way, and tracks it.
    pub fn pending(self, slot: Slot) -> bool {
        self.pending.with(|pending| pending.contains(&slot))
    }

    /// Sends a command; a refusal is shown over the desk.
    pub fn send(self, command: Command, done: impl FnOnce(Outcome) + 'static) {
        self.send_from(command, move |refusal| self.toasts.show(Toast::failure(refusal)), done);
    }

    /// Sends a command from a dialog, which shows a refusal itself: what lies under it cannot be read.
    pub fn send_from(
        self,
        command: Command,
        refused: impl FnOnce(String) + 'static,
        done: impl FnOnce(Outcome) + 'static,
    ) {
        self.send_to(command, Box::new(refused), Box::new(done));
    }

    /// Sends a command; boxes keep this from being compiled once for each place that calls it.
    fn send_to(self, command: Command, refused: Box<dyn FnOnce(String)>, done: Box<dyn FnOnce(Outcome)>) {
        let slot = command.slot();
        let free = self.pending.try_update(|pending| {
            let free = !pending.contains(&slot);
            if free {
                pending.push(slot);
            }
            free
        });
        if !free.unwrap_or(false) {
            return;
        }
        spawn_local(async move {
            let outcome = insist(&command).await;
            self.pending.update(|pending| pending.retain(|other| *other != slot));
            match outcome {
                Ok(outcome) => done(outcome),
                Err(Failure::SignedOut) => self.session.signed_out(),
                Err(failure) => refused(failure.sentence()),
            }
        });
    }
}

/// Tries a command with one key until the server has decided it, or the tries are used up.
async fn insist(command: &Command) -> Result<Outcome, Failure> {
    let (change, key) = (change(command), random::idempotency_key());
    let (mut tries, mut wait_ms) = (1, RETRY_MS_FIRST);
    loop {
        match change.send(&key).await {
            Err(failure) if failure.passes() && tries < TRIES => {
                gloo_timers::future::TimeoutFuture::new(wait_ms).await;
            }
            decided => return decided.and_then(|answer| outcome(command, &answer)),
        }
        tries += 1;
        wait_ms *= 2;
    }
}

/// Returns what is asked of the server: put together here, so that there is one request to wait for and not one for each command.
fn change(command: &Command) -> Change {
    match command.clone() {
        Command::ChooseStatus { status } => api::choose_status(status),
        Command::Accept { offer } => api::accept(offer),
        Command::Reject { offer, reason } => api::reject(offer, reason),
        Command::Reply { offer, reply } => api::reply(offer, reply),
        Command::Ask { offer, text } => api::ask_or_answer(offer, "question", text),
        Command::Answer { offer, text } => api::ask_or_answer(offer, "answer", text),
        Command::Transfer { conversation, wish } => api::transfer(conversation, &wish),
        Command::Invite { conversation, wish } => api::invite(conversation, &wish),
        Command::CancelInvite { conversation, invite } => api::cancel_invite(conversation, invite),
        Command::Leave { conversation } => api::leave_conversation(conversation),
        Command::CancelTransfer { conversation, transfer } => api::cancel_transfer(conversation, transfer),
        Command::HandOver { conversation, transfer } => api::hand_over(conversation, transfer),
        Command::LeaveConsult { transfer } => api::leave_consult(transfer),
        Command::SayAside { transfer, text } => api::say_aside(transfer, text),
        Command::StopListening { conversation } => api::stop_listening(conversation),
        Command::RaiseFlag { conversation, text } => api::raise_flag(conversation, text),
        Command::LowerFlag { conversation } => api::lower_flag(conversation),
        Command::Whisper { conversation, text } => api::whisper(conversation, text),
        Command::Redirect { conversation, wish } => api::redirect(conversation, &wish),
        Command::CreateRequest { conversation, note } => api::create_request(conversation, note),
        Command::AnswerRequest { request, text } => api::answer_request(request, text),
        Command::Close { conversation, disposition, notes } => api::close(conversation, disposition, notes),
        Command::ExtendWrapUp { segment } => api::extend_wrap_up(segment),
        Command::FileWrapUp { segment, disposition, notes } => api::file_wrap_up(segment, disposition, notes),
    }
}

fn outcome(command: &Command, answer: &str) -> Result<Outcome, Failure> {
    Ok(match command {
        Command::Accept { .. } => Outcome::Accepted(api::read::<Accepted>(answer)?.conversation),
        Command::Transfer { .. } => Outcome::Transferred(api::read::<TransferMade>(answer)?.transfer),
        Command::Invite { .. } => Outcome::Invited,
        Command::CreateRequest { .. } => {
            api::read::<Added>(answer)?.id.parse().map_or(Outcome::Done, Outcome::Requested)
        }
        Command::ChooseStatus { .. }
        | Command::Reject { .. }
        | Command::Reply { .. }
        | Command::Ask { .. }
        | Command::Answer { .. }
        | Command::CancelInvite { .. }
        | Command::Leave { .. }
        | Command::CancelTransfer { .. }
        | Command::HandOver { .. }
        | Command::LeaveConsult { .. }
        | Command::SayAside { .. }
        | Command::StopListening { .. }
        | Command::RaiseFlag { .. }
        | Command::LowerFlag { .. }
        | Command::Whisper { .. }
        | Command::Redirect { .. }
        | Command::AnswerRequest { .. }
        | Command::Close { .. }
        | Command::ExtendWrapUp { .. }
        | Command::FileWrapUp { .. } => Outcome::Done,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_tells_unasked_does_not_stand_in_the_way_of_what_the_agent_tells() {
        let offer = OfferId::from_bits(1);
        let slot = |reply| Command::Reply { offer, reply }.slot();
        assert_ne!(slot(ShortReply::Soon), slot(ShortReply::Reading));
        assert_ne!(slot(ShortReply::Reading), slot(ShortReply::Seen));
        let ask = Command::Ask { offer, text: "Why?".to_owned() };
        assert_ne!(ask.slot(), slot(ShortReply::Reading));
    }
}
