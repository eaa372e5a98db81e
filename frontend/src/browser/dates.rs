//! Times as the person at the screen writes them, in their own zone and language.

use baton_shared::Timestamp;
use js_sys::{Array, Date, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

const MS_PER_HOUR: i64 = 3_600_000;
const MS_PER_DAY: i64 = 24 * MS_PER_HOUR;
const MS_PER_MINUTE: i64 = 60_000;

struct Formats {
    time: Option<Function>,
    day: Option<Function>,
    full: Option<Function>,
    exact: Option<Function>,
}

thread_local! {
    // Making a formatter costs much more than using it.
    static FORMATS: Formats = Formats {
        time: formatter(&[("timeStyle", "short")]),
        day: formatter(&[("weekday", "long"), ("day", "numeric"), ("month", "long")]),
        full: formatter(&[("dateStyle", "medium"), ("timeStyle", "short")]),
        exact: formatter(&[("dateStyle", "medium"), ("timeStyle", "medium")]),
    };
}

fn formatter(options: &[(&str, &str)]) -> Option<Function> {
    let wanted = Object::new();
    for (name, value) in options {
        Reflect::set(&wanted, &JsValue::from_str(name), &JsValue::from_str(value)).ok()?;
    }
    let formatter = js_sys::Intl::DateTimeFormat::new(&Array::new(), &wanted);
    Reflect::get(&formatter, &"format".into()).ok()?.dyn_into().ok()
}

fn format(formatter: Option<&Function>, at: Timestamp) -> String {
    let millis = JsValue::from_f64(at.as_millis() as f64);
    formatter
        .and_then(|formatter| formatter.call1(&JsValue::NULL, &millis).ok())
        .and_then(|text| text.as_string())
        .unwrap_or_default()
}

/// Returns the time of day: "14:05".
pub fn time(at: Timestamp) -> String {
    FORMATS.with(|formats| format(formats.time.as_ref(), at))
}

/// Returns day and time: "21 Nov 2026, 14:05".
pub fn full(at: Timestamp) -> String {
    FORMATS.with(|formats| format(formats.full.as_ref(), at))
}

/// Returns day and time to the second: "21 Nov 2026, 14:05:07".
pub fn exact(at: Timestamp) -> String {
    FORMATS.with(|formats| format(formats.exact.as_ref(), at))
}

/// Returns the day in words: "Today", "Yesterday", "Saturday 21 November".
pub fn day(at: Timestamp, now: Timestamp) -> String {
    let mut days = LocalDays::default();
    match days.of(now) - days.of(at) {
        0 => "Today".to_owned(),
        1 => "Yesterday".to_owned(),
        _ => FORMATS.with(|formats| format(formats.day.as_ref(), at)),
    }
}

/// Numbers the days of the person's own zone.
#[derive(Debug, Default)]
pub struct LocalDays {
    /// The hour asked for last and its offset: messages follow each other, and asking the browser is slow.
    last: Option<(i64, i64)>,
}

impl LocalDays {
    /// Returns the number of the day that a time falls on.
    pub fn of(&mut self, at: Timestamp) -> i64 {
        let hour = at.as_millis().div_euclid(MS_PER_HOUR);
        let offset_ms = match self.last {
            Some((known, offset_ms)) if known == hour => offset_ms,
            _ => {
                let date = Date::new(&JsValue::from_f64(at.as_millis() as f64));
                let offset_ms = date.get_timezone_offset() as i64 * MS_PER_MINUTE;
                self.last = Some((hour, offset_ms));
                offset_ms
            }
        };
        (at.as_millis() - offset_ms).div_euclid(MS_PER_DAY)
    }
}

/// Returns the name of the person's own time zone, such as "Europe/Madrid"; empty where the browser does not tell.
pub fn zone() -> String {
    let options = js_sys::Intl::DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
    Reflect::get(&options, &"timeZone".into()).ok().and_then(|zone| zone.as_string()).unwrap_or_default()
}

/// Returns when a day begins in the person's own zone, as the API writes times, or so many days later; the day is as a
/// date field has it, and nothing is returned where it is none.
pub fn day_begins(day: &str, days_later: u32) -> Option<String> {
    let date = Date::new(&format!("{day}T00:00").into());
    date.set_date(date.get_date() + days_later);
    // A date that is none cannot be written.
    if date.get_time().is_nan() { None } else { date.to_iso_string().as_string() }
}

/// Returns the browser's own time: only good as long as the server has not been heard.
pub fn browser_now() -> Timestamp {
    Timestamp::from_millis(Date::now() as i64)
}
