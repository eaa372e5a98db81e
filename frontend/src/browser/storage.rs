//! What outlives a reload: local storage for the browser, session storage for one tab.
//!
//! A browser may refuse storage; then nothing is kept and nothing fails.

use web_sys::Storage;

/// Where something is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// For every tab, until it is removed.
    Browser,
    /// For this tab, until it is closed.
    Tab,
}

impl Place {
    fn open(self) -> Option<Storage> {
        let window = web_sys::window()?;
        match self {
            Self::Browser => window.local_storage().ok().flatten(),
            Self::Tab => window.session_storage().ok().flatten(),
        }
    }

    /// Returns what is kept under a name.
    pub fn get(self, name: &str) -> Option<String> {
        self.open()?.get_item(name).ok().flatten()
    }

    /// Keeps a text under a name.
    pub fn set(self, name: &str, text: &str) {
        if let Some(storage) = self.open() {
            drop(storage.set_item(name, text));
        }
    }

    /// Forgets what is kept under a name.
    pub fn remove(self, name: &str) {
        if let Some(storage) = self.open() {
            drop(storage.remove_item(name));
        }
    }

    /// Forgets everything whose name begins so.
    pub fn remove_all(self, prefix: &str) {
        self.remove_where(|name| name.starts_with(prefix));
    }

    /// Forgets everything of whose name this is so.
    pub fn remove_where(self, is_so: impl Fn(&str) -> bool) {
        let Some(storage) = self.open() else { return };
        let count = storage.length().unwrap_or(0);
        let names: Vec<String> = (0..count).filter_map(|at| storage.key(at).ok().flatten()).collect();
        for name in names.iter().filter(|name| is_so(name)) {
            drop(storage.remove_item(name));
        }
    }
}
