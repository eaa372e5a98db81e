//! What is offered: all that the receiver needs to decide, and the time left to do it.

use baton_shared::desk::{OfferCard, Thread};
use baton_shared::{Author, OfferId};
use leptos::prelude::*;

use crate::app::DeskContext;
use crate::browser::dates;
use crate::controls::ring::Ring;
use crate::dispatch::{Command, Outcome, Slot};
use crate::server_clock::{part_left, secs_left};
use crate::viewing::DialogShown;

/// The offers, the oldest first.
#[component]
pub fn Incoming() -> impl IntoView {
    let context = DeskContext::here();
    let offers = Memo::new(move |_| {
        let mut offers: Vec<_> = context
            .live
            .read(|desk| desk.offers.values().map(|offer| (offer.deadline, offer.offer)).collect())
            .unwrap_or_default();
        offers.sort_unstable();
        offers.into_iter().map(|(_, offer)| offer).collect::<Vec<_>>()
    });
    view! {
        <section class="incoming" class:incoming--empty=move || offers.with(Vec::is_empty) aria-label="Incoming">
            <h2 class="side-title">
                "Incoming" <span class="side-title__count">{move || offers.with(Vec::len)}</span>
            </h2>
            <For each=move || offers.get() key=|offer| *offer let(offer)>
                <Offer offer=offer />
            </For>
        </section>
    }
}

#[component]
fn Offer(offer: OfferId) -> impl IntoView {
    let context = DeskContext::here();
    let card = Memo::new(move |_| context.live.read(|desk| desk.offers.get(&offer).cloned()).flatten());
    view! { {move || card.get().map(|card| view! { <OfferArticle card=card /> })} }
}

/// One offer.
#[component]
pub fn OfferArticle(
    /// What is offered.
    card: OfferCard,
) -> impl IntoView {
    let context = DeskContext::here();
    let (made_at, deadline, offer) = (card.made_at, card.deadline, card.offer);
    let left = Memo::new(move |_| secs_left(deadline, context.clock.get()));
    let part = Signal::derive(move || part_left(made_at, deadline, context.clock.get()));
    let transferred = card.transfer.is_some();
    let (name, queue) = (card.thread.customer.clone(), card.thread.queue.clone());
    let label = name.clone();
    let reject = move |_| {
        if transferred {
            context.viewing.dialog.set(Some(DialogShown::Reject(offer)));
        } else {
            reject(context, offer, String::new());
        }
    };
    let pending = move || context.dispatch.pending(Slot::Offer(offer)).then_some("true");
    view! {
        <article class="offer" aria-label=label>
            <header class="offer__head">
                <div class="offer__who">
                    <h3 class="offer__name">{name}</h3>
                    <p class="offer__queue">{queue}</p>
                    {card
                        .transfer
                        .as_ref()
                        .map(|transfer| {
                            view! { <p class="offer__from">{format!("Transferred by {}", transfer.from)}</p> }
                        })}
                </div>
                <Ring part=part text=Signal::derive(move || left.get().to_string()) />
                <p class="for-screen-reader">{move || format!("{} seconds left", left.get())}</p>
            </header>
            {card
                .transfer
                .and_then(|transfer| transfer.note)
                .map(|note| view! { <p class="offer__note" dir="auto">{note}</p> })}
            <History thread=card.thread />
            <div class="offer__buttons">
                <button
                    class="button button--positive"
                    type="button"
                    aria-disabled=pending
                    on:click=move |_| accept(context, offer)
                >
                    "Accept"
                </button>
                <button class="button" type="button" aria-disabled=pending on:click=reject>
                    "Reject"
                </button>
            </div>
        </article>
    }
}

/// All that was said so far, as far as it is at hand, scrolled to its end.
#[component]
fn History(thread: Thread) -> impl IntoView {
    let element = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        if let Some(element) = element.get() {
            request_animation_frame(move || element.set_scroll_top(element.scroll_height()));
        }
    });
    let more = thread.has_earlier();
    let name = format!("What {} wrote", thread.customer);
    view! {
        <div class="offer__history" role="group" aria-label=name tabindex="0" node_ref=element>
            {more.then(|| view! { <p class="hint">"There is more before this."</p> })}
            {thread
                .messages
                .into_iter()
                .map(|message| {
                    let customer = message.author == Author::Customer;
                    view! {
                        <p class="offer__message" class:offer__message--customer=customer>
                            <span class="offer__author">{message.name}</span>
                            <time class="message__time">{dates::time(message.at)}</time>
                            <span class="offer__text" dir="auto">{message.text}</span>
                        </p>
                    }
                })
                .collect_view()}
        </div>
    }
}

/// Accepts the offer that ends first; says whether there is one.
pub fn accept_first(context: DeskContext) -> bool {
    let first = context
        .live
        .peek(|desk| desk.offers.values().min_by_key(|offer| offer.deadline).map(|offer| offer.offer));
    match first.flatten() {
        Some(offer) => {
            accept(context, offer);
            true
        }
        None => false,
    }
}

fn accept(context: DeskContext, offer: OfferId) {
    let name = context.live.peek(|desk| desk.offers.get(&offer).map(|card| card.thread.customer.clone()));
    let name = name.flatten().unwrap_or_default();
    context.attention.answering(offer);
    context.dispatch.send(Command::Accept { offer }, move |outcome| {
        let Outcome::Accepted(conversation) = outcome else { return };
        if context.viewing.open_accepted(conversation) {
            context.announcer.say(format!("You accepted {name}."));
            request_animation_frame(|| crate::browser::page::focus("composer"));
        } else {
            context.announcer.say(format!("You accepted {name}. Alt and O opens it."));
        }
    });
}

/// Rejects an offer from a queue at once.
fn reject(context: DeskContext, offer: OfferId, reason: String) {
    context.attention.answering(offer);
    context.dispatch.send(Command::Reject { offer, reason }, |_| {});
}
