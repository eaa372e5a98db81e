//! What supervisors and agents say to each other about a conversation.

use baton_shared::conversation::EndedBy;
use baton_shared::*;

use super::Place;
use super::scene::{ONE, Scene, TWO, at, customer, owned, rows};
use crate::store::{Content, Row, Sight};

fn whisper(conversation: &Conversation, seq: u32, segment: SegmentId, author: AgentId) -> Content {
    Content::Whisper {
        conversation: conversation.id,
        seq,
        segment,
        id: MessageId::from_bits(seq.into()),
        author,
        text: format!("Whisper {seq}"),
        at: at(10),
        client_key: None,
    }
}

/// What is whispered is for the owner of the segment and for who listens in, and goes where it is not kept.
pub fn whispers_are_for_those_who_hear_them(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let mut conversation = owned(1);
    let (id, before) = (conversation.id, SegmentId::from_bits(99));
    let segment = conversation.segment;
    conversation.oversee(|oversight| {
        oversight.listeners.insert(TWO);
        oversight.whispers = 2;
        oversight.whispered_in = Some(segment);
    });
    let listens = |agent, listens| Row::Listener { conversation: id, agent, listens };
    let said = [whisper(&conversation, 1, before, TWO), whisper(&conversation, 2, segment, TWO)];
    let content = said.into_iter().chain([customer(&conversation, "Ada")]).collect();
    scene.turn(rows(&conversation).into_iter().chain([listens(TWO, true)]), content);

    let heard = scene.ask(|reading| reading.desk(TWO)).expect("the person is there").listening;
    let texts: Vec<_> =
        heard[&id].whispers.iter().map(|said| (said.name.as_str(), said.text.as_str())).collect();
    assert_eq!(texts, [("Agent Two", "Whisper 2")], "the one before was for another owner");
    let owners = scene.ask(|reading| reading.desk(ONE)).expect("the person is there");
    assert_eq!(owners.conversations[&id].whispers, heard[&id].whispers);
    let whole = scene.ask(|reading| reading.thread(id, Sight::Whole)).expect("it is there");
    assert_eq!(whole.whispers, []);

    let state = ConversationState::Closed { at: at(20), by: EndedBy::Customer, epoch: 2, surveyed: false };
    let closed = Conversation { state, oversight: None, listeners: Default::default(), ..conversation };
    let last = vec![whisper(&closed, 3, closed.segment, ONE)];
    scene.turn([Row::Conversation(closed), Row::WhispersForgotten(id), listens(TWO, false)], last);
    for seq in 1..=3 {
        assert_eq!(scene.ask(|reading| reading.whisper(id, seq)), None);
    }
}

/// The message of the last flag is shown while a flag is up.
pub fn a_flag_shows_its_message_while_it_is_up(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let mut conversation = owned(1);
    let id = conversation.id;
    conversation.oversee(|oversight| oversight.flag = Some(Flag { agent: ONE, at: at(6) }));
    let flag = |second, text: &str| Content::Flag {
        conversation: id,
        at: at(second),
        agent: ONE,
        text: text.to_owned(),
    };
    let content = vec![customer(&conversation, "Ada"), flag(5, "Help"), flag(6, "Help again")];
    scene.turn(rows(&conversation), content);
    let shown =
        |scene: &Scene| scene.ask(|reading| reading.thread(id, Sight::Whole)).expect("it is there").flag;
    assert_eq!(shown(&scene).as_deref(), Some("Help again"));
    assert_eq!(scene.ask(|reading| reading.flag(id)).as_deref(), Some("Help again"));
    conversation.oversee(|oversight| oversight.flag = None);
    scene.turn([Row::Conversation(conversation)], Vec::new());
    assert_eq!(shown(&scene), None);
}
