//! What of a person their supervisor can change: status, skills, queues, and that they are signed in.

use baton_shared::api::{DirectedPerson, QueueChoice, SkillChoice};
use baton_shared::{AgentId, Level, Status};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::acting::{Acting, Asked, ask};
use crate::api::{self, Change};
use crate::app::DeskContext;
use crate::controls::dialog::Dialog;

/// The dialog.
#[component]
pub fn DirectingDialog() -> impl IntoView {
    let acting = Acting::here();
    let about = Memo::new(move |_| match acting.asked.get() {
        Some(Asked::Person(person)) => Some(person),
        Some(Asked::Transfer(_) | Asked::Reassign(_) | Asked::TakeOver(_)) | None => None,
    });
    let close = Callback::new(move |()| acting.asked.set(None));
    view! {
        <Dialog name="Manage agent" open=Signal::derive(move || about.get().is_some()) on_close=close>
            {move || about.get().map(|id| view! { <Direction id=id on_close=close /> })}
        </Dialog>
    }
}

#[component]
fn Direction(id: AgentId, on_close: Callback<()>) -> impl IntoView {
    let found = RwSignal::new(None::<Result<DirectedPerson, String>>);
    spawn_local(async move {
        let answer = api::directed_person(id).await;
        // The dialog may have been closed meanwhile.
        let _gone = found.try_set(Some(answer.map_err(|failure| failure.sentence())));
    });
    let form = move |person: DirectedPerson| {
        let DirectedPerson { id, name, status, skills, queues } = person;
        let skills = skills.into_iter().map(|skill| skill_view(id, skill)).collect_view();
        let queues = queues.into_iter().map(|queue| queue_view(id, queue)).collect_view();
        view! {
            <h2>{name}</h2>
            {status_view(id, status)}
            <fieldset class="directing">
                <legend>"Skills"</legend>
                {skills}
            </fieldset>
            <fieldset class="directing">
                <legend>"Queues"</legend>
                {queues}
            </fieldset>
        }
        .into_any()
    };
    let context = DeskContext::here();
    let pending = RwSignal::new(false);
    let sign_out = move |_| ask(context, api::sign_out_person(id), pending, move || on_close.run(()));
    view! {
        {move || match found.get() {
            None => view! { <p class="hint">"Loading…"</p> }.into_any(),
            Some(Ok(person)) => form(person),
            Some(Err(sentence)) => view! { <p class="refusal">{sentence}</p> }.into_any(),
        }}
        <div class="dialog__buttons">
            <button class="button" type="button" on:click=move |_| on_close.run(())>
                "Close"
            </button>
            <button class="button button--danger" type="button" on:click=sign_out>
                "Sign out"
            </button>
        </div>
    }
}

fn status_view(id: AgentId, status: Status) -> AnyView {
    let choose = asking();
    let options = Status::ALL.into_iter().map(|one| {
        view! {
            <option value=one.label() selected=one == status>
                {one.label()}
            </option>
        }
    });
    view! {
        <label class="directing__line">
            <span>"Status"</span>
            <select
                class="field__input"
                on:change=move |event| {
                    let label = event_target_value(&event);
                    if let Some(status) = Status::ALL.into_iter().find(|one| one.label() == label) {
                        choose(api::set_status_of(id, status));
                    }
                }
            >
                {options.collect_view()}
            </select>
        </label>
    }
    .into_any()
}

fn skill_view(id: AgentId, skill: SkillChoice) -> AnyView {
    let choose = asking();
    let SkillChoice { id: skill, name, level } = skill;
    let levels = (1..=10u8).filter_map(Level::new);
    let options = levels.map(|one| {
        view! {
            <option value=one.to_string() selected=Some(one) == level>
                {format!("Level {one}")}
            </option>
        }
    });
    view! {
        <label class="directing__line">
            <span>{name}</span>
            <select
                class="field__input"
                on:change=move |event| {
                    let level = event_target_value(&event).parse().ok().and_then(Level::new);
                    choose(api::set_skill(id, skill, level));
                }
            >
                <option value="" selected=level.is_none()>
                    "No"
                </option>
                {options.collect_view()}
            </select>
        </label>
    }
    .into_any()
}

fn queue_view(id: AgentId, queue: QueueChoice) -> AnyView {
    let choose = asking();
    let QueueChoice { id: queue, name, member } = queue;
    view! {
        <label class="directing__line">
            <span>{name}</span>
            <input
                type="checkbox"
                prop:checked=member
                on:change=move |event| choose(api::set_member(queue, id, event_target_checked(&event)))
            />
        </label>
    }
    .into_any()
}

/// Returns what asks the server for a change and says that it is done.
fn asking() -> impl Fn(Change) + Copy {
    let context = DeskContext::here();
    let pending = RwSignal::new(false);
    move |change| ask(context, change, pending, move || context.announcer.say("Saved."))
}
