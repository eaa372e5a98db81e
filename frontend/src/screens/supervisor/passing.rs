//! Where a conversation is to go that an agent has or that waits.

use baton_shared::desk::TransferChoices;
use baton_shared::policy::Need;
use baton_shared::{Mode, TargetKind};
use leptos::prelude::*;

use super::acting::{Acting, Asked};
use crate::controls::dialog::{Dialog, Width};
use crate::conversation::transfer_dialog::{Handing, TransferSteps, fresh_targets};

/// Returns what can be chosen; the receiver of what waits is told nothing beside it.
fn choices(waits: bool) -> TransferChoices {
    let places = [TargetKind::Agent, TargetKind::Group, TargetKind::Queue];
    TransferChoices {
        modes: vec![Mode::Cold],
        targets: if waits { places.to_vec() } else { TargetKind::ALL.to_vec() },
        note: if waits { Need::Off } else { Need::Optional },
        summary: Need::Off,
        undo_secs: 0,
    }
}

/// The dialog.
#[component]
pub fn PassingDialog() -> impl IntoView {
    let acting = Acting::here();
    let about = Memo::new(move |_| match acting.asked.get() {
        Some(Asked::Transfer(conversation)) => Some((conversation, false)),
        Some(Asked::Reassign(conversation)) => Some((conversation, true)),
        Some(Asked::TakeOver(_) | Asked::Person(_)) | None => None,
    });
    let close = Callback::new(move |()| acting.asked.set(None));
    let steps = move |(conversation, waits)| {
        let handing = Handing::of_others(conversation, choices(waits));
        view! { <TransferSteps handing=handing targets=fresh_targets(conversation) on_close=close /> }
    };
    view! {
        <Dialog
            name="Transfer"
            open=Signal::derive(move || about.get().is_some())
            on_close=close
            width=Width::Wide
        >
            {move || about.get().map(steps)}
        </Dialog>
    }
}
