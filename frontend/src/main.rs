//! Starts the desk; everything else is in the library, so that tests can link it.

fn main() {
    baton_frontend::app::start();
}
