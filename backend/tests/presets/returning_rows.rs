//! What comes back, from queues and groups too, and what becomes of what cannot: the safe default, and values that no
//! product has.

use baton_shared::policy::{Decline, Fallback, Preset, Release};
use baton_shared::*;

use crate::baton_rows::{OTHER, OURS};
use crate::scene::Scene;
use crate::{Row, as_it_is};

pub fn rows() -> Vec<Row> {
    let mut rows = queues_and_groups();
    rows.extend(nowhere_to_go());
    rows
}

fn queues_and_groups() -> Vec<Row> {
    vec![
        Row {
            preset: Preset::Baton,
            source: OURS,
            says: "what two different people of a queue or a group did not take comes back to its sender",
            switches: &["misses_max", "return_to_sender"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob, cem) = (scene.ada, scene.bob, scene.cem);
                let open = scene.answered_by(ada);
                for target in [Target::Queue(scene.other_queue), Target::Group(scene.group)] {
                    scene.pass(ada, open, target).unwrap();
                    let first = *scene.offered(open).first().unwrap();
                    scene.reject(first, open).unwrap();
                    assert_eq!(scene.offered(open), [if first == bob { cem } else { bob }].into());
                    scene.wait(30);
                    assert_eq!(scene.owner(open), Owner::Agent(ada));
                    assert!(scene.offered(open).is_empty());
                    assert_eq!(scene.state().conversations[&open].queue, scene.queue);
                }
                assert_eq!(scene.ends(open), [TransferEnd::Expired; 2]);
            },
        },
        Row {
            preset: Preset::Baton,
            source: OURS,
            says: "one person who refuses twice is one, and a sender who is gone gets nothing back",
            switches: &["misses_max"],
            varies: as_it_is,
            plays: |scene| {
                let (ada, bob, cem, queue) = (scene.ada, scene.bob, scene.cem, scene.queue);
                let open = scene.answered_by(ada);
                [ada, cem].into_iter().for_each(|agent| scene.choose(agent, Status::Busy));
                scene.pass(ada, open, Target::Queue(queue)).unwrap();
                for _ in 0..2 {
                    scene.reject(bob, open).unwrap();
                    scene.wait(30);
                    assert_eq!(scene.offered(open), [bob].into());
                }
                scene.choose(cem, Status::Available);
                scene.reject(bob, open).unwrap();
                assert_eq!(scene.offered(open), [cem].into());
                scene.lose(ada);
                scene.reject(cem, open).unwrap();
                assert_eq!(scene.owner(open), Owner::Queue(queue));
                assert!(scene.ends(open).is_empty(), "it goes on waiting");
            },
        },
        Row {
            preset: Preset::Baton,
            source: OTHER,
            says: "a reason that must be given is asked of the members of a group too",
            switches: &["decline"],
            varies: |policy| policy.decline = Decline::NeedReason,
            plays: |scene| {
                let (ada, group) = (scene.ada, scene.group);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Group(group)).unwrap();
                let asked = *scene.offered(open).first().unwrap();
                let empty = Refusal::TextEmpty { field: "reason" };
                assert_eq!(scene.reject(asked, open), Err(empty.into()));
                scene.reject_saying(asked, open, "not mine").unwrap();
                assert!(!scene.offered(open).contains(&asked));
            },
        },
        Row {
            preset: Preset::Baton,
            source: OTHER,
            says: "what a queue offers takes room even where what a person is offered by name does not",
            switches: &["reserve_capacity"],
            varies: |policy| policy.reserve_capacity = false,
            plays: |scene| {
                let (ada, bob, queue) = (scene.ada, scene.bob, scene.queue);
                scene.choose(scene.cem, Status::Busy);
                let (named, queued) = (scene.answered_by(ada), scene.answered_by(ada));
                scene.pass(ada, named, Target::Agent(bob)).unwrap();
                assert_eq!(scene.offered(named), [bob].into());
                assert_eq!(scene.state().held(bob, Channel::WebChat), 0);
                scene.pass(ada, queued, Target::Queue(queue)).unwrap();
                assert_eq!(scene.offered(queued), [bob].into());
                assert_eq!(scene.state().held(bob, Channel::WebChat), 1);
            },
        },
    ]
}

fn nowhere_to_go() -> Vec<Row> {
    /// Lets Bob refuse what Ada was released from, after she was lost.
    fn refused_without_its_sender(scene: &mut Scene) -> ConversationId {
        let (ada, bob) = (scene.ada, scene.bob);
        let open = scene.answered_by(ada);
        scene.choose(scene.cem, Status::Busy);
        scene.pass(ada, open, Target::Agent(bob)).unwrap();
        scene.lose(ada);
        scene.reject(bob, open).unwrap();
        open
    }
    vec![
        Row {
            preset: Preset::Baton,
            source: OTHER,
            says: "what is refused and whose released sender is gone waits in its queue",
            switches: &["fallback", "release"],
            varies: |policy| policy.release = Release::Request,
            plays: |scene| {
                let open = refused_without_its_sender(scene);
                assert_eq!(scene.owner(open), Owner::Queue(scene.queue));
                assert_eq!(scene.ends(open), [TransferEnd::Returned]);
            },
        },
        Row {
            preset: Preset::Baton,
            source: OTHER,
            says: "or becomes a request",
            switches: &["fallback", "release"],
            varies: |policy| {
                policy.release = Release::Request;
                policy.fallback = Fallback::Request;
            },
            plays: |scene| {
                let open = refused_without_its_sender(scene);
                assert!(!scene.open(open));
                assert_eq!(scene.requests(), [1]);
                assert_eq!(scene.ends(open), [TransferEnd::Returned]);
            },
        },
        Row {
            preset: Preset::Baton,
            source: OTHER,
            says: "several that become requests at once have numbers of their own",
            switches: &["fallback"],
            varies: |policy| {
                policy.release = Release::Request;
                policy.return_to_sender = false;
                policy.fallback = Fallback::Request;
            },
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                for open in [scene.answered_by(ada), scene.answered_by(ada)] {
                    scene.pass(ada, open, Target::Agent(bob)).unwrap();
                }
                scene.choose(bob, Status::Away);
                assert_eq!(scene.requests(), [1, 2]);
            },
        },
        Row {
            preset: Preset::Baton,
            source: OTHER,
            says: "what does not come back when it is refused may come back when its time is up",
            switches: &["on_expiry", "return_to_sender"],
            varies: |policy| {
                policy.release = Release::Request;
                policy.return_to_sender = false;
            },
            plays: |scene| {
                let (ada, bob) = (scene.ada, scene.bob);
                let open = scene.answered_by(ada);
                scene.pass(ada, open, Target::Agent(bob)).unwrap();
                scene.wait(60);
                assert_eq!(scene.owner(open), Owner::Agent(ada));
                assert_eq!(scene.ends(open), [TransferEnd::Expired]);
            },
        },
    ]
}
