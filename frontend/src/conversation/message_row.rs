//! One row of the log.
//!
//! What people wrote becomes text nodes and nothing else.

use baton_shared::desk::Handoff;
use baton_shared::{AgentId, Author, Message, Timestamp};
use leptos::prelude::*;

use crate::browser::dates;
use crate::conversation::aside::aside_view;
use crate::conversation::rows::Kind;
use crate::conversation::transcript::Transcript;
use crate::outbox::{Outgoing, Progress};

/// What a row shows, with all that it needs.
#[derive(Clone)]
pub enum Content {
    /// The day of what follows.
    Day(Timestamp),
    /// The line up to which all was read.
    Unread,
    /// A transfer.
    Handoff(Handoff),
    /// A message, and whether it continues the one above.
    Message(Message, bool),
    /// A message on its way.
    Outgoing(Outgoing),
}

impl Content {
    /// Returns what a row of this kind shows of a transcript and of what is on its way.
    pub fn of(transcript: &Transcript, outgoing: &[Outgoing], kind: Kind) -> Self {
        match kind {
            Kind::Day(at) => Self::Day(at),
            Kind::Unread => Self::Unread,
            Kind::Handoff(place) => Self::Handoff(transcript.handoffs()[place].clone()),
            Kind::Message { place, continues } => {
                Self::Message(transcript.messages()[place].clone(), continues)
            }
            Kind::Outgoing(place) => Self::Outgoing(outgoing[place].clone()),
        }
    }

    /// Returns the height to reckon with until the row is measured, in pixels, for lines of so many characters.
    pub fn estimate(&self, line_chars: usize) -> f64 {
        match self {
            Self::Day(_) | Self::Unread => 40.0,
            Self::Handoff(handoff) => {
                let texts = [&handoff.note, &handoff.summary].into_iter().flatten();
                let aside = if handoff.aside.is_empty() { 0.0 } else { 30.0 };
                76.0 + aside + texts.map(|text| 30.0 + text_height(text, line_chars)).sum::<f64>()
            }
            Self::Message(message, true) => 16.0 + text_height(&message.text, line_chars),
            Self::Message(message, false) => 44.0 + text_height(&message.text, line_chars),
            Self::Outgoing(outgoing) => 64.0 + text_height(&outgoing.text, line_chars),
        }
    }
}

fn text_height(text: &str, line_chars: usize) -> f64 {
    const LINE: f64 = 21.0;
    let lines: usize = text.split('\n').map(|line| line.len() / line_chars.max(1) + 1).sum();
    LINE * lines as f64
}

/// How far the customer has come, as it is written beside the agent's own messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// The last own message.
    pub sent: u32,
    /// The last own message that the customer's page has.
    pub delivered: u32,
    /// The last own message that the customer has read.
    pub read: u32,
}

impl Delivery {
    /// Reckons it from own messages and the customer's marks.
    pub fn of(messages: &[Message], me: Option<AgentId>, delivered: u32, read: u32) -> Self {
        let last_up_to = |limit: u32| {
            let mut own =
                messages.iter().rev().filter(|message| Some(message.author) == me.map(Author::Agent));
            own.find(|message| message.seq <= limit).map_or(0, |message| message.seq)
        };
        Self { sent: last_up_to(u32::MAX), delivered: last_up_to(delivered), read: last_up_to(read) }
    }

    /// Returns the word beside a message: only the last message of each state has one.
    pub fn word(self, seq: u32) -> Option<&'static str> {
        if seq == self.read {
            Some("Read")
        } else if seq == self.delivered {
            Some("Delivered")
        } else if seq == self.sent {
            Some("Sent")
        } else {
            None
        }
    }
}

/// What all rows of a log share.
#[derive(Clone, Copy)]
pub struct RowContext {
    /// Who sits at the desk.
    pub me: Option<AgentId>,
    /// How far the customer has come.
    pub delivery: Memo<Delivery>,
    /// The message that a search has found.
    pub found: RwSignal<Option<u32>>,
    /// The server's time when the log was opened.
    pub opened_at: Timestamp,
    /// Tries a refused message again.
    pub on_retry: Callback<String>,
    /// Gives a refused message up.
    pub on_discard: Callback<String>,
}

/// Shows a row.
pub fn row_view(key: u64, content: Content, context: RowContext) -> AnyView {
    match content {
        Content::Day(at) => view! {
            <div class="log__day" data-row=key>
                <span>{dates::day(at, context.opened_at)}</span>
            </div>
        }
        .into_any(),
        Content::Unread => view! {
            <div class="log__unread" data-row=key>
                <span>"New"</span>
            </div>
        }
        .into_any(),
        Content::Handoff(handoff) => handoff_view(key, handoff, context.me),
        Content::Message(message, continues) => message_view(key, message, continues, context),
        Content::Outgoing(outgoing) => outgoing_view(key, outgoing, context),
    }
}

fn handoff_view(key: u64, handoff: Handoff, me: Option<AgentId>) -> AnyView {
    let directed = handoff.by.is_some();
    let aside = (!handoff.aside.is_empty()).then(|| {
        let said = handoff.aside.into_iter().map(|message| aside_view(message, me)).collect_view();
        view! {
            <details class="handed">
                <summary class="handed__title">"Side conversation"</summary>
                {said}
            </details>
        }
    });
    view! {
        <div class="log__handoff" data-row=key>
            <div class="handoff">
                <p>
                    {handoff.by.map(|by| view! { <strong>{by}</strong> " transferred this from " })}
                    <strong>{handoff.from}</strong>
                    {if directed { " to " } else { " transferred this to " }}
                    <strong>{handoff.to}</strong>
                    " "
                    <time class="message__time">{dates::time(handoff.at)}</time>
                </p>
                {handoff.note.map(|note| handed_text("Note", note))}
                {handoff.summary.map(|summary| handed_text("Summary", summary))}
                {aside}
                <p class="handoff__private">"Only staff see this"</p>
            </div>
        </div>
    }
    .into_any()
}

/// Shows a note or a summary that came with a transfer.
pub fn handed_text(title: &'static str, text: String) -> AnyView {
    view! {
        <div class="handed">
            <p class="handed__title">{title}</p>
            <p class="handed__text" dir="auto">{text}</p>
        </div>
    }
    .into_any()
}

fn message_view(key: u64, message: Message, continues: bool, context: RowContext) -> AnyView {
    let seq = message.seq;
    let (class, name) = match message.author {
        Author::Customer => ("message", message.name),
        Author::Agent(agent) if Some(agent) == context.me => ("message message--own", "You".to_owned()),
        Author::Agent(_) | Author::Flow(_) | Author::External(_) => ("message message--staff", message.name),
    };
    let own = class == "message message--own";
    let state = move || {
        let word = context.delivery.get().word(seq)?;
        Some(view! { <span class="message__state">{word}</span> })
    };
    view! {
        <div
            class=class
            class:message--continues=continues
            class:message--found=move || context.found.get() == Some(seq)
            data-row=key
            data-seq=seq
        >
            {(!continues)
                .then(|| {
                    view! {
                        <p class="message__head">
                            <span class="message__author">{name}</span>
                            <time class="message__time">{dates::time(message.at)}</time>
                        </p>
                    }
                })}
            <p class="message__text" dir="auto">{message.text}</p>
            {own.then_some(state)}
        </div>
    }
    .into_any()
}

fn outgoing_view(key: u64, outgoing: Outgoing, context: RowContext) -> AnyView {
    let state = match outgoing.progress {
        Progress::Waiting | Progress::Sending | Progress::Said(_) => {
            view! { <span class="message__state">"Sending…"</span> }.into_any()
        }
        Progress::Refused(reason) => {
            let (retried, discarded) = (outgoing.key.clone(), outgoing.key);
            view! {
                <div class="message__failure" role="alert">
                    <span>
                        <strong>"Not sent"</strong>
                        " "
                        {reason}
                    </span>
                    <button
                        class="button button--small"
                        type="button"
                        on:click=move |_| context.on_retry.run(retried.clone())
                    >
                        "Retry"
                    </button>
                    <button
                        class="button button--small button--plain"
                        type="button"
                        on:click=move |_| context.on_discard.run(discarded.clone())
                    >
                        "Discard"
                    </button>
                </div>
            }
            .into_any()
        }
    };
    view! {
        <div class="message message--own message--outgoing" data-row=key>
            <p class="message__head">
                <span class="message__author">"You"</span>
                <time class="message__time">{dates::time(outgoing.at)}</time>
            </p>
            <p class="message__text" dir="auto">{outgoing.text}</p>
            {state}
        </div>
    }
    .into_any()
}
