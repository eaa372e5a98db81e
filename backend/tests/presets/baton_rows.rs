//! The safe default, and the values that no product has.

use baton_shared::policy::{
    AfterRelease, Cancel, Decline, Exclude, FullTarget, Need, OnDecline, OnExpiry, OnMissed, OnNoAnswer,
    Preset, Release,
};
use baton_shared::*;

use crate::{Row, as_it_is};

pub const OURS: &str = "the safe default";
pub const OTHER: &str = "a value that no product has";

pub fn rows() -> Vec<Row> {
    let mut rows = waiting_and_returning();
    rows.extend(taking_back_and_asking());
    rows.extend(limits_and_lines());
    rows
}

fn waiting_and_returning() -> Vec<Row> {
    vec![
        Row {
            preset: Preset::Baton,
            source: OURS,
            says: "a transfer returns after a refusal, and after 60 s without an answer",
            switches: &[
                "on_decline",
                "on_no_answer",
                "transfer_secs",
                "return_to_sender",
                "on_expiry",
                "on_missed",
            ],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                scene.reject(bob, open).unwrap();
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                scene.wait(59);
                assert_eq!(scene.offered(open), [bob].into());
                scene.wait(1);
                assert_eq!(scene.owner(open), Owner::Agent(ada));
                assert_eq!(scene.ends(open), [TransferEnd::Returned, TransferEnd::Expired]);
                assert_eq!(scene.status(bob), Status::Available);
            },
        },
        Row {
            preset: Preset::Baton,
            source: OURS,
            says: "a full person is refused, unless the sender lets it wait, which is 15 minutes at most",
            switches: &["full_target", "listed"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                scene.fill(bob);
                scene.lose(scene.cem);
                let open = scene.answered_by(ada);
                assert_eq!(scene.targets(ada, open).agents.len(), 2);
                let full = Refusal::TargetFull { held: 2, limit: 2 };
                assert_eq!(scene.pass(ada, open, Target::Agent(bob)), Err(full.into()));
                scene.request(ada, open, Target::Agent(bob), Mode::Cold, true).unwrap();
                assert_eq!(scene.owner(open), Owner::Agent(ada));
                scene.wait(15 * 60);
                assert_eq!(scene.ends(open), [TransferEnd::Expired]);
                assert_eq!(scene.owner(open), Owner::Agent(ada));
            },
        },
        Row {
            preset: Preset::Baton,
            source: OTHER,
            says: "a released sender gets back what nobody accepted",
            switches: &["release", "return_to_sender", "on_expiry"],
            varies: |policy| policy.release = Release::Request,
            plays: |scene| {
                let (ada, bob, queue) = (scene.ada, scene.bob, scene.queue);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                assert_eq!(scene.owner(open), Owner::Queue(queue));
                assert!(scene.in_wrap_up(ada, open));
                scene.wait(60);
                assert_eq!(scene.owner(open), Owner::Agent(ada));
                assert!(!scene.in_wrap_up(ada, open));
            },
        },
        Row {
            preset: Preset::Baton,
            source: OTHER,
            says: "without a return, what nobody accepted is its queue's",
            switches: &["on_expiry", "return_to_sender", "after_release"],
            varies: |policy| {
                policy.release = Release::Request;
                policy.return_to_sender = false;
                policy.on_expiry = OnExpiry::Fallback;
                policy.after_release = AfterRelease::Listen;
            },
            plays: |scene| {
                let (ada, bob, queue) = (scene.ada, scene.bob, scene.queue);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                assert!(scene.listens(ada, open));
                scene.wait(60);
                assert_eq!(scene.owner(open), Owner::Queue(queue));
            },
        },
        Row {
            preset: Preset::Baton,
            source: OTHER,
            says: "the next one is asked, and after two it returns all the same",
            switches: &["misses_max", "on_decline", "on_no_answer"],
            varies: |policy| {
                policy.on_decline = OnDecline::Next;
                policy.on_no_answer = OnNoAnswer::Next;
            },
            plays: |scene| {
                let (ada, bob, cem) = (scene.ada, scene.bob, scene.cem);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                scene.wait(30);
                assert_eq!(scene.offered(open), [cem].into());
                scene.reject(cem, open).unwrap();
                assert_eq!(scene.owner(open), Owner::Agent(ada));
                assert!(scene.offered(open).is_empty());
                assert_eq!(scene.ends(open), [TransferEnd::Returned]);
            },
        },
        Row {
            preset: Preset::Baton,
            source: OTHER,
            says: "nobody is left out: what one passes to the queue one may be offered at once",
            switches: &["exclude"],
            varies: |policy| {
                policy.exclude = Exclude::Nobody;
                policy.cancel = Cancel::Never;
            },
            plays: |scene| {
                let (ada, queue) = (scene.ada, scene.queue);
                let open = scene.answered_by(ada);
                [scene.bob, scene.cem].into_iter().for_each(|agent| scene.choose(agent, Status::Busy));
                scene.pass(ada, open, Target::Queue(queue)).unwrap();
                scene.wait(1);
                assert_eq!(scene.offered(open), [ada].into());
            },
        },
        Row {
            preset: Preset::Baton,
            source: OURS,
            says: "the sender rests 30 s while others could take it, and is asked where nobody else is",
            switches: &["exclude"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, queue) = (scene.ada, scene.queue);
                let open = scene.answered_by(ada);
                [scene.bob, scene.cem].into_iter().for_each(|agent| scene.choose(agent, Status::Busy));
                scene.pass(ada, open, Target::Queue(queue)).unwrap();
                scene.wait(29);
                assert!(scene.offered(open).is_empty());
                scene.wait(1);
                assert_eq!(scene.offered(open), [ada].into());
            },
        },
        Row {
            preset: Preset::Baton,
            source: OTHER,
            says: "an unanswered offer may make a person away",
            switches: &["on_missed"],
            varies: |policy| policy.on_missed = OnMissed::Away,
            plays: |scene| {
                scene.choose(scene.ada, Status::Busy);
                let bob = scene.bob;
                let open = scene.customer();
                assert_eq!(scene.offered(open), [bob].into());
                scene.wait(30);
                assert_eq!(scene.status(bob), Status::Away);
            },
        },
    ]
}

fn taking_back_and_asking() -> Vec<Row> {
    vec![
        Row {
            preset: Preset::Baton,
            source: OURS,
            says: "a transfer to a person is taken back until it is accepted, one to a queue for 5 s",
            switches: &["cancel", "undo_secs"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob, queue) = (scene.ada, scene.bob, scene.queue);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                scene.wait(40);
                scene.cancel(ada, open).unwrap();
                scene.pass(ada, open, Target::Queue(queue)).unwrap();
                scene.wait(4);
                scene.cancel(ada, open).unwrap();
                assert_eq!(scene.owner(open), Owner::Agent(ada));
                assert!(scene.offered(open).is_empty());
                scene.pass(ada, open, Target::Queue(queue)).unwrap();
                scene.wait(5);
                assert_eq!(scene.cancel(ada, open), Err(Refusal::UndoOver.into()));
            },
        },
        Row {
            preset: Preset::Baton,
            source: OTHER,
            says: "every transfer is taken back in the undo time, and not after it",
            switches: &["cancel", "undo_secs"],
            varies: |policy| policy.cancel = Cancel::Undo,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                scene.wait(4);
                scene.cancel(ada, open).unwrap();
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                scene.wait(5);
                assert_eq!(scene.cancel(ada, open), Err(Refusal::MayNotCancel.into()));
            },
        },
        Row {
            preset: Preset::Baton,
            source: OURS,
            says: "a supervisor calls off what others transfer, when the sender may not and where nobody may",
            switches: &["cancel", "release"],
            varies: |policy| {
                policy.cancel = Cancel::Never;
                policy.release = Release::Request;
            },
            plays: |scene| {
                let (ada, bob, cem, queue) = (scene.ada, scene.bob, scene.cem, scene.queue);
                let open = scene.answered_by(ada);
                for target in [Target::Agent(bob), Target::Queue(queue)] {
                    scene.pass(ada, open, target).unwrap();
                    assert_eq!(scene.cancel(ada, open), Err(Refusal::MayNotCancel.into()));
                    assert_eq!(scene.cancel(bob, open), Err(Refusal::NotOwner.into()));
                    scene.cancel(cem, open).unwrap();
                    assert_eq!(scene.owner(open), Owner::Agent(ada));
                    assert!(scene.offered(open).is_empty());
                }
                assert_eq!(scene.ends(open), [TransferEnd::CalledOff; 2]);
                let steps_in = |recorded: &&Recorded| matches!(recorded.event, Event::TransferDirected { agent, .. } if agent == cem);
                assert_eq!(scene.log().iter().filter(steps_in).count(), 2);
                scene.pass(ada, open, Target::Queue(queue)).unwrap();
                scene.lose(ada);
                assert_eq!(scene.cancel(cem, open), Err(Refusal::SenderGone.into()));
            },
        },
        Row {
            preset: Preset::Baton,
            source: OURS,
            says: "a supervisor ends a consultation, for the one who asked or for the one who is asked",
            switches: &["modes"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob, cem) = (scene.ada, scene.bob, scene.cem);
                let open = scene.answered_by(ada);
                scene.request(ada, open, Target::Agent(bob), Mode::Warm, false).unwrap();
                scene.accept(bob, open);
                scene.cancel(cem, open).unwrap();
                assert_eq!(scene.owner(open), Owner::Agent(ada));
                let transfer = scene.request(ada, open, Target::Agent(bob), Mode::Warm, false).unwrap();
                scene.accept(bob, open);
                let hand_over = Command::HandOver { conversation: open, transfer };
                assert_eq!(scene.asks(bob, hand_over.clone()), Err(Refusal::NotOwner.into()));
                scene.asks(cem, hand_over).unwrap();
                assert_eq!(scene.owner(open), Owner::Agent(bob));
                assert_eq!(scene.ends(open), [TransferEnd::CalledOff, TransferEnd::Completed]);
            },
        },
        Row {
            preset: Preset::Baton,
            source: OURS,
            says: "who refuses is asked why, and may leave it empty",
            switches: &["decline"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                scene.reject(bob, open).unwrap();
                assert_eq!(scene.owner(open), Owner::Agent(ada));
            },
        },
        Row {
            preset: Preset::Baton,
            source: OTHER,
            says: "a reason may be asked for that must not be empty",
            switches: &["decline"],
            varies: |policy| policy.decline = Decline::NeedReason,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                let empty = Refusal::TextEmpty { field: "reason" };
                assert_eq!(scene.reject(bob, open), Err(empty.into()));
                scene.reject_saying(bob, open, "not mine").unwrap();
                assert_eq!(scene.owner(open), Owner::Agent(ada));
            },
        },
        Row {
            preset: Preset::Baton,
            source: OURS,
            says: "a note and a summary may be left empty",
            switches: &["note", "summary"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                assert_eq!(scene.offered(open), [bob].into());
            },
        },
        Row {
            preset: Preset::Baton,
            source: OTHER,
            says: "a note and a summary may be asked for that must not be empty",
            switches: &["note", "summary"],
            varies: |policy| {
                policy.note = Need::Required;
                policy.summary = Need::Required;
            },
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let conversation = scene.answered_by(ada);
                let request = |note: &str, summary: &str| Command::RequestTransfer {
                    conversation,
                    target: Target::Agent(bob),
                    mode: Mode::Cold,
                    note: Some(note.to_owned()),
                    summary: Some(summary.to_owned()),
                    edited: None,
                    park: false,
                };
                let empty = |field| Err(Refusal::TextEmpty { field });
                assert_eq!(scene.would_write(ada, request(" ", "s")), empty("note"));
                assert_eq!(scene.would_write(ada, request("n", "")), empty("summary"));
                assert_eq!(scene.would_write(ada, request("n", "s")), Ok(2));
                let target = Target::Agent(bob);
                let invite = |note: &str| {
                    let note = Some(note.to_owned());
                    Command::Invite { conversation, target, note }
                };
                assert_eq!(scene.would_write(ada, invite(" ")), empty("note"));
                assert_eq!(scene.would_write(ada, invite("n")), Ok(1));
            },
        },
        Row {
            preset: Preset::Baton,
            source: OURS,
            says: "a consultation is between the two, at most 10 minutes; then the sender goes on, or hands over",
            switches: &["modes", "consult_secs"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let open = scene.answered_by(ada);
                scene.request(ada, open, Target::Agent(bob), Mode::Warm, false).unwrap();
                scene.accept(bob, open);
                assert_eq!(scene.owner(open), Owner::Agent(ada));
                scene.wait(600);
                assert_eq!(scene.ends(open), [TransferEnd::Returned]);
                let transfer = scene.request(ada, open, Target::Agent(bob), Mode::Warm, false).unwrap();
                scene.accept(bob, open);
                scene.asks(ada, Command::HandOver { conversation: open, transfer }).unwrap();
                assert_eq!(scene.owner(open), Owner::Agent(bob));
                assert!(scene.in_wrap_up(ada, open));
            },
        },
        Row {
            preset: Preset::Baton,
            source: OURS,
            says: "who is lost keeps what they have for two minutes, then its queue has it, at its age",
            switches: &["grace_secs"],
            varies: as_it_is,
            plays: |scene| {
                let ada = scene.ada;
                let open = scene.answered_by(ada);
                [scene.bob, scene.cem].into_iter().for_each(|agent| scene.choose(agent, Status::Busy));
                scene.lose(ada);
                scene.wait(119);
                assert_eq!(scene.owner(open), Owner::Agent(ada));
                scene.wait(1);
                assert_eq!(scene.owner(open), Owner::Queue(scene.queue));
                let waits = &scene.state().conversations[&open];
                assert_eq!(waits.ranked_at, waits.enqueued_at);
            },
        },
    ]
}

fn limits_and_lines() -> Vec<Row> {
    vec![
        Row {
            preset: Preset::Baton,
            source: OURS,
            says: "what is passed on keeps its age, and stands 30 s before others of that age",
            switches: &["age", "lift_secs"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, queue) = (scene.ada, scene.queue);
                let open = scene.answered_by(ada);
                scene.wait(100);
                scene.pass(ada, open, Target::Queue(queue)).unwrap();
                let waits = &scene.state().conversations[&open];
                assert_eq!(waits.enqueued_at.since(waits.ranked_at), core::time::Duration::from_secs(30));
            },
        },
        Row {
            preset: Preset::Baton,
            source: OTHER,
            says: "a conversation is passed on as often as the limit says, by transfers and by leaving",
            switches: &["hops_max"],
            varies: |policy| policy.hops_max = 2,
            plays: |scene| {
                let (ada, bob, cem) = (scene.ada, scene.bob, scene.cem);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                scene.accept(bob, open);
                scene.invite(bob, open, cem).unwrap();
                scene.accept(cem, open);
                scene.asks(bob, Command::LeaveConversation { conversation: open }).unwrap();
                assert_eq!(scene.owner(open), Owner::Agent(cem));
                let limit = Refusal::HopLimit { hops_max: 2 };
                assert_eq!(scene.pass(cem, open, Target::Agent(ada)), Err(limit.clone().into()));
                scene.invite(cem, open, ada).unwrap();
                scene.accept(ada, open);
                let leave = Command::LeaveConversation { conversation: open };
                assert_eq!(scene.asks(cem, leave), Err(limit.into()));
            },
        },
        Row {
            preset: Preset::Baton,
            source: OURS,
            says: "five invitations may be out at once, to different people",
            switches: &["invites_max"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob, cem) = (scene.ada, scene.bob, scene.cem);
                let open = scene.answered_by(ada);
                scene.invite(ada, open, bob).unwrap();
                scene.invite(ada, open, cem).unwrap();
                scene.accept(bob, open);
                scene.accept(cem, open);
                assert_eq!(scene.owner(open), Owner::Agent(ada));
                assert_eq!(scene.state().conversations[&open].invites.len(), 2);
            },
        },
        Row {
            preset: Preset::Baton,
            source: OTHER,
            says: "only chosen targets can be allowed",
            switches: &["allowed"],
            varies: |policy| policy.allowed = policy::Allowed::Only([].into()),
            plays: |scene| {
                let (ada, bob, queue) = (scene.ada, scene.bob, scene.queue);
                let open = scene.answered_by(ada);
                let refused = Err(Refusal::TargetNotAllowed.into());
                assert_eq!(scene.pass(ada, open, Target::Agent(bob)), refused);
                assert_eq!(scene.pass(ada, open, Target::Queue(queue)), refused);
                assert!(scene.targets(ada, open).agents.is_empty());
            },
        },
        Row {
            preset: Preset::Baton,
            source: OURS,
            says: "an offer takes room, so that two never meet in the last place; nobody accepts by themselves",
            switches: &["reserve_capacity", "auto_accept", "offers_at_once"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                scene.answered_by(bob);
                let (first, second) = (scene.answered_by(ada), scene.answered_by(ada));
                scene.pass(ada, first, Target::Agent(bob)).unwrap();
                let full = Refusal::TargetFull { held: 2, limit: 2 };
                assert_eq!(scene.pass(ada, second, Target::Agent(bob)), Err(full.into()));
                assert_eq!(scene.owner(first), Owner::Agent(ada));
            },
        },
        Row {
            preset: Preset::Baton,
            source: OTHER,
            says: "the time for filing is that of the request, whatever was changed before it was accepted",
            switches: &["wrap_up_secs", "wrap_up"],
            varies: |policy| policy.wrap_up_secs = Some(30),
            plays: |scene| {
                let (ada, bob, cem) = (scene.ada, scene.bob, scene.cem);
                let (passed, left) = (scene.answered_by(ada), scene.answered_by(ada));
                scene.pass(ada, passed, Target::Agent(bob)).unwrap();
                scene.invite(ada, left, cem).unwrap();
                scene.set_policy(&Preset::Baton.policy());
                scene.accept(bob, passed);
                scene.accept(cem, left);
                scene.asks(ada, Command::LeaveConversation { conversation: left }).unwrap();
                scene.wait(29);
                assert!(scene.in_wrap_up(ada, passed) && scene.in_wrap_up(ada, left));
                scene.wait(1);
                assert!(!scene.in_wrap_up(ada, passed) && !scene.in_wrap_up(ada, left));
            },
        },
        Row {
            preset: Preset::Baton,
            source: OTHER,
            says: "a transfer goes on as it was requested: a change governs later ones",
            switches: &["full_target"],
            varies: |policy| policy.full_target = FullTarget::Wait,
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                scene.fill(bob);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                let mut later = Preset::Baton.policy();
                later.cancel = Cancel::Never;
                scene.set_policy(&later);
                scene.cancel(ada, open).unwrap();
                assert_eq!(scene.owner(open), Owner::Agent(ada));
            },
        },
    ]
}
