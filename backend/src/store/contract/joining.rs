//! Invitations, those who take part by them, and whom a conversation was offered to.

use baton_shared::api::WhyOffer;
use baton_shared::conversation::EndedBy;
use baton_shared::desk::{IncomingInvite, InviteView};
use baton_shared::offer::{DEADLINE_MARGIN, OfferState};
use baton_shared::policy::Decline;
use baton_shared::segment::{FollowedBy, OwnerCause};
use baton_shared::*;

use super::Place;
use super::scene::*;
use crate::store::{Content, Row, Sight};

/// An invitation is there for good and is loaded until it ends, open or joined, as it was committed.
pub fn invitations_are_loaded_until_they_end(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let conversation = owned(1);
    let offered = offer(9, &conversation, OfferCause::Invite(InviteId::from_bits(2)));
    let open = invite(2, &conversation, Target::Agent(TWO), asking(Target::Agent(TWO), &[&offered]));
    let policy = Preset::Salesforce.policy();
    let joined = invite(3, &conversation, Target::Queue(BILLING), joined_by(TWO));
    let joined = Invite { policy, ..joined };
    let group = Target::Group(GroupId::from_bits(u128::MAX));
    let ended = invite(1, &conversation, group, over(InviteEnd::Expired));
    let invited = inviting(&conversation, &[&joined, &open]);
    let invites = [&joined, &open, &ended].map(|invite| Row::Invite(invite.clone()));
    scene.turn(rows(&invited).into_iter().chain(invites).chain([Row::Offer(offered.clone())]), Vec::new());
    for invite in [&open, &joined, &ended] {
        assert_eq!(scene.ask(|reading| reading.invite(invite.id)).as_ref(), Some(invite));
    }
    assert_eq!(scene.ask(|reading| reading.invite(InviteId::from_bits(99))), None);
    drop(scene);

    let mut scene = Scene::of(place);
    assert_eq!(scene.loaded.work.invites, [open.clone(), joined.clone()]);
    assert_eq!(scene.loaded.work.conversations, [invited]);
    assert_eq!(scene.loaded.work.offers, [offered]);
    let declined = Invite { state: over(InviteEnd::Declined), ..open };
    let left = Invite { state: over(InviteEnd::Left), ..joined };
    scene.turn([&declined, &left].map(|invite| Row::Invite(invite.clone())), Vec::new());
    for invite in [&declined, &left] {
        assert_eq!(scene.ask(|reading| reading.invite(invite.id)).as_ref(), Some(invite));
    }
    drop(scene);
    assert_eq!(Scene::of(place).loaded.work.invites, []);
}

/// A thread names whoever is invited, asked and takes part, and its owner; a part of it that is over names nobody.
pub fn a_thread_names_who_is_invited_and_who_takes_part(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let conversation = owned(1);
    let offered = offer(9, &conversation, OfferCause::Invite(InviteId::from_bits(2)));
    let open = invite(2, &conversation, Target::Queue(SALES), asking(Target::Queue(SALES), &[&offered]));
    let nobody = invite(3, &conversation, Target::Agent(TWO), asking(Target::Agent(TWO), &[]));
    let joined = invite(4, &conversation, Target::Queue(BILLING), joined_by(TWO));
    let invited = inviting(&conversation, &[&open, &nobody, &joined]);
    let invites = [&open, &nobody, &joined].map(|invite| Row::Invite(invite.clone()));
    scene.turn(rows(&invited).into_iter().chain(invites).chain([Row::Offer(offered)]), Vec::new());
    let thread = |sight| scene.ask(|reading| reading.thread(invited.id, sight)).expect("it is there");
    let view = |invite: &Invite, to: &str| InviteView {
        invite: invite.id,
        to: to.to_owned(),
        from: "Agent One".to_owned(),
        joined: None,
        asked: Vec::new(),
        deadline: Some(at(60).minus(DEADLINE_MARGIN)),
    };
    let two = || "Agent Two".to_owned();
    let expected = [
        InviteView { asked: vec![two()], ..view(&open, "Sales") },
        view(&nobody, "Agent Two"),
        InviteView { joined: Some(two()), deadline: None, ..view(&joined, "Billing") },
    ];
    assert_eq!(thread(Sight::Whole).invites, expected);
    assert_eq!(thread(Sight::Whole).owner.as_deref(), Some("Agent One"));
    assert_eq!(thread(Sight::Until { last_seq: 0, at: at(100) }).invites, []);
    let queued = waiting(7);
    scene.turn(rows(&queued), Vec::new());
    let waits = scene.ask(|reading| reading.thread(queued.id, Sight::Whole)).expect("it is there");
    assert_eq!((waits.owner, waits.invites), (None, Vec::new()));
}

/// An offer to join says who invites and why, may be refused without a word, and is no transfer.
pub fn an_offer_to_join_says_who_invites(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let conversation = owned(1);
    let ids = [2, 3].map(InviteId::from_bits);
    let offers = [
        offer(2, &conversation, OfferCause::Invite(ids[0])),
        offer(3, &conversation, OfferCause::Invite(ids[1])),
    ];
    let target = Target::Agent(TWO);
    let policy = TransferPolicy { decline: Decline::No, ..Default::default() };
    let noted = Invite { policy, ..invite(2, &conversation, target, asking(target, &[&offers[0]])) };
    let silent = invite(3, &conversation, target, asking(target, &[&offers[1]]));
    let invited = inviting(&conversation, &[&noted, &silent]);
    let changed = rows(&invited).into_iter().chain([noted, silent].map(Row::Invite));
    let content = vec![Content::InviteNote(ids[0], "You know invoices".to_owned())];
    scene.turn(changed.chain(offers.clone().map(Row::Offer)), content);
    for (offer, note) in offers.iter().zip([Some("You know invoices"), None]) {
        let card = scene.ask(|reading| reading.offer(offer.id)).expect("the offer is open");
        let invite = IncomingInvite {
            invite: ids[(offer.id.bits() - 2) as usize],
            from: "Agent One".to_owned(),
            note: note.map(str::to_owned),
        };
        assert_eq!((card.invite, card.transfer, card.decline), (Some(invite), None, Decline::Yes));
        assert_eq!(Some(card.thread), scene.ask(|reading| reading.thread(invited.id, Sight::Whole)));
    }
}

/// Whoever takes part sees all of a conversation, on a place of its own on their desk, until they do no more.
pub fn whoever_takes_part_sees_all_of_it_until_they_leave(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let conversation = Conversation { last_seq: 60, ..owned(1) };
    let id = conversation.id;
    let target = Target::Agent(TWO);
    let asked = invite(2, &conversation, target, asking(target, &[]));
    let invited = inviting(&conversation, &[&asked]);
    let content = sixty(&conversation);
    scene.turn(rows(&invited).into_iter().chain([Row::Invite(asked.clone())]), content);
    let sight = |scene: &Scene, agent| scene.ask(|reading| reading.sight(agent, id));
    let desk = |scene: &Scene, agent| scene.ask(|reading| reading.desk(agent)).expect("it is there");
    assert_eq!(sight(&scene, TWO), None, "whom nobody asks yet sees nothing");

    let joined = Invite { state: joined_by(TWO), ..asked };
    scene.turn([Row::Invite(joined.clone())], Vec::new());
    assert_eq!((sight(&scene, TWO), sight(&scene, ONE)), (Some(Sight::Whole), Some(Sight::Whole)));
    let whole = scene.ask(|reading| reading.thread(id, Sight::Whole)).expect("it is there");
    let theirs = desk(&scene, TWO);
    assert_eq!(theirs.joined, [(id, whole)].into_iter().collect());
    assert!(theirs.conversations.is_empty() && theirs.offers.is_empty());
    assert_eq!(desk(&scene, ONE).joined, Default::default());
    let other = owned(7);
    scene.turn(rows(&other), Vec::new());
    assert_eq!(scene.ask(|reading| reading.sight(TWO, other.id)), None);

    scene.turn(
        [Row::Conversation(conversation), Row::Invite(Invite { state: over(InviteEnd::Left), ..joined })],
        Vec::new(),
    );
    assert_eq!(sight(&scene, TWO), None);
    assert_eq!(desk(&scene, TWO).joined, Default::default());
}

/// Returns the state of a transfer that was accepted at a second.
const fn accepted_at(second: u64) -> TransferState {
    TransferState::Ended { at: at(second), end: TransferEnd::Completed }
}

/// What was offered is told oldest first, to whom, until when, how it ended and why; other conversations' offers are not.
pub fn what_was_offered_is_told_with_how_it_ended(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let (conversation, other) = (owned(1), waiting(2));
    let ended = |second, end| OfferState::Ended { at: at(second), end };
    let mut timed_out = offer(5, &conversation, OfferCause::Queue(BILLING));
    let mut declined = offer(3, &conversation, OfferCause::Transfer(TransferId::from_bits(1)));
    let lasting = OfferState::Open { deadline: None };
    let mut open =
        Offer { state: lasting, ..offer(8, &conversation, OfferCause::Invite(InviteId::from_bits(1))) };
    open.agent = ONE;
    let elsewhere = offer(9, &other, OfferCause::Queue(BILLING));
    let made = [&timed_out, &declined, &open, &elsewhere].map(|offer| Row::Offer(offer.clone()));
    let brought = [
        Row::Transfer(transfer(1, &conversation, Target::Agent(TWO), accepted_at(4))),
        Row::Invite(invite(1, &conversation, Target::Agent(ONE), asking(Target::Agent(ONE), &[&open]))),
        // It was open when the last offer was made.
        Row::Transfer(transfer(7, &other, Target::Agent(ONE), accepted_at(10))),
    ];
    let made = made.into_iter().chain(brought);
    scene.turn(rows(&conversation).into_iter().chain(rows(&other)).chain(made), Vec::new());
    timed_out.state = ended(35, OfferEnd::TimedOut);
    declined.state = ended(4, OfferEnd::Declined);
    let reason = Content::Reason(declined.id, "at lunch".to_owned());
    scene.turn([timed_out, declined].map(Row::Offer), vec![reason]);
    let told = |to: &str, made: u64, end: Option<&str>| WhyOffer {
        to: to.to_owned(),
        rule: "From Billing".to_owned(),
        at: at(made),
        deadline: Some(at(made + 30)),
        end: end.map(str::to_owned),
        ended_at: None,
        reason: None,
    };
    let expected = [
        WhyOffer {
            ended_at: Some(at(4)),
            reason: Some("at lunch".to_owned()),
            rule: "Passed on by Agent One to Agent Two".to_owned(),
            ..told("Agent Two", 3, Some("declined"))
        },
        WhyOffer { ended_at: Some(at(35)), ..told("Agent Two", 5, Some("timed_out")) },
        WhyOffer { deadline: None, rule: "Invited by Agent One".to_owned(), ..told("Agent One", 8, None) },
    ];
    let passed_on =
        WhyOffer { rule: "Passed on by Agent One to Agent One".to_owned(), ..told("Agent Two", 9, None) };
    assert_eq!(scene.ask(|reading| reading.offers_of(conversation.id)), expected);
    assert_eq!(scene.ask(|reading| reading.offers_of(other.id)), [passed_on]);
    assert_eq!(scene.ask(|reading| reading.offers_of(ConversationId::from_bits(99))), []);
}

/// A wrap-up with a time shows a moment earlier, and its words name who was left with it or that it was taken.
pub fn a_wrap_up_shows_until_when_it_is_to_be_filed(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let conversation = owned(1);
    let took_over = invite(3, &conversation, Target::Agent(TWO), over(InviteEnd::TookOver));
    let ended = [
        (FollowedBy::Owner(OwnerCause::Left(took_over.id)), "Left to Agent Two"),
        (FollowedBy::Owner(OwnerCause::TakenOver(None)), "Taken over by a supervisor"),
        (FollowedBy::Owner(OwnerCause::TakenOver(Some(TWO))), "Taken over by Agent Two"),
        (FollowedBy::Owner(OwnerCause::Redirected), "Passed on by a supervisor"),
        (FollowedBy::End(EndedBy::Agent), "Ended by you"),
    ];
    let by_two = FollowedBy::Owner(OwnerCause::TakenOver(Some(TWO)));
    let ada = customer(&conversation, "Ada");
    scene.turn(rows(&conversation).into_iter().chain([Row::Invite(took_over)]), vec![ada]);
    for (number, (followed_by, words)) in (10..).zip(ended) {
        let state = SegmentState::WrapUp { ended_at: at(9), followed_by, until: Some(at(number + 60)) };
        let unfiled = Segment { id: SegmentId::from_bits(number.into()), state, ..segment(&conversation) };
        scene.turn([Row::Segment(unfiled.clone())], Vec::new());
        let card = scene.ask(|reading| reading.wrap_up(unfiled.id)).expect("it is to be filed");
        assert_eq!(card.until, Some(at(number + 60).minus(DEADLINE_MARGIN)));
        assert_eq!(card.ended_by, words);
        let news = (followed_by == by_two).then_some("Agent Two took over Ada.");
        assert_eq!(card.news.as_deref(), news);
        let desk = scene.ask(|reading| reading.desk(ONE)).expect("it is there");
        assert_eq!(desk.wrap_ups.get(&unfiled.id), Some(&card));
    }
}
