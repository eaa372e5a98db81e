//! Every state that three people and two customers can bring about, under the policy of each preset.
//!
//! The model's step is the shipped turn: `Turns::take`, on a store that holds the state, with everything it calls, which
//! is `desk::decide`, `decide_deadline` and `decide_offer`, and `RoutingState::due`, `apply` and `plan`. In each state
//! everyone tries everything, whether they are entitled to it or not: accept, reject, pass on, take back, hand over, stop
//! being consulted, invite, leave, end, create a request, be lost, come back, go away; and time passes. After each step
//! the rules of `rules.rs` and `rights.rs` are checked, each event on the state it changes, and the state as a whole.
//!
//! What is abstracted, and why nothing is lost:
//!
//! - Ids are numbered anew in their order. Decisions compare ids, but never read them.
//! - The present is the same in every state; deadlines are as far from it as they were. Timers are whole ticks of 30 s,
//!   with each preset's order of them: undo and offer end before transfer, consultation and grace. Between two ticks
//!   everything may happen any number of times, so every order of acts and timers is met, also of those that end at the
//!   same time.
//! - The safety time of 15 minutes ends after three ticks, which is later than every other timer.
//! - Of times that lie in the past only the order is kept: since when someone is idle, when someone passed a conversation.
//! - Messages, marks, filing, former owners who read on, requests and the estimate of the wait are left out: no decision
//!   about ownership reads them.
//!
//! What is bounded, and cuts off only longer sequences of the same:
//!
//! - Three people, one of them a supervisor; two hold one conversation and one holds two. One or two customers, who all
//!   come at the beginning. One queue and one group, of which everyone is a member.
//! - One transfer is requested in a run, beside those that a search brings about by itself; one invitation where
//!   invitations are explored. With one customer, someone is lost or goes away once, and a supervisor takes over once.
//!   What is open at a time is limited by the rules, not by these numbers.
//! - How often a conversation may be passed on is not limited; the limit is shown with the presets.
//! - There are no workflows, and nobody answers an offer with anything but yes or no.
//!
//! Besides the rules, each end of an offer, a transfer and an invitation that a policy knows must be reached, and from
//! every state there must be a way to the end of every conversation on which no customer gives up.
//!
//! `BATON_MODEL=lost` lets someone be lost with two customers too: half a million steps for SuperOffice, and more for the
//! others. `BATON_MODEL=large` explores one transfer, invitation, absence and take-over more in each setting, and people
//! who are away after a missed offer; it takes hours.
//! `docs/model.md` lists the guards that were taken out one by one, and what noticed each.

mod canonical;
mod centre;
mod clocks;
#[path = "../simulation/reference.rs"]
mod reference;
mod rights;
mod rules;
mod slate;

use baton_shared::policy::{Cancel, Fallback, OnExpiry, OnNoAnswer, Preset, Release};
use baton_shared::{Mode, TargetKind, TransferPolicy};
use centre::{Centre, Left, Pools, Setting, in_ticks};
use stateright::{Checker, Expectation, HasDiscoveries, Model};

fn explore(setting: Setting) {
    let name = setting.name;
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let checker = Centre::of(setting)
        .checker()
        .threads(threads)
        .finish_when(HasDiscoveries::AnyFailures)
        .spawn_bfs()
        .join();
    let (states, steps) = (checker.unique_state_count(), checker.state_count());
    eprintln!("{name}: {states} states, {steps} steps, {} deep", checker.max_depth());
    // Each look at the discoveries walks all of their paths again, so it is one look.
    let found = checker.discoveries();
    for property in checker.model().properties() {
        match property.expectation {
            Expectation::Always | Expectation::Eventually => {
                if let Some(path) = found.get(property.name) {
                    panic!("{name}: broken: {}\n{path}{:?}", property.name, path.last_state());
                }
            }
            Expectation::Sometimes => {
                assert!(found.contains_key(property.name), "{name}: never reached: {}", property.name);
            }
        }
    }
    assert_eq!(checker.model().stranded(), 0, "{name}: states from which nothing comes to an end");
}

#[expect(clippy::disallowed_methods, reason = "how much is explored is chosen from outside")]
fn chosen() -> Option<String> {
    std::env::var("BATON_MODEL").ok()
}

fn large() -> bool {
    chosen().is_some_and(|size| size == "large")
}

/// Two customers and what agents do with their conversations; people are lost meanwhile where that is chosen.
fn two_customers(preset: Preset, reached: &'static [&'static str]) {
    let lost = u8::from(chosen().is_some_and(|size| size == "large" || size == "lost"));
    explore(Setting {
        name: preset.label(),
        policy: in_ticks(preset, large()),
        capacity: [1, 1, 2],
        customers: 2,
        pools: if large() { Pools::QueueAndGroup } else { Pools::Queue },
        left: Left { transfers: 1, invites: 0, absences: lost, overtakings: 0 },
        reached,
    });
}

/// One customer, and people who are lost, go away and come back, and a supervisor who takes over.
fn people_lost(preset: Preset, reached: &'static [&'static str]) {
    let more = u8::from(large());
    explore(Setting {
        name: preset.label(),
        policy: in_ticks(preset, large()),
        capacity: [1, 1, 2],
        customers: 1,
        pools: Pools::QueueAndGroup,
        left: Left { transfers: 1 + more, invites: 0, absences: 1 + more, overtakings: 1 },
        reached,
    });
}

macro_rules! presets {
    ($($preset:ident: $two:ident reaches [$($of_two:literal,)*], $lost:ident reaches [$($of_lost:literal,)*];)*) => {$(
        #[test]
        fn $two() {
            two_customers(Preset::$preset, &[$($of_two,)*]);
        }

        #[test]
        fn $lost() {
            people_lost(Preset::$preset, &[$($of_lost,)*]);
        }
    )*};
}

presets! {
    Baton:
        baton_with_two_customers reaches [
            "closed by agent",
            "closed by customer",
            "offer accepted",
            "offer cancelled",
            "offer declined",
            "offer rescinded",
            "offer timed_out",
            "transfer abandoned",
            "transfer cancelled",
            "transfer completed",
            "transfer expired",
            "transfer returned",
        ],
        baton_with_people_lost reaches [
            "closed by agent",
            "closed by customer",
            "offer accepted",
            "offer cancelled",
            "offer declined",
            "offer rescinded",
            "offer target_gone",
            "offer timed_out",
            "transfer abandoned",
            "transfer cancelled",
            "transfer completed",
            "transfer expired",
            "transfer returned",
            "transfer superseded",
        ];
    Flex:
        flex_with_two_customers reaches [
            "closed by agent",
            "closed by customer",
            "offer accepted",
            "offer cancelled",
            "offer declined",
            "offer rescinded",
            "offer timed_out",
            "transfer abandoned",
            "transfer cancelled",
            "transfer completed",
        ],
        flex_with_people_lost reaches [
            "closed by agent",
            "closed by customer",
            "offer accepted",
            "offer cancelled",
            "offer declined",
            "offer rescinded",
            "offer target_gone",
            "offer timed_out",
            "transfer abandoned",
            "transfer cancelled",
            "transfer completed",
            "transfer expired",
        ];
    FlexPlugin:
        the_flex_plugin_with_two_customers reaches [
            "closed by agent",
            "closed by customer",
            "offer accepted",
            "offer declined",
            "offer rescinded",
            "offer timed_out",
            "transfer abandoned",
            "transfer completed",
            "transfer expired",
        ],
        the_flex_plugin_with_people_lost reaches [
            "closed by agent",
            "closed by customer",
            "offer accepted",
            "offer declined",
            "offer rescinded",
            "offer target_gone",
            "offer timed_out",
            "transfer abandoned",
            "transfer completed",
            "transfer expired",
        ];
    Salesforce:
        salesforce_with_two_customers reaches [
            "closed by agent",
            "closed by customer",
            "offer accepted",
            "offer declined",
            "offer rescinded",
            "offer timed_out",
            "transfer abandoned",
            "transfer completed",
            "transfer expired",
        ],
        salesforce_with_people_lost reaches [
            "closed by agent",
            "closed by customer",
            "offer accepted",
            "offer declined",
            "offer rescinded",
            "offer target_gone",
            "offer timed_out",
            "transfer abandoned",
            "transfer completed",
            "transfer expired",
            "transfer returned",
        ];
    Superoffice:
        superoffice_with_two_customers reaches [
            "closed by agent",
            "closed by customer",
            "offer accepted",
            "offer cancelled",
            "offer declined",
            "offer rescinded",
            "offer timed_out",
            "transfer abandoned",
            "transfer cancelled",
            "transfer completed",
            "transfer returned",
        ],
        superoffice_with_people_lost reaches [
            "closed by agent",
            "closed by customer",
            "closed by system",
            "offer accepted",
            "offer cancelled",
            "offer declined",
            "offer rescinded",
            "offer target_gone",
            "offer timed_out",
            "transfer abandoned",
            "transfer cancelled",
            "transfer completed",
            "transfer expired",
            "transfer returned",
            "transfer superseded",
        ];
    Vivocha:
        vivocha_with_two_customers reaches [
            "closed by agent",
            "closed by customer",
            "offer accepted",
            "offer cancelled",
            "offer declined",
            "offer rescinded",
            "offer timed_out",
            "transfer abandoned",
            "transfer cancelled",
            "transfer completed",
            "transfer expired",
            "transfer returned",
        ],
        vivocha_with_people_lost reaches [
            "closed by agent",
            "closed by customer",
            "closed by system",
            "offer accepted",
            "offer cancelled",
            "offer declined",
            "offer rescinded",
            "offer target_gone",
            "offer timed_out",
            "transfer abandoned",
            "transfer cancelled",
            "transfer completed",
            "transfer expired",
            "transfer returned",
        ];
}

/// A sender who is released at once has a moment to take it back, and gets nothing back that was rejected.
#[test]
fn released_at_once_and_never_returned() {
    let more = u8::from(large());
    let policy = TransferPolicy {
        release: Release::Request,
        cancel: Cancel::Undo,
        return_to_sender: false,
        on_expiry: OnExpiry::Fallback,
        fallback: Fallback::Queue,
        ..in_ticks(Preset::Superoffice, large())
    };
    explore(Setting {
        name: "released at once",
        policy,
        capacity: [1, 1, 2],
        customers: 1,
        pools: Pools::Queue,
        left: Left { transfers: 1 + more, invites: 0, absences: 1, overtakings: 1 },
        reached: &["transfer cancelled", "transfer expired", "transfer returned", "transfer superseded"],
    });
}

#[test]
fn invitations_with_one_customer() {
    let more = u8::from(large());
    explore(Setting {
        name: "invitations",
        policy: TransferPolicy {
            invites_max: 1 + more,
            offers_at_once: 2,
            ..in_ticks(Preset::Baton, large())
        },
        capacity: [1, 1, 2],
        customers: 1,
        pools: if large() { Pools::QueueAndGroup } else { Pools::Queue },
        left: Left { transfers: 1, invites: 1 + more, absences: more, overtakings: 1 },
        reached: &[
            "closed by agent",
            "closed by customer",
            "invite cancelled",
            "invite closed",
            "invite declined",
            "invite expired",
            "invite left",
            "invite took_over",
            "offer accepted",
            "offer cancelled",
            "offer declined",
            "offer rescinded",
            "offer timed_out",
            "transfer abandoned",
            "transfer cancelled",
            "transfer completed",
            "transfer expired",
            "transfer returned",
        ],
    });
}

/// Two conversations to which others are invited, and nothing is passed on.
#[test]
fn invitations_with_two_customers() {
    let more = u8::from(large());
    let (modes, targets) = ([Mode::Invite].into(), [TargetKind::Agent].into());
    let policy = TransferPolicy { modes, targets, invites_max: 1 + more, ..in_ticks(Preset::Baton, large()) };
    explore(Setting {
        name: "invitations with two customers",
        policy,
        capacity: [1, 1, 2],
        customers: 2,
        pools: Pools::Queue,
        left: Left { transfers: 0, invites: 1 + more, absences: 0, overtakings: 0 },
        reached: &["invite cancelled", "invite closed", "invite declined", "invite expired", "invite left"],
    });
}

/// Whoever takes part has the conversation when its owner is lost, and a transfer that was under way has failed.
#[test]
fn invitations_with_people_lost() {
    let more = u8::from(large());
    let modes = [Mode::Warm, Mode::Invite].into();
    let preset = in_ticks(Preset::Baton, large());
    let targets = [TargetKind::Agent].into();
    let policy = TransferPolicy { modes, targets, invites_max: 1 + more, ..preset };
    explore(Setting {
        name: "invitations with people lost",
        policy,
        capacity: [1, 1, 2],
        customers: 1,
        pools: Pools::Queue,
        left: Left { transfers: 1, invites: 1 + more, absences: 1 + more, overtakings: 0 },
        reached: &["transfer failed", "transfer returned", "invite took_over", "invite left"],
    });
}

/// Several are asked at once, nobody gives the conversation away by asking.
#[test]
fn several_who_could_be_consulted() {
    let more = u8::from(large());
    let policy = TransferPolicy {
        modes: [Mode::Warm].into(),
        targets: [TargetKind::Group].into(),
        offers_at_once: 2,
        on_no_answer: OnNoAnswer::Next,
        misses_max: 0,
        return_to_sender: false,
        on_expiry: OnExpiry::Fallback,
        ..in_ticks(Preset::Baton, large())
    };
    explore(Setting {
        name: "several who could be consulted",
        policy,
        capacity: [1, 1, 2],
        customers: 1,
        pools: Pools::QueueAndGroup,
        left: Left { transfers: 1 + more, invites: 0, absences: 1, overtakings: more },
        reached: &["offer rescinded", "transfer returned", "transfer expired", "transfer completed"],
    });
}
