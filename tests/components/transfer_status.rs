//! The banners over a thread: a transfer under way, one that came back, a conversation that is only read.

use baton_frontend::app::DeskContext;
use baton_frontend::conversation::transfer_status::{ConsultedStatus, ListeningStatus, TransferStatus};
use baton_frontend::viewing::DialogShown;
use baton_shared::desk::{Asked, CancelUntil, PendingPhase, PendingTransfer, ReturnedTransfer, Thread};
use baton_shared::{AgentId, Mode, Target, Timestamp, TransferEnd, TransferId};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::stage::{Stage, TALK, consult, desk, thread, until};

const TRANSFER: TransferId = TransferId::from_bits(5);

fn pending(change: impl FnOnce(&mut PendingTransfer, Timestamp) + 'static) -> Stage {
    Stage::with(move |context| {
        let mut pending = PendingTransfer {
            transfer: TRANSFER,
            by: None,
            target: Target::Agent(AgentId::from_bits(2)),
            to: "Agent Two".to_owned(),
            mode: Mode::Cold,
            phase: PendingPhase::Offered,
            asked: vec![Asked::named("Agent Two".to_owned())],
            requested_at: Timestamp::default(),
            deadline: None,
            cancel_until: CancelUntil::Accepted,
        };
        change(&mut pending, context.clock.peek());
        let mut thread = thread(2);
        thread.transfer = Some(pending);
        show(context, thread)
    })
}

fn show(context: DeskContext, thread: Thread) -> impl IntoView {
    let mut desk = desk();
    desk.conversations.insert(TALK, thread);
    context.live.replace(desk);
    view! { <TransferStatus conversation=TALK /> }
}

fn status(stage: &Stage) -> String {
    stage.find("[role=status]").get_attribute("aria-label").expect("it has a name")
}

fn buttons(stage: &Stage) -> Vec<String> {
    let nth = |place| stage.find(&format!("button:nth-of-type({place})")).inner_text();
    (1..=stage.count("button")).map(nth).collect()
}

#[wasm_bindgen_test]
async fn a_transfer_says_who_is_asked_and_that_it_waits_where_it_has_no_deadline() {
    let stage = pending(|_, _| {});
    assert_eq!(status(&stage), "Transferring to Agent Two");
    let text = stage.text();
    assert!(text.contains("Agent Two is asked.") && text.contains("waits until it is answered"), "{text}");
    assert_eq!(buttons(&stage), ["Cancel transfer", "Why?"]);
}

#[wasm_bindgen_test]
async fn what_cannot_be_taken_back_has_no_button_and_says_so() {
    let stage = pending(|pending, _| pending.cancel_until = CancelUntil::Never);
    assert_eq!(buttons(&stage), ["Why?"]);
    assert!(stage.text().contains("cannot be taken back"));
}

#[wasm_bindgen_test]
async fn the_time_to_take_it_back_counts_down_and_ends() {
    let stage = pending(|pending, now| {
        pending.cancel_until = CancelUntil::Time(now.plus(core::time::Duration::from_secs(60)));
    });
    assert!(stage.find("button").inner_text().contains("for "));
    let later = stage.context.clock.peek().plus(core::time::Duration::from_secs(61));
    stage.context.clock.set(later);
    until("the button is gone", || stage.count("button") == 1).await;
    assert!(stage.text().contains("cannot be taken back"));
}

#[wasm_bindgen_test]
async fn a_consultation_is_handed_over_or_taken_back() {
    let stage = pending(|pending, _| {
        pending.mode = Mode::Warm;
        pending.phase = PendingPhase::Consulting;
    });
    assert_eq!(status(&stage), "Consulting Agent Two");
    assert_eq!(buttons(&stage), ["Hand over", "Take back", "Why?"]);
}

#[wasm_bindgen_test]
async fn what_came_back_tells_why_and_leads_on() {
    let stage = Stage::with(|context| {
        let mut thread = thread(2);
        thread.returned = Some(ReturnedTransfer {
            transfer: TRANSFER,
            to: "Agent Two".to_owned(),
            end: TransferEnd::Returned,
            declined: true,
            reason: Some("on the phone".to_owned()),
            note: None,
            at: Timestamp::default(),
        });
        show(context, thread)
    });
    assert!(stage.text().contains("Agent Two rejected the transfer: on the phone"));
    assert_eq!(buttons(&stage), ["Transfer again", "Create request", "Dismiss"]);
    stage.find("button:nth-of-type(2)").click();
    let shown = stage.context.viewing.dialog.get_untracked();
    assert_eq!(shown, Some(DialogShown::CreateRequest(TALK)));
    stage.find("button:nth-of-type(3)").click();
    until("it is gone", || stage.count(".banner") == 0).await;
}

#[wasm_bindgen_test]
async fn who_only_reads_is_told_so_and_can_leave() {
    let consulted = Stage::with(|context| {
        let mut desk = desk();
        let consult = consult(context.clock.peek());
        desk.consults.insert(consult.transfer, consult);
        context.live.replace(desk);
        view! { <ConsultedStatus transfer=TRANSFER /> }
    });
    assert_eq!(status(&consulted), "Consulted by Agent Two");
    assert_eq!(buttons(&consulted), ["Leave consultation"]);
    drop(consulted);
    let listening = Stage::with(|_| view! { <ListeningStatus conversation=TALK /> });
    assert_eq!(status(&listening), "Listening");
    assert_eq!(buttons(&listening), ["Close window"]);
}
