//! Baton's server.
//!
//! Reading order, which is also the order in which a command travels:
//! [`http`] takes it in, [`dispatcher`] queues it, [`desk`] decides it on the state of [`routing`],
//! [`store`] commits what happened, and [`feed`] tells everyone who may see it.
//! [`scripts`] plays flows, and [`partners`] asks external contacts.
//! [`summary`] says what a conversation was about, for whoever takes it over.
//! [`history`] tells what happened to a conversation, and [`search`] says what conversations are looked for by.
//! [`following`] hands the log to what is made from it beside the work.
//! [`insights`] are the reports, [`whatif`] plays past days again, [`schedules`] sends reports by themselves, and [`mail`]
//! hands letters over.
//! [`clock`] and [`ids`] are the only sources of time and ids; [`app`] puts everything together.

pub mod accounts;
pub mod app;
pub mod clock;
pub mod conditions;
pub mod config;
pub mod content;
pub mod demo;
pub mod desk;
pub mod dispatcher;
pub mod feed;
pub mod following;
pub mod history;
pub mod hours;
pub mod http;
pub mod ids;
pub mod insights;
pub mod judging;
pub mod mail;
pub mod partners;
pub mod routing;
pub mod schedules;
pub mod scripts;
pub mod search;
pub mod seeded;
pub mod store;
pub mod summary;
pub mod telemetry;
mod vital;
pub mod wall;
pub mod whatif;
