//! The tabs of one browser: which of them leads, and what they say to each other.
//!
//! The lead is a Web Lock, which the browser passes on when its holder is closed or crashes.
//! A holder that is only frozen keeps it, so a tab may also take it away.
//! Where there are no locks or no channel, each tab leads itself.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{BroadcastChannel, MessageEvent};

/// How a tab asks for the lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    /// It waits until the holder is gone.
    Waits,
    /// It takes the lead from whoever holds it: a browser leaves the lock with a tab that it has frozen.
    Takes,
}

/// The other tabs.
pub struct Tabs {
    channel: Option<BroadcastChannel>,
    _on_message: Closure<dyn Fn(MessageEvent)>,
    release: Rc<RefCell<Option<Function>>>,
    /// Rises with each request for the lead, so that an older one that is granted late is given back at once.
    asked: Rc<Cell<u32>>,
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
        Self { channel, _on_message: on_message, release: Rc::default(), asked: Rc::default() }
    }

    /// Says something to every other tab.
    pub fn say(&self, text: &str) {
        if let Some(channel) = &self.channel {
            drop(channel.post_message(&JsValue::from_str(text)));
        }
    }

    /// Asks for the lead under a name; calls back once when this tab has it, and once when another has taken it away.
    pub fn lead(
        &self,
        name: &str,
        asking: Asking,
        on_lead: impl FnOnce() + 'static,
        on_taken: impl FnOnce() + 'static,
    ) {
        let Some((locks, request)) = lock_manager() else {
            on_lead();
            return;
        };
        let (release, asked) = (Rc::clone(&self.release), Rc::clone(&self.asked));
        let mine = asked.get() + 1;
        asked.set(mine);
        let held = Closure::once_into_js(move |_lock: JsValue| -> Promise {
            if asked.get() != mine {
                return Promise::resolve(&JsValue::UNDEFINED);
            }
            on_lead();
            // The lock is held until this promise is kept.
            Promise::new(&mut |keep, _| *release.borrow_mut() = Some(keep))
        });
        let options = Object::new();
        let steal = JsValue::from_bool(asking == Asking::Takes);
        drop(Reflect::set(&options, &"steal".into(), &steal));
        let answer = request.call3(&locks, &JsValue::from_str(name), &options, &held);
        if let Some(answer) = answer.ok().and_then(|answer| answer.dyn_into::<Promise>().ok()) {
            spawn_local(async move {
                if JsFuture::from(answer).await.is_err() {
                    on_taken();
                }
            });
        }
    }

    /// Gives the lead to the next tab, or asks for it no more.
    pub fn release(&self) {
        self.asked.set(self.asked.get() + 1);
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
