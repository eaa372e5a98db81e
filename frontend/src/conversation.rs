//! Everything about conversations: what is offered, the list, the thread, and how one is passed on or ended.

pub mod inbox;
pub mod offer;

pub mod message_log;
pub mod message_row;
pub mod rows;
pub mod thread;
pub mod transcript;
pub mod window;

pub mod aside;
pub mod composer;
pub mod contact_card;
pub mod drafts;
pub mod over;
pub mod search;

pub mod hand_over_all;
pub mod participants;
pub mod questions;
pub mod requests;
pub mod summary;
pub mod transfer_dialog;
pub mod transfer_row;
pub mod transfer_status;
pub mod why;
pub mod wrap_up;
