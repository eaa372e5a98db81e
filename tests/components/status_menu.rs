//! The status menu by keyboard.

use baton_frontend::presence::status_menu::StatusMenu;
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::stage::{Stage, press, until};

fn focused() -> String {
    let element = document().active_element().expect("something has the focus");
    element.text_content().unwrap_or_default()
}

async fn opened() -> Stage {
    let stage = Stage::with(|_| view! { <StatusMenu /> });
    let button = stage.find("button");
    assert_eq!(button.get_attribute("aria-label").as_deref(), Some("Status"));
    assert!(button.inner_text().contains("Available"));
    button.focus().expect("it takes the focus");
    press(&button, "ArrowDown");
    let in_menu = || stage.count("[role=menu] :focus") == 1;
    until("the first item has the focus", || in_menu() && focused() == "Available").await;
    stage
}

#[wasm_bindgen_test]
async fn arrows_home_end_and_letters_move_through_the_menu() {
    let stage = opened().await;
    let list = stage.find("[role=menu]");
    for (key, reached) in [
        ("ArrowDown", "Busy"),
        ("End", "Offline"),
        ("ArrowDown", "Available"),
        ("o", "Offline"),
        ("Home", "Available"),
    ] {
        press(&list, key);
        assert_eq!(focused(), reached, "after {key}");
    }
    assert_eq!(stage.count("[role=menuitemradio][aria-checked=true]"), 1);
}

#[wasm_bindgen_test]
async fn escape_closes_the_menu_and_the_focus_returns() {
    let stage = opened().await;
    press(&stage.find("[role=menu]"), "Escape");
    until("the menu is closed", || stage.count("[role=menu]") == 0).await;
    assert_eq!(document().active_element().expect("something has the focus").id(), "status");
    assert_eq!(stage.find("button").get_attribute("aria-expanded").as_deref(), Some("false"));
}

#[wasm_bindgen_test]
async fn choosing_closes_the_menu() {
    let stage = opened().await;
    stage.find("[role=menuitemradio]:nth-child(3)").click();
    until("the menu is closed", || stage.count("[role=menu]") == 0).await;
}
