//! A transfer that is under way, or that came back.

use baton_shared::desk::{PendingTransfer, ReturnedTransfer};
use baton_shared::{ConversationId, TransferEnd, TransferId};
use leptos::prelude::*;

use crate::app::DeskContext;
use crate::dispatch::{Command, Slot};
use crate::server_clock::secs_left;

/// Returns what became of a transfer, in a sentence; nothing where it needs none.
pub fn sentence(returned: &ReturnedTransfer) -> Option<String> {
    let to = &returned.to;
    match (returned.end, &returned.reason) {
        (TransferEnd::Returned, Some(reason)) if !reason.is_empty() => {
            Some(format!("{to} rejected the transfer: {reason}"))
        }
        (TransferEnd::Returned, _) => Some(format!("{to} rejected the transfer or went away.")),
        (TransferEnd::Expired, _) => Some(format!("{to} did not answer in time. The conversation is yours.")),
        (TransferEnd::Completed | TransferEnd::Cancelled | TransferEnd::Abandoned, _) => None,
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
    let returned = context.live.watch_thread(conversation, |thread| thread.returned.clone());
    let dismissed = RwSignal::new(None::<TransferId>);
    view! {
        {move || pending.get().flatten().map(|transfer| pending_view(context, conversation, transfer))}
        {move || {
            let returned = returned.get().flatten()?;
            let sentence = sentence(&returned)?;
            (dismissed.get() != Some(returned.transfer))
                .then(|| {
                    view! {
                        <div class="banner banner--warning">
                            <p>{sentence}</p>
                            <button
                                class="button button--small"
                                type="button"
                                on:click=move |_| dismissed.set(Some(returned.transfer))
                            >
                                "Dismiss"
                            </button>
                        </div>
                    }
                })
        }}
    }
}

fn pending_view(context: DeskContext, conversation: ConversationId, transfer: PendingTransfer) -> AnyView {
    let words = format!("Transferring to {}", transfer.to);
    let name = words.clone();
    let cancel = move |_| {
        let command = Command::CancelTransfer { conversation, transfer: transfer.transfer };
        context.dispatch.send(command, move |_| context.announcer.say("The transfer is cancelled."));
    };
    let left = Memo::new(move |_| secs_left(transfer.deadline, context.clock.get()));
    let disabled = move || context.dispatch.pending(Slot::Conversation(conversation)).then_some("true");
    view! {
        <div class="banner banner--pending">
            <div class="banner__status" role="status" aria-live="off" aria-label=name>
                <p>{words}</p>
            </div>
            <p class="banner__left" aria-hidden="true">
                {move || format!("{} s", left.get())}
            </p>
            <button class="button button--small" type="button" aria-disabled=disabled on:click=cancel>
                "Cancel transfer"
            </button>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use baton_shared::Timestamp;

    fn returned(end: TransferEnd, reason: Option<&str>) -> ReturnedTransfer {
        ReturnedTransfer {
            transfer: TransferId::from_bits(1),
            to: "Agent Two".to_owned(),
            end,
            reason: reason.map(str::to_owned),
            at: Timestamp::default(),
        }
    }

    #[test]
    fn a_rejection_tells_its_reason() {
        let told = sentence(&returned(TransferEnd::Returned, Some("on the phone")));
        assert_eq!(told.as_deref(), Some("Agent Two rejected the transfer: on the phone"));
        assert!(sentence(&returned(TransferEnd::Returned, Some(""))).is_some());
    }

    #[test]
    fn what_the_sender_took_back_needs_no_word() {
        assert_eq!(sentence(&returned(TransferEnd::Cancelled, None)), None);
        assert!(sentence(&returned(TransferEnd::Expired, None)).is_some());
    }
}
