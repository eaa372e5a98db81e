//! The domain of Baton: what the server and the desk must agree on.
//!
//! Reading order: [`ids`] and [`time`]; who works ([`agent`], [`skill`], [`team`], [`queue`], [`channel`]);
//! what is worked on ([`conversation`], [`message`], [`segment`], [`search`], [`offer`], [`transfer`], [`invite`]) and how ([`policy`], [`workflow`], [`flow`], [`external`], [`request`], [`rating`]); which reports are sent by themselves ([`schedule`]);
//! what may be asked ([`command`]), refused ([`refusal`]) and recorded ([`event`]);
//! what one agent sees ([`desk`]), what a supervisor sees ([`wall`]) and what the customer sees ([`chat`]); and the bodies of the API ([`api`]).
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
pub mod external;
pub mod few;
pub mod flow;
pub mod ids;
pub mod invite;
pub mod message;
pub mod offer;
pub mod policy;
pub mod queue;
pub mod rating;
pub mod refusal;
pub mod request;
pub mod schedule;
pub mod search;
pub mod segment;
pub mod skill;
pub mod sorted;
pub mod team;
pub mod time;
pub mod transfer;
pub mod wall;
pub mod workflow;

pub use agent::{Agent, Presence, Role, Status, Work};
pub use channel::Channel;
pub use chat::{ChatEvent, ChatMessage, ChatView, Phase};
pub use command::Command;
pub use conversation::{
    Conversation, ConversationState, Flag, Held, Oversight, Owner, Silence, WaitLimit, Waiting,
};
pub use desk::{Desk, DeskEvent};
pub use event::{Event, Recorded};
pub use external::CallAnswer;
pub use few::{FewMap, FewSet, Rare};
pub use flow::{Flow, FlowDefinition, FlowEnd, Run, Stand};
pub use ids::*;
pub use invite::{Invite, InviteEnd, InviteState};
pub use message::{Author, Message};
pub use offer::{Load, Offer, OfferCause, OfferEnd, Reply, ShortReply};
pub use policy::{Policies, Preset, TransferPolicy};
pub use queue::{Group, Queue, QueueRules};
pub use rating::{Rating, Score, Survey};
pub use refusal::Refusal;
pub use request::{Request, RequestState};
pub use schedule::{ReportSchedule, ReportTarget};
pub use search::{Pool, Search};
pub use segment::{Segment, SegmentState};
pub use skill::{Level, Skills};
pub use sorted::SortedMap;
pub use team::Team;
pub use time::Timestamp;
pub use transfer::{Carried, Mode, Sender, Target, TargetKind, Transfer, TransferEnd, TransferState};
pub use wall::{Wall, WallEvent};
pub use workflow::{Definition, PlannedStep, Route, Workflow};
