//! The composer.

use std::sync::{Arc, Mutex};

use baton_frontend::conversation::composer::Composer;
use baton_shared::api::SignedIn;
use baton_shared::{AgentId, Role};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::stage::{Stage, TALK, fill, frame, press, press_with, until, value};

fn composer() -> (Stage, Arc<Mutex<Vec<String>>>) {
    let said = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&said);
    let stage = Stage::with(move |_| {
        let on_say = Callback::new(move |text: String| heard.lock().expect("one thread").push(text));
        view! { <Composer conversation=TALK on_say=on_say /> }
    });
    (stage, said)
}

#[wasm_bindgen_test]
async fn enter_sends_and_empties_the_box() {
    let (stage, said) = composer();
    let field = stage.find("textarea");
    fill(&field, "hello ");
    press(&field, "Enter");
    assert_eq!(*said.lock().expect("one thread"), ["hello"]);
    until("the box is empty", || value(&field).is_empty()).await;
}

#[wasm_bindgen_test]
async fn shift_and_enter_is_left_to_the_browser_which_breaks_the_line() {
    let (stage, said) = composer();
    let field = stage.find("textarea");
    fill(&field, "hello");
    assert!(press_with(&field, "Enter", true));
    assert!(said.lock().expect("one thread").is_empty());
    fill(&field, "");
}

#[wasm_bindgen_test]
async fn blanks_are_not_sent() {
    let (stage, said) = composer();
    let field = stage.find("textarea");
    fill(&field, "  \n ");
    press(&field, "Enter");
    assert!(said.lock().expect("one thread").is_empty());
    fill(&field, "");
    frame().await;
}

#[wasm_bindgen_test]
async fn a_draft_is_there_again_when_the_conversation_is_opened_again() {
    let (stage, _) = composer();
    fill(&stage.find("textarea"), "half a thought");
    until("it is known that something is typed", || stage.context.viewing.typed.get_untracked()).await;
    drop(stage);
    let (again, _) = composer();
    let field = again.find("textarea");
    until("the draft is there", || value(&field) == "half a thought").await;
    again.context.session.leave();
    drop(again);
    let (after_sign_out, _) = composer();
    assert_eq!(value(&after_sign_out.find("textarea")), "");
}

#[wasm_bindgen_test]
async fn a_draft_outlives_a_session_that_ends_but_is_not_for_anyone_else() {
    let person = |id: u128| SignedIn {
        id: AgentId::from_bits(id),
        name: "One".to_owned(),
        email: "one@example.com".to_owned(),
        role: Role::Agent,
    };
    let (stage, _) = composer();
    stage.context.session.signed_in(person(1));
    fill(&stage.find("textarea"), "half a thought");
    until("it is known that something is typed", || stage.context.viewing.typed.get_untracked()).await;
    stage.context.session.signed_out();
    drop(stage);
    let (again, _) = composer();
    again.context.session.signed_in(person(1));
    let field = again.find("textarea");
    until("the draft is there", || value(&field) == "half a thought").await;
    again.context.session.signed_in(person(2));
    drop(again);
    let (empty, _) = composer();
    frame().await;
    assert_eq!(value(&empty.find("textarea")), "");
}
