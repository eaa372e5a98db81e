//! The desk's components in a real browser, without a server.

#![cfg(target_family = "wasm")]

mod aside;
mod attention;
mod composer;
mod insights;
mod message_log;
mod offer_card;
mod participants;
mod status_menu;
mod transfer_dialog;
mod transfer_status;
mod wall_table;
mod why;
mod wrap_up;

mod stage;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
