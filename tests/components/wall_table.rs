//! The wall's tables: sorted by any column, following their rows, and cut where nobody reads on.

use std::collections::BTreeSet;

use baton_frontend::presence::mark;
use baton_frontend::screens::supervisor::table::{Cell, Column, Order, ROWS_SHOWN_MAX, Rank, RowTable, Tone};
use baton_shared::{Presence, Status};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::stage::{Stage, until};

type Named = (&'static str, u32);

const COLUMNS: &[Column<Named>] = &[
    Column {
        title: "Name",
        timed: false,
        number: false,
        rank: |row| Rank::text(row.0),
        cell: |row, _| row.0.to_owned().into(),
    },
    Column {
        title: "Count",
        timed: false,
        number: true,
        rank: |row| Rank::count(row.1),
        cell: |row, _| Cell::toned(row.1.to_string(), if row.1 > 5 { Tone::Critical } else { Tone::Plain }),
    },
];

fn shown(first: Vec<Named>) -> (Stage, RwSignal<Vec<Named>>) {
    let handed_out = std::rc::Rc::new(std::cell::Cell::new(None));
    let handed_in = std::rc::Rc::clone(&handed_out);
    let stage = Stage::with(move |context| {
        let rows = RwSignal::new(first);
        handed_in.set(Some(rows));
        view! {
            <RowTable
                name="Things"
                columns=COLUMNS
                rows=Memo::new(move |_| rows.get())
                key=|row: &Named| row.0
                clock=context.clock
                first=Order { column: 0, down: false }
                nothing="Nothing"
            />
        }
    });
    (stage, handed_out.get().expect("it was mounted"))
}

#[wasm_bindgen_test]
async fn what_all_rows_come_to_stays_above_them_and_columns_go_and_come() {
    let handed_out = std::rc::Rc::new(std::cell::Cell::new(None));
    let handed_in = std::rc::Rc::clone(&handed_out);
    let stage = Stage::with(move |context| {
        let rows = RwSignal::new(vec![("b", 3), ("a", 2)]);
        let chosen = RwSignal::new(BTreeSet::from(["Count".to_owned()]));
        handed_in.set(Some((rows, chosen)));
        let total = Memo::new(move |_| rows.with(|rows| Some(("All", rows.iter().map(|row| row.1).sum()))));
        view! {
            <RowTable
                name="Summed things"
                columns=COLUMNS
                rows=Memo::new(move |_| rows.get())
                key=|row: &Named| row.0
                clock=context.clock
                first=Order { column: 0, down: false }
                nothing="Nothing"
                total=total
                chosen=Signal::from(chosen)
            />
        }
    });
    let (rows, chosen): (RwSignal<Vec<Named>>, RwSignal<BTreeSet<String>>) =
        handed_out.get().expect("it was mounted");
    until("the rows are there", || stage.count("tbody tr") == 3).await;
    let names = || {
        let name = |place| stage.find(&format!("tbody:last-child tr:nth-child({place}) th")).inner_text();
        [stage.find(".rows__total th").inner_text(), name(1), name(2)]
    };
    assert_eq!(names(), ["All", "a", "b"]);
    assert_eq!(stage.find(".rows__total td").inner_text(), "5");
    assert!(stage.text().contains("2 shown"), "what they come to is no row of its own");
    stage.find("thead th:nth-child(1) button").click();
    until("the order is turned round", || names()[1] == "b").await;
    assert_eq!(names()[0], "All");
    rows.set(vec![("b", 3), ("a", 7)]);
    until("they come to more", || stage.find(".rows__total td").inner_text() == "10").await;
    assert_eq!(stage.find(".rows__total td").get_attribute("data-tone").as_deref(), Some("critical"));
    let hidden = || ["thead th", "tbody td"].map(|cells| stage.count(&format!("{cells}[hidden]")));
    assert_eq!(hidden(), [0, 0]);
    chosen.set(BTreeSet::new());
    until("only names are left", || hidden() == [1, 3]).await;
    chosen.set(BTreeSet::from(["Count".to_owned()]));
    until("the column is there again", || hidden() == [0, 0]).await;
}

#[wasm_bindgen_test]
async fn presence_has_its_mark_beside_its_word() {
    const PRESENT: &[Column<Presence>] = &[
        Column {
            title: "Name",
            timed: false,
            number: false,
            rank: |_| Rank::text("Ada"),
            cell: |_, _| "Ada".to_owned().into(),
        },
        Column {
            title: "Status",
            timed: false,
            number: false,
            rank: |presence| Rank::text(mark::label(*presence)),
            cell: |presence, _| Cell::marked(mark::label(*presence), mark::class(*presence)),
        },
    ];
    let handed_out = std::rc::Rc::new(std::cell::Cell::new(None));
    let handed_in = std::rc::Rc::clone(&handed_out);
    let stage = Stage::with(move |context| {
        let presence = RwSignal::new(Presence { status: Status::Busy, reachable: true });
        handed_in.set(Some(presence));
        view! {
            <RowTable
                name="People"
                columns=PRESENT
                rows=Memo::new(move |_| vec![presence.get()])
                key=|_: &Presence| 0
                clock=context.clock
                first=Order { column: 0, down: false }
                nothing="Nobody"
            />
        }
    });
    let presence: RwSignal<Presence> = handed_out.get().expect("it was mounted");
    until("the row is there", || stage.count("tbody td") == 1).await;
    assert_eq!(stage.find("tbody td").inner_text().trim(), "Busy");
    assert_eq!(stage.count("tbody td .presence--busy[aria-hidden]"), 1);
    presence.set(Presence { status: Status::Busy, reachable: false });
    until("the mark follows", || stage.count("tbody td .presence--busy") == 0).await;
    assert_eq!(stage.find("tbody td").inner_text().trim(), "Not connected");
    assert_eq!(stage.count("tbody td .presence"), 1);
}

fn name(stage: &Stage, place: u32) -> String {
    stage.find(&format!("tbody tr:nth-child({place}) th[scope=row]")).inner_text()
}

fn head(stage: &Stage, place: u32) -> String {
    let head = stage.find(&format!("thead th:nth-child({place})"));
    head.get_attribute("aria-sort").unwrap_or_default()
}

#[wasm_bindgen_test]
async fn a_head_sorts_the_rows_and_turns_them_round() {
    let (stage, _) = shown(vec![("b", 3), ("a", 2), ("c", 1)]);
    until("the rows are there", || stage.count("tbody tr") == 3).await;
    assert_eq!((name(&stage, 1).as_str(), head(&stage, 1).as_str()), ("a", "ascending"));
    let sort = |place| stage.find(&format!("thead th:nth-child({place}) button")).click();
    sort(2);
    until("the highest is first", || name(&stage, 1) == "b").await;
    assert_eq!((head(&stage, 1).as_str(), head(&stage, 2).as_str()), ("", "descending"));
    sort(2);
    until("the lowest is first", || name(&stage, 1) == "c").await;
    assert_eq!(head(&stage, 2), "ascending");
}

#[wasm_bindgen_test]
async fn rows_come_go_and_change_where_they_are() {
    let (stage, rows) = shown(vec![("a", 1)]);
    until("the row is there", || stage.count("tbody tr") == 1).await;
    let row = stage.find("tbody tr");
    rows.set(vec![("a", 7), ("b", 2)]);
    until("both are there", || stage.count("tbody tr") == 2).await;
    assert!(row.is_connected(), "a row that changes stays the same element");
    assert_eq!(stage.find("tbody td[data-tone=critical]").inner_text(), "7");
    rows.set(Vec::new());
    until("none is there", || stage.count("tbody tr") == 0).await;
    assert!(stage.text().contains("Nothing"));
}

#[wasm_bindgen_test]
async fn no_more_rows_are_shown_than_can_be_read() {
    let many = ROWS_SHOWN_MAX as u32 + 50;
    let all = (0..many).map(|number| (&*Box::leak(format!("row {number}").into_boxed_str()), number));
    let (stage, _) = shown(all.collect());
    until("some are there", || stage.count("tbody tr") == ROWS_SHOWN_MAX as u32).await;
    assert!(stage.text().contains(&format!("{ROWS_SHOWN_MAX} of {many} are shown.")));
}
