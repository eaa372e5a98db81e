//! Salesforce Omni-Channel, enhanced messaging.

use baton::desk::Answer;
use baton_shared::command::Actor;
use baton_shared::policy::Preset;
use baton_shared::*;

use crate::{Row, as_it_is};

const TRANSFER: &str = "Salesforce Help, Transfer messaging sessions";
const CONFERENCE: &str = "Salesforce Help, Conferencing";

pub fn rows() -> Vec<Row> {
    vec![
        Row {
            preset: Preset::Salesforce,
            source: TRANSFER,
            says: "the list has people who are online, also those at 100 % of their capacity",
            switches: &["listed"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob, cem) = (scene.ada, scene.bob, scene.cem);
                scene.fill(bob);
                scene.lose(cem);
                let open = scene.answered_by(ada);
                let list = scene.targets(ada, open).agents;
                let people: Vec<AgentId> = list.iter().map(|standing| standing.id).collect();
                assert_eq!(people, [bob]);
                assert_eq!((list[0].held, list[0].limit), (2, 2));
            },
        },
        Row {
            preset: Preset::Salesforce,
            source: TRANSFER,
            says: "on accept the sender is removed, and their tab closes",
            switches: &["release", "after_release", "wrap_up"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                assert_eq!(scene.owner(open), Owner::Agent(ada));
                scene.accept(bob, open);
                assert_eq!(scene.owner(open), Owner::Agent(bob));
                assert!(!scene.listens(ada, open));
                assert!(scene.in_wrap_up(ada, open));
            },
        },
        Row {
            preset: Preset::Salesforce,
            source: TRANSFER,
            says: "a transfer cannot be cancelled, and its receiver cannot decline it",
            switches: &["cancel", "decline"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                assert_eq!(scene.cancel(ada, open), Err(Refusal::MayNotCancel.into()));
                assert_eq!(scene.reject(bob, open), Err(Refusal::MayNotDecline.into()));
                assert_eq!(scene.offered(open), [bob].into());
            },
        },
        Row {
            preset: Preset::Salesforce,
            source: TRANSFER,
            says: "where the receiver is at 100 % the session waits for them, and the sender is removed",
            switches: &["full_target", "release", "reserve_capacity"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob, queue) = (scene.ada, scene.bob, scene.queue);
                scene.fill(bob);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                assert_eq!(scene.owner(open), Owner::Queue(queue));
                assert!(scene.offered(open).is_empty());
                let ended = scene.state().owned_by(bob).next().unwrap().id;
                scene.end(bob, ended).unwrap();
                assert_eq!(scene.offered(open), [bob].into());
                scene.accept(bob, open);
                assert_eq!(scene.owner(open), Owner::Agent(bob));
            },
        },
        Row {
            preset: Preset::Salesforce,
            source: "ours: no conversation is without a clock",
            says: "no timer is documented for a session that waits like that; after 15 minutes its queue has it",
            switches: &["on_expiry", "transfer_secs", "return_to_sender"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob, cem, queue) = (scene.ada, scene.bob, scene.cem, scene.queue);
                scene.fill(bob);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                scene.wait(15 * 60 - 1);
                assert!(scene.offered(open).is_empty());
                scene.wait(1);
                assert_eq!(scene.owner(open), Owner::Queue(queue));
                assert!(scene.offered(open).is_subset(&[ada, cem].into()));
                assert_eq!(scene.offered(open).len(), 1);
                assert_eq!(scene.ends(open), [TransferEnd::Expired]);
            },
        },
        Row {
            preset: Preset::Salesforce,
            source: TRANSFER,
            says: "an unanswered transfer stays with the one it was sent to",
            switches: &["on_no_answer", "on_missed"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                scene.wait(3_600);
                assert_eq!(scene.offered(open), [bob].into());
                assert_eq!(scene.owner(open), Owner::Agent(ada));
                assert_eq!(scene.status(bob), Status::Available);
            },
        },
        Row {
            preset: Preset::Salesforce,
            source: CONFERENCE,
            says: "a colleague is invited into the session; who leaves passes it on",
            switches: &["modes", "invites_max"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let open = scene.answered_by(ada);
                let answer = scene.invite(ada, open, bob).unwrap();
                let Answer::Invited { invite } = answer else { panic!("nobody is invited: {answer:?}") };
                let remove = Command::CancelInvite { conversation: open, invite };
                assert_eq!(scene.asks(ada, remove.clone()), Err(Refusal::MayNotCancel.into()));
                scene.accept(bob, open);
                scene.asks(ada, remove).unwrap();
                assert_eq!(scene.participants(open), []);
                scene.invite(ada, open, bob).unwrap();
                scene.accept(bob, open);
                assert_eq!(scene.owner(open), Owner::Agent(ada));
                scene.asks(ada, Command::LeaveConversation { conversation: open }).unwrap();
                assert_eq!(scene.owner(open), Owner::Agent(bob));
            },
        },
        Row {
            preset: Preset::Salesforce,
            source: "Salesforce Help, Get help from a supervisor",
            says: "a supervisor takes nothing over unasked, and may where its agent raised a flag",
            switches: &["take_over"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, cem) = (scene.ada, scene.cem);
                let open = scene.answered_by(ada);
                let refused = scene.asks(cem, Command::TakeOver { conversation: open });
                assert_eq!(refused, Err(Refusal::MayNotTakeOver.into()));
                let text = "He wants a refund".to_owned();
                scene.asks(ada, Command::RaiseFlag { conversation: open, text }).unwrap();
                scene.asks(cem, Command::TakeOver { conversation: open }).unwrap();
                assert_eq!(scene.owner(open), Owner::Agent(cem));
            },
        },
        Row {
            preset: Preset::Salesforce,
            source: "Salesforce, PresenceUserConfig, after conversation work",
            says: "the time for filing is limited, and can be extended",
            switches: &["wrap_up_secs"],
            varies: |policy| policy.wrap_up_secs = Some(30),
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                scene.accept(bob, open);
                scene.wait(29);
                assert!(scene.in_wrap_up(ada, open));
                let segment =
                    scene.state().wrap_ups.values().find(|segment| segment.owner == Owner::Agent(ada));
                let segment = segment.unwrap().id;
                scene.asks(ada, Command::ExtendWrapUp { segment }).unwrap();
                scene.wait(60);
                assert!(scene.in_wrap_up(ada, open));
                scene.wait(1);
                assert!(!scene.in_wrap_up(ada, open));
            },
        },
        Row {
            preset: Preset::Salesforce,
            source: "Salesforce Help, Decline reasons",
            says: "work that was declined goes back to its queue at its original age, and to the next rep",
            switches: &[],
            varies: as_it_is,
            plays: |scene| {
                let (bob, cem) = (scene.bob, scene.cem);
                scene.choose(scene.ada, Status::Busy);
                let open = scene.customer();
                assert_eq!(scene.offered(open), [bob].into());
                scene.wait(20);
                scene.reject(bob, open).unwrap();
                let waits = &scene.state().conversations[&open];
                assert_eq!(waits.ranked_at, waits.enqueued_at);
                assert_eq!(scene.offered(open), [cem].into());
            },
        },
        Row {
            preset: Preset::Salesforce,
            source: TRANSFER,
            says: "what is passed to a queue keeps its age, and cannot be declined there either",
            switches: &["age", "decline"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob, queue) = (scene.ada, scene.bob, scene.queue);
                let open = scene.answered_by(ada);
                let opened_at = scene.state().conversations[&open].enqueued_at;
                scene.wait(100);
                scene.pass(ada, open, Target::Queue(queue)).unwrap();
                assert_eq!(scene.state().conversations[&open].ranked_at, opened_at);
                assert_eq!(scene.offered(open), [bob].into());
                assert_eq!(scene.reject(bob, open), Err(Refusal::MayNotDecline.into()));
            },
        },
        Row {
            preset: Preset::Salesforce,
            source: TRANSFER,
            says: "a session is passed to a flow, which has it from then on",
            switches: &["targets"],
            varies: as_it_is,
            plays: |scene| {
                let ada = scene.ada;
                let flow = scene.add_flow();
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Flow(flow)).unwrap();
                assert_eq!(scene.owner(open), Owner::Flow(flow));
                assert!(scene.in_wrap_up(ada, open));
            },
        },
        Row {
            preset: Preset::Salesforce,
            source: "Salesforce, Bring your own channel for CCaaS",
            says: "an external contact has 60 s to take a session, or the transfer has failed and the rep goes on",
            switches: &["targets"],
            varies: as_it_is,
            plays: |scene| {
                let ada = scene.ada;
                let external = scene.add_external();
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::External(external)).unwrap();
                scene.wait(60);
                assert_eq!(scene.owner(open), Owner::Agent(ada));
                let transfer = scene.pass(ada, open, Target::External(external)).unwrap();
                let answer = CallAnswer::Accept;
                scene.give(Actor::System, Command::AnswerCall { transfer, answer }).unwrap();
                assert_eq!(scene.owner(open), Owner::External(external));
                assert_eq!(scene.ends(open), [TransferEnd::Expired, TransferEnd::Completed]);
            },
        },
        Row {
            preset: Preset::Salesforce,
            source: CONFERENCE,
            says: "all of a queue may be asked to join at once: the first who accepts does",
            switches: &["offers_at_once", "invites_max"],
            varies: |policy| policy.offers_at_once = policy::OFFERS_AT_ONCE_MAX,
            plays: |scene| {
                let (ada, bob, cem, queue) = (scene.ada, scene.bob, scene.cem, scene.queue);
                let open = scene.answered_by(ada);
                let (target, note) = (Target::Queue(queue), None);
                scene.asks(ada, Command::Invite { conversation: open, target, note }).unwrap();
                assert_eq!(scene.offered(open), [bob, cem].into());
                scene.accept(cem, open);
                assert!(scene.offered(open).is_empty());
                assert_eq!(scene.participants(open), [cem]);
                assert_eq!(scene.owner(open), Owner::Agent(ada));
            },
        },
        Row {
            preset: Preset::Salesforce,
            source: "Salesforce Help, Customer inactivity",
            says: "a session whose customer was silent for half an hour takes no room any more",
            switches: &["idle_secs"],
            varies: as_it_is,
            plays: |scene| {
                let ada = scene.ada;
                for conversation in [scene.answered_by(ada), scene.answered_by(ada)] {
                    let say = Command::SendMessage { conversation, text: "Are you there?".to_owned() };
                    scene.asks(ada, say).unwrap();
                }
                [scene.bob, scene.cem].into_iter().for_each(|agent| scene.choose(agent, Status::Busy));
                let waits = scene.customer();
                scene.wait(30 * 60 - 1);
                assert!(scene.offered(waits).is_empty(), "she is full");
                scene.wait(1);
                assert_eq!(scene.offered(waits), [ada].into());
            },
        },
        Row {
            preset: Preset::Salesforce,
            source: "Salesforce, PresenceUserConfig",
            says: "a push that times out may change the status to a busy one",
            switches: &["on_missed"],
            varies: |policy| policy.on_missed = policy::OnMissed::Busy,
            plays: |scene| {
                let (ada, bob, cem) = (scene.ada, scene.bob, scene.cem);
                [ada, cem].into_iter().for_each(|agent| scene.choose(agent, Status::Away));
                let open = scene.customer();
                assert_eq!(scene.offered(open), [bob].into());
                scene.wait(30);
                assert_eq!(scene.status(bob), Status::Busy);
            },
        },
        Row {
            preset: Preset::Salesforce,
            source: "Salesforce Help, Configure Work Items as Primary or Interruptible",
            says: "urgent work takes a rep who is full of interruptible work, up to the primary capacity",
            switches: &[],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob, cem) = (scene.ada, scene.bob, scene.cem);
                scene.set_rules(QueueRules { interruptible: true, ..Default::default() });
                scene.fill(bob);
                [ada, cem].into_iter().for_each(|agent| scene.choose(agent, Status::Away));
                let less_urgent = scene.customer();
                assert!(scene.offered(less_urgent).is_empty());
                scene.set_rules(QueueRules::default());
                for _ in 0..2 {
                    let urgent = scene.customer();
                    assert_eq!(scene.offered(urgent), [bob].into());
                    scene.accept(bob, urgent);
                }
                let too_many = scene.customer();
                assert!(scene.offered(too_many).is_empty() && scene.offered(less_urgent).is_empty());
            },
        },
        Row {
            preset: Preset::Salesforce,
            source: "Salesforce, PendingServiceRouting and QueueRoutingConfig",
            says: "every required skill is needed at its level; additional skills are dropped after the time-out",
            switches: &[],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob, cem) = (scene.ada, scene.bob, scene.cem);
                let level = |number| Level::new(number).unwrap();
                let [german, billing] = ["German", "Billing"].map(|name| scene.add_skill(name));
                scene.grant(ada, german, level(4));
                scene.grant(ada, billing, level(9));
                scene.grant(bob, german, level(6));
                scene.choose(cem, Status::Away);
                let asked = [(german, level(5)), (billing, Level::LEAST)].into_iter().collect();
                let dropped = queue::Relaxation { after_secs: 20, skill: billing, level: None };
                scene.set_queue(asked, QueueRules { relax: vec![dropped], ..Default::default() });
                let open = scene.customer();
                scene.wait(19);
                assert!(scene.offered(open).is_empty(), "nobody has every skill");
                scene.wait(1);
                assert_eq!(scene.offered(open), [bob].into(), "what is required stays");
            },
        },
    ]
}
