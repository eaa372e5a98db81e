//! Twilio Flex: its own messaging transfers, and those of the Conversation Transfer plugin.

use baton::dispatcher;
use baton_shared::policy::Preset;
use baton_shared::*;

use crate::{Row, as_it_is};

const WORK_WITH: &str = "Twilio, Work with messaging transfers";
const PLUGIN: &str = "Twilio, Conversation Transfer template";

pub fn rows() -> Vec<Row> {
    let mut rows = native();
    rows.extend(plugin());
    rows
}

fn native() -> Vec<Row> {
    vec![
        Row {
            preset: Preset::Flex,
            source: WORK_WITH,
            says: "a conversation is passed to an agent without a consultation; there is no warm transfer",
            switches: &["modes", "enabled", "release"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let open = scene.answered_by(ada);
                let target = Target::Agent(bob);
                let warm = scene.request(ada, open, target, Mode::Warm, false);
                assert_eq!(warm, Err(Refusal::ModeNotAllowed { mode: Mode::Warm }.into()));
                scene.pass(ada, open, target).unwrap();
                assert_eq!(scene.owner(open), Owner::Agent(ada));
                scene.accept(bob, open);
                assert_eq!(scene.owner(open), Owner::Agent(bob));
                assert_eq!(scene.ends(open), [TransferEnd::Completed]);
            },
        },
        Row {
            preset: Preset::Flex,
            source: WORK_WITH,
            says: "a conversation is passed to an agent or a queue, to nothing else",
            switches: &["targets"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, group, other) = (scene.ada, scene.group, scene.other_queue);
                let open = scene.answered_by(ada);
                let workflow = Target::Workflow(WorkflowId::from_bits(1));
                for refused in [Target::Group(group), workflow] {
                    let refused = scene.pass(ada, open, refused);
                    assert_eq!(refused, Err(Refusal::TargetNotAllowed.into()));
                }
                scene.pass(ada, open, Target::Queue(other)).unwrap();
                assert_eq!(scene.owner(open), Owner::Queue(other));
            },
        },
        Row {
            preset: Preset::Flex,
            source: WORK_WITH,
            says: "where the receiver rejects it, it goes to the next available agent, and not back to the sender",
            switches: &["decline", "on_decline", "return_to_sender", "exclude"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob, cem) = (scene.ada, scene.bob, scene.cem);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                scene.reject(bob, open).unwrap();
                assert_eq!(scene.offered(open), [cem].into());
                scene.accept(cem, open);
                assert_eq!(scene.owner(open), Owner::Agent(cem));
            },
        },
        Row {
            preset: Preset::Flex,
            source: WORK_WITH,
            says: "where the receiver is not available, it goes to the next available agent",
            switches: &["full_target"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob, cem) = (scene.ada, scene.bob, scene.cem);
                let open = scene.answered_by(ada);
                scene.choose(bob, Status::Away);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                assert_eq!(scene.offered(open), [cem].into());
            },
        },
        Row {
            preset: Preset::Flex,
            source: "Twilio, TaskRouter Workspace, timeout activity",
            says: "an agent who lets a reservation of 120 s time out is offline until they choose otherwise, and the \
                   next one is asked",
            switches: &["on_missed", "on_no_answer", "offer_secs", "misses_max", "transfer_secs"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob, cem) = (scene.ada, scene.bob, scene.cem);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                scene.wait(119);
                assert_eq!(scene.offered(open), [bob].into());
                scene.wait(1);
                assert_eq!(scene.status(bob), Status::Offline);
                assert_eq!(scene.offered(open), [cem].into());
                scene.wait(300);
                assert_eq!(scene.status(bob), Status::Offline);
            },
        },
        Row {
            preset: Preset::Flex,
            source: "Twilio, Turn on messaging transfers",
            says: "notes and summaries are switches of their own: what is off is not kept",
            switches: &["note", "summary"],
            varies: |policy| {
                policy.note = policy::Need::Optional;
                policy.summary = policy::Need::Off;
            },
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let open = scene.answered_by(ada);
                let request = |note: &str, summary: &str| Command::RequestTransfer {
                    conversation: open,
                    target: Target::Agent(bob),
                    mode: Mode::Cold,
                    note: Some(note.to_owned()),
                    summary: Some(summary.to_owned()),
                    edited: None,
                    park: false,
                };
                assert_eq!(scene.would_write(ada, request("n", "s")), Ok(1));
                assert_eq!(scene.would_write(ada, request("", "s")), Ok(0));
            },
        },
        Row {
            preset: Preset::Flex,
            source: "Twilio, Messaging transfers, compliance and limits",
            says: "with messaging transfers off there are none",
            switches: &["enabled"],
            varies: |policy| policy.enabled = false,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let open = scene.answered_by(ada);
                let refused = scene.pass(ada, open, Target::Agent(bob));
                assert_eq!(refused, Err(Refusal::TransfersOff.into()));
            },
        },
        Row {
            preset: Preset::Flex,
            source: "Twilio, Monitor conversations",
            says: "a supervisor reads a conversation and cannot take it over",
            switches: &["take_over"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, cem) = (scene.ada, scene.cem);
                let open = scene.answered_by(ada);
                let refused = scene.asks(cem, Command::TakeOver { conversation: open });
                assert_eq!(refused, Err(Refusal::MayNotTakeOver.into()));
            },
        },
        Row {
            preset: Preset::Flex,
            source: "Twilio, Interactions API, Invites",
            says: "a plugin may accept reservations by itself",
            switches: &["auto_accept"],
            varies: |policy| policy.auto_accept = true,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                assert_eq!(scene.owner(open), Owner::Agent(bob));
            },
        },
        Row {
            preset: Preset::Flex,
            source: "Twilio, TaskQueue resource, MaxReservedWorkers",
            says: "several reservations may be out at once: the first who accepts has it, the others lose theirs",
            switches: &["offers_at_once"],
            varies: |policy| policy.offers_at_once = 2,
            plays: |scene| {
                let (bob, cem) = (scene.bob, scene.cem);
                scene.choose(scene.ada, Status::Busy);
                let open = scene.customer();
                assert_eq!(scene.offered(open), [bob, cem].into());
                scene.accept(cem, open);
                assert_eq!(scene.owner(open), Owner::Agent(cem));
                assert!(scene.offered(open).is_empty());
            },
        },
    ]
}

fn plugin() -> Vec<Row> {
    vec![
        Row {
            preset: Preset::FlexPlugin,
            source: PLUGIN,
            says: "a cold transfer closes the sender's part at once, before anyone accepts, with nothing to file",
            switches: &["release", "wrap_up", "after_release"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob, queue) = (scene.ada, scene.bob, scene.queue);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                assert_eq!(scene.owner(open), Owner::Queue(queue));
                assert!(!scene.in_wrap_up(ada, open));
                assert_eq!(scene.offered(open), [bob].into());
                scene.accept(bob, open);
                assert_eq!(scene.owner(open), Owner::Agent(bob));
            },
        },
        Row {
            preset: Preset::FlexPlugin,
            source: PLUGIN,
            says: "a cold transfer cannot be taken back; an invitation can",
            switches: &["cancel"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob, cem) = (scene.ada, scene.bob, scene.cem);
                let open = scene.answered_by(ada);
                let Ok(dispatcher::Answer::Invited { invite }) = scene.invite(ada, open, cem) else {
                    panic!("an invitation is made")
                };
                scene.asks(ada, Command::CancelInvite { conversation: open, invite }).unwrap();
                assert!(scene.offered(open).is_empty());
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                assert_eq!(scene.cancel(ada, open), Err(Refusal::MayNotCancel.into()));
            },
        },
        Row {
            preset: Preset::FlexPlugin,
            source: PLUGIN,
            says: "one invitation is out at a time; a second is refused",
            switches: &["invites_max", "modes"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob, cem) = (scene.ada, scene.bob, scene.cem);
                let open = scene.answered_by(ada);
                scene.invite(ada, open, bob).unwrap();
                let second = scene.invite(ada, open, cem);
                assert_eq!(second, Err(Refusal::InviteLimit { invites_max: 1 }.into()));
                scene.accept(bob, open);
                scene.invite(ada, open, cem).unwrap();
            },
        },
        Row {
            preset: Preset::FlexPlugin,
            source: PLUGIN,
            says: "there is no cold transfer while an invitation is open",
            switches: &["release"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob, cem, queue) = (scene.ada, scene.bob, scene.cem, scene.queue);
                let open = scene.answered_by(ada);
                scene.invite(ada, open, cem).unwrap();
                for target in [Target::Agent(bob), Target::Queue(queue)] {
                    assert_eq!(scene.pass(ada, open, target), Err(Refusal::InviteOpen.into()));
                }
                scene.reject(cem, open).unwrap();
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                assert_eq!(scene.offered(open), [bob].into());
            },
        },
        Row {
            preset: Preset::FlexPlugin,
            source: PLUGIN,
            says: "a member can be removed from the conversation",
            switches: &["modes"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let open = scene.answered_by(ada);
                let Ok(dispatcher::Answer::Invited { invite }) = scene.invite(ada, open, bob) else {
                    panic!("an invitation is made")
                };
                scene.accept(bob, open);
                assert_eq!(scene.participants(open), [bob]);
                scene.asks(ada, Command::CancelInvite { conversation: open, invite }).unwrap();
                assert_eq!(scene.participants(open), []);
                assert_eq!(scene.owner(open), Owner::Agent(ada));
            },
        },
        Row {
            preset: Preset::FlexPlugin,
            source: PLUGIN,
            says: "who is in the conversation already is not invited; leaving it passes it on",
            switches: &["modes"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let open = scene.answered_by(ada);
                scene.invite(ada, open, bob).unwrap();
                scene.accept(bob, open);
                assert_eq!(scene.invite(ada, open, bob), Err(Refusal::TargetTakesPart.into()));
                scene.asks(ada, Command::LeaveConversation { conversation: open }).unwrap();
                assert_eq!(scene.owner(open), Owner::Agent(bob));
            },
        },
        Row {
            preset: Preset::FlexPlugin,
            source: PLUGIN,
            says: "the sample expression keeps everyone who had the conversation out of the queue's candidates",
            switches: &["exclude"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob, cem, queue) = (scene.ada, scene.bob, scene.cem, scene.queue);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                scene.accept(bob, open);
                scene.wait(40);
                scene.pass(bob, open, Target::Queue(queue)).unwrap();
                assert_eq!(scene.offered(open), [cem].into());
            },
        },
        Row {
            preset: Preset::FlexPlugin,
            source: PLUGIN,
            says: "the invitation is a new task, so its age begins anew",
            switches: &["age", "lift_secs"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob, cem) = (scene.ada, scene.bob, scene.cem);
                let first = scene.answered_by(ada);
                scene.wait(10);
                for agent in [ada, bob, cem] {
                    scene.choose(agent, Status::Busy);
                }
                let second = scene.customer();
                scene.wait(10);
                scene.pass(ada, first, Target::Queue(scene.queue)).unwrap();
                scene.wait(1);
                scene.choose(bob, Status::Available);
                let order: Vec<ConversationId> =
                    scene.state().offers_to(bob).map(|offer| offer.conversation).collect();
                assert_eq!(order.len(), 2);
                let ranked = |id| scene.state().conversations[&id].ranked_at;
                assert!(ranked(second) < ranked(first), "the one passed on stands behind");
            },
        },
        Row {
            preset: Preset::FlexPlugin,
            source: PLUGIN,
            says: "routing decides what becomes of a target who is full: it waits for them",
            switches: &["full_target"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                scene.fill(bob);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                assert!(scene.offered(open).is_empty());
                let ended = scene.state().owned_by(bob).next().unwrap().id;
                scene.end(bob, ended).unwrap();
                assert_eq!(scene.offered(open), [bob].into());
            },
        },
        Row {
            preset: Preset::FlexPlugin,
            source: PLUGIN,
            says: "there is no field for a note or a summary",
            switches: &["note", "summary"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let open = scene.answered_by(ada);
                let (note, summary) = (Some("n".to_owned()), Some("s".to_owned()));
                let (conversation, target) = (open, Target::Agent(bob));
                let mode = Mode::Cold;
                let request = Command::RequestTransfer {
                    conversation,
                    target,
                    mode,
                    note,
                    summary,
                    edited: None,
                    park: false,
                };
                assert_eq!(scene.would_write(ada, request), Ok(0));
                let note = Some("n".to_owned());
                assert_eq!(scene.would_write(ada, Command::Invite { conversation, target, note }), Ok(0));
            },
        },
    ]
}
