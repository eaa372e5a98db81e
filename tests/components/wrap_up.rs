//! The time that a wrap-up has.

use core::time::Duration;

use baton_frontend::conversation::wrap_up::TimeToFile;
use baton_shared::desk::WrapUpCard;
use baton_shared::{DeskEvent, SegmentId, Timestamp};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::stage::{Stage, TALK, until};

const SEGMENT: SegmentId = SegmentId::from_bits(1);

fn show(stage: &Stage, until: Option<Timestamp>) {
    let wrap_up = WrapUpCard {
        segment: SEGMENT,
        conversation: TALK,
        customer: "Ada".to_owned(),
        started_at: Timestamp::default(),
        ended_at: Timestamp::default(),
        until,
        ended_by: "Ended by the customer".to_owned(),
        news: None,
    };
    stage.context.live.apply(&[DeskEvent::WrapUpShown { wrap_up }]);
}

#[wasm_bindgen_test]
async fn a_wrap_up_with_a_time_counts_down_and_can_be_given_more() {
    let stage = Stage::with(|_| view! { <TimeToFile segment=SEGMENT /> });
    let now = stage.context.clock.peek();
    show(&stage, Some(now.plus(Duration::from_secs(90))));
    until("it counts", || stage.text().contains("Closes by itself in 1:")).await;
    assert_eq!(stage.find("button").inner_text(), "More time");
    show(&stage, Some(now.plus(Duration::from_secs(150))));
    until("it has more", || stage.text().contains("Closes by itself in 2:")).await;
}

#[wasm_bindgen_test]
async fn a_wrap_up_without_a_time_says_nothing_of_one() {
    let stage = Stage::with(|_| view! { <TimeToFile segment=SEGMENT /> });
    show(&stage, None);
    assert_eq!((stage.text().as_str(), stage.count("button")), ("", 0));
}
