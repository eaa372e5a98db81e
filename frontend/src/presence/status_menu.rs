//! The button that shows and chooses one's status.

use baton_shared::Status;
use leptos::prelude::*;

use crate::app::DeskContext;
use crate::controls::icon::{Icon, IconView};
use crate::controls::menu::{Menu, MenuItem};
use crate::dispatch::{Command, Slot};
use crate::presence::mark;

/// Shows and chooses one's status.
#[component]
pub fn StatusMenu() -> impl IntoView {
    let context = DeskContext::here();
    let status =
        Memo::new(move |_| context.live.read(|desk| desk.me.presence.status).unwrap_or(Status::Offline));
    let items = Signal::derive(move || {
        let chosen = status.get();
        Status::ALL
            .into_iter()
            .map(|status| MenuItem {
                value: status,
                label: status.label(),
                mark: Some(mark::status_class(status)),
                chosen: Some(status == chosen),
            })
            .collect::<Vec<_>>()
    });
    let choose = Callback::new(move |status: Status| {
        let said = move |_| context.announcer.say(format!("You are {}.", status.label()));
        context.dispatch.send(Command::ChooseStatus { status }, said);
    });
    // The name of the button is what it is for, and its description is the status, which the style sheet paints:
    // what is on the screen as text would have to be a part of the name.
    let description = Signal::derive(move || status.get().label().to_owned());
    view! {
        <div class="status" aria-busy=move || context.dispatch.pending(Slot::Status).to_string()>
            <Menu id="status" name="Status" description=description items=items on_choose=choose>
                <span class=move || mark::status_class(status.get()) aria-hidden="true"></span>
                <span class="status__now" data-status=move || status.get().label() aria-hidden="true">
                    <span class="for-screen-reader">{move || status.get().label()}</span>
                </span>
                <IconView icon=Icon::Chevron />
            </Menu>
        </div>
    }
}
