//! Whole screens; each fills the page.

pub mod admin;
pub mod desk;
pub mod header;
pub mod not_found;
pub mod settings;
pub mod shortcut_list;
pub mod sign_in;
pub mod supervisor;
