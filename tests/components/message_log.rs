//! The log of a long conversation.

use baton_frontend::conversation::message_log::{LogSource, MessageLog};
use baton_frontend::conversation::message_row::{Delivery, RowContext};
use baton_frontend::conversation::transcript::Transcript;
use baton_shared::Timestamp;
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::stage::{ME, Stage, frame, message, thread, until};

/// No more elements than these are in the page, however long the conversation. Source: docs/benchmarks.md, F4.
const NODES_MAX: u32 = 600;

fn log(messages: u32) -> (Stage, LogSource) {
    let mut transcript = Transcript::default();
    transcript.absorb(&thread(messages));
    let handed_out = std::rc::Rc::new(std::cell::Cell::new(None));
    let handed_in = std::rc::Rc::clone(&handed_out);
    let stage = Stage::with(move |_| {
        let source = LogSource {
            transcript: RwSignal::new(transcript),
            outgoing: Signal::stored(Vec::new()),
            read_at_opening: 0,
            go_to: RwSignal::new(None),
            typing: Signal::stored(None),
            on_earlier: Callback::new(|()| {}),
            on_seen: Callback::new(|_| {}),
        };
        let rows = RowContext {
            me: Some(ME),
            delivery: Memo::new(|_| Delivery::default()),
            found: RwSignal::new(None),
            opened_at: Timestamp::default(),
            on_retry: Callback::new(|_| {}),
            on_discard: Callback::new(|_| {}),
        };
        handed_in.set(Some(source));
        // In the desk the log has the room that its column leaves it.
        view! {
            <div style:display="grid" style:height="600px">
                <MessageLog source=source rows=rows />
            </div>
        }
    });
    stage.find("[role=log]").style().set_property("min-height", "0").expect("a style");
    (stage, handed_out.get().expect("it was mounted"))
}

fn shows(stage: &Stage, seq: u32) -> bool {
    stage.count(&format!("[data-seq='{seq}']")) == 1
}

fn from_bottom(stage: &Stage) -> i32 {
    let viewport = stage.find("[role=log]");
    viewport.scroll_height() - viewport.client_height() - viewport.scroll_top()
}

/// Returns the first message that is wholly in view, and where it stands.
fn read_now(stage: &Stage) -> (String, f64) {
    let seen = stage.find("[role=log]").get_bounding_client_rect();
    let first = (1..=10_000).find_map(|seq| {
        let selector = format!("[data-seq='{seq}']");
        let row = (stage.count(&selector) == 1).then(|| stage.find(&selector).get_bounding_client_rect())?;
        (row.top() >= seen.top()).then_some((selector, row.top()))
    });
    first.expect("something is in view")
}

async fn settled() {
    for _ in 0..4 {
        frame().await;
    }
}

#[wasm_bindgen_test]
async fn ten_thousand_messages_take_few_nodes_and_open_at_the_last() {
    let (stage, _) = log(10_000);
    until("the last message is shown", || shows(&stage, 10_000) && from_bottom(&stage) <= 1).await;
    let nodes = stage.count("[role=log] *");
    assert!(nodes <= NODES_MAX, "{nodes} nodes");
}

#[wasm_bindgen_test]
async fn wherever_one_scrolls_there_are_messages_and_few_nodes() {
    let (stage, _) = log(10_000);
    until("it is open", || shows(&stage, 10_000)).await;
    let viewport = stage.find("[role=log]");
    for part in [0.9, 0.5, 0.1, 0.0] {
        viewport.set_scroll_top((f64::from(viewport.scroll_height()) * part) as i32);
        settled().await;
        let rows = stage.find(".log__rows").get_bounding_client_rect();
        let seen = viewport.get_bounding_client_rect();
        assert!(rows.top() <= seen.top() + 1.0 && rows.bottom() >= seen.bottom() - 1.0, "a gap at {part}");
        assert!(stage.count("[role=log] *") <= NODES_MAX);
    }
    assert!(shows(&stage, 1));
}

#[wasm_bindgen_test]
async fn a_new_message_is_followed_only_by_who_reads_at_the_bottom() {
    let (stage, source) = log(200);
    until("it is open", || shows(&stage, 200) && from_bottom(&stage) <= 1).await;
    let say = |seq| {
        source.transcript.update(|transcript| {
            let mut news = thread(0);
            news.messages.push(message(seq));
            transcript.absorb(&news);
        })
    };
    say(201);
    until("it is followed", || shows(&stage, 201) && from_bottom(&stage) <= 1).await;
    let viewport = stage.find("[role=log]");
    viewport.set_scroll_top(viewport.scroll_top() - 2_000);
    settled().await;
    let (row, top) = read_now(&stage);
    say(202);
    settled().await;
    let moved = stage.find(&row).get_bounding_client_rect().top() - top;
    assert!(moved.abs() <= 1.0, "what is read moved by {moved}");
}

#[wasm_bindgen_test]
async fn earlier_messages_do_not_move_what_is_read() {
    let (stage, source) = log(0);
    source.transcript.update(|transcript| {
        let mut late = thread(0);
        late.messages = (101..=160).map(message).collect();
        transcript.absorb(&late);
    });
    until("it is open", || shows(&stage, 160)).await;
    let viewport = stage.find("[role=log]");
    viewport.set_scroll_top(700);
    settled().await;
    let (row, top) = read_now(&stage);
    source.transcript.update(|transcript| transcript.absorb_earlier((51..=100).map(message).collect()));
    settled().await;
    let moved = stage.find(&row).get_bounding_client_rect().top() - top;
    assert!(moved.abs() <= 2.0, "what is read moved by {moved}");
}

#[wasm_bindgen_test]
async fn a_search_result_is_brought_into_view() {
    let (stage, source) = log(5_000);
    until("it is open", || shows(&stage, 5_000)).await;
    source.go_to.set(Some(1_234));
    until("it is shown", || shows(&stage, 1_234)).await;
    settled().await;
    let found = stage.find("[data-seq='1234']").get_bounding_client_rect();
    let seen = stage.find("[role=log]").get_bounding_client_rect();
    assert!(found.top() >= seen.top() && found.bottom() <= seen.bottom());
}
