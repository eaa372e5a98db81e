//! The offer card.

use baton_frontend::conversation::offer::OfferArticle;
use baton_frontend::viewing::DialogShown;
use baton_shared::TransferId;
use baton_shared::desk::IncomingTransfer;
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::stage::{Stage, offer, until};

fn transferred() -> Stage {
    Stage::with(|context| {
        let mut card = offer(5, context.clock.peek());
        card.transfer = Some(IncomingTransfer {
            transfer: TransferId::from_bits(1),
            from: "Agent Two".to_owned(),
            note: Some("Charged <b>twice</b>.".to_owned()),
        });
        view! { <OfferArticle card=card /> }
    })
}

#[wasm_bindgen_test]
async fn an_offer_shows_who_from_where_and_all_that_was_said() {
    let stage = transferred();
    assert_eq!(stage.find("article").get_attribute("aria-label").as_deref(), Some("Ada"));
    let text = stage.text();
    for part in ["Ada", "Technical support", "Transferred by Agent Two", "message 1", "message 5"] {
        assert!(text.contains(part), "`{part}` is missing in {text}");
    }
}

#[wasm_bindgen_test]
async fn a_note_is_shown_as_it_was_written_and_not_as_markup() {
    let stage = transferred();
    assert!(stage.text().contains("Charged <b>twice</b>."));
    assert_eq!(stage.count("b"), 0);
}

#[wasm_bindgen_test]
async fn the_seconds_left_are_told_in_words_too() {
    let stage = transferred();
    until("the seconds are there", || stage.text().contains("seconds left")).await;
    assert!(stage.find(".ring__text").inner_text().parse::<u32>().is_ok_and(|left| left <= 31));
}

#[wasm_bindgen_test]
async fn rejecting_a_transfer_asks_for_the_reason() {
    let stage = transferred();
    let card = stage.context.clock.peek();
    stage.find(".offer__buttons button:last-child").click();
    let shown = stage.context.viewing.dialog.get_untracked();
    assert_eq!(shown, Some(DialogShown::Reject(offer(0, card).offer)));
}
