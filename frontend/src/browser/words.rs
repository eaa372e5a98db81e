//! Words as the browser sees them.

/// Returns a text in lower case.
///
/// The browser knows Unicode already: the standard library's own tables would be 7 kB of the desk's download.
#[cfg(target_arch = "wasm32")]
pub fn lowercase(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

/// Returns a text in lower case.
#[cfg(not(target_arch = "wasm32"))]
pub fn lowercase(text: &str) -> String {
    text.to_lowercase()
}
