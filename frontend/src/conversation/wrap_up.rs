//! Filing what a segment was about.

use baton_shared::SegmentId;
use baton_shared::segment::{Disposition, WRAP_UP_EXTENSION};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use crate::app::DeskContext;
use crate::conversation::questions::Refusal;
use crate::dispatch::{Command, Slot};
use crate::reactive::memo;
use crate::server_clock::secs_left;
use crate::viewing::Entry;

/// The id of the form's heading.
pub const TITLE: &str = "wrap-up-title";

/// The form.
#[component]
pub fn WrapUp(
    /// What is filed: a segment that has ended, or an own conversation, which ends with it.
    entry: Entry,
) -> impl IntoView {
    let context = DeskContext::here();
    let chosen = RwSignal::new(None::<Disposition>);
    let notes = RwSignal::new(String::new());
    let refusal = RwSignal::new(None::<String>);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(disposition) = chosen.get_untracked() else {
            refusal.set(Some("Choose a disposition.".to_owned()));
            crate::browser::page::focus("disposition");
            return;
        };
        let notes = notes.with_untracked(|notes| written(notes));
        let command = match entry {
            Entry::Owned(conversation) => {
                Command::Close { conversation, disposition: Some(disposition), notes }
            }
            Entry::WrapUp(segment, _) => Command::FileWrapUp { segment, disposition, notes },
            // Nothing of what one only reads is one's own to file.
            Entry::Consulted(..) | Entry::Joined(_) | Entry::Listening(_) => return,
        };
        let filed = move |_| {
            context.viewing.wrapping_up.set(false);
            context.announcer.say("The wrap-up is filed.");
        };
        context.dispatch.send_from(command, move |sentence| refusal.set(Some(sentence)), filed);
    };
    let slot = match entry {
        Entry::WrapUp(segment, _) => Slot::Segment(segment),
        Entry::Owned(_) | Entry::Consulted(..) | Entry::Joined(_) | Entry::Listening(_) => {
            Slot::Conversation(entry.conversation())
        }
    };
    let ends = entry.owned().is_some();
    view! {
        <section class="wrap-up" aria-label="Wrap up">
            <form on:submit=submit>
                <h3 id=TITLE tabindex="-1">
                    "Wrap up"
                </h3>
                {ends.then(|| view! { <p class="hint">"Completing this ends the conversation."</p> })}
                {match entry {
                    Entry::WrapUp(segment, _) => view! { <TimeToFile segment=segment /> }.into_any(),
                    Entry::Owned(_) | Entry::Consulted(..) | Entry::Joined(_) | Entry::Listening(_) => {
                        ().into_any()
                    }
                }}
                {disposition_field(chosen, refusal)}
                <label class="field">
                    <span class="field__label">"Wrap-up notes"</span>
                    <textarea class="field__input field__input--tall" rows="4" bind:value=notes></textarea>
                </label>
                <Refusal refusal=refusal />
                <div class="wrap-up__buttons">
                    <button
                        class="button button--primary"
                        type="submit"
                        aria-disabled=move || context.dispatch.pending(slot).then_some("true")
                    >
                        "Complete"
                    </button>
                    {ends
                        .then(|| {
                            view! {
                                <button
                                    class="button"
                                    type="button"
                                    on:click=move |_| context.viewing.wrapping_up.set(false)
                                >
                                    "Not yet"
                                </button>
                            }
                        })}
                </div>
            </form>
        </section>
    }
}

/// Tells how long the wrap-up lasts, and gives more time; nothing where it has no end of its own.
#[component]
pub fn TimeToFile(
    /// What is filed.
    segment: SegmentId,
) -> impl IntoView {
    let context = DeskContext::here();
    let until = memo(move || {
        context.live.read(|desk| desk.wrap_ups.get(&segment).and_then(|card| card.until)).flatten()
    });
    let words = move || {
        let left = secs_left(until.get()?, context.clock.get());
        Some(format!("Closes by itself in {}:{:02}.", left / 60, left % 60))
    };
    let extend = move |_| {
        context.dispatch.send(Command::ExtendWrapUp { segment }, move |_| {
            let added = WRAP_UP_EXTENSION.as_secs();
            context.announcer.say(format!("You have {added} seconds more to file it."));
        });
    };
    let pending = move || context.dispatch.pending(Slot::Segment(segment)).then_some("true");
    view! {
        <Show when=move || until.get().is_some()>
            <div class="wrap-up__time">
                <p class="hint" role="timer" aria-live="off">
                    {words}
                </p>
                <button
                    class="button button--small"
                    type="button"
                    aria-disabled=pending
                    on:click=extend
                >
                    "More time"
                </button>
            </div>
        </Show>
    }
}

fn disposition_field(chosen: RwSignal<Option<Disposition>>, refusal: RwSignal<Option<String>>) -> AnyView {
    let choose = move |event| {
        refusal.set(None);
        chosen.set(disposition(&event_target_value(&event)));
    };
    let option = |disposition: Disposition| {
        view! { <option value=disposition.label()>{disposition.label()}</option> }
    };
    view! {
        <label class="field">
            <span class="field__label">"Disposition"</span>
            <select id="disposition" class="field__input" on:change=choose>
                <option value="">"Choose…"</option>
                {Disposition::ALL.into_iter().map(option).collect_view()}
            </select>
        </label>
    }
    .into_any()
}

fn disposition(label: &str) -> Option<Disposition> {
    Disposition::ALL.into_iter().find(|disposition| disposition.label() == label)
}

/// Returns what is to be filed as notes: nothing where only blanks were written.
pub fn written(notes: &str) -> Option<String> {
    let notes = notes.trim();
    (!notes.is_empty()).then(|| notes.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_no_notes() {
        assert_eq!(written(" \n"), None);
        assert_eq!(written(" called back "), Some("called back".to_owned()));
    }

    #[test]
    fn every_disposition_is_found_by_its_label() {
        for known in Disposition::ALL {
            assert_eq!(disposition(known.label()), Some(known));
        }
        assert_eq!(disposition(""), None);
    }
}
