//! Threads without which the server must not go on.

/// Ends the process when the thread that holds it panics: a server that takes commands but decides or tells nothing
/// would be worse than one that starts again.
#[derive(Debug)]
pub(crate) struct VitalThread(pub(crate) &'static str);

impl Drop for VitalThread {
    fn drop(&mut self) {
        if std::thread::panicking() {
            tracing::error!(thread = self.0, "the process ends: the `{}` thread failed", self.0);
            std::process::abort();
        }
    }
}
