//! Filing what a segment was about.

use baton_shared::segment::Disposition;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use crate::app::DeskContext;
use crate::conversation::questions::Refusal;
use crate::dispatch::Command;
use crate::viewing::Entry;

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
        };
        let filed = move |_| {
            context.viewing.wrapping_up.set(false);
            context.announcer.say("The wrap-up is filed.");
        };
        context.dispatch.send_from(command, move |sentence| refusal.set(Some(sentence)), filed);
    };
    let slot = match entry {
        Entry::Owned(conversation) => crate::dispatch::Slot::Conversation(conversation),
        Entry::WrapUp(segment, _) => crate::dispatch::Slot::Segment(segment),
    };
    let ends = matches!(entry, Entry::Owned(_));
    view! {
        <section class="wrap-up" aria-label="Wrap up">
            <form on:submit=submit>
                <h3>"Wrap up"</h3>
                {ends.then(|| view! { <p class="hint">"Completing this ends the conversation."</p> })}
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
