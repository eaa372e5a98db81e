//! Everything the desk asks of the browser; nothing here knows what a conversation is.

pub mod dates;
pub mod event_source;
pub mod layout;
pub mod notifications;
pub mod page;
pub mod random;
pub mod saving;
pub mod sound;
pub mod storage;
pub mod tabs;
pub mod words;
pub mod zones;
