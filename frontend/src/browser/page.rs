//! The page itself: its address, title, visibility, focus and keys.

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    AbortSignal, Document, Element, HtmlDocument, HtmlElement, HtmlInputElement, HtmlTextAreaElement, Window,
};

/// What marks a step of the history that the page itself has added.
const STEP: &str = "baton-step";

fn window() -> Window {
    web_sys::window().expect("the desk runs in a browser window")
}

fn document() -> Document {
    window().document().expect("a window has a document")
}

/// Returns the path of the page's address.
pub fn path() -> String {
    window().location().pathname().unwrap_or_else(|_| "/".to_owned())
}

/// Returns the query of the page's address, with its question mark; empty where there is none.
pub fn query() -> String {
    window().location().search().unwrap_or_default()
}

/// Goes to another address of this page without loading it, as a step that the Back button takes back.
pub fn go_to(address: &str) {
    drop(
        window().history().and_then(|history| history.push_state_with_url(&JsValue::NULL, "", Some(address))),
    );
}

/// Puts another address in the place of the page's, without a step.
pub fn replace_address(address: &str) {
    drop(
        window()
            .history()
            .and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(address))),
    );
}

/// Loads the page anew.
pub fn reload() {
    drop(window().location().reload());
}

/// Returns the build that served this page; nothing where the server did not fill it in.
pub fn build() -> Option<String> {
    let meta = document().query_selector("meta[name='baton-build']").ok().flatten()?;
    meta.get_attribute("content").filter(|build| !build.starts_with("__"))
}

/// Says whether there is room for one pane only; `style/layout.css` goes by the same width.
pub fn narrow() -> bool {
    let query = window().match_media("(max-width: 45rem)").ok().flatten();
    query.is_some_and(|query| query.matches())
}

/// Adds a step at the same address to the browser's history, for its Back button to take back.
pub fn add_step() {
    drop(window().history().and_then(|history| history.push_state(&JsValue::from_str(STEP), "")));
}

/// Says whether the browser stands on a step that the page has added.
pub fn on_step() -> bool {
    let state = window().history().and_then(|history| history.state());
    state.is_ok_and(|state| state.as_string().as_deref() == Some(STEP))
}

/// Takes back the step that the browser stands on; it tells with `popstate` when it has done so.
pub fn take_step_back() {
    drop(window().history().and_then(|history| history.back()));
}

/// Fills the screen with the page, or gives the screen back; nothing happens where the browser does not allow it.
pub fn turn_full_screen() {
    let document = document();
    if document.fullscreen_element().is_some() {
        document.exit_fullscreen();
    } else if let Some(root) = document.document_element() {
        drop(root.request_fullscreen());
    }
}

/// Takes the focus to the first field, or where there is none to the first button, in the element with this id.
pub fn focus_first_in(id: &str) {
    let Some(inside) = document().get_element_by_id(id) else { return };
    let first = |selector| inside.query_selector(selector).ok().flatten();
    let first = first("input, select, textarea").or_else(|| first("button"));
    if let Some(first) = first.and_then(|first| first.dyn_into::<HtmlElement>().ok()) {
        drop(first.focus());
    }
}

/// Sets the page's title.
pub fn set_title(title: &str) {
    document().set_title(title);
}

/// Sets or removes the attribute on the root element that chooses the theme.
pub fn set_theme(theme: Option<&str>) {
    if let Some(root) = document().document_element() {
        drop(match theme {
            Some(theme) => root.set_attribute("data-theme", theme),
            None => root.remove_attribute("data-theme"),
        });
    }
}

/// Returns the element that the desk is mounted in, emptied of the shell that was painted before it.
pub fn take_mount_point() -> HtmlElement {
    let mount = document().get_element_by_id("app").expect("index.html has an element `app`");
    mount.set_text_content(None);
    mount.remove_attribute("aria-busy").expect("removing an attribute cannot fail");
    mount.unchecked_into()
}

/// Says whether nobody can see the page.
pub fn hidden() -> bool {
    document().hidden()
}

/// Says whether the page has the focus of the person at the screen.
pub fn focused() -> bool {
    document().has_focus().unwrap_or(false)
}

/// Returns the milliseconds since the page began, counted by a clock that nobody sets.
pub fn monotonic_ms() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// Puts the focus on the element with this id, if it is there.
pub fn focus(id: &str) {
    if let Some(element) = element(id) {
        drop(element.focus());
    }
}

/// Puts the focus on the element with this id with the next frame, if what had it is gone from the page by then.
pub fn refocus(id: &'static str) {
    let lost = || document().active_element().is_none_or(|element| element.tag_name() == "BODY");
    leptos::prelude::request_animation_frame(move || {
        if lost() {
            focus(id);
        }
    });
}

/// Opens the disclosure that the element with this id is in, if there is one.
pub fn open_around(id: &str) {
    let around = element(id).and_then(|element| element.closest("details").ok().flatten());
    if let Some(details) = around {
        drop(details.set_attribute("open", ""));
    }
}

/// Selects the text of the field with this id, if it is there.
pub fn select_text(id: &str) {
    if let Some(field) = element(id).and_then(|element| element.dyn_into::<HtmlInputElement>().ok()) {
        field.select();
    }
}

/// Copies the text of the field with this id, for other fields and programs; says whether the browser did.
///
/// The clipboard's own interface is missing on pages that are not served over TLS, as on a first try in one's own network.
pub fn copy(id: &str) -> bool {
    let field = element(id).and_then(|element| element.dyn_into::<HtmlTextAreaElement>().ok());
    let Some(field) = field else { return false };
    let before = document().active_element();
    // Only what is selected where the focus is can be copied.
    drop(field.focus());
    field.select();
    let copied =
        document().dyn_into::<HtmlDocument>().is_ok_and(|page| page.exec_command("copy").unwrap_or(false));
    if let Some(before) = before.and_then(|before| before.dyn_into::<HtmlElement>().ok()) {
        drop(before.focus());
    }
    copied
}

/// Clicks the element with this id, if it is there.
pub fn click(id: &str) {
    if let Some(element) = element(id) {
        element.click();
    }
}

fn element(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Says whether the focus is in a field that takes text.
pub fn typing() -> bool {
    document().active_element().is_some_and(|element| takes_text(&element))
}

/// Says whether something is typed in any field of the page.
pub fn something_typed() -> bool {
    let Ok(fields) = document().query_selector_all("textarea, input") else { return false };
    (0..fields.length()).filter_map(|at| fields.item(at)?.dyn_into::<Element>().ok()).any(|field| {
        let value = match field.dyn_ref::<HtmlTextAreaElement>() {
            Some(area) => area.value(),
            None => field.dyn_ref::<HtmlInputElement>().map_or_else(String::new, HtmlInputElement::value),
        };
        takes_text(&field) && !value.trim().is_empty()
    })
}

/// Says whether a modal dialog is open.
pub fn dialog_open() -> bool {
    document().query_selector("dialog[open]").ok().flatten().is_some()
}

fn takes_text(element: &Element) -> bool {
    let kind = element.get_attribute("type").unwrap_or_default();
    match element.tag_name().as_str() {
        "TEXTAREA" | "SELECT" => true,
        "INPUT" => !matches!(kind.as_str(), "checkbox" | "radio" | "button"),
        _ => false,
    }
}

/// Calls back whenever the page is shown or hidden, for as long as the page lives.
pub fn on_visibility(callback: impl Fn() + 'static) {
    listen(document().as_ref(), "visibilitychange", callback);
}

/// Calls back whenever the browser believes that it has a network again, for as long as the page lives.
pub fn on_online(callback: impl Fn() + 'static) {
    listen(window().as_ref(), "online", callback);
}

/// Calls back whenever the browser has lost its network, for as long as the page lives.
pub fn on_offline(callback: impl Fn() + 'static) {
    listen(window().as_ref(), "offline", callback);
}

/// Calls back at each first sign of a person: browsers allow sound only after one.
pub fn on_gesture(callback: impl Fn() + Clone + 'static) {
    listen(window().as_ref(), "pointerdown", callback.clone());
    listen(window().as_ref(), "keydown", callback);
}

fn listen(target: &web_sys::EventTarget, event: &str, callback: impl Fn() + 'static) {
    let closure = Closure::<dyn Fn()>::new(callback);
    drop(target.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref()));
    closure.forget();
}

/// Returns a signal that gives a request up after so many milliseconds.
pub fn abort_after(ms: u32) -> AbortSignal {
    AbortSignal::timeout_with_u32(ms)
}

/// Writes panics to the console with their message and place.
pub fn report_panics() {
    std::panic::set_hook(Box::new(|panic| web_sys::console::error_1(&panic.to_string().into())));
}

/// Writes a fault that nobody at the screen can act on to the console.
pub fn report_fault(what: &str) {
    web_sys::console::warn_1(&what.into());
}
