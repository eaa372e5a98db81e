//! Starts the wall: a program of its own, so that no desk waits for it.

use baton_frontend::{app, pages};

fn main() {
    app::start(pages::supervision);
}
