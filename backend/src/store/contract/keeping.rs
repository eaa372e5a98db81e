//! What is kept beside the things and the log: answers, marks, secrets, sign-ins, and copies of it all.

use std::time::Duration;

use baton_shared::conversation::EndedBy;
use baton_shared::*;

use super::Place;
use super::scene::*;
use crate::accounts::SESSION_AGE_MAX;
use crate::store::{ANSWER_KEPT, Content, Former, Marks, ReadMarks, Row, Session, StoreError, StoredAnswer};

fn given(scope: &str, key: &str, at: Timestamp) -> StoredAnswer {
    let answer = format!(r#"{{"answer":"{scope}/{key}"}}"#);
    StoredAnswer { scope: scope.to_owned(), key: key.to_owned(), body_hash: [7; 32], answer, at }
}

/// An answer is found by its key until it is a day old, and the same key of someone else is another key.
pub fn an_answer_is_kept_for_a_day(place: &dyn Place) {
    let mut scene = Scene::of(place);
    let answers = ["one", "two"].map(|scope| given(scope, "key", at(1)));
    for answer in &answers {
        scene.answer(answer.clone(), at(1));
    }
    let last = at(1).plus(ANSWER_KEPT).minus(Duration::from_millis(1));
    let found =
        |scope_name: &str, now| scene.store.answer(scope_name, "key", now).expect("answers can be read");
    assert_eq!(found("one", last), Some(answers[0].clone()));
    assert_eq!(found("two", last), Some(answers[1].clone()));
    assert_eq!(found("three", last), None);
    assert_eq!(found("one", at(1).plus(ANSWER_KEPT)), None);

    // Several are found as each of them is, in the order in which they were asked for.
    let keys = ["two", "three", "one"].map(|scope| (scope.to_owned(), "key".to_owned()));
    let several = scene.store.answers(&keys, last).expect("answers can be read");
    assert_eq!(several, [Some(answers[1].clone()), None, Some(answers[0].clone())]);
    let expired = scene.store.answers(&keys, at(1).plus(ANSWER_KEPT)).expect("answers can be read");
    assert_eq!(expired, [None, None, None]);
}

/// Commits remove expired answers, and a key can be used again once its answer has expired.
pub fn expired_answers_go_and_their_keys_can_be_used_again(place: &dyn Place) {
    let mut scene = Scene::of(place);
    scene.answer(given("one", "key", at(1)), at(1));
    let later = at(2).plus(ANSWER_KEPT);
    let again = given("one", "key", later);
    scene.answer(again.clone(), later);
    scene.answer(given("one", "other", later), later);
    assert_eq!(scene.store.answer("one", "key", later).expect("answers can be read"), Some(again));
    // Seen from before it expired, an answer that was removed is missing.
    scene.answer(given("two", "old", at(1)), at(1));
    scene.answer(given("two", "new", later), later);
    assert_eq!(scene.store.answer("two", "old", at(1)).expect("answers can be read"), None);
}

/// A lower mark changes nothing; each of the three rises by itself.
pub fn marks_only_rise(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let conversation = ConversationId::from_bits(1);
    assert_eq!(scene.ask(|reading| reading.marks(conversation)), ReadMarks::default());
    for (agent_read, customer_delivered, customer_read) in [(3, 5, 4), (4, 2, 1), (1, 6, 0)] {
        let marks = ReadMarks { agent_read, customer_delivered, customer_read };
        scene.mark(Marks { conversation, marks });
    }
    let risen = ReadMarks { agent_read: 4, customer_delivered: 6, customer_read: 4 };
    assert_eq!(scene.ask(|reading| reading.marks(conversation)), risen);
}

/// The first secret of a name stays, over openings too.
pub fn a_secret_stays_as_it_was_first_made(place: &dyn Place) {
    let secret = |name: &str, fresh| Scene::of(place).store.secret(name, fresh).expect("secrets can be kept");
    assert_eq!(secret("tokens", [1; 32]), [1; 32]);
    assert_eq!(secret("tokens", [2; 32]), [1; 32]);
    assert_eq!(secret("others", [3; 32]), [3; 32]);
}

/// A sign-in is found until it is ended, and with a person who may not sign in theirs end and not the others'.
pub fn a_sign_in_lasts_until_it_is_ended(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let store = &scene.store;
    let sessions = [session(1, ONE), session(2, ONE), session(3, TWO), session(4, ONE)];
    for session in &sessions {
        store.add_session(session).expect("a sign-in can be kept");
    }
    store.touch_session(&[1; 32], at(9)).expect("it can be touched");
    store.remove_session(&[2; 32]).expect("it can be ended");
    store.touch_session(&[2; 32], at(9)).expect("touching one that has ended does nothing");
    let found = |number| store.session(&[number; 32]).expect("sign-ins can be read");
    assert_eq!(found(1), Some(Session { seen_at: at(9), ..sessions[0].clone() }));
    assert_eq!(found(2), None);
    scene.turn([Row::Agent(Agent { enabled: false, ..agent(ONE) })], Vec::new());
    let found = |number| scene.store.session(&[number; 32]).expect("sign-ins can be read");
    assert_eq!((found(1), found(4)), (None, None));
    assert_eq!(found(3), Some(sessions[2].clone()));
}

/// Sign-ins that were abandoned go when somebody signs in.
pub fn an_abandoned_sign_in_is_forgotten_in_time(place: &dyn Place) {
    let scene = Scene::staffed(place);
    let add = |session: &Session| scene.store.add_session(session).expect("a sign-in can be kept");
    let found = |number| scene.store.session(&[number; 32]).expect("sign-ins can be read");
    add(&session(1, ONE));
    let then = at(1).plus(SESSION_AGE_MAX);
    let late = |number, created_at| Session { created_at, ..session(number, TWO) };
    add(&late(2, then.minus(Duration::from_millis(1))));
    assert!(found(1).is_some());
    add(&late(3, then));
    assert_eq!((found(1), found(2).is_some(), found(3).is_some()), (None, true, true));
}

fn session(number: u8, agent: AgentId) -> Session {
    Session { token_hash: [number; 32], agent, created_at: at(1), seen_at: at(1) }
}

/// An address is one, however it is written, and it is taken once.
pub fn an_address_is_found_without_regard_to_case(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let credentials = |name: &str, address: &str| Some((address.to_owned(), format!("hash of {name}")));
    let (name, address) = ("Zoë".to_owned(), "Zoë@Example.com");
    let zoe = Content::Profile { agent: ONE, credentials: credentials("Zoë", address), name };
    scene.turn([], vec![zoe]);
    let found = scene.store.credentials("zoË@EXAMPLE.com").expect("addresses can be read");
    let found = found.expect("the address is known");
    assert_eq!((found.agent, found.password_hash.as_str(), found.enabled), (ONE, "hash of Zoë", true));
    assert_eq!(scene.store.credentials("nobody@example.com").expect("addresses can be read"), None);
    let name = "Other".to_owned();
    let other = Content::Profile { agent: TWO, credentials: credentials("Other", "ZOË@example.com"), name };
    scene.conflict(&scene.batch([], vec![other]));
}

/// A person who is renamed signs in as before.
pub fn a_new_name_leaves_the_password_as_it_is(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let renamed = Content::Profile { agent: ONE, name: "Agent Uno".to_owned(), credentials: None };
    scene.turn([], vec![renamed]);
    let found = scene.store.credentials("agent.one@example.com").expect("addresses can be read");
    assert_eq!(found.map(|found| found.password_hash), Some("hash".to_owned()));
    let person = scene.ask(|reading| reading.person(ONE)).expect("the person is there");
    assert_eq!((person.name.as_str(), person.email.as_str()), ("Agent Uno", "Agent.One@example.com"));
}

/// What is committed while someone reads is seen by the next reader, even if this one had not asked yet.
pub fn a_read_transaction_is_of_one_moment(place: &dyn Place) {
    let scene = Scene::staffed(place);
    let conversation = waiting(1);
    let head = scene.ask(|reading| reading.head());
    let place_again = scene.batch(rows(&conversation), vec![customer(&conversation, "Ada")]);
    let reading = scene.store.read().expect("a read transaction begins");
    scene.store.commit(&place_again).expect("readers do not stop the writer");
    assert_eq!(reading.head().expect("the head can be read"), head);
    assert_eq!(reading.conversation(conversation.id).expect("it can be read"), None);
    drop(reading);
    assert_eq!(scene.ask(|reading| reading.head()), head + 1);
    assert_eq!(scene.ask(|reading| reading.conversation(conversation.id)), Some(conversation));
}

/// A copy holds all that was answered before it was asked for, nothing torn, and can be worked with.
pub fn a_backup_made_while_writing_restores_to_a_prefix(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let conversation = waiting(1);
    scene.turn(rows(&conversation), vec![customer(&conversation, "Ada")]);
    let tokens = scene.store.secret("tokens", [2; 32]).expect("secrets can be kept");
    let session = Session { token_hash: [3; 32], agent: ONE, created_at: at(1), seen_at: at(1) };
    scene.store.add_session(&session).expect("a sign-in can be kept");
    let backup = place.free_path();
    let batches: Vec<_> = (1..=200u32)
        .map(|seq| {
            let mut batch =
                scene.batch([], vec![said(conversation.id, seq, Author::Customer, "More and more.")]);
            batch.recorded[0].position += u64::from(seq) - 1;
            batch
        })
        .collect();
    std::thread::scope(|scope| {
        let store = &scene.store;
        let writing = scope.spawn(|| batches.iter().try_for_each(|batch| store.commit(batch)));
        place.backup(&backup).expect("a store in use can be copied");
        writing.join().expect("the writer does not panic").expect("a copy does not stop the writer");
    });
    let whole = scene.log_from(1);

    let restored = place.restored(&backup).expect("a backup can be restored");
    let mut copy = Scene::of(&*restored);
    let log = copy.log_from(1);
    assert_eq!(log.len() as u64, copy.loaded.work.position);
    assert_eq!(log, whole[..log.len()]);
    let messages = copy.ask(|reading| reading.messages(conversation.id, None, 1_000));
    assert_eq!(messages.len() + 2, log.len());
    assert_eq!(copy.store.secret("tokens", [4; 32]).expect("secrets can be read"), tokens);
    assert_eq!(copy.store.session(&[3; 32]).expect("sign-ins can be read"), None);
    copy.turn([], vec![said(conversation.id, 1_000, Author::Customer, "On we go.")]);
}

/// A backup goes to a new file, and a restore to where nothing is.
pub fn nothing_is_written_over_by_a_backup_or_a_restore(place: &dyn Place) {
    let scene = Scene::staffed(place);
    let backup = place.free_path();
    place.backup(&backup).expect("a store in use can be copied");
    let again = place.backup(&backup);
    assert!(matches!(again, Err(StoreError::Refused { .. })), "{again:?}");
    drop(scene);
    let over = place.restore_over(&backup);
    assert!(matches!(over, Err(StoreError::Refused { .. })), "{over:?}");
    assert_eq!(Scene::of(place).loaded.work.position, 1);
}

/// A customer who was served is asked where the queue does; the first rating stays, and its comment is kept with it.
pub fn a_conversation_is_rated_once(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let ended = |surveyed| ConversationState::Closed { at: at(9), by: EndedBy::Agent, epoch: 1, surveyed };
    let served = Conversation { state: ended(true), last_agent: Some(ONE), ..owned(1) };
    let unserved = Conversation { state: ended(false), ..owned(2) };
    scene.turn([&served, &unserved].map(|ended| Row::Conversation(ended.clone())), Vec::new());
    let survey = |scene: &Scene, conversation: &Conversation| match scene
        .ask(|reading| reading.phase(conversation.id, at(100)))
    {
        Some(Phase::Closed { survey, .. }) => survey,
        other => panic!("{other:?} has not ended"),
    };
    assert_eq!((survey(&scene, &served), survey(&scene, &unserved)), (Some(Survey::Asked), None));
    let former = |scene: &Scene| scene.store.former(served.id).expect("it can be read").expect("it is there");
    assert!(!former(&scene).rated);
    let rating = Rating { conversation: served.id, score: Score::BEST, at: at(10) };
    let comment = Content::RatingComment(served.id, "Quick".to_owned());
    scene.turn([Row::Rating(rating)], vec![comment]);
    assert_eq!(survey(&scene, &served), Some(Survey::Answered));
    assert_eq!(former(&scene), Former { rated: true, ..Former::of(&served) });
}
