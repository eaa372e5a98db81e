//! Who is there, and how much they can take.

pub mod capacity_meter;
pub mod mark;
pub mod status_menu;
