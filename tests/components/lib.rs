//! Tests of the desk's components in a real browser; they are in `components.rs` and beside it.
