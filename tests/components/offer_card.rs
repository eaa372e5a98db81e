//! The offer card.

use baton_frontend::conversation::offer::OfferArticle;
use baton_frontend::viewing::DialogShown;
use baton_shared::desk::{IncomingInvite, IncomingTransfer, OfferCard};
use baton_shared::policy::Decline;
use baton_shared::{InviteId, Mode, TransferId};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::stage::{Stage, offer, until};

fn transferred() -> Stage {
    offered(|_| {})
}

fn offered(change: impl FnOnce(&mut OfferCard) + 'static) -> Stage {
    Stage::with(|context| {
        let mut card = offer(5, context.clock.peek());
        card.transfer = Some(IncomingTransfer {
            transfer: TransferId::from_bits(1),
            from: "Agent Two".to_owned(),
            by: None,
            mode: Mode::Cold,
            note: Some("Charged <b>twice</b>.".to_owned()),
            summary: Some("Ada was charged twice.".to_owned()),
        });
        change(&mut card);
        view! { <OfferArticle card=card /> }
    })
}

#[wasm_bindgen_test]
async fn an_offer_shows_who_from_where_and_all_that_was_said() {
    let stage = transferred();
    assert_eq!(stage.find("article").get_attribute("aria-label").as_deref(), Some("Ada"));
    let text = stage.text();
    for part in [
        "Ada",
        "Technical support",
        "Transferred by Agent Two",
        "Ada was charged twice.",
        "message 1",
        "message 5",
    ] {
        assert!(text.contains(part), "`{part}` is missing in {text}");
    }
}

#[wasm_bindgen_test]
async fn the_rest_of_a_long_summary_is_a_button_away() {
    let stage = offered(|card| {
        if let Some(transfer) = &mut card.transfer {
            transfer.summary = Some("Ada was charged twice.\n".repeat(40));
        }
    });
    const MORE: &str = ".offer__summary button";
    until("there is more", || stage.count(MORE) == 1).await;
    assert_eq!(stage.find(MORE).get_attribute("aria-expanded").as_deref(), Some("false"));
    let part = || stage.find(".offer__part").client_height();
    let before = part();
    stage.find(MORE).click();
    until("it is shown", || part() > before).await;
    assert_eq!(stage.find(MORE).get_attribute("aria-expanded").as_deref(), Some("true"));
    stage.find(MORE).click();
    until("it is folded again", || part() == before).await;
    // What is shown as a whole needs no button.
    let stage = transferred();
    until("it is laid out", || stage.find(".offer__part").client_height() > 0).await;
    assert_eq!(stage.count(MORE), 0);
}

#[wasm_bindgen_test]
async fn what_a_supervisor_transferred_says_who_did_and_from_whom() {
    let stage = offered(|card| {
        if let Some(transfer) = &mut card.transfer {
            transfer.by = Some("Supervisor".to_owned());
        }
    });
    assert!(stage.text().contains("Transferred by Supervisor, from Agent Two"), "{}", stage.text());
}

#[wasm_bindgen_test]
async fn an_invitation_says_by_whom_and_with_which_note() {
    let stage = offered(|card| {
        card.transfer = None;
        card.invite = Some(IncomingInvite {
            invite: InviteId::from_bits(1),
            from: "Agent Three".to_owned(),
            note: Some("Help me with <b>this</b>.".to_owned()),
        });
    });
    let text = stage.text();
    for part in ["Invitation from Agent Three", "Help me with <b>this</b>.", "Accept", "Why?"] {
        assert!(text.contains(part), "`{part}` is missing in {text}");
    }
    assert!(!text.contains("Transferred by"));
}

#[wasm_bindgen_test]
async fn what_the_server_shows_of_the_attributes_stands_in_the_offer_with_whose_words_they_are() {
    let stage = offered(|card| {
        card.thread.attributes.insert("Queue".to_owned(), "The <b>best</b> one".to_owned());
    });
    assert_eq!(stage.find("article .facts dd").inner_text(), "The <b>best</b> one");
    assert!(stage.text().contains("Sent along by the customer's page"));
    // Where the policy keeps them until somebody accepts, the server sends none.
    let stage = transferred();
    assert_eq!(stage.count("article .facts"), 0);
    assert!(!stage.text().contains("Sent along"));
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
    stage.find(".offer__buttons button:nth-of-type(2)").click();
    let shown = stage.context.viewing.dialog.get_untracked();
    assert_eq!(shown, Some(DialogShown::Reject(offer(0, card).offer)));
}

#[wasm_bindgen_test]
async fn where_a_transfer_cannot_be_refused_there_is_no_button_for_it() {
    let stage = offered(|card| card.decline = Decline::No);
    assert_eq!(stage.count(".offer__buttons button"), 2, "to accept it, and to ask why");
    assert_eq!(stage.find(".offer__buttons button").inner_text(), "Accept");
    assert!(!stage.text().contains("Reject"));
}

#[wasm_bindgen_test]
async fn where_no_word_is_asked_rejecting_opens_no_dialog() {
    let stage = offered(|card| card.decline = Decline::Yes);
    stage.find(".offer__buttons button:nth-of-type(2)").click();
    assert_eq!(stage.context.viewing.dialog.get_untracked(), None);
}

#[wasm_bindgen_test]
async fn an_offer_without_a_deadline_says_so() {
    let stage = offered(|card| card.deadline = None);
    assert!(stage.text().contains("no time limit"));
    assert_eq!(stage.count(".ring"), 0);
}

#[wasm_bindgen_test]
async fn a_consultation_is_told_from_a_transfer() {
    let stage = offered(|card| {
        if let Some(transfer) = &mut card.transfer {
            transfer.mode = Mode::Warm;
        }
    });
    assert!(stage.text().contains("Consultation from Agent Two"));
    assert!(!stage.text().contains("Transferred by"));
}
