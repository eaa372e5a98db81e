//! The API as its clients see it: one whole server for each test, no network, no waiting.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod app;
mod bodies;
mod chat;
mod conversations;
mod demo;
mod description;
mod full_disk;
mod gate;
mod headers;
mod keys;
mod people;
mod roles;
mod server;
mod session;
mod streams;
