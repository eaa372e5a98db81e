//! The style guide as a test: what a machine can check, it checks here.
//!
//! Each test reads the files of the checkout, and names file and line of whatever breaks its rule.
//! A rule that fights clarity is edited here, with its reason.

mod tree;

mod boundaries;
mod coverage;
mod documents;
mod names;
mod styles;
mod wording;
