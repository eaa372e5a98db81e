//! A stream of server-sent events, closed when it is dropped.

use std::rc::Rc;

use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

/// One server-sent event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Its name.
    pub event: String,
    /// Its id; empty where it has none.
    pub id: String,
    /// What it carries.
    pub data: String,
}

/// An open stream.
pub struct Stream {
    source: EventSource,
    _on_frame: Closure<dyn Fn(MessageEvent)>,
    _on_error: Closure<dyn Fn()>,
}

impl Stream {
    /// Opens a stream and calls back with each event of these names, and once it is broken.
    pub fn open(
        address: &str,
        names: &[&str],
        on_frame: impl Fn(Frame) + 'static,
        on_broken: impl Fn() + 'static,
    ) -> Option<Self> {
        let source = EventSource::new(address).ok()?;
        let on_frame = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            on_frame(Frame {
                event: event.type_(),
                id: event.last_event_id(),
                data: event.data().as_string().unwrap_or_default(),
            });
        });
        for name in names {
            let listener = on_frame.as_ref().unchecked_ref();
            drop(source.add_event_listener_with_callback(name, listener));
        }
        let on_broken = Rc::new(on_broken);
        let on_error = Closure::<dyn Fn()>::new(move || on_broken());
        source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Some(Self { source, _on_frame: on_frame, _on_error: on_error })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.set_onerror(None);
        self.source.close();
    }
}
