//! SuperOffice chat.

use baton_shared::policy::Preset;
use baton_shared::*;

use crate::{Row, as_it_is};

const TRANSFER: &str = "SuperOffice, Transfer a chat";

pub fn rows() -> Vec<Row> {
    vec![
        Row {
            preset: Preset::Superoffice,
            source: TRANSFER,
            says: "only agents who are present can be chosen",
            switches: &["listed", "targets"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob, cem, queue) = (scene.ada, scene.bob, scene.cem, scene.queue);
                let open = scene.answered_by(ada);
                scene.choose(cem, Status::Away);
                let people: Vec<AgentId> =
                    scene.targets(ada, open).agents.iter().map(|standing| standing.id).collect();
                assert_eq!(people, [bob]);
                let refused = scene.pass(ada, open, Target::Queue(queue));
                assert_eq!(refused, Err(Refusal::TargetNotAllowed.into()));
            },
        },
        Row {
            preset: Preset::Superoffice,
            source: TRANSFER,
            says: "on acceptance the sender goes into listening mode: they read on and cannot write, until they close it",
            switches: &["release", "after_release", "wrap_up"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                assert!(!scene.listens(ada, open));
                scene.accept(bob, open);
                assert!(scene.listens(ada, open));
                assert!(scene.state().viewers(open).contains(&ada));
                let say = Command::SendMessage { conversation: open, text: "One more thing".to_owned() };
                assert_eq!(scene.asks(ada, say), Err(Refusal::NotOwner.into()));
                scene.asks(ada, Command::StopListening { conversation: open }).unwrap();
                assert!(!scene.state().viewers(open).contains(&ada));
            },
        },
        Row {
            preset: Preset::Superoffice,
            source: TRANSFER,
            says: "a transfer that is rejected stays with the sender, who goes on or creates a request",
            switches: &["decline", "on_decline", "return_to_sender"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                scene.reject(bob, open).unwrap();
                assert_eq!(scene.owner(open), Owner::Agent(ada));
                assert_eq!(scene.ends(open), [TransferEnd::Returned]);
                scene.asks(ada, Command::CreateRequest { conversation: open, note: None }).unwrap();
                assert!(!scene.open(open));
                assert_eq!(scene.state().requests.len(), 1);
            },
        },
        Row {
            preset: Preset::Superoffice,
            source: TRANSFER,
            says: "no timer ends an unanswered transfer; the sender cancels it",
            switches: &["on_no_answer", "transfer_secs", "cancel"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                scene.wait(2 * 3_600);
                assert_eq!(scene.offered(open), [bob].into());
                scene.cancel(ada, open).unwrap();
                assert!(scene.offered(open).is_empty());
                assert_eq!(scene.owner(open), Owner::Agent(ada));
                assert_eq!(scene.ends(open), [TransferEnd::Cancelled]);
            },
        },
        Row {
            preset: Preset::Superoffice,
            source: TRANSFER,
            says: "no model of capacity: who has their hands full can be sent a chat all the same",
            switches: &["full_target", "reserve_capacity"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                scene.fill(bob);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                assert_eq!(scene.offered(open), [bob].into());
                assert_eq!(scene.state().held(bob, Channel::WebChat), 2);
                scene.accept(bob, open);
                assert_eq!(scene.state().held(bob, Channel::WebChat), 3);
            },
        },
        Row {
            preset: Preset::Superoffice,
            source: "SuperOffice, Chat channel, users",
            says: "a chat is passed to the members of its channel",
            switches: &["allowed"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob, queue) = (scene.ada, scene.bob, scene.queue);
                let open = scene.answered_by(ada);
                let remove = Command::RemoveMember { queue, agent: bob };
                scene.give(command::Actor::System, remove).unwrap();
                let refused = scene.pass(ada, open, Target::Agent(bob));
                assert_eq!(refused, Err(Refusal::TargetNotAllowed.into()));
                assert!(scene.targets(ada, open).agents.iter().all(|standing| standing.id != bob));
            },
        },
        Row {
            preset: Preset::Superoffice,
            source: "SuperOffice, Chat channel, managers",
            says: "a manager takes any chat over",
            switches: &["take_over"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob, cem) = (scene.ada, scene.bob, scene.cem);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                scene.asks(cem, Command::TakeOver { conversation: open }).unwrap();
                assert_eq!(scene.owner(open), Owner::Agent(cem));
                assert!(scene.offered(open).is_empty());
                assert_eq!(scene.ends(open), [TransferEnd::Superseded]);
                let mut asks = |agent| scene.asks(agent, Command::TakeOver { conversation: open });
                assert_eq!(asks(bob), Err(Refusal::RoleTooLow { needed: Role::Supervisor }.into()));
            },
        },
        Row {
            preset: Preset::Superoffice,
            source: "SuperOffice, Create a chat channel, offline form",
            says: "what nobody can take any more becomes a request",
            switches: &["fallback", "on_expiry"],
            varies: |policy| {
                policy.return_to_sender = false;
                policy.on_expiry = policy::OnExpiry::Fallback;
                policy.transfer_secs = Some(60);
            },
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                scene.wait(60);
                assert!(!scene.open(open));
                assert_eq!(scene.state().requests.len(), 1);
            },
        },
        Row {
            preset: Preset::Superoffice,
            source: "SuperOffice, Create a chat channel, queue escape",
            says: "whom nobody answers within the minutes of the channel, because all are away, gets the offline form",
            switches: &[],
            varies: as_it_is,
            plays: |scene| {
                let overflow = queue::Overflow::Request;
                scene.set_rules(QueueRules { wait_secs: Some(120), overflow, ..Default::default() });
                for agent in [scene.ada, scene.bob, scene.cem] {
                    scene.choose(agent, Status::Away);
                }
                let waits = scene.customer();
                scene.wait(119);
                assert!(scene.open(waits));
                scene.wait(1);
                assert!(!scene.open(waits));
                assert_eq!(scene.requests(), [1]);
            },
        },
        Row {
            preset: Preset::Superoffice,
            source: "SuperOffice, Respond to chat requests",
            says: "while all are away, customers find the offline form",
            switches: &[],
            varies: as_it_is,
            plays: |scene| {
                scene.set_rules(QueueRules { unattended_form: true, ..Default::default() });
                assert!(scene.begins().is_ok());
                for agent in [scene.ada, scene.bob, scene.cem] {
                    scene.choose(agent, Status::Away);
                }
                assert_eq!(scene.begins(), Err(Refusal::QueueClosed.into()));
                scene.choose(scene.bob, Status::Available);
                assert!(scene.begins().is_ok());
            },
        },
        Row {
            preset: Preset::Superoffice,
            source: "SuperOffice, IChatAgent",
            says: "whoever does not have the chat cannot pass it on, and one pending receiver is all there is",
            switches: &["invites_max"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob, cem) = (scene.ada, scene.bob, scene.cem);
                let open = scene.answered_by(ada);
                assert_eq!(scene.pass(bob, open, Target::Agent(cem)), Err(Refusal::NotOwner.into()));
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                assert_eq!(scene.pass(ada, open, Target::Agent(cem)), Err(Refusal::TransferOpen.into()));
                let refused = scene.invite(ada, open, cem);
                assert_eq!(refused, Err(Refusal::ModeNotAllowed { mode: Mode::Invite }.into()));
            },
        },
    ]
}
