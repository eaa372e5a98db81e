//! Files that the page hands to the browser to keep.

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

/// Saves a text as a file of this name and media type; says whether the browser took it.
pub fn save(name: &str, media_type: &str, text: &str) -> bool {
    offer(name, media_type, text).is_ok()
}

fn offer(name: &str, media_type: &str, text: &str) -> Result<(), JsValue> {
    // Both classes are looked up by name: linked, each would weigh on every program of this library.
    let class = |name: &str| Reflect::get(&js_sys::global(), &name.into())?.dyn_into::<Function>();
    let options = Object::new();
    Reflect::set(&options, &"type".into(), &media_type.into())?;
    let blob = Reflect::construct(&class("Blob")?, &Array::of2(&Array::of1(&text.into()), &options))?;
    let addresses = class("URL")?;
    let method = |name: &str| Reflect::get(&addresses, &name.into())?.dyn_into::<Function>();
    let address = method("createObjectURL")?.call1(&addresses, &blob)?;
    let document = web_sys::window().and_then(|window| window.document()).ok_or(JsValue::NULL)?;
    let link: HtmlElement = document.create_element("a")?.unchecked_into();
    link.set_attribute("href", &address.as_string().unwrap_or_default())?;
    link.set_attribute("download", name)?;
    link.click();
    // The click has begun the download, which holds on to the text itself.
    method("revokeObjectURL")?.call1(&addresses, &address).map(drop)
}
