//! What is offered: all that the receiver needs to decide, and the time left to do it.

use baton_shared::desk::{IncomingTransfer, OfferCard, Thread};
use baton_shared::policy::Decline;
use baton_shared::{Author, Desk, Mode, OfferId, Reply, ShortReply, Timestamp, TransferId};
use leptos::prelude::*;

use crate::app::DeskContext;
use crate::browser::layout::SizeWatch;
use crate::browser::{dates, page};
use crate::controls::ring::Ring;
use crate::conversation::aside;
use crate::conversation::contact_card::sent_along;
use crate::conversation::message_row::handed_text;
use crate::conversation::thread::accepted_entry;
use crate::conversation::why::WhyButton;
use crate::dispatch::{Command, Outcome, Slot};
use crate::reactive::{effect, memo};
use crate::server_clock::{part_left, secs_left};
use crate::viewing::{DialogShown, Entry};

/// The offers, the oldest first.
#[component]
pub fn Incoming() -> impl IntoView {
    let context = DeskContext::here();
    let offers = memo(move || {
        let mut offers: Vec<_> =
            context.live.read(|desk| desk.offers.values().map(urgency).collect()).unwrap_or_default();
        offers.sort_unstable();
        offers.into_iter().map(|(.., offer)| offer).collect::<Vec<_>>()
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
    let card = memo(move || context.live.read(|desk| desk.offers.get(&offer).cloned()).flatten());
    // The card is made anew with every message, and what was opened in it stays open.
    let whole = RwSignal::new(false);
    view! { {move || card.get().map(|card| view! { <OfferArticle card=card whole=whole /> })} }
}

/// One offer.
#[component]
pub fn OfferArticle(
    /// What is offered.
    card: OfferCard,
    /// Whether its summary is shown as a whole.
    #[prop(optional)]
    whole: RwSignal<bool>,
) -> impl IntoView {
    let context = DeskContext::here();
    let (made_at, deadline, offer) = (card.made_at, card.deadline, card.offer);
    let (decline, conversation) = (card.decline, card.thread.conversation);
    let (name, queue) = (card.thread.customer.clone(), card.thread.queue.clone());
    let said = sent_along(card.thread.attributes.clone().into_iter().collect());
    let label = name.clone();
    let reject = move |_| {
        if asks_reason(decline) {
            context.viewing.dialog.set(Some(DialogShown::Reject(offer)));
        } else {
            reject(context, offer, String::new());
        }
    };
    let pending = move || context.dispatch.pending(Slot::Offer(offer)).then_some("true");
    let may = move |reply: Reply| card.may_reply.contains(&reply);
    let (may_soon, may_ask) = (may(Reply::Soon), may(Reply::Asked));
    if may(Reply::Seen) {
        tell_seen(context, offer);
    }
    let may_read = StoredValue::new(may(Reply::Reading));
    let reads = move || {
        if may_read.get_value() {
            may_read.set_value(false);
            tell(context, offer, ShortReply::Reading);
        }
    };
    let from = card.transfer.as_ref().map_or(String::new(), |transfer| transfer.from.clone());
    let question = card.question.map(|question| {
        let answer = card.answer.map(|answer| format!("{from}: {answer}"));
        let answer = answer.unwrap_or_else(|| format!("{from} is asked."));
        view! { <p class="offer__from" dir="auto">{format!("You asked: {question}")}<br />{answer}</p> }
    });
    view! {
        <article
            class="offer"
            aria-label=label
            on:pointerenter=move |_| reads()
            on:focusin=move |_| reads()
        >
            <header class="offer__head">
                <div class="offer__who">
                    <h3 class="offer__name">{name}</h3>
                    <p class="offer__queue">{queue}</p>
                    {card
                        .transfer
                        .as_ref()
                        .map(|transfer| {
                            let from = &transfer.from;
                            let words = match (transfer.mode, &transfer.by) {
                                (_, Some(by)) => format!("Transferred by {by}, from {from}"),
                                (Mode::Cold | Mode::Invite, None) => format!("Transferred by {from}"),
                                (Mode::Warm, None) => format!("Consultation from {from}"),
                            };
                            view! { <p class="offer__from">{words}</p> }
                        })}
                    {card.meant.then(|| view! { <p class="offer__from">"For you alone"</p> })}
                    {card
                        .invite
                        .as_ref()
                        .map(|invite| {
                            view! { <p class="offer__from">{format!("Invitation from {}", invite.from)}</p> }
                        })}
                </div>
                {deadline.map_or_else(
                    || view! { <p class="offer__unlimited">"no time limit"</p> }.into_any(),
                    |deadline| countdown_view(context, made_at, deadline),
                )}
            </header>
            {card
                .transfer
                .map(|transfer| {
                    view! {
                        {transfer.note.map(|note| view! { <p class="offer__note" dir="auto">{note}</p> })}
                        {transfer
                            .summary
                            .map(|summary| view! { <Summary summary=summary whole=whole /> })}
                    }
                })}
            {card
                .invite
                .and_then(|invite| invite.note)
                .map(|note| view! { <p class="offer__note" dir="auto">{note}</p> })}
            {said}
            <History thread=card.thread />
            {question}
            <div class="offer__buttons">
                <button
                    class="button button--positive"
                    type="button"
                    aria-disabled=pending
                    on:click=move |_| accept(context, offer)
                >
                    "Accept"
                </button>
                {(decline != Decline::No)
                    .then(|| {
                        view! {
                            <button class="button" type="button" aria-disabled=pending on:click=reject>
                                "Reject"
                            </button>
                        }
                    })}
                <div class="offer__more">
                {may_soon
                    .then(|| {
                        view! {
                            <button
                                class="button button--small button--plain"
                                type="button"
                                on:click=move |_| tell(context, offer, ShortReply::Soon)
                            >
                                "In 2 minutes"
                            </button>
                        }
                    })}
                {may_ask
                    .then(|| {
                        let ask = move |_| context.viewing.dialog.set(Some(DialogShown::Ask(offer)));
                        view! {
                            <button class="button button--small button--plain" type="button" on:click=ask>
                                "Ask"
                            </button>
                        }
                    })}
                <WhyButton conversation=conversation />
                </div>
            </div>
        </article>
    }
}

/// The summary: where there is no room for all of it, a part, and a button for the rest.
#[component]
fn Summary(summary: String, whole: RwSignal<bool>) -> impl IntoView {
    let part = NodeRef::<leptos::html::Div>::new();
    let clipped = RwSignal::new(false);
    let watch = StoredValue::new_local(None::<SizeWatch>);
    effect(move || {
        if let Some(part) = part.get() {
            let shown = part.clone();
            let look = move || {
                if whole.try_get_untracked() == Some(false) {
                    let _gone = clipped.try_set(shown.scroll_height() > shown.client_height() + 1);
                }
            };
            watch.set_value(SizeWatch::of(&part, look));
        }
    });
    view! {
        <div class="offer__summary">
            <div
                class="offer__part"
                class:offer__part--whole=move || whole.get()
                role="group"
                aria-label="Summary"
                tabindex=move || whole.get().then_some("0")
                node_ref=part
            >
                {handed_text("Summary", summary)}
            </div>
            <Show when=move || clipped.get() || whole.get()>
                <button
                    class="button button--small button--plain"
                    type="button"
                    aria-expanded=move || whole.get().to_string()
                    on:click=move |_| whole.update(|whole| *whole = !*whole)
                >
                    {move || if whole.get() { "Less" } else { "More" }}
                    <span class="for-screen-reader">" of the summary"</span>
                </button>
            </Show>
        </div>
    }
}

/// Lets the sender know something; that it is known already needs no word.
fn tell(context: DeskContext, offer: OfferId, reply: ShortReply) {
    context.dispatch.send_from(Command::Reply { offer, reply }, |_| {}, |_| {});
}

/// Lets the sender know that the offer is on screen, as soon as the page is looked at.
fn tell_seen(context: DeskContext, offer: OfferId) {
    let told = StoredValue::new(false);
    effect(move || {
        context.clock.get();
        if !told.get_value() && !page::hidden() {
            told.set_value(true);
            tell(context, offer, ShortReply::Seen);
        }
    });
}

fn countdown_view(context: DeskContext, made_at: Timestamp, deadline: Timestamp) -> AnyView {
    let left = memo(move || secs_left(deadline, context.clock.get()));
    let part = Signal::derive(move || part_left(made_at, deadline, context.clock.get()));
    view! {
        <Ring part=part text=Signal::derive(move || left.get().to_string()) />
        <p class="for-screen-reader">{move || format!("{} seconds left", left.get())}</p>
    }
    .into_any()
}

/// Says whether the one who rejects is asked why.
const fn asks_reason(decline: Decline) -> bool {
    match decline {
        Decline::No | Decline::Yes => false,
        Decline::AskReason | Decline::NeedReason => true,
    }
}

/// Returns what offers are sorted by: the one that ends first is the first, and one without a deadline ends last; of those
/// that end together the one whose customer came first.
fn urgency(card: &OfferCard) -> (bool, Option<Timestamp>, Timestamp, OfferId) {
    (card.deadline.is_none(), card.deadline, card.thread.opened_at, card.offer)
}

/// All that was said so far, as far as it is at hand, scrolled to its end.
#[component]
pub fn History(
    /// Of which conversation.
    thread: Thread,
) -> impl IntoView {
    let element = NodeRef::<leptos::html::Div>::new();
    effect(move || {
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
        .peek(|desk| desk.offers.values().min_by_key(|card| urgency(card)).map(|card| card.offer));
    match first.flatten() {
        Some(offer) => {
            accept(context, offer);
            true
        }
        None => false,
    }
}

fn accept(context: DeskContext, offer: OfferId) {
    let card = context.live.peek(|desk| {
        let card = desk.offers.get(&offer)?;
        Some((card.thread.customer.clone(), consultation(card), card.invite.is_some()))
    });
    let (name, consultation, joins) = card.flatten().unwrap_or_default();
    context.attention.answering(offer);
    context.dispatch.send(Command::Accept { offer }, move |outcome| {
        let Outcome::Accepted(conversation) = outcome else { return };
        let there = |desk: &Desk| accepted_entry(desk, conversation);
        let expected = match consultation {
            Some(transfer) => Entry::Consulted(transfer, conversation),
            None if joins => Entry::Joined(conversation),
            None => Entry::Owned(conversation),
        };
        // The answer may come before the event that brings the conversation.
        let entry = context.live.peek(there).flatten().unwrap_or(expected);
        if context.viewing.open_accepted(entry) {
            context.announcer.say(format!("You accepted {name}."));
            let field = if consultation.is_some() { aside::FIELD } else { "composer" };
            request_animation_frame(move || crate::browser::page::focus(field));
        } else {
            context.announcer.say(format!("You accepted {name}. Alt and O opens it."));
        }
    });
}

/// Returns the consultation that accepting an offer begins, where it does not make one the owner.
fn consultation(card: &OfferCard) -> Option<TransferId> {
    let warm = |transfer: &&IncomingTransfer| match transfer.mode {
        Mode::Warm => true,
        Mode::Cold | Mode::Invite => false,
    };
    card.transfer.as_ref().filter(warm).map(|transfer| transfer.transfer)
}

/// Rejects an offer at once.
fn reject(context: DeskContext, offer: OfferId, reason: String) {
    context.attention.answering(offer);
    context.dispatch.send(Command::Reject { offer, reason }, |_| {});
}
