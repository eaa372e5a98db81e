//! What a supervisor is about to do or does: which conversation they hear, and which dialog is open.

use baton_shared::{AgentId, ConversationId};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{Change, Failure};
use crate::app::DeskContext;
use crate::browser::random;
use crate::controls::toast::Toast;

/// A dialog over the wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Where a conversation is to go that an agent has.
    Transfer(ConversationId),
    /// Where a conversation is to go that waits.
    Reassign(ConversationId),
    /// Whether to take a conversation from whoever has it.
    TakeOver(ConversationId),
    /// What of a person is to be changed.
    Person(AgentId),
}

/// What is open beside and over the wall; a handle that can be copied.
#[derive(Clone, Copy)]
pub struct Acting {
    /// The conversation that was chosen to be shown beside the wall.
    pub shown: RwSignal<Option<ConversationId>>,
    /// The conversation to whose agent something is to be whispered.
    pub whispering: RwSignal<Option<ConversationId>>,
    /// The dialog that is open.
    pub asked: RwSignal<Option<Asked>>,
}

impl Acting {
    /// Begins with nothing, and gives it to what is rendered under the owner.
    pub fn provide() -> Self {
        let acting =
            Self { shown: RwSignal::new(None), whispering: RwSignal::new(None), asked: RwSignal::new(None) };
        provide_context(acting);
        acting
    }

    /// Returns the one that this is rendered in.
    pub fn here() -> Self {
        expect_context()
    }
}

/// Asks the server for a change, and says over the page why it is refused.
pub fn ask(context: DeskContext, change: Change, pending: RwSignal<bool>, done: impl FnOnce() + 'static) {
    if pending.get_untracked() {
        return;
    }
    pending.set(true);
    let key = random::idempotency_key();
    spawn_local(async move {
        let answer = change.send(&key).await;
        // What asked for it may be gone by now.
        let _gone = pending.try_set(false);
        match answer {
            Ok(_) => done(),
            Err(Failure::SignedOut) => context.session.signed_out(),
            Err(failure) => context.toasts.show(Toast::failure(failure.sentence())),
        }
    });
}
