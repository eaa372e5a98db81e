//! What is kept of flows and external contacts, and what people are shown of them.

use baton_shared::api::{ExternalView, FlowView};
use baton_shared::conversation::Held;
use baton_shared::flow::{Does, FLOW_SECS, FlowStep};
use baton_shared::*;

use super::Place;
use super::scene::*;
use crate::store::{Content, Row, Sight};

const FLOW: FlowId = FlowId::from_bits(1);
const PARTNER: ExternalId = ExternalId::from_bits(1);

fn definition(name: &str) -> FlowDefinition {
    let does = Does::Say { text: "Hello".to_owned() };
    FlowDefinition {
        name: name.to_owned(),
        entrance: Some(Channel::WebChat),
        lasts_secs: FLOW_SECS,
        fallback: BILLING,
        steps: vec![FlowStep { name: "hello".to_owned(), does, next: None }],
    }
}

fn partner(external: ExternalId, name: &str, secret: Option<&str>) -> Content {
    let url = format!("https://example.com/{name}");
    Content::External { external, name: name.to_owned(), url, secret: secret.map(str::to_owned) }
}

/// A flow is returned, loaded and named as it was written, except for whether it is an entrance, which routing knows; one
/// that was removed is so no more.
pub fn a_flow_is_returned_as_it_was_written(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let gone = FlowId::from_bits(2);
    let row = |id| Row::Flow(Flow { entrance: None, ..definition("").compiled(id) });
    let written = |id, name| Content::Flow(id, Box::new(definition(name)));
    scene.turn([row(FLOW), row(gone)], vec![written(FLOW, "Reception"), written(gone, "Night")]);
    scene.turn([Row::FlowRemoved(gone)], Vec::new());
    let expected = FlowDefinition { entrance: None, ..definition("Reception") };
    let view = FlowView::new(FLOW, expected.clone());
    assert_eq!(scene.ask(|reading| reading.flows()), std::slice::from_ref(&view));
    assert_eq!(scene.ask(|reading| reading.flow(FLOW)), Some(view));
    assert_eq!(scene.ask(|reading| reading.flow(gone)), None);
    let loaded = scene.store.load().expect("it can be loaded");
    assert_eq!(loaded.work.flows, [expected.compiled(FLOW)]);
    assert_eq!(loaded.flows, [(FLOW, expected)].into());
    let names = scene.ask(|reading| reading.names());
    assert_eq!(names.flows.get(&gone).map(String::as_str), Some("Night"));
}

/// A contact keeps its secret where none is given; once it is removed only its name is kept.
pub fn a_removed_contact_keeps_its_name_and_nothing_else(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    scene.turn([Row::External(PARTNER)], vec![partner(PARTNER, "Post", Some("whsec_1"))]);
    scene.turn([Row::External(PARTNER)], vec![partner(PARTNER, "Parcels", None)]);
    let found = scene.ask(|reading| reading.partner(PARTNER)).expect("it is there");
    let url = "https://example.com/Parcels".to_owned();
    assert_eq!((found.name.as_str(), &found.url, found.secret.as_str()), ("Parcels", &url, "whsec_1"));
    let view = ExternalView { id: PARTNER, name: "Parcels".to_owned(), url };
    assert_eq!(scene.ask(|reading| reading.externals()), [view]);
    assert_eq!(scene.store.load().expect("it can be loaded").work.externals, [PARTNER].into());

    scene.turn([Row::ExternalRemoved(PARTNER)], Vec::new());
    assert!(scene.ask(|reading| reading.partner(PARTNER)).is_none());
    assert_eq!(scene.ask(|reading| reading.externals()), []);
    assert_eq!(scene.store.load().expect("it can be loaded").work.externals, [].into());
    let names = scene.ask(|reading| reading.names());
    assert_eq!(names.externals.get(&PARTNER).map(String::as_str), Some("Parcels"));
}

/// What a flow or a partner says and passes on bears its name, for staff and for the customer; so does what they have.
pub fn what_bots_say_and_pass_on_bears_their_names(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let run = Run {
        flow: FLOW,
        fallback: BILLING,
        deadline: at(900),
        taken: 1,
        transfer: None,
        stand: Stand::Asks { step: 0, tries: 1, answer: None },
    };
    let held = |number, held| Conversation {
        last_seq: 2,
        state: ConversationState::Open { held, epoch: 2 },
        ..waiting(number)
    };
    let by_flow = held(1, Held::Flow(Box::new(run)));
    let by_partner = held(2, Held::External { external: PARTNER, since: at(5), answer_by: Some(at(905)) });
    let passed = Transfer {
        from: Sender::Flow(FLOW),
        ..transfer(
            7,
            &by_partner,
            Target::External(PARTNER),
            TransferState::Ended { at: at(8), end: TransferEnd::Completed },
        )
    };
    let content = vec![
        Content::Flow(FLOW, Box::new(definition("Reception"))),
        partner(PARTNER, "Post", Some("whsec_1")),
        customer(&by_flow, "Ada"),
        customer(&by_partner, "Bob"),
        said(by_flow.id, 1, Author::Flow(FLOW), "Hello"),
        said(by_partner.id, 1, Author::Customer, "Hello?"),
        said(by_partner.id, 2, Author::External(PARTNER), "Yes?"),
        Content::Note(passed.id, "Collected: topic = parcel".to_owned()),
    ];
    let things = [Row::Flow(definition("").compiled(FLOW)), Row::External(PARTNER), Row::Transfer(passed)];
    let conversations = rows(&by_flow).into_iter().chain(rows(&by_partner));
    scene.turn(things.into_iter().chain(conversations), content);

    let phase = |conversation: &Conversation| {
        scene.ask(|reading| reading.phase(conversation.id, at(100))).expect("it is there")
    };
    assert_eq!(phase(&by_flow), Phase::Active { agent: "Reception".to_owned() });
    assert_eq!(phase(&by_partner), Phase::Active { agent: "Post".to_owned() });
    let thread = |conversation: &Conversation| {
        scene.ask(|reading| reading.thread(conversation.id, Sight::Whole)).expect("it is there")
    };
    assert_eq!(thread(&by_flow).owner.as_deref(), Some("Reception"));
    let seen = thread(&by_partner);
    let authors: Vec<_> = seen.messages.iter().map(|one| (one.author, one.name.as_str())).collect();
    assert_eq!(authors, [(Author::Customer, "Bob"), (Author::External(PARTNER), "Post")]);
    assert_eq!((seen.handoffs[0].from.as_str(), seen.handoffs[0].to.as_str()), ("Reception", "Post"));
    assert_eq!(seen.handoffs[0].note.as_deref(), Some("Collected: topic = parcel"));
    let chat = scene.ask(|reading| reading.chat(by_flow.id, at(100))).expect("it is there");
    assert_eq!((chat.messages[0].from, chat.messages[0].name.as_str()), (chat::ChatAuthor::Bot, "Reception"));
    let loaded = scene.store.load().expect("it can be loaded");
    assert_eq!(loaded.work.conversations, [by_flow, by_partner]);
}

/// While a partner is asked the sender sees them as the one who is; why they did not take it is shown as with a person.
pub fn a_partner_who_did_not_take_it_is_shown_with_the_reason(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let conversation = owned(1);
    let calling = |state| transfer(7, &conversation, Target::External(PARTNER), state);
    let asked = calling(TransferState::Calling { deadline: at(67) });
    let open = leaving(&conversation, asked.id);
    let [conversation_row, segment_row] = rows(&open);
    let things = [Row::External(PARTNER), conversation_row, segment_row, Row::Transfer(asked.clone())];
    scene.turn(things, vec![partner(PARTNER, "Post", Some("whsec_1")), customer(&conversation, "Ada")]);
    let thread = scene.ask(|reading| reading.thread(conversation.id, Sight::Whole)).expect("it is there");
    let pending = thread.transfer.expect("it is open");
    let asks = [desk::Asked::named("Post".to_owned())];
    assert_eq!((pending.to.as_str(), &pending.asked[..]), ("Post", &asks[..]));
    assert_eq!(scene.store.load().expect("it can be loaded").work.transfers, std::slice::from_ref(&asked));

    let declined = calling(TransferState::Ended { at: at(9), end: TransferEnd::Returned });
    let reason = Content::TransferReason(asked.id, "closed today".to_owned());
    scene.turn([Row::Conversation(conversation.clone()), Row::Transfer(declined)], vec![reason]);
    let thread = scene.ask(|reading| reading.thread(conversation.id, Sight::Whole)).expect("it is there");
    assert_eq!(thread.returned.and_then(|returned| returned.reason).as_deref(), Some("closed today"));
    let notes = scene.ask(|reading| reading.transfer_notes(asked.id));
    assert_eq!(notes, (None, None));
}
