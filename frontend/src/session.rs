//! Who is signed in, as far as this page knows.

use baton_shared::api::SignedIn;
use leptos::prelude::*;

use crate::browser::storage::Place;

/// Everything kept in the browser for the person who is signed in begins so, and goes when they sign out.
pub const PERSONAL: &str = "baton.personal.";

/// Who is signed in.
#[derive(Clone, Debug, PartialEq)]
pub enum Session {
    /// The server has not answered yet.
    Checking,
    /// Nobody.
    SignedOut,
    /// This person.
    SignedIn(SignedIn),
}

/// The page's session; a handle that can be copied.
#[derive(Clone, Copy)]
pub struct CurrentSession(RwSignal<Session>);

impl CurrentSession {
    /// Starts without knowing.
    pub fn unknown() -> Self {
        Self(RwSignal::new(Session::Checking))
    }

    /// Returns who is signed in, and tracks it.
    pub fn get(self) -> Session {
        self.0.get()
    }

    /// Returns who is signed in.
    pub fn peek(self) -> Session {
        self.0.get_untracked()
    }

    /// Notes who has signed in.
    pub fn signed_in(self, person: SignedIn) {
        self.0.set(Session::SignedIn(person));
    }

    /// Notes that nobody is signed in and forgets what was kept for the last person.
    pub fn signed_out(self) {
        Place::Browser.remove_all(PERSONAL);
        Place::Tab.remove_all(PERSONAL);
        if self.peek() != Session::SignedOut {
            self.0.set(Session::SignedOut);
        }
    }
}
