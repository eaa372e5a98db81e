//! What is known about the customer and the conversation.

use std::collections::BTreeMap;

use baton_shared::desk::Thread;
use baton_shared::{Channel, Timestamp};
use leptos::prelude::*;

use crate::browser::dates;

/// What is known about a conversation, besides its messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The customer's name.
    pub customer: String,
    /// The queue it came from last.
    pub queue: String,
    channel: Channel,
    opened_at: Timestamp,
    since: Timestamp,
    attributes: BTreeMap<String, String>,
}

impl Facts {
    /// Reads them from a thread.
    pub fn of(thread: &Thread) -> Self {
        Self {
            customer: thread.customer.clone(),
            queue: thread.queue.clone(),
            channel: thread.channel,
            opened_at: thread.opened_at,
            since: thread.since,
            attributes: thread.attributes.clone(),
        }
    }

    /// Returns names and values in the order they are shown.
    fn lines(&self) -> Vec<(String, String)> {
        let channel = match self.channel {
            Channel::WebChat => "Web chat",
        };
        let fixed = [
            ("Queue", self.queue.clone()),
            ("Channel", channel.to_owned()),
            ("Opened", dates::full(self.opened_at)),
            ("With you since", dates::full(self.since)),
        ];
        let fixed = fixed.into_iter().map(|(name, value)| (name.to_owned(), value));
        fixed.chain(self.attributes.clone()).collect()
    }
}

/// Shows the facts.
#[component]
pub fn ContactCard(
    /// What is known, once something is.
    facts: RwSignal<Option<Facts>>,
) -> impl IntoView {
    let customer = move || facts.with(|facts| facts.as_ref().map(|facts| facts.customer.clone()));
    let lines = move || {
        let lines = facts.with(|facts| facts.as_ref().map(Facts::lines).unwrap_or_default());
        let line = |(name, value)| {
            view! {
                <div>
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                </div>
            }
        };
        lines.into_iter().map(line).collect_view()
    };
    view! {
        <section class="contact-card" aria-label="Details">
            <h3 class="contact-card__name">{customer}</h3>
            <dl class="facts">{lines}</dl>
        </section>
    }
}
