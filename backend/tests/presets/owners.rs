//! Whose a conversation is where two things cross: an invitation and a transfer, a loss and a return.

use baton_shared::policy::{Cancel, OnNoAnswer, Preset};
use baton_shared::*;

use crate::scene::Scene;

fn baton() -> TransferPolicy {
    Preset::Baton.policy()
}

/// Asks Bob twice about a conversation of Ada's: by a transfer, and by an invitation of his group. Returns the
/// conversation and both offers, in this order.
fn asked_twice(scene: &mut Scene) -> (ConversationId, OfferId, OfferId) {
    let (ada, bob, group) = (scene.ada, scene.bob, scene.group);
    let open = scene.answered_by(ada);
    scene.choose(scene.cem, Status::Busy);
    scene.pass(ada, open, Target::Agent(bob)).unwrap();
    let transfer = scene.state().offers_to(bob).next().unwrap().id;
    scene
        .asks(ada, Command::Invite { conversation: open, target: Target::Group(group), note: None })
        .unwrap();
    let invite = scene.state().offers_to(bob).find(|offer| offer.id != transfer).unwrap().id;
    (open, transfer, invite)
}

fn participants(scene: &Scene, conversation: ConversationId) -> Vec<AgentId> {
    scene.state().participants(&scene.state().conversations[&conversation]).collect()
}

#[test]
fn who_became_the_owner_cannot_take_part_as_well() {
    let mut scene = Scene::under(&baton());
    let bob = scene.bob;
    let (open, transfer, invite) = asked_twice(&mut scene);
    scene.asks(bob, Command::AcceptOffer { offer: transfer }).unwrap();
    assert_eq!(scene.owner(open), Owner::Agent(bob));
    scene.asks(bob, Command::AcceptOffer { offer: invite }).unwrap_err();
    assert_eq!(participants(&scene, open), []);
}

#[test]
fn who_takes_part_and_becomes_the_owner_takes_part_no_more_and_that_is_said_once() {
    let mut scene = Scene::under(&baton());
    let bob = scene.bob;
    let (open, transfer, invite) = asked_twice(&mut scene);
    scene.asks(bob, Command::AcceptOffer { offer: invite }).unwrap();
    assert_eq!(participants(&scene, open), [bob]);
    scene.asks(bob, Command::AcceptOffer { offer: transfer }).unwrap();
    assert_eq!(participants(&scene, open), []);
    assert_eq!(scene.state().held(bob, Channel::WebChat), 1, "one conversation takes one place");
    let mut ends = Vec::new();
    for recorded in scene.log() {
        if let Event::InviteEnded { end, .. } = recorded.event {
            ends.push(end);
        }
    }
    assert_eq!(ends, [InviteEnd::TookOver]);
}

#[test]
fn one_takes_part_once() {
    let mut scene = Scene::under(&baton());
    let (ada, bob, group) = (scene.ada, scene.bob, scene.group);
    let open = scene.answered_by(ada);
    scene.choose(scene.cem, Status::Busy);
    scene.invite(ada, open, bob).unwrap();
    scene
        .asks(ada, Command::Invite { conversation: open, target: Target::Group(group), note: None })
        .unwrap();
    let offers: Vec<OfferId> = scene.state().offers_to(bob).map(|offer| offer.id).collect();
    let [first, second] = offers.try_into().unwrap();
    scene.asks(bob, Command::AcceptOffer { offer: first }).unwrap();
    scene.asks(bob, Command::AcceptOffer { offer: second }).unwrap_err();
    assert_eq!(participants(&scene, open), [bob]);
}

#[test]
fn a_lost_sender_who_takes_a_conversation_back_has_the_grace_to_come_back() {
    let parks = TransferPolicy { transfer_secs: None, on_no_answer: OnNoAnswer::Keep, ..baton() };
    let mut scene = Scene::under(&parks);
    let (ada, bob, queue) = (scene.ada, scene.bob, scene.queue);
    let open = scene.answered_by(ada);
    scene.pass(ada, open, Target::Agent(bob)).unwrap();
    scene.lose(ada);
    scene.wait(121);
    assert_eq!(scene.owner(open), Owner::Queue(queue));
    scene.cancel(ada, open).unwrap();
    assert_eq!(scene.owner(open), Owner::Agent(ada));
    scene.wait(119);
    assert_eq!(scene.owner(open), Owner::Agent(ada));
    scene.wait(2);
    assert_eq!(scene.owner(open), Owner::Queue(queue), "she did not come back");
}

#[test]
fn a_supervisor_who_takes_over_without_a_desk_has_the_grace_to_open_one() {
    let mut scene = Scene::under(&baton());
    let (ada, cem, queue) = (scene.ada, scene.cem, scene.queue);
    let [kept, left] = [(); 2].map(|()| scene.answered_by(ada));
    scene.lose(cem);
    scene.wait(121);
    scene.asks(cem, Command::TakeOver { conversation: kept }).unwrap();
    scene.wait(60);
    scene.reach(cem);
    scene.wait(3_600);
    assert_eq!(scene.owner(kept), Owner::Agent(cem));
    scene.lose(cem);
    scene.wait(121);
    assert_ne!(scene.owner(kept), Owner::Agent(cem));
    scene.asks(cem, Command::TakeOver { conversation: left }).unwrap();
    scene.choose(ada, Status::Busy);
    scene.choose(scene.bob, Status::Busy);
    scene.wait(121);
    assert_eq!(scene.owner(left), Owner::Queue(queue), "nobody opened a desk");
}

#[test]
fn a_place_that_is_kept_for_no_time_is_free_at_once() {
    let policy = TransferPolicy { cancel: Cancel::Never, ..baton() };
    let mut scene = Scene::under(&policy);
    let (ada, queue) = (scene.ada, scene.queue);
    scene.fill(ada);
    [scene.bob, scene.cem].into_iter().for_each(|agent| scene.choose(agent, Status::Busy));
    let waits = scene.customer();
    let passed_on = scene.state().owned_by(ada).next().unwrap().id;
    scene.pass(ada, passed_on, Target::Queue(queue)).unwrap();
    assert_eq!(scene.offered(waits), [ada].into(), "ada has room in the turn that released her");
}

#[test]
fn a_former_owner_whom_a_transfer_names_is_asked_as_soon_as_they_are_free() {
    let mut scene = Scene::under(&Preset::FlexPlugin.policy());
    let (ada, bob) = (scene.ada, scene.bob);
    let open = scene.answered_by(ada);
    scene.pass(ada, open, Target::Agent(bob)).unwrap();
    scene.accept(bob, open);
    scene.choose(ada, Status::Away);
    scene.pass(bob, open, Target::Agent(ada)).unwrap();
    scene.wait(1);
    assert!(scene.offered(open).is_empty());
    scene.choose(ada, Status::Available);
    assert_eq!(scene.offered(open), [ada].into());
}
