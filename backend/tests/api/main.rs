//! The API as its clients see it: one whole server for each test, no network, no waiting.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod acting;
mod app;
mod bodies;
mod capacities;
mod chat;
mod clock;
mod consults;
mod conversations;
mod demo;
mod description;
mod externals;
mod faulty_disk;
mod finishing;
mod flows;
mod gate;
mod groups;
mod headers;
mod insights;
mod invites;
mod keys;
mod notices;
mod people;
mod policies;
mod post_office;
mod queues;
mod ratings;
mod readers;
mod replies;
mod requests;
mod roles;
mod schedules;
mod search;
mod server;
mod session;
mod skills;
mod streams;
mod summary;
mod supervision;
mod teams;
mod turns;
mod wall;
mod what_if;
mod why;
mod workflows;
