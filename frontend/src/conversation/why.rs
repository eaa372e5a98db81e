//! Why a conversation is where it is: the rule, who could take it, and whom it was offered to.

use baton_shared::Timestamp;
use baton_shared::api::{WhyOffer, WhyPerson, WhyView};
use baton_shared::{ConversationId, OfferEnd, Target};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::app::DeskContext;
use crate::browser::dates;
use crate::controls::dialog::{Dialog, Width};
use crate::reactive::memo;
use crate::viewing::DialogShown;

/// How an offer can end, and what people call it.
const ENDS: [(OfferEnd, &str); 6] = [
    (OfferEnd::Accepted, "accepted"),
    (OfferEnd::Declined, "rejected"),
    (OfferEnd::TimedOut, "not answered in time"),
    (OfferEnd::Cancelled, "taken back"),
    (OfferEnd::Rescinded, "not needed any more"),
    (OfferEnd::TargetGone, "could not be reached any more"),
];

/// Opens the explanation of a conversation.
#[component]
pub fn WhyButton(
    /// Which.
    conversation: ConversationId,
) -> impl IntoView {
    let dialog = DeskContext::here().viewing.dialog;
    view! {
        <button
            class="button button--small button--plain"
            type="button"
            on:click=move |_| dialog.set(Some(DialogShown::Why(conversation)))
        >
            "Why?"
        </button>
    }
}

/// The dialog.
#[component]
pub fn WhyDialog() -> impl IntoView {
    let dialog = DeskContext::here().viewing.dialog;
    let conversation = memo(move || match dialog.get() {
        Some(DialogShown::Why(conversation)) => Some(conversation),
        _ => None,
    });
    let open = Signal::derive(move || conversation.get().is_some());
    let close = Callback::new(move |()| dialog.set(None));
    view! {
        <Dialog name="Why?" open=open on_close=close width=Width::Wide>
            {move || {
                conversation
                    .get()
                    .map(|conversation| view! { <Asked of=conversation.to_string() shown=explained_view /> })
            }}
            <div class="dialog__buttons">
                <button class="button" type="button" on:click=move |_| close.run(())>
                    "Close"
                </button>
            </div>
        </Dialog>
    }
}

#[component]
fn Asked(
    /// What is explained, as the address begins.
    of: String,
    /// How it is shown.
    shown: fn(WhyView) -> AnyView,
) -> impl IntoView {
    let answer = RwSignal::new(None);
    spawn_local(async move {
        let found = api::why(of).await;
        // The dialog may be closed by then.
        let _gone = answer.try_set(Some(found));
    });
    move || match answer.get() {
        None => view! { <p class="hint">"Loading…"</p> }.into_any(),
        Some(Err(failure)) => view! { <p class="refusal">{failure.sentence()}</p> }.into_any(),
        Some(Ok(why)) => shown(why),
    }
}

/// Tells, where it is asked for, whom a queue or a group would ask for a conversation, and what stands in their way.
pub fn target_why_view(
    conversation: ConversationId,
    target: Target,
    name: Signal<String>,
) -> Option<AnyView> {
    let id = match target {
        Target::Group(group) => group.to_string(),
        Target::Queue(queue) => queue.to_string(),
        Target::Agent(_) | Target::Workflow(_) | Target::Flow(_) | Target::External(_) => return None,
    };
    let of = format!("{conversation}/transfer-targets/{id}");
    let asked = RwSignal::new(false);
    let view = view! {
        <button
            class="button button--small button--plain"
            type="button"
            aria-label=move || format!("Why? {}", name.get())
            aria-expanded=move || if asked.get() { "true" } else { "false" }
            on:click=move |_| asked.update(|asked| *asked = !*asked)
        >
            "Why?"
        </button>
        {move || {
            asked
                .get()
                .then(|| {
                    view! {
                        <div class="why">
                            <Asked of=of.clone() shown=searched_view />
                        </div>
                    }
                })
        }}
    };
    Some(view.into_any())
}

fn explained_view(why: WhyView) -> AnyView {
    view! { <Explanation why=why /> }.into_any()
}

/// Tells by which rule someone is looked for, and what stands in each one's way.
fn searched_view(why: WhyView) -> AnyView {
    let WhyView { rule, ahead, people, more, .. } = why;
    let person = |WhyPerson { name, eligible, reason }: WhyPerson| {
        view! {
            <li class="why__line" class:why__line--eligible=eligible>
                <span class="why__name">{name}</span>
                " "
                <span>{with_times(&reason, dates::time)}</span>
            </li>
        }
    };
    view! {
        <p>{with_times(&rule, dates::time)}</p>
        <p>{queued(ahead)}</p>
        {(!people.is_empty())
            .then(|| {
                view! {
                    <h3>"People"</h3>
                    <ul class="why__list">{people.into_iter().map(person).collect_view()}</ul>
                }
            })}
        {(more > 0).then(|| view! { <p class="hint">{format!("And {more} more.")}</p> })}
    }
    .into_any()
}

/// The explanation itself.
#[component]
pub fn Explanation(
    /// What the server says.
    why: WhyView,
) -> impl IntoView {
    let mut why = why;
    let offers = core::mem::take(&mut why.offers);
    let offer = |offer: WhyOffer| {
        let words = ended(&offer, dates::time);
        view! {
            <li class="why__line">
                <time class="why__time">{dates::time(offer.at)}</time>
                " "
                <span class="why__name">{offer.to}</span>
                " "
                <span dir="auto">{words}</span>
                " "
                <span>{offer.rule}</span>
            </li>
        }
    };
    view! {
        <h2>"Why?"</h2>
        <div class="why" role="group" aria-label="Explanation" tabindex="0">
            {searched_view(why)}
            <h3>"Offers so far"</h3>
            {if offers.is_empty() {
                view! { <p class="hint">"It was offered to nobody yet."</p> }.into_any()
            } else {
                view! { <ul class="why__list">{offers.into_iter().map(offer).collect_view()}</ul> }.into_any()
            }}
        </div>
    }
}

fn queued(ahead: u32) -> String {
    match ahead {
        0 => "Nothing is ahead of it.".to_owned(),
        1 => "1 conversation is ahead of it.".to_owned(),
        ahead => format!("{ahead} conversations are ahead of it."),
    }
}

/// Says how an offer ended, when, and why.
fn ended(offer: &WhyOffer, time: impl Fn(Timestamp) -> String) -> String {
    let Some(end) = &offer.end else {
        return match offer.deadline {
            Some(deadline) => format!("is asked, until {}", time(deadline)),
            None => "is asked".to_owned(),
        };
    };
    let known = ENDS.iter().find(|(known, _)| known.word() == end);
    let mut words = known.map_or_else(|| end.clone(), |(_, words)| (*words).to_owned());
    if let Some(at) = offer.ended_at {
        words = format!("{words}, {}", time(at));
    }
    match offer.reason.as_ref().filter(|reason| !reason.is_empty()) {
        Some(reason) => format!("{words}: {reason}"),
        None => words,
    }
}

/// Writes the times in a sentence of the server as people read them.
fn with_times(sentence: &str, time: impl Fn(Timestamp) -> String) -> String {
    let word = |word: &str| {
        let bare = word.trim_end_matches([';', ',', '.']);
        match bare.parse::<Timestamp>() {
            Ok(at) => format!("{}{}", time(at), &word[bare.len()..]),
            Err(_) => word.to_owned(),
        }
    };
    sentence.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(at: Timestamp) -> String {
        at.as_millis().to_string()
    }

    fn offer(end: Option<OfferEnd>) -> WhyOffer {
        WhyOffer {
            to: "Ann".to_owned(),
            rule: "From Billing".to_owned(),
            at: Timestamp::from_millis(1),
            deadline: Some(Timestamp::from_millis(2)),
            end: end.map(|end| end.word().to_owned()),
            ended_at: end.map(|_| Timestamp::from_millis(3)),
            reason: None,
        }
    }

    #[test]
    fn an_open_offer_says_until_when_and_an_ended_one_how_and_why() {
        assert_eq!(ended(&offer(None), millis), "is asked, until 2");
        assert_eq!(ended(&offer(Some(OfferEnd::TimedOut)), millis), "not answered in time, 3");
        let declined =
            WhyOffer { reason: Some("on the phone".to_owned()), ..offer(Some(OfferEnd::Declined)) };
        assert_eq!(ended(&declined, millis), "rejected, 3: on the phone");
    }

    #[test]
    fn times_in_a_sentence_are_told_as_people_read_them() {
        let told = with_times("Passed it at 1970-01-01T00:00:00.005Z; asked again", millis);
        assert_eq!(told, "Passed it at 5; asked again");
        assert_eq!(with_times("Is Away and takes none", millis), "Is Away and takes none");
    }
}
