//! The tabs of one browser: which of them leads, and what they say to each other.
//!
//! The lead is a Web Lock, which the browser passes on when its holder is closed or crashes.
//! Where there are no locks or no channel, each tab leads itself.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, MessageEvent};

/// The other tabs.
pub struct Tabs {
    channel: Option<BroadcastChannel>,
    _on_message: Closure<dyn Fn(MessageEvent)>,
    release: Rc<RefCell<Option<Function>>>,
}

impl Tabs {
    /// Joins the tabs that use the same channel name and calls back with what another tab says.
    pub fn join(name: &str, on_message: impl Fn(String) + 'static) -> Self {
        let channel = BroadcastChannel::new(name).ok();
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(text) = event.data().as_string() {
                on_message(text);
            }
        });
        if let Some(channel) = &channel {
            channel.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        }
        Self { channel, _on_message: on_message, release: Rc::default() }
    }

    /// Says something to every other tab.
    pub fn say(&self, text: &str) {
        if let Some(channel) = &self.channel {
            drop(channel.post_message(&JsValue::from_str(text)));
        }
    }

    /// Waits for the lead under a name and calls back once when this tab has it.
    pub fn lead(&self, name: &str, on_lead: impl FnOnce() + 'static) {
        let Some((locks, request)) = lock_manager() else {
            on_lead();
            return;
        };
        let release = Rc::clone(&self.release);
        let held = Closure::once_into_js(move |_lock: JsValue| -> Promise {
            on_lead();
            // The lock is held until this promise is kept.
            Promise::new(&mut |keep, _| *release.borrow_mut() = Some(keep))
        });
        drop(request.call2(&locks, &JsValue::from_str(name), &held));
    }

    /// Gives the lead to the next tab.
    pub fn release(&self) {
        if let Some(keep) = self.release.borrow_mut().take() {
            drop(keep.call0(&JsValue::NULL));
        }
    }
}

impl Drop for Tabs {
    fn drop(&mut self) {
        self.release();
        if let Some(channel) = &self.channel {
            channel.close();
        }
    }
}

fn lock_manager() -> Option<(JsValue, Function)> {
    let navigator = web_sys::window()?.navigator();
    let locks = Reflect::get(&navigator, &"locks".into()).ok().filter(JsValue::is_object)?;
    let request = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
    Some((locks, request))
}
