//! The reports' pictures and their bar: what they draw, what they say, and what a choice asks.

use std::sync::Arc;

use baton_frontend::browser::page;
use baton_frontend::live_wall::LiveWall;
use baton_frontend::screens::supervisor::insights::asked::{Asked, By, Range};
use baton_frontend::screens::supervisor::insights::pictures::columns::{Column, ColumnPicture};
use baton_frontend::screens::supervisor::insights::pictures::{Paint, Series};
use baton_frontend::screens::supervisor::insights::range_bar::RangeBar;
use baton_frontend::screens::supervisor::insights::state::Insights;
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

use crate::stage::{Stage, until};

const SERIES: &[Series] =
    &[Series { name: "Accepted", paint: Paint::Good }, Series { name: "Abandoned", paint: Paint::Bad }];

fn column(name: &str, counts: [u64; 2]) -> Column {
    Column { name: name.to_owned(), counts: counts.to_vec() }
}

#[wasm_bindgen_test]
async fn a_picture_draws_what_there_is_and_says_it_in_words() {
    let handed_out = std::rc::Rc::new(std::cell::Cell::new(None));
    let handed_in = std::rc::Rc::clone(&handed_out);
    let stage = Stage::with(move |_| {
        let columns = RwSignal::new(vec![column("09:00", [3, 1]), column("10:00", [0, 0])]);
        handed_in.set(Some(columns));
        let columns = Memo::new(move |_| Arc::new(columns.get()));
        view! { <ColumnPicture id="waits" name="Waits" series=SERIES columns=columns /> }
    });
    let columns = handed_out.get().expect("it was mounted");
    until("the blocks are drawn", || stage.count("svg[role=img] > .mark") == 2).await;
    let said = || stage.find("svg[role=img]").get_attribute("aria-label").unwrap_or_default();
    assert_eq!(said(), "Waits: 4 in 2 columns; the highest, 4, at 09:00");
    let fills = |kind: &str| stage.find(&format!("svg[role=img] > .mark--{kind}")).get_attribute("fill");
    assert_ne!(fills("good"), fills("bad"), "a pattern tells them apart, not only a colour");
    assert_eq!(stage.count(".legend li"), 2);
    columns.set(vec![column("09:00", [0, 0])]);
    until("nothing is drawn", || stage.count("svg[role=img] > .mark") == 0).await;
    assert_eq!(said(), "Waits: nothing to show");
}

fn field(stage: &Stage, label: &str) -> HtmlElement {
    let fields = stage.find("form").query_selector_all(".range__field").expect("a selector");
    let mut fields = (0..fields.length()).filter_map(|place| fields.item(place));
    let field = fields.find(|field| field.text_content().is_some_and(|text| text.starts_with(label)));
    let field = field.unwrap_or_else(|| panic!("no field {label} in {}", stage.text()));
    let field: HtmlElement = wasm_bindgen::JsCast::unchecked_into(field);
    let control = field.query_selector("select, input").expect("a selector").expect("a control");
    wasm_bindgen::JsCast::unchecked_into(control)
}

fn choose(control: &HtmlElement, value: &str) {
    js_sys::Reflect::set(control, &"value".into(), &value.into()).expect("a control has a value");
    let event = web_sys::Event::new("change").expect("an event");
    control.dispatch_event(&event).expect("it is dispatched");
}

#[wasm_bindgen_test]
async fn a_choice_in_the_bar_is_asked_and_stands_in_the_address() {
    let before = format!("{}{}", page::path(), page::query());
    let handed_out = std::rc::Rc::new(std::cell::Cell::new(None));
    let handed_in = std::rc::Rc::clone(&handed_out);
    let stage = Stage::with(move |context| {
        let insights = Insights::follow(context, LiveWall::watch(context));
        handed_in.set(Some(insights));
        view! { <RangeBar insights=insights /> }
    });
    let insights: Insights = handed_out.get().expect("it was mounted");
    until("the fields are there", || stage.count("select") == 7).await;
    assert_eq!(Asked::read(&page::query()), Some(Asked::default()), "a bare address becomes a whole one");

    choose(&field(&stage, "Period"), "7d");
    assert_eq!(insights.asked.get_untracked().range, Range::Week);
    choose(&field(&stage, "Time zone"), "UTC");
    choose(&field(&stage, "Outcome"), "failed");
    let asked = Asked::read(&page::query()).expect("the address asks");
    assert_eq!(asked, insights.asked.get_untracked());
    assert_eq!((asked.range, asked.zone.as_deref()), (Range::Week, Some("UTC")));
    assert_eq!(asked.filter.get(&By::Outcome).map(String::as_str), Some("failed"));
    let fold = || stage.find(".range__fold");
    let counted = || fold().text_content().as_deref() == Some("Filters, 2 set");
    until("the time zone and the outcome are counted", counted).await;
    assert_eq!(fold().get_attribute("aria-expanded").as_deref(), Some("false"));
    fold().click();
    until("it is unfolded", || stage.count(".range__folded--open") == 1).await;
    let unfolded = || fold().get_attribute("aria-expanded").as_deref() == Some("true");
    until("it says so", unfolded).await;

    choose(&field(&stage, "Period"), "own");
    until("both ends can be chosen", || stage.count("input[type=date]") == 2).await;
    let (_, last) = insights.days();
    choose(&field(&stage, "From"), &last.plus(2).to_string());
    assert_eq!(
        insights.asked.get_untracked().range,
        Range::Own(last.plus(2), last.plus(2)),
        "the other end goes along"
    );

    stage.find(".range__clear").click();
    assert!(insights.asked.get_untracked().filter.is_empty());
    drop(stage);
    page::replace_address(&before);
}
