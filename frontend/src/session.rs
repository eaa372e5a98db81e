//! Who is signed in, as far as this page knows.

use baton_shared::api::SignedIn;
use leptos::prelude::*;

use crate::browser::storage::Place;

/// Everything kept in the browser for a person begins so. It goes when they sign out or another signs in, and stays
/// when the server ends their session: what they wrote is still to be sent.
pub const PERSONAL: &str = "baton.personal.";

/// For whom it is kept.
const KEPT_FOR: &str = "baton.kept-for";

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

    /// Notes who has signed in, and forgets what was kept for anyone else.
    pub fn signed_in(self, person: SignedIn) {
        let id = person.id.to_string();
        for place in [Place::Browser, Place::Tab] {
            if place.get(KEPT_FOR).as_ref() != Some(&id) {
                place.remove_all(PERSONAL);
                place.set(KEPT_FOR, &id);
            }
        }
        self.0.set(Session::SignedIn(person));
    }

    /// Notes that the server knows of nobody who is signed in; what was kept waits for the same person.
    pub fn signed_out(self) {
        if self.peek() != Session::SignedOut {
            self.0.set(Session::SignedOut);
        }
    }

    /// Notes that the person has signed out, and forgets what was kept for them.
    pub fn leave(self) {
        for place in [Place::Browser, Place::Tab] {
            place.remove_all(PERSONAL);
        }
        self.signed_out();
    }
}
