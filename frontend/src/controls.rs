//! Things to press and fill in; they take labels, values and callbacks and know nothing of desks.

pub mod dialog;
pub mod icon;
pub mod menu;
pub mod ring;
pub mod tab_list;
pub mod toast;
