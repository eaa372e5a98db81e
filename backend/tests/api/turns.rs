//! What commands of one turn do to each other.

use std::sync::Arc;

use baton::clock::ManualClock;
use baton::dispatcher::{Answer, CommandError, Parts, Request, Turns};
use baton::feed::Feed;
use baton::ids::IdSource;
use baton::store::sqlite::SqliteStore;
use baton_shared::command::Actor;
use baton_shared::{Command, Refusal, Role};
use tokio::sync::oneshot;

use crate::app::NOW;

/// Gives commands of one turn and returns their answers.
fn turn(commands: impl IntoIterator<Item = Command>) -> Vec<Result<Answer, CommandError>> {
    let data = tempfile::tempdir().unwrap();
    let mut turns = Turns::load(Parts {
        store: Arc::new(SqliteStore::open(data.path()).unwrap()),
        clock: Arc::new(ManualClock::at(NOW)),
        ids: IdSource::from_seed(1),
        feed: Feed::silent(),
    })
    .unwrap();
    let given = commands.into_iter().map(|command| {
        let (reply, answer) = oneshot::channel();
        (Request { actor: Actor::System, key: None, command }, reply, answer)
    });
    let mut answers = Vec::new();
    for (request, reply, answer) in given {
        turns.add(request, reply);
        answers.push(answer);
    }
    turns.take();
    answers.into_iter().map(|mut answer| answer.try_recv().unwrap()).collect()
}

fn person(name: &str) -> Command {
    Command::AddPerson {
        name: name.to_owned(),
        email: "ada@example.com".to_owned(),
        password_hash: String::new(),
        role: Role::Agent,
        capacity: [].into(),
        interruptible: Default::default(),
    }
}

#[test]
fn an_address_is_given_once() {
    let answers = turn([person("Ada"), person("Another Ada")]);
    assert!(answers[0].is_ok(), "{answers:?}");
    assert_eq!(answers[1], Err(CommandError::Refused(Refusal::EmailTaken)));
}

#[test]
fn whoever_is_refused_takes_no_address() {
    let answers = turn([person(&"a".repeat(1_000)), person("Ada")]);
    assert!(matches!(answers[0], Err(CommandError::Refused(Refusal::TextTooLong { .. }))), "{answers:?}");
    assert!(answers[1].is_ok(), "{answers:?}");
}
