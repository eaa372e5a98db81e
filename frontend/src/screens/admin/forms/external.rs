//! An external contact.

use leptos::prelude::*;

use super::{Place, Shape, typed};

/// Asks for the name, the address and the secret.
pub(super) fn form(place: &Place) -> AnyView {
    view! {
        {typed(place.field("name"), "Name", Shape::Line, false, "")}
        {typed(
            place.field("url"),
            "Address",
            Shape::Line,
            false,
            "Where the partner is asked: with https, or with http on this machine.",
        )}
        {typed(
            place.field("secret"),
            "Secret",
            Shape::Line,
            true,
            "What both sides sign with: whsec_ and 24 to 64 bytes in base 64. Leave it empty to keep the one that there is.",
        )}
    }
    .into_any()
}
