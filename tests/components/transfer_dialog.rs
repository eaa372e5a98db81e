//! The transfer dialog.

use baton_frontend::conversation::drafts::{forget_note, forget_notes_but, note_about};
use baton_frontend::conversation::summary::{Draft, Progress};
use baton_frontend::conversation::transfer_dialog::{Handing, Targets, TransferSteps};
use baton_shared::api::{AgentTarget, GroupTarget, OtherTarget, QueueTarget, TransferTargets};
use baton_shared::desk::TransferChoices;
use baton_shared::policy::Need;
use baton_shared::{
    AgentId, FlowId, GroupId, Mode, Presence, QueueId, Status, Target, TargetKind, TransferPolicy,
};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::stage::{Stage, TALK, fill, frame, press, until, value};

fn targets(two_is_full: bool) -> Targets {
    let agent = |bits, name: &str, why_not: Option<&str>| AgentTarget {
        id: AgentId::from_bits(bits),
        name: name.to_owned(),
        presence: Presence { status: Status::Available, reachable: true },
        held: 1,
        limit: 4,
        why_not: why_not.map(str::to_owned),
        may_park: why_not.is_some(),
        outcome: "Offered at once; returns to you after 60 s.".to_owned(),
    };
    let billing = QueueTarget {
        id: QueueId::from_bits(1),
        name: "Billing".to_owned(),
        waiting: 2,
        available: 1,
        wait_secs: None,
        why_not: None,
        outcome: "Number 3 in line.".to_owned(),
    };
    let refunds = GroupTarget {
        id: GroupId::from_bits(1),
        name: "Refunds".to_owned(),
        skills: vec!["Billing".to_owned()],
        waiting: 0,
        available: 1,
        free: 3,
        why_not: None,
        outcome: "Offered at once.".to_owned(),
    };
    let full = two_is_full.then_some("This person holds 4 of 4 conversations.");
    let agents = vec![agent(2, "Agent Two", full), agent(3, "Agent Three", None)];
    let reception = OtherTarget {
        target: Target::Flow(FlowId::from_bits(1)),
        name: "Reception".to_owned(),
        outcome: "Begins at once.".to_owned(),
    };
    let listed = TransferTargets {
        agents,
        groups: vec![refunds],
        queues: vec![billing],
        workflows: Vec::new(),
        flows: vec![reception],
        externals: Vec::new(),
    };
    Targets { listed: Some(listed), failure: None }
}

fn dialog(two_is_full: bool) -> Stage {
    opened(two_is_full, Mode::Cold, TransferPolicy::default(), Draft::default()).0
}

fn opened(two_is_full: bool, mode: Mode, policy: TransferPolicy, draft: Draft) -> (Stage, RwSignal<Draft>) {
    let handed_out = std::rc::Rc::new(std::cell::Cell::new(None));
    let handed_in = std::rc::Rc::clone(&handed_out);
    let stage = Stage::with(move |_| {
        let on_close = Callback::new(|()| {});
        let targets = RwSignal::new(targets(two_is_full));
        let summary = RwSignal::new(draft);
        handed_in.set(Some(summary));
        let handing = Handing::begin(TALK, mode, TransferChoices::from(&policy), summary);
        view! { <TransferSteps handing=handing targets=targets on_close=on_close /> }
    });
    (stage, handed_out.get().expect("it was mounted"))
}

const TWO: &str = "[aria-label='Transfer to Agent Two']";
const TWO_WHEN_FREE: &str = "[aria-label='Transfer to Agent Two when free']";
const THREE: &str = "[aria-label='Transfer to Agent Three']";
const NOTE: &str = "#transfer-note";
const SUMMARY: &str = "#transfer-summary";

fn labels(stage: &Stage, selector: &str) -> Vec<String> {
    let count = stage.count(selector);
    let nth = |place: u32| stage.find(&format!("{selector}:nth-child({})", place + 1)).inner_text();
    (0..count).map(nth).collect()
}

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
async fn whoever_is_full_is_waited_for_only_by_a_button_of_its_own() {
    let stage = dialog(true);
    assert_eq!(stage.count("[aria-label='Transfer to Agent Three when free']"), 0);
    stage.find(TWO_WHEN_FREE).click();
    until("it is to be confirmed", || stage.text().contains("Confirm transfer")).await;
}

#[wasm_bindgen_test]
async fn arrows_lead_to_groups_and_queues_and_an_unknown_wait_is_said_to_be_so() {
    let stage = dialog(false);
    press(&stage.find("[role=tablist]"), "ArrowRight");
    until("the group is listed", || stage.count("[aria-label='Transfer to Refunds']") == 1).await;
    assert!(stage.text().contains("3 free slots"));
    assert_eq!(stage.count("[aria-label='Why? Refunds'][aria-expanded='false']"), 1);
    press(&stage.find("[role=tablist]"), "ArrowRight");
    until("the queue is listed", || stage.count("[aria-label='Transfer to Billing']") == 1).await;
    assert!(stage.text().contains("not enough data"));
    assert_eq!(stage.find("[aria-selected=true]").inner_text(), "Queues");
}

#[wasm_bindgen_test]
async fn the_tabs_are_those_of_the_policy_even_if_there_is_one() {
    let policy = TransferPolicy { targets: [TargetKind::Queue].into(), ..TransferPolicy::default() };
    let (stage, _) = opened(false, Mode::Cold, policy, Draft::default());
    assert_eq!(labels(&stage, "[role=tab]"), ["Queues"]);
    assert_eq!(stage.count("[aria-label='Transfer to Billing']"), 1);
}

#[wasm_bindgen_test]
async fn flows_and_partners_have_a_tab_where_there_are_some_and_are_never_consulted() {
    let stage = dialog(false);
    assert_eq!(labels(&stage, "[role=tab]"), ["Agents", "Groups", "Queues", "Workflows", "Flows"]);
    press(&stage.find("[role=tablist]"), "End");
    until("the flow is listed", || stage.count("[aria-label='Transfer to Reception']") == 1).await;
    assert_eq!(stage.count("[aria-label='Consult Reception']"), 0);
    let (stage, _) = opened(false, Mode::Warm, TransferPolicy::default(), Draft::default());
    assert_eq!(labels(&stage, "[role=tab]"), ["Agents", "Groups", "Queues"]);
    let policy = TransferPolicy { targets: [TargetKind::Flow].into(), ..TransferPolicy::default() };
    let (stage, _) = opened(false, Mode::Cold, policy, Draft::default());
    until("the only tab is chosen", || stage.count("[aria-label='Transfer to Reception']") == 1).await;
}

#[wasm_bindgen_test]
async fn a_choice_leads_to_a_note_and_back_and_what_was_written_stays() {
    let stage = dialog(false);
    stage.find(TWO).click();
    until("the note is asked for", || stage.count(NOTE) == 1).await;
    assert!(stage.text().contains("Confirm transfer"));
    fill(&stage.find(NOTE), "wants a refund");
    stage.find(".dialog__buttons button:first-child").click();
    until("the list is back", || stage.count(TWO) == 1).await;
    stage.find(THREE).click();
    until("the note is asked for", || stage.count(NOTE) == 1).await;
    assert_eq!(value(&stage.find(NOTE)), "wants a refund");
}

#[wasm_bindgen_test]
async fn what_holds_for_a_choice_follows_the_list_while_a_note_is_written() {
    let shown = RwSignal::new(targets(false));
    let stage = Stage::with(move |_| {
        let choices = TransferChoices::from(&TransferPolicy::default());
        let handing = Handing::begin(TALK, Mode::Cold, choices, RwSignal::default());
        view! { <TransferSteps handing=handing targets=shown on_close=Callback::new(|()| {}) /> }
    });
    stage.find(TWO).click();
    until("it is to be confirmed", || stage.text().contains("Offered at once")).await;
    shown.set(targets(true));
    until("it is told", || stage.text().contains("This person holds 4 of 4 conversations.")).await;
    assert!(!stage.text().contains("Offered at once"));
    shown.set(targets(false));
    until("it is free again", || stage.text().contains("Offered at once")).await;
}

#[wasm_bindgen_test]
async fn a_note_is_kept_until_it_is_sent_or_its_conversation_goes() {
    let noting = |sent: Option<&'static str>| {
        Stage::with(move |_| {
            let note = note_about(TALK, Mode::Cold, sent.map(str::to_owned));
            view! { <textarea bind:value=note></textarea> }
        })
    };
    let written = async |stage: &Stage| {
        frame().await;
        value(&stage.find("textarea"))
    };
    let stage = noting(None);
    assert_eq!(written(&stage).await, "");
    fill(&stage.find("textarea"), "wants a refund");
    frame().await;
    drop(stage);
    let begun = "wants a refund";
    assert_eq!(written(&noting(Some("sent before"))).await, begun, "what is being written goes first");
    forget_notes_but(&[TALK]);
    assert_eq!(written(&noting(None)).await, begun);
    forget_note(TALK, Mode::Cold);
    let again = noting(Some("sent before"));
    assert_eq!(written(&again).await, "sent before");
    drop(again);
    forget_notes_but(&[]);
    assert_eq!(written(&noting(None)).await, "");
}

#[wasm_bindgen_test]
async fn a_consultation_is_started_and_not_confirmed_as_a_transfer() {
    let (stage, _) = opened(false, Mode::Warm, TransferPolicy::default(), Draft::default());
    assert_eq!(stage.count(TWO), 0);
    stage.find("[aria-label='Consult Agent Two']").click();
    until("it is to be confirmed", || stage.text().contains("Start consultation")).await;
    assert!(!stage.text().contains("Confirm transfer"));
}

#[wasm_bindgen_test]
async fn the_policy_says_which_fields_there_are_and_an_empty_required_one_is_refused() {
    let policy = TransferPolicy { note: Need::Required, summary: Need::Off, ..TransferPolicy::default() };
    let (stage, _) = opened(false, Mode::Cold, policy, Draft::default());
    stage.find(TWO).click();
    until("the note is asked for", || stage.count(NOTE) == 1).await;
    assert_eq!(stage.count(SUMMARY), 0);
    assert_eq!(stage.find(NOTE).get_attribute("aria-required").as_deref(), Some("true"));
    stage.find("#transfer-confirm").click();
    until("it is refused", || stage.text().contains("they are required")).await;
}

#[wasm_bindgen_test]
async fn a_summary_comes_in_until_the_agent_writes() {
    let (stage, draft) = opened(false, Mode::Cold, TransferPolicy::default(), Draft::default());
    stage.find(TWO).click();
    until("the summary is asked for", || stage.count(SUMMARY) == 1).await;
    assert!(stage.text().contains("Writing a summary…"));
    let field = stage.find(SUMMARY);
    draft.update(|draft| draft.part("Charged twice"));
    until("the part is there", || value(&field) == "Charged twice").await;
    fill(&field, "Charged three times");
    draft.update(|draft| draft.done("Charged twice.".to_owned()));
    assert_eq!(draft.with_untracked(|draft| draft.progress), Progress::Edited);
    assert_eq!(value(&field), "Charged three times");
}

#[wasm_bindgen_test]
async fn an_invitation_has_a_note_and_no_summary_and_nobody_is_waited_for() {
    let (stage, _) = opened(true, Mode::Invite, TransferPolicy::default(), Draft::default());
    assert_eq!(stage.count("[aria-label='Invite Agent Two when free']"), 0);
    assert!(!stage.text().contains("returns to you"), "nothing is passed on");
    stage.find("[aria-label='Invite Agent Three']").click();
    until("it is to be confirmed", || stage.text().contains("Send invitation")).await;
    assert_eq!((stage.count(NOTE), stage.count(SUMMARY)), (1, 0));
}
