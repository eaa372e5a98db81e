//! The domain of Baton: what the server and the desk must agree on.
//!
//! Reading order: [`ids`] and [`time`]; who works ([`agent`], [`queue`], [`channel`]);
//! what is worked on ([`conversation`], [`message`], [`segment`], [`offer`], [`transfer`]);
//! what may be asked ([`command`]), refused ([`refusal`]) and recorded ([`event`]);
//! what one agent sees ([`desk`]) and what the customer sees ([`chat`]); and the bodies of the API ([`api`]).
//!
//! Deliberately absent: input and output, clocks, randomness, any runtime, any storage.

pub mod agent;
pub mod api;
pub mod channel;
pub mod chat;
pub mod command;
pub mod conversation;
pub mod desk;
pub mod event;
pub mod ids;
pub mod message;
pub mod offer;
pub mod queue;
pub mod refusal;
pub mod segment;
pub mod time;
pub mod transfer;

pub use agent::{Agent, Presence, Role, Status};
pub use channel::Channel;
pub use chat::{ChatEvent, ChatMessage, ChatView, Phase};
pub use command::Command;
pub use conversation::{Conversation, ConversationState, Held, Owner, Waiting};
pub use desk::{Desk, DeskEvent};
pub use event::{Event, Recorded};
pub use ids::*;
pub use message::{Author, Message};
pub use offer::{Offer, OfferCause, OfferEnd};
pub use queue::{Group, Queue};
pub use refusal::Refusal;
pub use segment::{Segment, SegmentState};
pub use time::Timestamp;
pub use transfer::{Target, Transfer, TransferEnd};
