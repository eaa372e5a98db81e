//! What is told of news: in a toast, unless the conversation is open and shows it.

use baton_frontend::controls::toast::ToastList;
use baton_frontend::viewing::Entry;
use baton_shared::desk::WrapUpCard;
use baton_shared::{AgentId, Author, DeskEvent, Message, SegmentId, Timestamp};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::stage::{Stage, TALK, desk, frame, message, thread, until};

fn stage() -> Stage {
    Stage::with(|context| {
        let mut desk = desk();
        desk.conversations.insert(TALK, thread(2));
        context.live.replace(desk);
        view! { <ToastList toasts=context.toasts /> }
    })
}

fn whisper(text: &str) -> DeskEvent {
    let (author, name) = (Author::Agent(AgentId::from_bits(9)), "Supervisor".to_owned());
    DeskEvent::WhisperAdded {
        conversation: TALK,
        message: Message { author, name, text: text.to_owned(), ..message(1) },
    }
}

#[wasm_bindgen_test]
async fn what_the_open_thread_shows_needs_no_toast() {
    let stage = stage();
    stage.context.attention.heed(&[whisper("Offer ten euros")]);
    until("it is told", || stage.text().contains("Supervisor whispers: Offer ten euros")).await;
    stage.context.viewing.open(Entry::Owned(TALK));
    stage.context.attention.heed(&[whisper("Or twelve")]);
    frame().await;
    assert_eq!(stage.count(".toast"), 1, "{}", stage.text());
}

#[wasm_bindgen_test]
async fn what_a_supervisor_took_is_told_once_even_where_it_is_open() {
    let stage = stage();
    stage.context.viewing.open(Entry::Owned(TALK));
    let wrap_up = WrapUpCard {
        segment: SegmentId::from_bits(1),
        conversation: TALK,
        customer: "Ada".to_owned(),
        started_at: Timestamp::default(),
        ended_at: Timestamp::default(),
        until: None,
        ended_by: "Taken over by Supervisor".to_owned(),
        news: Some("Supervisor took over Ada.".to_owned()),
    };
    let gone = DeskEvent::ThreadHidden { conversation: TALK };
    let events = [gone, DeskEvent::WrapUpShown { wrap_up }];
    for _ in 0..2 {
        stage.context.attention.heed(&events);
        stage.context.live.apply(&events);
    }
    until("it is told", || stage.text().contains("Supervisor took over Ada.")).await;
    assert_eq!(stage.count(".toast"), 1, "{}", stage.text());
}
