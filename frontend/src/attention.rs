//! Calls the agent: announcements, sound, the page's title, notifications.
//!
//! It looks at each event as it comes, before it is applied, so that it can tell what is new.

use core::time::Duration;

use baton_shared::desk::{OfferCard, Thread};
use baton_shared::{Author, Desk, DeskEvent, OfferEnd, OfferId, TransferEnd};
use leptos::prelude::*;

use crate::announcer::Announcer;
use crate::browser::storage::Place;
use crate::browser::{notifications, page, sound};
use crate::controls::toast::{Toast, Toasts};
use crate::live_desk::LiveDesk;
use crate::preferences::Preferences;
use crate::server_clock::every;
use crate::viewing::Viewing;

/// How often an offer sounds until it is answered.
const SOUND_EVERY: Duration = Duration::from_secs(4);

/// Which tab sounded last, so that only one of several does.
const SOUNDED: &str = "baton.sounded-at";

/// Calls the agent; a handle that can be copied.
#[derive(Clone, Copy)]
pub struct Attention {
    live: LiveDesk,
    viewing: Viewing,
    preferences: Preferences,
    announcer: Announcer,
    toasts: Toasts,
    /// The offer that this page's agent has answered, whose end needs no word.
    answered: StoredValue<Option<OfferId>>,
}

impl Attention {
    /// Starts to look.
    pub fn start(
        live: LiveDesk,
        viewing: Viewing,
        preferences: Preferences,
        announcer: Announcer,
        toasts: Toasts,
    ) -> Self {
        let attention =
            Self { live, viewing, preferences, announcer, toasts, answered: StoredValue::new(None) };
        page::on_gesture(sound::unlock);
        every(SOUND_EVERY, move || attention.sound_while_offered());
        Effect::new(move |_| page::set_title(&title(live.read(waiting_for_me).unwrap_or(0))));
        attention
    }

    /// Notes that the agent answers an offer.
    pub fn answering(self, offer: OfferId) {
        self.answered.set_value(Some(offer));
    }

    /// Looks over a desk that has come as a whole.
    pub fn look_over(self) {
        let offered = self.live.peek(|desk| !desk.offers.is_empty()).unwrap_or(false);
        if offered {
            self.sound_while_offered();
        }
    }

    /// Tells what events bring.
    pub fn heed(self, events: &[DeskEvent]) {
        for event in events {
            match event {
                DeskEvent::OfferShown { offer } => self.offered(offer),
                DeskEvent::OfferHidden { offer, end } => self.offer_ended(*offer, *end),
                DeskEvent::MessageAdded { conversation, message } if message.author == Author::Customer => {
                    self.live.customer_wrote(*conversation);
                    let owned = self.live.peek(|desk| desk.conversations.contains_key(conversation));
                    if owned == Some(true) {
                        self.customer_wrote(&message.name, &message.text);
                    }
                }
                DeskEvent::ThreadShown { thread } => self.thread_changed(thread),
                DeskEvent::ThreadHidden { .. }
                | DeskEvent::MessageAdded { .. }
                | DeskEvent::MarksChanged { .. }
                | DeskEvent::WrapUpShown { .. }
                | DeskEvent::WrapUpHidden { .. }
                | DeskEvent::PersonShown { .. }
                | DeskEvent::MeChanged { .. } => {}
            }
        }
    }

    /// Says whether the page could be reloaded without disturbing anyone.
    pub fn nothing_is_at_stake(self) -> bool {
        let offered = self.live.peek(|desk| !desk.offers.is_empty()).unwrap_or(false);
        !offered && !self.viewing.typed.get_untracked() && !page::typing() && !page::dialog_open()
    }

    fn offered(self, offer: &OfferCard) {
        let known = self.live.peek(|desk| desk.offers.contains_key(&offer.offer)).unwrap_or(false);
        if known {
            return;
        }
        let sentence = match &offer.transfer {
            Some(transfer) => format!("{} is transferred to you by {}", offer.thread.customer, transfer.from),
            None => format!("Incoming: {}, {}", offer.thread.customer, offer.thread.queue),
        };
        self.announcer.say(sentence.clone());
        self.sound(sound::play_offer);
        if !page::focused() {
            notifications::show(&sentence, "Accept it on your desk.", "baton-offer");
        }
    }

    fn offer_ended(self, offer: OfferId, end: OfferEnd) {
        if self.answered.get_value() == Some(offer) {
            self.answered.set_value(None);
            return;
        }
        let name = self.live.peek(|desk| desk.offers.get(&offer).map(|offer| offer.thread.customer.clone()));
        let Some(name) = name.flatten() else { return };
        let sentence = match end {
            OfferEnd::Accepted | OfferEnd::Declined => return,
            OfferEnd::TimedOut => format!("The time to accept {name} is over."),
            OfferEnd::Cancelled => format!("The transfer of {name} was taken back."),
            OfferEnd::Rescinded | OfferEnd::TargetGone => format!("{name} is offered to you no more."),
        };
        self.announcer.say(sentence.clone());
        self.toasts.show(Toast::notice(sentence));
    }

    fn customer_wrote(self, name: &str, text: &str) {
        self.announcer.say(format!("{name}: {text}"));
        if page::hidden() {
            self.sound(sound::play_message);
            notifications::show(name, text, "baton-message");
        }
    }

    fn thread_changed(self, thread: &Thread) {
        let before = self.live.peek(|desk| desk.conversations.get(&thread.conversation).cloned()).flatten();
        let Some(before) = before else { return };
        if let Some(returned) = thread.returned.as_ref().filter(|_| thread.returned != before.returned) {
            let sentence = match returned.end {
                TransferEnd::Cancelled => return,
                TransferEnd::Expired => {
                    format!("{} did not answer; {} is yours.", returned.to, thread.customer)
                }
                TransferEnd::Completed | TransferEnd::Returned | TransferEnd::Abandoned => {
                    format!("{} returned {} to you.", returned.to, thread.customer)
                }
            };
            self.announcer.say(sentence);
            self.sound(sound::play_message);
        }
    }

    fn sound_while_offered(self) {
        let offered = self.live.peek(|desk| !desk.offers.is_empty()).unwrap_or(false);
        if offered {
            self.sound(sound::play_offer);
        }
    }

    fn sound(self, play: fn()) {
        let now_ms = crate::browser::dates::browser_now().as_millis();
        let last_ms: i64 = Place::Browser.get(SOUNDED).and_then(|last| last.parse().ok()).unwrap_or(0);
        // Every tab hears of the same event; one sound is enough.
        if self.preferences.sound_now() && (now_ms - last_ms).abs() > 1_000 {
            Place::Browser.set(SOUNDED, &now_ms.to_string());
            play();
        }
    }
}

/// Returns how many offers and unread conversations wait for the agent.
pub fn waiting_for_me(desk: &Desk) -> usize {
    desk.offers.len() + desk.conversations.values().filter(|thread| thread.unread() > 0).count()
}

/// Returns the page's title.
pub fn title(waiting: usize) -> String {
    if waiting == 0 { "Baton".to_owned() } else { format!("({waiting}) Baton") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_counts_what_waits() {
        assert_eq!(title(0), "Baton");
        assert_eq!(title(2), "(2) Baton");
    }
}
