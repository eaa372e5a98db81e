//! What the server must not go on after: a vital thread that failed, a write that may be lost.

use crate::store::StoreError;

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

/// Ends the process when a write may or may not have become durable: whatever is asked next, nobody can know.
pub(crate) fn end_if_lost(error: &StoreError) {
    if let StoreError::DurabilityUnknown(_) = error {
        tracing::error!(error = %crate::telemetry::chain(error), "the process ends: a write may be lost");
        std::process::abort();
    }
}
