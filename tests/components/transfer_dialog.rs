//! The transfer dialog.

use baton_frontend::conversation::transfer_dialog::{Targets, TransferSteps};
use baton_shared::api::{AgentTarget, QueueTarget, TransferTargets};
use baton_shared::{AgentId, Presence, QueueId, Status};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::stage::{Stage, TALK, fill, press, until};

fn targets(two_is_full: bool) -> Targets {
    let agent = |bits, name: &str, why_not: Option<&str>| AgentTarget {
        id: AgentId::from_bits(bits),
        name: name.to_owned(),
        presence: Presence { status: Status::Available, reachable: true },
        held: 1,
        limit: 4,
        why_not: why_not.map(str::to_owned),
    };
    let billing = QueueTarget {
        id: QueueId::from_bits(1),
        name: "Billing".to_owned(),
        waiting: 2,
        available: 1,
        wait_secs: None,
        why_not: None,
    };
    let full = two_is_full.then_some("This person holds 4 of 4 conversations.");
    let agents = vec![agent(2, "Agent Two", full), agent(3, "Agent Three", None)];
    Targets { listed: Some(TransferTargets { agents, queues: vec![billing] }), failure: None }
}

fn dialog(two_is_full: bool) -> Stage {
    Stage::with(move |_| {
        let on_close = Callback::new(|()| {});
        let targets = RwSignal::new(targets(two_is_full));
        view! { <TransferSteps conversation=TALK targets=targets on_close=on_close /> }
    })
}

const TWO: &str = "[aria-label='Transfer to Agent Two']";
const THREE: &str = "[aria-label='Transfer to Agent Three']";

#[wasm_bindgen_test]
async fn the_search_leaves_only_those_who_match() {
    let stage = dialog(false);
    assert_eq!((stage.count(TWO), stage.count(THREE)), (1, 1));
    fill(&stage.find("[aria-label='Search']"), "three");
    until("only one is left", || stage.count(TWO) == 0).await;
    assert_eq!(stage.count(THREE), 1);
}

#[wasm_bindgen_test]
async fn whoever_cannot_take_it_is_listed_with_the_reason_and_goes_no_further() {
    let stage = dialog(true);
    let button = stage.find(TWO);
    assert_eq!(button.get_attribute("aria-disabled").as_deref(), Some("true"));
    let described = button.get_attribute("aria-describedby").expect("it is described");
    assert!(stage.find(&format!("#{described}")).inner_text().contains("4 of 4"));
    button.click();
    assert_eq!(stage.count("textarea"), 0);
}

#[wasm_bindgen_test]
async fn arrows_lead_to_the_queues_and_an_unknown_wait_is_said_to_be_so() {
    let stage = dialog(false);
    press(&stage.find("[role=tablist]"), "ArrowRight");
    until("the queue is listed", || stage.count("[aria-label='Transfer to Billing']") == 1).await;
    assert!(stage.text().contains("not enough data"));
    assert_eq!(stage.find("[aria-selected=true]").inner_text(), "Queues");
}

#[wasm_bindgen_test]
async fn a_choice_leads_to_a_note_and_back() {
    let stage = dialog(false);
    stage.find(TWO).click();
    until("the note is asked for", || stage.count("textarea") == 1).await;
    assert!(stage.text().contains("Confirm transfer"));
    stage.find(".dialog__buttons button:first-child").click();
    until("the list is back", || stage.count(TWO) == 1).await;
}
