//! Notifications outside the page; they are asked for only when a person presses the button for it.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Notification, NotificationOptions, NotificationPermission};

/// What the person has decided about notifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// They may be shown.
    Granted,
    /// They may not be shown, and the page may not ask again.
    Denied,
    /// Nobody was asked.
    Unasked,
}

/// Returns what was decided.
pub fn permission() -> Permission {
    read(Notification::permission())
}

/// Asks the person.
pub async fn ask() -> Permission {
    if let Ok(asked) = Notification::request_permission() {
        drop(JsFuture::from(asked).await);
    }
    permission()
}

/// Shows a notification that replaces the last of the same subject; clicking it brings the page forward.
pub fn show(title: &str, body: &str, subject: &str) {
    if permission() != Permission::Granted {
        return;
    }
    let options = NotificationOptions::new();
    options.set_body(body);
    options.set_tag(subject);
    if let Ok(notification) = Notification::new_with_options(title, &options) {
        let shown = notification.clone();
        let on_click = Closure::once_into_js(move || {
            if let Some(window) = web_sys::window() {
                drop(window.focus());
            }
            shown.close();
        });
        notification.set_onclick(Some(on_click.unchecked_ref()));
    }
}

fn read(permission: NotificationPermission) -> Permission {
    if permission == NotificationPermission::Granted {
        Permission::Granted
    } else if permission == NotificationPermission::Denied {
        Permission::Denied
    } else {
        Permission::Unasked
    }
}
