//! Starts the desk; everything else is in the library, so that tests can link it.

use baton_frontend::{app, pages};

fn main() {
    app::start(pages::desk);
}
