//! What a wall is shown beside the open work.

use core::time::Duration;

use baton_shared::conversation::EndedBy;
use baton_shared::segment::{FollowedBy, OwnerCause, SegmentState};
use baton_shared::*;

use super::Place;
use super::scene::{
    BILLING, ONE, SALES, Scene, TWO, agent, at, customer, owned, rows, said, segment, waiting,
};
use crate::routing::{Filed, NoAnswer, Talk, Unanswered};
use crate::store::{COUNTED_KEPT, Fact, Happening, Row};

/// Returns the bits of an id that was made at a second.
const fn made(second: u64) -> u128 {
    (at(second).as_millis() as u128) << 80
}

/// A segment of a queue with the id of the second at which it began.
fn waited(queue: QueueId, began: u64, ended: Option<(u64, FollowedBy)>) -> Segment {
    let state = match ended {
        Some((second, followed_by)) => {
            SegmentState::Ended { ended_at: at(second), followed_by, disposition: None }
        }
        None => SegmentState::Active,
    };
    let (id, owner) = (SegmentId::from_bits(made(began)), Owner::Queue(queue));
    Segment { id, owner, started_at: at(began), state, ..segment(&waiting(1)) }
}

/// What came to queues and left them, what agents had and what was not answered is counted from a time on and in order, and
/// forgotten in time.
pub fn a_wall_counts_from_a_time_on(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let accepted = FollowedBy::Owner(OwnerCause::Accepted(OfferId::from_bits(1)));
    let segments = [
        waited(BILLING, 10, Some((50, accepted))),
        waited(BILLING, 20, Some((130, accepted))),
        waited(SALES, 110, Some((140, FollowedBy::End(EndedBy::Customer)))),
        waited(SALES, 111, Some((150, FollowedBy::End(EndedBy::System)))),
        waited(BILLING, 160, None),
    ];
    let unanswered = |second, answer| {
        let (offer, agent) = (OfferId::from_bits(made(second)), TWO);
        Row::Unanswered(Unanswered { offer, queue: BILLING, agent, ended_at: at(second), answer })
    };
    let offers = [
        unanswered(99, NoAnswer::Missed),
        unanswered(125, NoAnswer::Missed),
        unanswered(126, NoAnswer::Rejected),
    ];
    // The first one lasted for days, and what counts is when it ended; the second was over too early.
    let talk = |segment, queue, started_at, second| Talk {
        segment: SegmentId::from_bits(segment),
        queue,
        started_at,
        ended_at: at(second),
    };
    let long = talk(1, SALES, at(170).minus(Duration::from_secs(1_000_000)), 170);
    let talks = [long, talk(2, SALES, at(40), 98), talk(3, BILLING, at(50), 180)];
    let rows = segments.into_iter().map(Row::Segment).chain(offers).chain(talks.map(Row::Talk));
    scene.turn(rows, Vec::new());
    let filed = |Talk { segment, ended_at, .. }: Talk, second| {
        Row::Filed(Filed { segment, ended_at, filed_at: at(second) })
    };
    scene.turn([filed(long, 195)], Vec::new());
    // What was ended before this was counted is not known, and its filing is nothing to be refused.
    scene.turn([filed(talk(9, SALES, at(1), 2), 196)], Vec::new());
    let fact = |second, queue, what| Fact { at: at(second), queue, what };
    let talked = |segment, talk_ms, wrap_up_ms| Happening::Talked {
        segment: SegmentId::from_bits(segment),
        talk_ms,
        wrap_up_ms,
    };
    let found = scene.ask(|reading| reading.wall_rows(at(100))).facts;
    let expected = [
        fact(110, SALES, Happening::Entered),
        fact(111, SALES, Happening::Entered),
        fact(125, BILLING, Happening::Missed { agent: TWO }),
        fact(126, BILLING, Happening::Rejected),
        fact(130, BILLING, Happening::Accepted { waited_ms: 110_000 }),
        fact(140, SALES, Happening::Abandoned { waited_ms: 30_000 }),
        fact(160, BILLING, Happening::Entered),
        fact(170, SALES, talked(1, 1_000_000_000, Some(25_000))),
        fact(180, BILLING, talked(3, 130_000, None)),
    ];
    assert_eq!(found, expected);
    // Of what is too old to be shown two go with each that comes.
    let late = Talk { ended_at: at(181).plus(COUNTED_KEPT), ..talk(4, BILLING, at(180), 0) };
    let offer = OfferId::from_bits(made(200));
    let answer = NoAnswer::Missed;
    let ended_at = late.ended_at;
    let refused = Unanswered { offer, queue: BILLING, agent: TWO, ended_at, answer };
    scene.turn([Row::Talk(late), Row::Unanswered(refused)], Vec::new());
    let kept = scene.ask(|reading| reading.wall_rows(at(0))).facts;
    let kept: Vec<_> = kept
        .iter()
        .filter(|fact| match fact.what {
            Happening::Talked { .. } | Happening::Missed { .. } | Happening::Rejected => true,
            Happening::Entered | Happening::Accepted { .. } | Happening::Abandoned { .. } => false,
        })
        .map(|fact| fact.at)
        .collect();
    assert_eq!(kept, [at(126), at(180), ended_at, ended_at]);
}

/// Open conversations come with their customer and the time of their last message.
pub fn a_wall_names_who_writes_and_when_they_did(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let (open, closed) = (owned(5), waiting(6));
    let state = ConversationState::Closed { at: at(9), by: EndedBy::Customer, epoch: 1, surveyed: false };
    let closed = Conversation { state, ..closed };
    let content = vec![
        customer(&open, "Ada"),
        customer(&closed, "Bob"),
        said(open.id, 1, Author::Customer, "Hello?"),
        said(open.id, 2, Author::Agent(ONE), "Hello."),
    ];
    scene.turn(rows(&open).into_iter().chain([Row::Conversation(closed.clone())]), content);
    let last = scene.ask(|reading| reading.message(open.id, 2)).expect("it was said").at;
    let spoken = scene.ask(|reading| reading.wall_rows(at(0))).spoken;
    assert_eq!(spoken, [(open.id, "Ada".to_owned(), last)]);
    let named = |conversation| scene.ask(|reading| reading.customer(conversation));
    assert_eq!(named(closed.id), Some("Bob".to_owned()));
    assert_eq!(named(ConversationId::from_bits(99)), None);
}

/// Since when someone is present as they are changes with their presence, and with nothing else.
pub fn presence_has_a_beginning(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let since = |scene: &Scene| scene.ask(|reading| reading.wall_rows(at(0))).present_since;
    assert_eq!(since(&scene), [(ONE, at(1)), (TWO, at(1))]);
    scene.turn([Row::Agent(Agent { idle_since: at(9), ..agent(ONE) })], Vec::new());
    assert_eq!(since(&scene), [(ONE, at(1)), (TWO, at(1))]);
    let presence = Presence { status: Status::Busy, reachable: true };
    scene.turn([Row::Agent(Agent { presence, ..agent(ONE) })], Vec::new());
    assert_eq!(since(&scene), [(ONE, at(3)), (TWO, at(1))]);
}
