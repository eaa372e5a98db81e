//! The agent desk: what one person sees of the contact centre, in their browser; the administration; and the wall.
//!
//! Each is a program of its own over this library, so that the one does not wait for the other to be downloaded.
//!
//! Reading order: [`app`] decides what is on screen, and [`pages`] what either program shows after the sign-in; [`connection`] keeps [`live_desk`] current, and [`live_wall`] itself;
//! [`dispatch`] and [`outbox`] carry what the agent wants to the server through [`api`];
//! [`screens`], [`conversation`] and [`presence`] render; [`controls`] know nothing of desks;
//! [`browser`] is the only place that talks to the browser, apart from native elements in [`controls`].
//!
//! Two rules hold everywhere: state is read through signals, and intent is written through callbacks.
//! Events never travel in a signal, because a signal keeps only its last value.

pub mod app;
pub mod pages;
pub mod session;

pub mod connection;
pub mod live_desk;
pub mod live_wall;
pub mod server_clock;

pub mod api;
pub mod dispatch;
pub mod outbox;
pub mod reading;

pub mod announcer;
pub mod attention;
pub mod keyboard;
pub mod preferences;
pub mod viewing;

pub mod conversation;
pub mod presence;
pub mod screens;

pub mod browser;
pub mod controls;
pub mod reactive;
