//! Vivocha.

use std::collections::BTreeSet;

use baton_shared::command::Actor;
use baton_shared::policy::Preset;
use baton_shared::queue::{Membership, Priority};
use baton_shared::*;

use crate::scene::Scene;
use crate::{Row, as_it_is};

const ROUTING: &str = "Vivocha, Routing";
const GROUPS: &str = "Vivocha, Transfer groups";

pub fn rows() -> Vec<Row> {
    vec![
        Row {
            preset: Preset::Vivocha,
            source: "Vivocha, Load",
            says: "a chat whose customer was silent for a minute takes no room until they write, and then goes over",
            switches: &["idle_secs"],
            varies: as_it_is,
            plays: |scene| {
                let ada = scene.ada;
                let first = scene.answered_by(ada);
                let second = scene.answered_by(ada);
                let say = |scene: &mut Scene, actor, conversation, text: &str| {
                    let text = text.to_owned();
                    scene.give(actor, Command::SendMessage { conversation, text }).unwrap();
                };
                say(scene, Actor::Person(ada), first, "Hello");
                say(scene, Actor::Person(ada), second, "Hello");
                [scene.bob, scene.cem].into_iter().for_each(|agent| scene.choose(agent, Status::Busy));
                let third = scene.customer();
                assert!(scene.offered(third).is_empty(), "she is full");
                scene.wait(58);
                say(scene, Actor::Customer(first), first, "Still here");
                scene.wait(2);
                assert_eq!(scene.offered(third), [ada].into(), "the other chat is idle");
                scene.accept(ada, third);
                let held = |scene: &Scene| scene.state().held(ada, Channel::WebChat);
                assert_eq!(held(scene), 2);
                scene.wait(90);
                assert_eq!(held(scene), 2, "who waits for an answer is not silent");
                say(scene, Actor::Customer(second), second, "Sorry, I was away");
                assert_eq!(held(scene), 3, "it goes over rather than wait");
            },
        },
        Row {
            preset: Preset::Vivocha,
            source: GROUPS,
            says: "a contact passed to a group is held out to all who can take it; the first to accept has it",
            switches: &["offers_at_once", "targets"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob, cem, group) = (scene.ada, scene.bob, scene.cem, scene.group);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Group(group)).unwrap();
                assert_eq!(scene.owner(open), Owner::Group(group));
                assert_eq!(scene.offered(open), [bob, cem].into());
                scene.accept(bob, open);
                assert_eq!(scene.owner(open), Owner::Agent(bob));
                assert!(scene.offered(open).is_empty());
            },
        },
        Row {
            preset: Preset::Vivocha,
            source: ROUTING,
            says: "rejecting is ignoring: the contact stays for the others",
            switches: &["decline", "on_decline"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob, cem, group) = (scene.ada, scene.bob, scene.cem, scene.group);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Group(group)).unwrap();
                scene.reject(bob, open).unwrap();
                assert_eq!(scene.offered(open), [cem].into());
                assert_eq!(scene.owner(open), Owner::Group(group));
            },
        },
        Row {
            preset: Preset::Vivocha,
            source: ROUTING,
            says: "bounce back: a contact passed to one agent who does not take it is the sender's again",
            switches: &["return_to_sender", "on_decline", "on_no_answer", "transfer_secs"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                scene.reject(bob, open).unwrap();
                assert_eq!(scene.owner(open), Owner::Agent(ada));
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                scene.wait(60);
                assert_eq!(scene.owner(open), Owner::Agent(ada));
                assert_eq!(scene.ends(open), [TransferEnd::Returned, TransferEnd::Expired]);
            },
        },
        Row {
            preset: Preset::Vivocha,
            source: "Vivocha, Dissuasion",
            says: "with bounce back off, a transfer not joined within its time is dissuaded: a form, and the end",
            switches: &["on_expiry", "return_to_sender", "transfer_secs"],
            varies: |policy| policy.return_to_sender = false,
            plays: |scene| {
                let (ada, group) = (scene.ada, scene.group);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Group(group)).unwrap();
                scene.wait(59);
                assert!(scene.open(open));
                scene.wait(1);
                assert!(!scene.open(open));
                assert_eq!(scene.state().requests.len(), 1);
                assert_eq!(scene.ends(open), [TransferEnd::Expired]);
            },
        },
        Row {
            preset: Preset::Vivocha,
            source: "Vivocha, Dissuasion",
            says: "with bounce back off, so is one passed to a single agent who does not join",
            switches: &["on_expiry", "return_to_sender", "on_no_answer"],
            varies: |policy| policy.return_to_sender = false,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                scene.wait(60);
                assert!(!scene.open(open));
                assert_eq!(scene.requests(), [1]);
                assert_eq!(scene.ends(open), [TransferEnd::Expired]);
            },
        },
        Row {
            preset: Preset::Vivocha,
            source: ROUTING,
            says: "missing what is held out to others too pauses nobody",
            switches: &["on_missed"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob, cem, group) = (scene.ada, scene.bob, scene.cem, scene.group);
                scene.choose(ada, Status::Away);
                let new = scene.customer();
                assert_eq!(scene.offered(new), [bob, cem].into());
                scene.wait(12);
                assert_eq!([scene.status(bob), scene.status(cem)], [Status::Available; 2]);
                let (disposition, notes) = (None, None);
                let end = Command::EndConversation { conversation: new, disposition, notes };
                scene.give(Actor::Customer(new), end).unwrap();
                scene.choose(ada, Status::Available);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Group(group)).unwrap();
                assert_eq!(scene.offered(open), [bob, cem].into());
                scene.wait(12);
                assert_eq!([scene.status(bob), scene.status(cem)], [Status::Available; 2]);
            },
        },
        Row {
            preset: Preset::Vivocha,
            source: ROUTING,
            says: "a contact passed to one agent has a star: nobody else is asked",
            switches: &["offers_at_once", "transfer_secs"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                for _ in 0..59 {
                    assert_eq!(scene.offered(open), [bob].into());
                    scene.wait(1);
                }
                assert_eq!(scene.owner(open), Owner::Agent(ada));
            },
        },
        Row {
            preset: Preset::Vivocha,
            source: GROUPS,
            says: "a group has a priority: what was passed to a more urgent one is served first",
            switches: &["targets"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let urgent = scene.add_group("VIP", [].into(), Membership::All, Priority::High);
                scene.answered_by(bob);
                let first = scene.answered_by(ada);
                scene.wait(1);
                let second = scene.answered_by(ada);
                [bob, scene.cem].into_iter().for_each(|agent| scene.choose(agent, Status::Busy));
                scene.pass(ada, first, Target::Group(scene.group)).unwrap();
                scene.pass(ada, second, Target::Group(urgent)).unwrap();
                scene.choose(bob, Status::Available);
                assert_eq!(scene.offered(second), [bob].into(), "he has room for one");
                assert!(scene.offered(first).is_empty());
            },
        },
        Row {
            preset: Preset::Vivocha,
            source: GROUPS,
            says: "whoever has one of a group's tags is a member; a service asks for all of them",
            switches: &["targets"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let skills: BTreeSet<SkillId> =
                    ["German", "Billing"].map(|name| scene.add_skill(name)).into();
                let one = *skills.first().unwrap();
                scene.grant(bob, one, Level::LEAST);
                let any = scene.add_group("Any", skills.clone(), Membership::Any, Priority::Normal);
                let all = scene.add_group("All", skills, Membership::All, Priority::Normal);
                let open = scene.answered_by(ada);
                let nobody = scene.pass(ada, open, Target::Group(all));
                assert_eq!(nobody, Err(Refusal::NobodyServes.into()));
                scene.pass(ada, open, Target::Group(any)).unwrap();
                assert_eq!(scene.offered(open), [bob].into());
            },
        },
        Row {
            preset: Preset::Vivocha,
            source: ROUTING,
            says: "an agent who misses a contact meant for them is paused until they say otherwise",
            switches: &["on_missed"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                scene.wait(60);
                assert_eq!(scene.status(bob), Status::Away);
                scene.wait(600);
                assert_eq!(scene.status(bob), Status::Away);
            },
        },
        Row {
            preset: Preset::Vivocha,
            source: ROUTING,
            says: "a contact that waits is held out for 12 s at a time",
            switches: &["offer_secs"],
            varies: |policy| policy.offers_at_once = 1,
            plays: |scene| {
                scene.choose(scene.ada, Status::Busy);
                let (bob, cem) = (scene.bob, scene.cem);
                let open = scene.customer();
                assert_eq!(scene.offered(open), [bob].into());
                scene.wait(11);
                assert_eq!(scene.offered(open), [bob].into());
                scene.wait(1);
                assert_eq!(scene.offered(open), [cem].into());
            },
        },
        Row {
            preset: Preset::Vivocha,
            source: ROUTING,
            says: "transfers to busy agents may be allowed, and a pending contact counts for the load",
            switches: &["full_target", "reserve_capacity"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                scene.fill(bob);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                assert_eq!(scene.offered(open), [bob].into());
                assert_eq!(scene.state().held(bob, Channel::WebChat), 3);
            },
        },
        Row {
            preset: Preset::Vivocha,
            source: "Vivocha, Transfer",
            says: "the confirmation may carry a message, and has no summary",
            switches: &["note", "summary"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let conversation = scene.answered_by(ada);
                let (note, summary) = (Some("n".to_owned()), Some("s".to_owned()));
                let (target, mode) = (Target::Agent(bob), Mode::Cold);
                let request = Command::RequestTransfer {
                    conversation,
                    target,
                    mode,
                    note,
                    summary,
                    edited: None,
                    park: false,
                };
                assert_eq!(scene.would_write(ada, request), Ok(1));
            },
        },
    ]
}
