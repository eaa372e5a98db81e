//! Sizes of elements, which only the browser knows.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, HtmlElement, ResizeObserver};

/// Calls back when an element's size changes; stops when it is dropped.
pub struct SizeWatch {
    observer: ResizeObserver,
    _on_change: Closure<dyn Fn()>,
}

impl SizeWatch {
    /// Starts to watch.
    pub fn of(element: &Element, on_change: impl Fn() + 'static) -> Option<Self> {
        let on_change = Closure::<dyn Fn()>::new(on_change);
        let observer = ResizeObserver::new(on_change.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Self { observer, _on_change: on_change })
    }
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Returns the height of each child that carries a `data-row` attribute, with that attribute.
pub fn row_heights(parent: &Element) -> Vec<(u64, f64)> {
    let children = parent.children();
    (0..children.length())
        .filter_map(|at| children.item(at))
        .filter_map(|child| {
            let row = child.get_attribute("data-row")?.parse().ok()?;
            Some((row, child.unchecked_ref::<HtmlElement>().get_bounding_client_rect().height()))
        })
        .collect()
}

/// Gives an element a height.
pub fn set_height(element: &HtmlElement, height: f64) {
    // Tenths by hand: writing a fraction takes 7 kB of the desk's download.
    let tenths = (height * 10.0).round() as u64;
    drop(element.style().set_property("block-size", &format!("{}.{}px", tenths / 10, tenths % 10)));
}
