//! Calls the agent: announcements, sound, the page's title, notifications.
//!
//! It looks at each event as it comes, before it is applied, so that it can tell what is new.

use core::time::Duration;

use baton_shared::desk::{Consult, OfferCard, Thread, WrapUpCard};
use baton_shared::{
    Author, ConversationId, Desk, DeskEvent, Message, Mode, OfferEnd, OfferId, TransferEnd, TransferId,
};
use leptos::prelude::*;

use crate::announcer::Announcer;
use crate::browser::storage::Place;
use crate::browser::{notifications, page, sound};
use crate::controls::toast::{Toast, Toasts};
use crate::conversation::participants::takes_part;
use crate::live_desk::LiveDesk;
use crate::preferences::Preferences;
use crate::reactive::effect;
use crate::server_clock::every;
use crate::viewing::Viewing;

/// How often an offer sounds until it is answered.
const SOUND_EVERY: Duration = Duration::from_secs(4);

/// Who has touched nothing for so long is not about to type.
const REST_MS_MIN: f64 = 5_000.0;

/// How long after a consultation or a participation it is clear whether the conversation is one's own.
const HANDED_OVER_WITHIN: Duration = Duration::from_millis(600);

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
    /// The consultation that this page's agent has left, whose end needs no word.
    left: StoredValue<Option<TransferId>>,
    /// The conversation that this page's agent takes part in no more by their own choice.
    parted: StoredValue<Option<ConversationId>>,
    /// When a key or a pointer was last pressed.
    moved_ms: StoredValue<f64>,
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
        let attention = Self {
            live,
            viewing,
            preferences,
            announcer,
            toasts,
            answered: StoredValue::new(None),
            left: StoredValue::new(None),
            parted: StoredValue::new(None),
            moved_ms: StoredValue::new(0.0),
        };
        page::on_gesture(move || {
            sound::unlock();
            attention.moved_ms.set_value(page::monotonic_ms());
        });
        every(SOUND_EVERY, move || attention.sound_while_offered());
        effect(move || {
            let waiting = live.read(waiting_for_me).unwrap_or(0) + live.unread_asides();
            page::set_title(&title(waiting));
        });
        attention
    }

    /// Notes that the agent answers an offer.
    pub fn answering(self, offer: OfferId) {
        self.answered.set_value(Some(offer));
    }

    /// Notes that the agent leaves a consultation.
    pub fn leaving(self, transfer: TransferId) {
        self.left.set_value(Some(transfer));
    }

    /// Notes that the agent leaves a conversation that they take part in.
    pub fn parting(self, conversation: ConversationId) {
        self.parted.set_value(Some(conversation));
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
                    let answered = |desk: &Desk| {
                        desk.conversations.contains_key(conversation)
                            || desk.joined.contains_key(conversation)
                    };
                    if self.live.peek(answered) == Some(true) {
                        self.customer_wrote(&message.name, &message.text);
                    }
                }
                DeskEvent::ThreadShown { thread } => self.thread_changed(thread),
                DeskEvent::ConsultShown { consult } => self.consult_began(consult),
                DeskEvent::ConsultHidden { transfer } => self.consult_ended(*transfer),
                DeskEvent::JoinedHidden { conversation } => self.part_ended(*conversation),
                DeskEvent::AsideAdded { transfer, message } => self.said_aside(*transfer, message),
                DeskEvent::WhisperAdded { conversation, message } => self.whispered(*conversation, message),
                DeskEvent::WrapUpShown { wrap_up } => self.wrap_up_came(wrap_up),
                DeskEvent::ThreadHidden { .. }
                | DeskEvent::JoinedShown { .. }
                | DeskEvent::ListeningShown { .. }
                | DeskEvent::ListeningHidden { .. }
                | DeskEvent::MessageAdded { .. }
                | DeskEvent::MarksChanged { .. }
                | DeskEvent::WrapUpHidden { .. }
                | DeskEvent::PersonShown { .. }
                | DeskEvent::MeChanged { .. } => {}
            }
        }
    }

    /// Says whether the page could be reloaded without disturbing anyone.
    pub fn nothing_is_at_stake(self) -> bool {
        let offered = self.live.peek(|desk| !desk.offers.is_empty()).unwrap_or(false);
        let resting = page::hidden() || page::monotonic_ms() - self.moved_ms.get_value() > REST_MS_MIN;
        !offered && resting && !page::something_typed() && !page::dialog_open()
    }

    /// Says and shows something that one would miss.
    fn tell(self, sentence: String) {
        self.announcer.say(sentence.clone());
        self.toasts.show(Toast::notice(sentence));
        self.sound(sound::play_message);
    }

    /// Says something that a conversation shows too, and shows it unless one looks at that conversation.
    fn note(self, conversation: ConversationId, sentence: String) {
        self.announcer.say(sentence.clone());
        if !self.viewing.looks_at(conversation) {
            self.toasts.show(Toast::notice(sentence));
        }
    }

    fn offered(self, offer: &OfferCard) {
        let known = |desk: &Desk| desk.offers.get(&offer.offer).map(|known| known.answer.is_some());
        if let Some(answered) = self.live.peek(known).flatten() {
            if let (false, Some(answer), Some(transfer)) = (answered, &offer.answer, &offer.transfer) {
                self.tell(format!("{} answers: {answer}", transfer.from));
            }
            return;
        }
        let sentence = match (&offer.transfer, &offer.invite) {
            (_, Some(invite)) => format!("{} invites you to {}", invite.from, offer.thread.customer),
            (Some(transfer), None) if transfer.mode == Mode::Warm => {
                format!("{} asks you about {}", transfer.from, offer.thread.customer)
            }
            (Some(transfer), None) => {
                let by = transfer.by.as_ref().unwrap_or(&transfer.from);
                format!("{} is transferred to you by {by}", offer.thread.customer)
            }
            (None, None) => format!("Incoming: {}, {}", offer.thread.customer, offer.thread.queue),
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
        let found = |desk: &Desk| {
            let card = desk.offers.get(&offer)?;
            Some((card.thread.customer.clone(), card.invite.is_some()))
        };
        let Some((name, invited)) = self.live.peek(found).flatten() else { return };
        let sentence = match end {
            OfferEnd::Accepted | OfferEnd::Declined => return,
            OfferEnd::TimedOut => format!("The time to accept {name} is over."),
            OfferEnd::Cancelled if invited => format!("The invitation to {name} was taken back."),
            OfferEnd::Cancelled => format!("The transfer of {name} was taken back."),
            OfferEnd::Rescinded | OfferEnd::TargetGone => format!("{name} is offered to you no more."),
        };
        self.announcer.say(sentence.clone());
        self.toasts.show(Toast::notice(sentence));
    }

    fn whispered(self, conversation: ConversationId, message: &Message) {
        if self.live.my_id().map(Author::Agent) != Some(message.author) {
            self.note(conversation, format!("{} whispers: {}", message.name, message.text));
            self.sound(sound::play_message);
        }
    }

    /// Tells what ended one's part if it was a supervisor; the card comes again whenever it is given more time, and what was
    /// under way has been told.
    fn wrap_up_came(self, card: &WrapUpCard) {
        let known = |desk: &Desk| {
            let open = desk.conversations.get(&card.conversation);
            let under_way = open.and_then(|thread| thread.transfer.as_ref());
            desk.wrap_ups.contains_key(&card.segment)
                || under_way.is_some_and(|transfer| transfer.by.is_some())
        };
        let known = self.live.peek(known).unwrap_or(true);
        if let Some(news) = card.news.clone().filter(|_| !known) {
            self.tell(news);
        }
    }

    fn customer_wrote(self, name: &str, text: &str) {
        self.announcer.say(format!("{name}: {text}"));
        if page::hidden() {
            self.sound(sound::play_message);
            notifications::show(name, text, "baton-message");
        }
    }

    fn consult_began(self, consult: &Consult) {
        let known = self.live.peek(|desk| desk.consults.contains_key(&consult.transfer)).unwrap_or(true);
        if !known && self.live.my_id() == Some(consult.from) {
            self.announcer.say(format!("{} is here: talk aside, Alt and N.", consult.agent_name));
            self.sound(sound::play_message);
        }
    }

    /// Tells the one who was consulted how it ended; the one who asked sees what they did, or why it came back.
    fn consult_ended(self, transfer: TransferId) {
        let found = |desk: &Desk| {
            let consult = desk.consults.get(&transfer)?;
            let thread = consult.thread.as_ref()?;
            Some((consult.conversation, consult.from_name.clone(), thread.customer.clone()))
        };
        let Some((conversation, from, customer)) = self.live.peek(found).flatten() else { return };
        if self.left.get_value() == Some(transfer) {
            self.left.set_value(None);
            return;
        }
        // A conversation that is handed over comes after the end of its consultation.
        let tell = move || {
            let mine = self.live.peek(|desk| desk.conversations.contains_key(&conversation)).unwrap_or(false);
            let sentence = match mine {
                true => format!("{from} handed {customer} over to you."),
                false => format!("The consultation about {customer} is over."),
            };
            self.note(conversation, sentence);
        };
        set_timeout(tell, HANDED_OVER_WITHIN);
    }

    /// Tells the one who took part that this is over, and whose the conversation is.
    fn part_ended(self, conversation: ConversationId) {
        let customer =
            self.live.peek(|desk| desk.joined.get(&conversation).map(|thread| thread.customer.clone()));
        let Some(customer) = customer.flatten() else { return };
        if self.parted.get_value() == Some(conversation) {
            self.parted.set_value(None);
            return;
        }
        // A conversation that is left to one comes after the end of one's part.
        let tell = move || {
            let mine = self.live.peek(|desk| desk.conversations.contains_key(&conversation)).unwrap_or(false);
            let sentence = match mine {
                true => format!("{customer} is yours now."),
                false => format!("Your part in the conversation with {customer} is over."),
            };
            self.note(conversation, sentence);
        };
        set_timeout(tell, HANDED_OVER_WITHIN);
    }

    fn said_aside(self, transfer: TransferId, message: &Message) {
        let known = |desk: &Desk| {
            let consult = desk.consults.get(&transfer)?;
            Some(consult.aside.iter().any(|known| known.seq == message.seq))
        };
        let known = self.live.peek(known).flatten().unwrap_or(true);
        let mine = self.live.my_id().map(Author::Agent) == Some(message.author);
        if known || mine {
            return;
        }
        self.announcer.say(format!("Aside, {}: {}", message.name, message.text));
        if page::hidden() {
            self.sound(sound::play_message);
            notifications::show(&message.name, &message.text, "baton-aside");
        }
    }

    fn thread_changed(self, thread: &Thread) {
        let before = self.live.peek(|desk| desk.conversations.get(&thread.conversation).cloned()).flatten();
        let Some(before) = before else { return };
        for name in takes_part(&thread.invites) {
            if !takes_part(&before.invites).any(|known| known == name) {
                self.announcer
                    .say(format!("{name} takes part in the conversation with {}.", thread.customer));
                self.sound(sound::play_message);
            }
        }
        let open_before = before.transfer.as_ref().map(|transfer| transfer.transfer);
        if let Some(transfer) = thread.transfer.as_ref().filter(|now| Some(now.transfer) != open_before)
            && let Some(by) = &transfer.by
        {
            self.tell(format!("{by} transfers {} to {}.", thread.customer, transfer.to));
        }
        let before_asked = before.transfer.as_ref().map_or(&[][..], |transfer| &transfer.asked);
        for one in thread.transfer.iter().flat_map(|transfer| &transfer.asked) {
            let known = before_asked.iter().any(|known| known.question == one.question);
            if let Some(question) = one.question.as_ref().filter(|_| !known) {
                let sentence = format!("{} asks about {}: {question}", one.name, thread.customer);
                self.note(thread.conversation, sentence);
                self.sound(sound::play_message);
            }
        }
        if let Some(returned) = thread.returned.as_ref().filter(|_| thread.returned != before.returned) {
            let sentence = match returned.end {
                TransferEnd::Cancelled => return,
                TransferEnd::Returned if self.live.was_consulted(returned.transfer) => {
                    format!("The consultation with {} is over; {} is yours.", returned.to, thread.customer)
                }
                TransferEnd::CalledOff => {
                    format!("A supervisor called the transfer off; {} is yours.", thread.customer)
                }
                TransferEnd::Expired => {
                    format!("{} did not answer; {} is yours.", returned.to, thread.customer)
                }
                TransferEnd::Completed
                | TransferEnd::Returned
                | TransferEnd::Abandoned
                | TransferEnd::Superseded
                | TransferEnd::Failed => {
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

/// Returns how many offers and unread conversations wait for the agent, without what is said aside.
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
