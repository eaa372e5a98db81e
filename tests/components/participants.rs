//! Who takes part in a conversation.

use baton_frontend::conversation::participants::Participants;
use baton_frontend::viewing::{DialogShown, Entry};
use baton_shared::InviteId;
use baton_shared::desk::InviteView;
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::stage::{Stage, TALK, desk, thread, until};

fn invites() -> Vec<InviteView> {
    let invite = |bits, to: &str, joined: Option<&str>| InviteView {
        invite: InviteId::from_bits(bits),
        to: to.to_owned(),
        from: "Agent One".to_owned(),
        joined: joined.map(str::to_owned),
        asked: Vec::new(),
        deadline: None,
    };
    vec![invite(1, "Agent Two", Some("Agent Two")), invite(2, "Billing", None)]
}

fn panel(entry: Entry, invites: Vec<InviteView>) -> Stage {
    Stage::with(move |context| {
        let mut desk = desk();
        let mut talk = thread(2);
        talk.invites = invites;
        match entry {
            Entry::Joined(_) => {
                talk.owner = Some("Agent Three".to_owned());
                desk.joined.insert(TALK, talk);
            }
            Entry::Owned(_) | Entry::Consulted(..) | Entry::Listening(_) | Entry::WrapUp(..) => {
                desk.conversations.insert(TALK, talk);
            }
        }
        context.live.replace(desk);
        view! { <Participants entry=entry /> }
    })
}

fn buttons(stage: &Stage) -> Vec<String> {
    let lines = 1..=stage.count("li");
    let selectors = lines.map(|line| format!("li:nth-child({line}) button"));
    let there = selectors.filter(|selector| stage.count(selector) > 0);
    there.map(|selector| stage.find(&selector).inner_text()).collect()
}

#[wasm_bindgen_test]
async fn the_owner_can_end_what_each_was_invited_to_and_leave_it_to_who_takes_part() {
    let stage = panel(Entry::Owned(TALK), invites());
    assert_eq!(stage.find("section").get_attribute("aria-label").as_deref(), Some("Participants"));
    assert_eq!(buttons(&stage), ["Remove Agent Two", "Cancel invitation to Billing"]);
    stage.find("section > button").click();
    until("the owner is asked first", || {
        stage.context.viewing.dialog.get_untracked() == Some(DialogShown::Leave(TALK))
    })
    .await;
}

#[wasm_bindgen_test]
async fn who_takes_part_sees_the_owner_and_can_only_leave() {
    let stage = panel(Entry::Joined(TALK), invites());
    assert!(stage.text().contains("Agent Three") && stage.text().contains("Billing"));
    assert_eq!(buttons(&stage), Vec::<String>::new());
    assert_eq!(stage.find("section > button").inner_text(), "Leave");
}

#[wasm_bindgen_test]
async fn a_conversation_of_one_agent_has_no_panel_and_is_not_left_to_nobody() {
    let stage = panel(Entry::Owned(TALK), Vec::new());
    assert_eq!(stage.count("section"), 0);
    let stage = panel(Entry::Owned(TALK), invites().split_off(1));
    assert_eq!((stage.count("section"), stage.count("section > button")), (1, 0));
}
