//! Baton from outside: what the tests and benchmarks of the real server process share.
//!
//! Reading order: [`server`] starts, kills and stops the process, [`http`] speaks with it as browsers do,
//! and [`random`] makes a run repeatable.

pub mod http;
pub mod random;
pub mod server;
