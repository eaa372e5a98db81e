//! What is known about the customer and the conversation.

use baton_shared::desk::Thread;
use baton_shared::{Channel, ConversationId, SortedMap, Timestamp};
use leptos::prelude::*;

use crate::browser::dates;
use crate::conversation::why::WhyButton;
use crate::reactive::memo;
use crate::viewing::Entry;

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
    /// What `since` counts from.
    since_label: String,
    attributes: SortedMap<String, String>,
}

impl Facts {
    /// Reads them from the thread of an entry.
    pub fn of(thread: &Thread, entry: Entry) -> Self {
        Self {
            customer: thread.customer.clone(),
            queue: thread.queue.clone(),
            channel: thread.channel,
            opened_at: thread.opened_at,
            since: thread.since,
            since_label: match entry {
                Entry::Owned(_) => "With you since".to_owned(),
                Entry::Consulted(..) | Entry::Joined(_) | Entry::Listening(_) | Entry::WrapUp(..) => {
                    format!("With {} since", thread.owner.as_deref().unwrap_or("its owner"))
                }
            },
            attributes: thread.attributes.clone(),
        }
    }

    /// Returns what the server knows, in the order it is shown.
    fn known(&self) -> Vec<(String, String)> {
        let channel = match self.channel {
            Channel::WebChat => "Web chat",
        };
        let fixed = [
            ("Queue", self.queue.clone()),
            ("Channel", channel.to_owned()),
            ("Opened", dates::full(self.opened_at)),
            (&self.since_label, dates::full(self.since)),
        ];
        fixed.map(|(name, value)| (name.to_owned(), value)).into()
    }

    /// Returns what came with the conversation: whoever opened it may have written anything.
    fn said(&self) -> Vec<(String, String)> {
        self.attributes.clone().into_iter().collect()
    }
}

/// Shows the facts.
#[component]
pub fn ContactCard(
    /// What is known, once something is.
    facts: RwSignal<Option<Facts>>,
    /// The conversation, where it can be explained from here.
    #[prop(into)]
    explained: Signal<Option<ConversationId>>,
) -> impl IntoView {
    let customer = move || facts.with(|facts| facts.as_ref().map(|facts| facts.customer.clone()));
    let known = move || facts.with(|facts| facts.as_ref().map(Facts::known).unwrap_or_default());
    let said = memo(move || facts.with(|facts| facts.as_ref().map(Facts::said).unwrap_or_default()));
    view! {
        <section class="contact-card" aria-label="Details">
            <h3 class="contact-card__name">{customer}</h3>
            <dl class="facts">{move || lines(known())}</dl>
            {move || explained.get().map(|conversation| view! { <WhyButton conversation=conversation /> })}
            {move || sent_along(said.get())}
        </section>
    }
}

/// Shows what came with a conversation, by whom it was said; nothing where nothing came.
pub fn sent_along(said: Vec<(String, String)>) -> AnyView {
    if said.is_empty() {
        return ().into_any();
    }
    view! {
        <h4 class="field__label">"Sent along by the customer's page"</h4>
        <dl class="facts">{lines(said)}</dl>
    }
    .into_any()
}

fn lines(lines: Vec<(String, String)>) -> impl IntoView {
    let line = |(name, value)| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{value}</dd>
            </div>
        }
    };
    lines.into_iter().map(line).collect_view()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::rows::tests::thread;

    #[test]
    fn what_a_customer_calls_a_queue_does_not_stand_among_what_the_server_knows() {
        let mut thread = thread(1..=1);
        thread.attributes.insert("Queue".to_owned(), "The best one".to_owned());
        let facts = Facts::of(&thread, Entry::Owned(thread.conversation));
        assert_eq!(facts.said(), [("Queue".to_owned(), "The best one".to_owned())]);
    }
}
