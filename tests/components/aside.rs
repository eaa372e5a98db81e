//! The side conversation.

use baton_frontend::conversation::aside::SideConversation;
use baton_shared::{AgentId, Author, DeskEvent, TransferId};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::stage::{Stage, consult, desk, message, press, until, value};

const TRANSFER: TransferId = TransferId::from_bits(5);
const TWO: AgentId = AgentId::from_bits(2);

fn aside() -> Stage {
    Stage::with(|context| {
        let mut desk = desk();
        desk.consults.insert(TRANSFER, consult(context.clock.peek()));
        context.live.replace(desk);
        view! { <SideConversation transfer=TRANSFER /> }
    })
}

#[wasm_bindgen_test]
async fn it_says_with_whom_that_the_customer_is_not_there_and_what_the_sender_noted() {
    let stage = aside();
    let text = stage.text();
    for part in ["Aside with Agent Two", "The customer never sees this.", "Charged <b>twice</b>."] {
        assert!(text.contains(part), "`{part}` is missing in {text}");
    }
    assert_eq!(stage.count("b"), 0, "what was written is no markup");
    let log = stage.find("[role=log]");
    assert_eq!(log.get_attribute("aria-label").as_deref(), Some("Side conversation"));
    assert_eq!(stage.find("textarea").get_attribute("aria-label").as_deref(), Some("Message aside"));
}

#[wasm_bindgen_test]
async fn what_is_said_aside_is_read_as_it_comes() {
    let stage = aside();
    let mut news = message(1);
    (news.author, news.name) = (Author::Agent(TWO), "Agent Two".to_owned());
    stage.context.live.apply(&[DeskEvent::AsideAdded { transfer: TRANSFER, message: news }]);
    until("it is shown", || stage.text().contains("message 1")).await;
    until("it is not unread", || stage.context.live.unread_asides() == 0).await;
}

#[wasm_bindgen_test]
async fn blanks_are_not_said() {
    let stage = aside();
    let field = stage.find("textarea");
    crate::stage::fill(&field, "  ");
    press(&field, "Enter");
    assert_eq!(value(&field), "  ");
    crate::stage::fill(&field, "");
}
