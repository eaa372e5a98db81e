//! Figures on screen: what they say, the rows behind them, and tables of them with their downloads.

use std::sync::Arc;

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::asked::{Asked, Rows};
use super::state::Insights;
use super::words::{self, NOT_ENOUGH};
use crate::api::insights::{self, Form, Gathered};
use crate::app::DeskContext;
use crate::browser::saving;
use crate::controls::toast::Toast;
use crate::screens::supervisor::table::{Order, ROWS_SHOWN_MAX, Rank, compare};

/// What a place for a figure says.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// The words; nothing where the figure would be made of nothing.
    pub text: Option<String>,
    /// By what it sorts.
    pub rank: Rank,
    /// The rows it was counted from.
    pub behind: Option<Rows>,
    /// Whether it says as much as nothing, and so stands back.
    pub slight: bool,
}

impl Figure {
    /// Says a text.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { rank: Rank::text(&text), text: Some(text), behind: None, slight: false }
    }

    /// Says that there is nothing to make it of.
    pub const fn nothing() -> Self {
        Self { text: None, rank: Rank::Number(None), behind: None, slight: false }
    }

    /// Says a text that sorts by a number.
    pub fn text_at(text: String, place: i64) -> Self {
        Self { text: Some(text), rank: Rank::Number(Some(place)), behind: None, slight: false }
    }

    /// Says a count.
    pub fn count(count: impl Into<u64>) -> Self {
        let count = count.into();
        Self { text: Some(words::count(count)), rank: ranked(Some(count)), behind: None, slight: false }
    }

    /// Says a count; or that there is none.
    pub fn maybe(count: Option<u64>) -> Self {
        count.map_or_else(Self::nothing, Self::count)
    }

    /// Says a length of time, in milliseconds; or that there is none.
    pub fn lasted(ms: Option<u64>) -> Self {
        Self { text: ms.map(words::lasted), rank: ranked(ms), behind: None, slight: false }
    }

    /// Says a share, from 0 to 1; or that it would be one of nothing.
    pub fn share(share: Option<f64>) -> Self {
        let rank = share.map(|share| (share * 10_000.0) as u64);
        Self { text: share.map(words::percent), rank: ranked(rank), behind: None, slight: false }
    }

    /// Says a number with a fraction, in tenths; or that it would be one of nothing.
    pub fn tenths(number: Option<f64>) -> Self {
        let tenths = number.map(|number| (number * 10.0).round() as u64);
        let text = tenths.map(|tenths| format!("{}.{}", words::count(tenths / 10), tenths % 10));
        Self { text, rank: ranked(tenths), behind: None, slight: false }
    }

    /// Stands back, because it says as much as nothing.
    #[must_use]
    pub fn slight(self) -> Self {
        Self { slight: true, ..self }
    }

    /// Leads to the rows that it was counted from.
    #[must_use]
    pub fn behind(self, rows: Rows) -> Self {
        // Where nothing was counted there is nothing to lead to.
        let counted = self.text.as_deref().is_some_and(|text| text != "0");
        Self { behind: counted.then_some(rows), ..self }
    }
}

fn ranked(number: Option<u64>) -> Rank {
    Rank::Number(number.map(|number| i64::try_from(number).unwrap_or(i64::MAX)))
}

/// A link to something else that is asked; a click stays on the page, and any other use is the browser's.
#[component]
pub fn AskLink(
    /// The reports.
    insights: Insights,
    /// What it asks.
    asked: Memo<Asked>,
    /// Its class.
    #[prop(optional)]
    class: &'static str,
    /// What is marked as the current one.
    #[prop(optional, into)]
    current: Signal<bool>,
    /// What it says.
    children: Children,
) -> impl IntoView {
    let click = move |event: MouseEvent| {
        let elsewhere = event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0;
        if !elsewhere {
            event.prevent_default();
            insights.go(asked.get_untracked());
        }
    };
    view! {
        <a
            class=class
            href=move || asked.with(Asked::address)
            aria-current=move || current.get().then_some("page")
            on:click=click
        >
            {children()}
        </a>
    }
}

/// Shows a figure, as a link where rows are behind it. The link stays the same while its figure changes, so that it
/// keeps the focus.
pub fn figure_view(insights: Insights, figure: Memo<Figure>) -> AnyView {
    let text = Memo::new(move |_| figure.with(|figure| figure.text.clone()));
    let rows = Memo::new(move |_| figure.with(|figure| figure.behind.clone()));
    let shape = Memo::new(move |_| (text.with(Option::is_some), rows.with(Option::is_some)));
    let shown = move || match shape.get() {
        (false, _) => view! {
            <span aria-hidden="true">"–"</span>
            <span class="for-screen-reader">{NOT_ENOUGH}</span>
        }
        .into_any(),
        (true, false) => (move || text.get()).into_any(),
        (true, true) => {
            let asked =
                Memo::new(move |_| insights.asked.with(|asked| Asked { rows: rows.get(), ..asked.clone() }));
            view! {
                <AskLink insights=insights asked=asked class="figure__link">
                    {move || text.get()}
                </AskLink>
            }
            .into_any()
        }
    };
    shown.into_any()
}

/// A figure with its name, large.
pub fn tile(insights: Insights, name: &'static str, figure: Memo<Figure>, hint: &'static str) -> AnyView {
    let there = Memo::new(move |_| figure.with(|figure| figure.text.is_some()));
    let shown = move || {
        if there.get() {
            figure_view(insights, figure)
        } else {
            view! { <span class="tile__nothing">{NOT_ENOUGH}</span> }.into_any()
        }
    };
    view! {
        <div class="tile">
            <dt class="tile__name">{name}</dt>
            <dd class="tile__figure">{shown}</dd>
            {(!hint.is_empty()).then(|| view! { <dd class="tile__hint">{hint}</dd> })}
        </div>
    }
    .into_any()
}

/// A column of a table of figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// What it is called.
    pub title: &'static str,
    /// Whether it holds numbers.
    pub number: bool,
}

/// A column of texts.
pub const fn text_head(title: &'static str) -> Head {
    Head { title, number: false }
}

/// A column of numbers.
pub const fn number_head(title: &'static str) -> Head {
    Head { title, number: true }
}

/// Whether the rows of a table can be put in another order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sorting {
    /// By any column.
    ByAny,
    /// They stay in their order: they are of different things.
    Fixed,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What tells it from others.
    pub key: String,
    /// One for each column; the first names it.
    pub figures: Vec<Figure>,
}

/// A table of figures with its downloads where it has an address of its own.
#[component]
pub fn FigureTable(
    /// The reports.
    insights: Insights,
    /// What the table is called.
    name: &'static str,
    /// The columns; the first names the row.
    heads: &'static [Head],
    /// The rows.
    #[prop(into)]
    lines: Signal<Arc<Vec<Line>>>,
    /// How rows are sorted at first.
    first: Order,
    /// What is said where there is no row.
    nothing: &'static str,
    /// Where the server answers the table, as the reports' addresses are written.
    #[prop(optional, into)]
    source: Option<Signal<String>>,
    /// Whether its rows can be put in another order.
    #[prop(default = Sorting::ByAny)]
    sorting: Sorting,
) -> impl IntoView {
    let order = RwSignal::new(first);
    let shown = Memo::new(move |_| {
        let Order { column, down } = order.get();
        let rank =
            |line: &Line| line.figures.get(column).map_or(Rank::Number(None), |figure| figure.rank.clone());
        let mut ranked: Vec<(Rank, String)> =
            lines.with(|lines| lines.iter().map(|line| (rank(line), line.key.clone())).collect());
        ranked.sort_by(|(one, _), (other, _)| compare(one, other, down));
        ranked.truncate(ROWS_SHOWN_MAX);
        ranked.into_iter().map(|(_, key)| key).collect::<Vec<String>>()
    });
    let note = move || match lines.with(|lines| lines.len()) {
        0 => Some(nothing.to_owned()),
        count if count > ROWS_SHOWN_MAX => Some(format!(
            "{ROWS_SHOWN_MAX} of {count} are shown. Narrow the report, or download all of them."
        )),
        _ => None,
    };
    view! {
        <div class="figures">
            <div class="figures__scroll" role="region" aria-label=format!("{name}, as a table") tabindex="0">
                <table class="rows">
                    <thead>
                        <tr>
                            {heads
                                .iter()
                                .enumerate()
                                .map(|(place, head)| head_view(place, *head, order, sorting))
                                .collect_view()}
                        </tr>
                    </thead>
                    <tbody>
                        <For
                            each=move || shown.get()
                            key=Clone::clone
                            children=move |key: String| row_view(insights, heads, lines, key)
                        />
                    </tbody>
                </table>
                {move || note().map(|note| view! { <p class="figures__note hint">{note}</p> })}
            </div>
            {source.map(|source| view! { <Downloads insights=insights name=name source=source /> })}
        </div>
    }
}

fn head_view(place: usize, head: Head, order: RwSignal<Order>, sorting: Sorting) -> AnyView {
    if sorting == Sorting::Fixed {
        return view! {
            <th scope="col" class:rows__number=head.number>
                {head.title}
            </th>
        }
        .into_any();
    }
    let sorted = move || {
        let Order { column, down } = order.get();
        (column == place).then_some(if down { "descending" } else { "ascending" })
    };
    let sort = move |_| {
        order.update(|order| {
            let again = order.column == place;
            *order = Order { column: place, down: if again { !order.down } else { head.number } };
        });
    };
    let arrow = move || match sorted() {
        Some("ascending") => "▲",
        Some(_) => "▼",
        None => "",
    };
    view! {
        <th scope="col" aria-sort=sorted class:rows__number=head.number>
            <button class="rows__sort" type="button" on:click=sort>
                {head.title}
                <span class="rows__arrow" aria-hidden="true">
                    {arrow}
                </span>
            </button>
        </th>
    }
    .into_any()
}

fn row_view(
    insights: Insights,
    heads: &'static [Head],
    lines: Signal<Arc<Vec<Line>>>,
    key: String,
) -> AnyView {
    let line = Memo::new(move |_| lines.with(|lines| lines.iter().find(|line| line.key == key).cloned()));
    let cells = heads.iter().enumerate().map(|(place, head)| {
        let figure = Memo::new(move |_| {
            let figure = line.with(|line| line.as_ref().and_then(|line| line.figures.get(place).cloned()));
            figure.unwrap_or_else(Figure::nothing)
        });
        let shown = figure_view(insights, figure);
        if place == 0 {
            view! { <th scope="row">{shown}</th> }.into_any()
        } else {
            let slight = move || figure.with(|figure| figure.slight);
            view! {
                <td data-title=head.title class:rows__number=head.number class:rows__slight=slight>
                    {shown}
                </td>
            }
            .into_any()
        }
    });
    view! { <tr>{cells.collect_view()}</tr> }.into_any()
}

/// The buttons that keep a table as a file.
#[component]
pub fn Downloads(
    /// The reports.
    insights: Insights,
    /// What the table is called.
    name: &'static str,
    /// Where the server answers it.
    source: Signal<String>,
) -> impl IntoView {
    let toasts = DeskContext::here().toasts;
    let busy = RwSignal::new(false);
    let keep = move |form: Form| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let path = source.get_untracked();
        let (first, last) = untrack(|| insights.days());
        let file = format!("{} {first} to {last}.{}", name.to_lowercase(), form.ending());
        spawn_local(async move {
            let answer = insights::file(&path, form).await;
            let _gone = busy.try_set(false);
            match answer {
                Ok(Gathered { text, cut }) => {
                    if !saving::save(&file, form.media_type(), &text) {
                        toasts.show(Toast::failure(
                            "The browser did not take the file. Allow downloads and try again.",
                        ));
                    } else if cut {
                        toasts.show(Toast::failure(
                            "The file ends before the last row. Choose a shorter time for the rest.",
                        ));
                    }
                }
                Err(failure) => {
                    if let Some(sentence) = insights.failed(&failure) {
                        toasts.show(Toast::failure(sentence));
                    }
                }
            }
        });
    };
    let button = move |label: &'static str, form: Form| {
        view! {
            <button
                class="button button--plain button--small"
                type="button"
                aria-description=format!("The table “{name}”")
                aria-disabled=move || busy.get().to_string()
                on:click=move |_| keep(form)
            >
                {label}
            </button>
        }
    };
    view! {
        <p class="figures__downloads">
            {button("Download CSV", Form::Csv)} {button("Download JSON", Form::Json)}
        </p>
    }
}
