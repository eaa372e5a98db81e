//! Why a conversation is where it is.

use baton_frontend::conversation::why::Explanation;
use baton_shared::Timestamp;
use baton_shared::api::{WhyOffer, WhyPerson, WhyView};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::stage::Stage;

#[wasm_bindgen_test]
async fn it_tells_the_rule_who_could_take_it_and_how_each_offer_ended() {
    let person = |name: &str, eligible, reason: &str| WhyPerson {
        name: name.to_owned(),
        eligible,
        reason: reason.to_owned(),
    };
    let why = WhyView {
        rule: "The members of Billing are asked. The next step begins at 1970-01-01T00:00:00.000Z."
            .to_owned(),
        ahead: 2,
        people: vec![
            person("Agent Two", true, "Is asked now"),
            person("Agent Three", false, "Holds 4 of 4 conversations"),
        ],
        more: 7,
        offers: vec![WhyOffer {
            to: "Agent Four".to_owned(),
            rule: "From Billing".to_owned(),
            at: Timestamp::default(),
            deadline: None,
            end: Some("declined".to_owned()),
            ended_at: Some(Timestamp::default()),
            reason: Some("<b>busy</b>".to_owned()),
        }],
    };
    let stage = Stage::with(|_| view! { <Explanation why=why /> });
    let text = stage.text();
    for part in [
        "The members of Billing are asked.",
        "From Billing",
        "2 conversations are ahead of it.",
        "Holds 4 of 4 conversations",
        "And 7 more.",
        "rejected",
        "<b>busy</b>",
    ] {
        assert!(text.contains(part), "`{part}` is missing in {text}");
    }
    assert!(!text.contains("1970-01-01T"), "times are told as people read them: {text}");
    assert_eq!((stage.count("li"), stage.count("b")), (3, 0));
}
