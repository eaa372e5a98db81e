//! A place in the page to mount a component in, people and conversations to show, and a hand to press keys with.

use baton_frontend::app::DeskContext;
use baton_shared::desk::{Colleague, Consult, Me, OfferCard, Thread, TransferChoices};
use baton_shared::policy::Decline;
use baton_shared::{
    AgentId, Author, Channel, ConversationId, Desk, Message, MessageId, OfferId, Presence, Role, SegmentId,
    Status, Timestamp, TransferId, TransferPolicy,
};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, KeyboardEventInit};

/// The agent at the desk.
pub const ME: AgentId = AgentId::from_bits(1);

/// The conversation on the stage.
pub const TALK: ConversationId = ConversationId::from_bits(7);

/// What a log and an offer need to be laid out as in the desk.
const STYLE: [&str; 5] = [
    include_str!("../../style/layers.css"),
    include_str!("../../style/tokens.css"),
    include_str!("../../style/reset.css"),
    include_str!("../../style/conversation/message_log.css"),
    include_str!("../../style/conversation/offer.css"),
];

/// At most so many frames are waited for anything.
const FRAMES_MAX: usize = 300;

/// A mounted component; it is taken away when this is dropped.
pub struct Stage {
    root: HtmlElement,
    /// The parts of its desk.
    pub context: DeskContext,
    _mounted: Box<dyn std::any::Any>,
}

impl Stage {
    /// Mounts a component in a desk with an agent and nothing else.
    pub fn with<View: IntoView + 'static>(component: impl FnOnce(DeskContext) -> View + 'static) -> Self {
        let page = document();
        let root: HtmlElement = page.create_element("div").expect("a div").unchecked_into();
        root.style().set_property("height", "600px").expect("a height");
        page.body().expect("a body").append_child(&root).expect("it is in the page");
        let style = page.create_element("style").expect("a style");
        style.set_text_content(Some(&STYLE.concat()));
        root.append_child(&style).expect("it is in the page");
        let handed_out = std::rc::Rc::new(std::cell::Cell::new(None));
        let handed_in = std::rc::Rc::clone(&handed_out);
        let mounted = mount_to(root.clone(), move || {
            let context = DeskContext::provide();
            context.live.replace(desk());
            handed_in.set(Some(context));
            component(context)
        });
        let context = handed_out.get().expect("it was mounted");
        Self { root, context, _mounted: Box::new(mounted) }
    }

    /// Returns the first element that a selector finds.
    pub fn find(&self, selector: &str) -> HtmlElement {
        let found = self.root.query_selector(selector).expect("a selector");
        found.unwrap_or_else(|| panic!("no `{selector}` in {}", self.root.inner_text())).unchecked_into()
    }

    /// Returns how many elements a selector finds.
    pub fn count(&self, selector: &str) -> u32 {
        self.root.query_selector_all(selector).expect("a selector").length()
    }

    /// Returns all that can be read.
    pub fn text(&self) -> String {
        self.root.inner_text()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.root.remove();
    }
}

/// Waits for the next frame.
pub async fn frame() {
    let next = js_sys::Promise::new(&mut |kept, _| {
        let window = web_sys::window().expect("a window");
        window.request_animation_frame(&kept).expect("a frame");
    });
    wasm_bindgen_futures::JsFuture::from(next).await.expect("frames do not fail");
}

/// Waits until something is so.
pub async fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..FRAMES_MAX {
        if holds() {
            return;
        }
        frame().await;
    }
    panic!("in {FRAMES_MAX} frames it did not become so: {what}");
}

/// Presses a key on an element.
pub fn press(element: &Element, key: &str) {
    press_with(element, key, false);
}

/// Presses a key on an element while Shift is held; says whether the page left it to the browser.
pub fn press_with(element: &Element, key: &str, shift: bool) -> bool {
    let init = KeyboardEventInit::new();
    init.set_key(key);
    init.set_shift_key(shift);
    init.set_bubbles(true);
    init.set_cancelable(true);
    let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).expect("an event");
    element.dispatch_event(&event).expect("it is dispatched")
}

/// Types a text into a field.
pub fn fill(field: &HtmlElement, text: &str) {
    js_sys::Reflect::set(field, &"value".into(), &text.into()).expect("a field has a value");
    let event = web_sys::Event::new("input").expect("an event");
    field.dispatch_event(&event).expect("it is dispatched");
}

/// Returns what is in a field.
pub fn value(field: &HtmlElement) -> String {
    js_sys::Reflect::get(field, &"value".into()).expect("a field has a value").as_string().expect("a text")
}

/// A desk with an agent and nothing else.
pub fn desk() -> Desk {
    let presence = Presence { status: Status::Available, reachable: true };
    let name = "Agent One".to_owned();
    let me = Me { id: ME, name: name.clone(), role: Role::Agent, presence, capacity: 4 };
    let colleague = Colleague { id: ME, name, role: Role::Agent, presence };
    Desk {
        me,
        conversations: Default::default(),
        offers: Default::default(),
        consults: Default::default(),
        joined: Default::default(),
        listening: Default::default(),
        wrap_ups: Default::default(),
        people: [(ME, colleague)].into_iter().collect(),
    }
}

/// A message; the agent writes every third.
pub fn message(seq: u32) -> Message {
    let (author, name) =
        if seq.is_multiple_of(3) { (Author::Agent(ME), "Agent One") } else { (Author::Customer, "Ada") };
    Message {
        seq,
        id: MessageId::from_bits(u128::from(seq)),
        author,
        name: name.to_owned(),
        text: format!("message {seq}{}", " and more".repeat(seq as usize % 40)),
        at: Timestamp::from_millis(1_795_000_000_000 + i64::from(seq) * 20_000),
        client_key: None,
    }
}

/// A conversation with so many messages.
pub fn thread(messages: u32) -> Thread {
    Thread {
        conversation: TALK,
        segment: SegmentId::from_bits(1),
        customer: "Ada".to_owned(),
        queue: "Technical support".to_owned(),
        channel: Channel::WebChat,
        opened_at: Timestamp::default(),
        since: Timestamp::default(),
        attributes: Default::default(),
        messages: (1..=messages).map(message).collect(),
        handoffs: Vec::new(),
        read: 0,
        customer_delivered: 0,
        customer_read: 0,
        transfer: None,
        returned: None,
        owner: None,
        invites: Vec::new(),
        choices: TransferChoices::from(&TransferPolicy::default()),
        flag: None,
        whispers: Vec::new(),
    }
}

/// An offer of a conversation with so many messages, for half a minute from this time on.
pub fn offer(messages: u32, now: Timestamp) -> OfferCard {
    OfferCard {
        offer: OfferId::from_bits(3),
        made_at: now,
        deadline: Some(now.plus(core::time::Duration::from_secs(30))),
        decline: Decline::AskReason,
        meant: false,
        transfer: None,
        may_reply: Vec::new(),
        question: None,
        answer: None,
        invite: None,
        thread: thread(messages),
    }
}

/// A consultation that Agent Two asked the agent at the desk to, from this time on for ten minutes.
pub fn consult(now: Timestamp) -> Consult {
    let thread = thread(4);
    Consult {
        transfer: TransferId::from_bits(5),
        conversation: thread.conversation,
        from: AgentId::from_bits(2),
        from_name: "Agent Two".to_owned(),
        agent: ME,
        agent_name: "Agent One".to_owned(),
        note: Some("Charged <b>twice</b>.".to_owned()),
        summary: None,
        since: now,
        deadline: now.plus(core::time::Duration::from_secs(600)),
        aside: Vec::new(),
        thread: Some(thread),
    }
}
