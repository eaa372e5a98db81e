//! Time zones as the browser knows them: which there are, how far their clocks are ahead, and times written in them.

use std::cell::RefCell;
use std::collections::BTreeMap;

use baton_shared::Timestamp;
use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// What a time is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Style {
    /// A row of a list: "21 Nov 2026, 14:05:09".
    Full,
    /// A day in a table: "21 Nov 2026".
    Date,
    /// A day under a picture: "21 Nov".
    Day,
    /// An hour under a picture: "14:00".
    Hour,
    /// Numbers that are read by the program.
    Parts,
}

impl Style {
    const fn options(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Full => &[("dateStyle", "medium"), ("timeStyle", "medium")],
            Self::Date => &[("dateStyle", "medium")],
            Self::Day => &[("day", "numeric"), ("month", "short")],
            Self::Hour => &[("hour", "2-digit"), ("minute", "2-digit"), ("hourCycle", "h23")],
            Self::Parts => &[
                ("year", "numeric"),
                ("month", "2-digit"),
                ("day", "2-digit"),
                ("hour", "2-digit"),
                ("minute", "2-digit"),
                ("second", "2-digit"),
                ("hourCycle", "h23"),
            ],
        }
    }
}

thread_local! {
    // Making a formatter costs much more than using it.
    static FORMATTERS: RefCell<BTreeMap<(String, Style), Option<Function>>> = const { RefCell::new(BTreeMap::new()) };
}

/// Returns a time as the clocks of a zone show it; empty where the browser does not know the zone.
pub fn written(zone: &str, style: Style, at: Timestamp) -> String {
    FORMATTERS.with_borrow_mut(|known| {
        let format = known.entry((zone.to_owned(), style)).or_insert_with(|| formatter(zone, style));
        let millis = JsValue::from_f64(at.as_millis() as f64);
        let text = format.as_ref().and_then(|format| format.call1(&JsValue::NULL, &millis).ok());
        text.and_then(|text| text.as_string()).unwrap_or_default()
    })
}

/// Says whether the browser knows a zone.
pub fn is_known(zone: &str) -> bool {
    !written(zone, Style::Parts, Timestamp::default()).is_empty()
}

/// Returns how many milliseconds the clocks of a zone are ahead of UTC at a time; 0 where the zone is unknown.
pub fn offset_ms(zone: &str, at: Timestamp) -> i64 {
    let text = written(zone, Style::Parts, at);
    let numbers: Vec<f64> = text
        .split(|character: char| !character.is_ascii_digit())
        .filter_map(|number| number.parse().ok())
        .collect();
    let [month, day, year, hour, minute, second] = numbers[..] else { return 0 };
    let shown_ms = js_sys::Date::utc(year, month - 1.0);
    let shown_ms = shown_ms + (((day - 1.0) * 24.0 + hour) * 60.0 + minute) * 60_000.0 + second * 1_000.0;
    let whole_secs_ms = at.as_millis().div_euclid(1_000) * 1_000;
    shown_ms as i64 - whole_secs_ms
}

/// Returns the zones that the browser names, by name.
pub fn all() -> Vec<String> {
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok();
    let supported = intl.and_then(|intl| Reflect::get(&intl, &"supportedValuesOf".into()).ok());
    let supported = supported.and_then(|function| function.dyn_into::<Function>().ok());
    let zones = supported.and_then(|function| function.call1(&JsValue::NULL, &"timeZone".into()).ok());
    let zones = zones.and_then(|zones| zones.dyn_into::<Array>().ok()).unwrap_or_default();
    zones.iter().filter_map(|zone| zone.as_string()).collect()
}

/// Makes a formatter; nothing where the browser refuses the zone.
fn formatter(zone: &str, style: Style) -> Option<Function> {
    let wanted = Object::new();
    let options = style.options().iter().copied().chain([("timeZone", zone)]);
    for (name, value) in options {
        Reflect::set(&wanted, &name.into(), &value.into()).ok()?;
    }
    let language = if style == Style::Parts { Array::of1(&"en-US".into()) } else { Array::new() };
    // An unknown zone is an exception, which a constructor called directly could not catch.
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let constructor = Reflect::get(&intl, &"DateTimeFormat".into()).ok()?.dyn_into::<Function>().ok()?;
    let made = Reflect::construct(&constructor, &Array::of2(&language, &wanted)).ok()?;
    Reflect::get(&made, &"format".into()).ok()?.dyn_into().ok()
}
