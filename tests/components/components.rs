//! The desk's components in a real browser, without a server.

#![cfg(target_family = "wasm")]

mod composer;
mod message_log;
mod offer_card;
mod status_menu;
mod transfer_dialog;

mod stage;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
