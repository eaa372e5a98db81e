//! The button that shows and chooses one's status.

use baton_shared::desk::Thread;
use baton_shared::{Mode, Presence, Status};
use leptos::prelude::*;

use crate::app::DeskContext;
use crate::connection::Link;
use crate::controls::icon::{Icon, IconView};
use crate::controls::menu::{Menu, MenuItem};
use crate::dispatch::{Command, Slot};
use crate::presence::mark;
use crate::reactive::memo;
use crate::viewing::DialogShown;

/// What can be chosen in the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    /// A status.
    Status(Status),
    /// To pass on everything one holds.
    HandOverAll,
}

/// Returns what the menu offers with this status, to one who holds something that could be passed on or does not.
fn items(chosen: Status, holds: bool) -> Vec<MenuItem<Choice>> {
    let status = |status: Status| MenuItem {
        value: Choice::Status(status),
        label: status.label(),
        mark: Some(mark::status_class(status)),
        hint: (status == Status::Finishing).then_some("No new work; Offline when what you have is done"),
        chosen: Some(status == chosen),
    };
    let hand_over = holds.then_some(MenuItem {
        value: Choice::HandOverAll,
        label: "Hand over all",
        mark: None,
        hint: Some("Transfers every conversation you have"),
        chosen: None,
    });
    Status::ALL.into_iter().map(status).chain(hand_over).collect()
}

/// Shows and chooses one's status.
#[component]
pub fn StatusMenu() -> impl IntoView {
    let context = DeskContext::here();
    let status = memo(move || context.live.read(|desk| desk.me.presence.status).unwrap_or(Status::Offline));
    // Whoever cannot be reached is offered nothing, whatever their status says.
    let reachable = memo(move || {
        context.connection.link() == Link::Connected
            && context.live.read(|desk| desk.me.presence.reachable).unwrap_or(false)
    });
    let mark = move || mark::class(Presence { status: status.get(), reachable: reachable.get() });
    let holds = memo(move || {
        let passes_on = |thread: &Thread| thread.choices.modes.contains(&Mode::Cold);
        context.live.read(|desk| desk.conversations.values().any(passes_on)).unwrap_or(false)
    });
    let items = Signal::derive(move || items(status.get(), holds.get()));
    let choose = Callback::new(move |choice: Choice| match choice {
        Choice::Status(status) => {
            let said = move |_| context.announcer.say(format!("You are {}.", status.label()));
            context.dispatch.send(Command::ChooseStatus { status }, said);
        }
        Choice::HandOverAll => context.viewing.dialog.set(Some(DialogShown::HandOverAll)),
    });
    // The name of the button is what it is for, and its description is the status, which the style sheet paints:
    // what is on the screen as text would have to be a part of the name.
    let description = Signal::derive(move || status.get().label().to_owned());
    view! {
        <div class="status" aria-busy=move || context.dispatch.pending(Slot::Status).to_string()>
            <Menu id="status" name="Status" description=description items=items on_choose=choose>
                <span class=mark aria-hidden="true"></span>
                <span class="status__now" data-status=move || status.get().label() aria-hidden="true">
                    <span class="for-screen-reader">{move || status.get().label()}</span>
                </span>
                <IconView icon=Icon::Chevron />
            </Menu>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_can_be_handed_over_by_whoever_holds_something() {
        let labels = |holds| items(Status::Busy, holds).iter().map(|item| item.label).collect::<Vec<_>>();
        assert_eq!(labels(false), ["Available", "Busy", "Away", "Finishing", "Offline"]);
        assert_eq!(labels(true).last(), Some(&"Hand over all"));
    }

    #[test]
    fn only_the_status_one_has_is_chosen() {
        let chosen = |item: &MenuItem<Choice>| item.chosen == Some(true);
        let items = items(Status::Finishing, true);
        let labels: Vec<_> = items.iter().filter(|item| chosen(item)).map(|item| item.label).collect();
        assert_eq!(labels, ["Finishing"]);
    }
}
