//! A whole and its parts: one bar, and beneath it the parts by name, which visibly add up.

use leptos::prelude::*;

use super::{Paint, hundredths, patterns, swatch};
use crate::screens::supervisor::insights::figures::{Figure, figure_view};
use crate::screens::supervisor::insights::state::Insights;
use crate::screens::supervisor::insights::words;

/// A part of a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What it is called.
    pub name: &'static str,
    /// How it is painted.
    pub paint: Paint,
    /// How many.
    pub count: u64,
    /// What its place says.
    pub figure: Figure,
}

/// A whole with its parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Whole {
    /// The parts, in the order of the bar.
    pub parts: Vec<Part>,
    /// All of them together.
    pub total: Figure,
}

/// Returns where each part begins and how wide it is, in hundredths of the bar.
pub fn spans(counts: &[u64]) -> Vec<(f64, f64)> {
    let whole = counts.iter().sum();
    let mut before = 0;
    let mut spans = Vec::new();
    for count in counts {
        spans.push((hundredths(before, whole), hundredths(*count, whole)));
        before += count;
    }
    spans
}

/// The bar and the sum beneath it.
#[component]
pub fn PartsPicture(
    /// The reports.
    insights: Insights,
    /// Its id in the page.
    id: &'static str,
    /// What the whole is called.
    name: &'static str,
    /// How many parts there are, and what is known of each.
    whole: Memo<Whole>,
) -> impl IntoView {
    let said = move || {
        whole.with(|whole| {
            let parts = whole.parts.iter().map(|part| format!("{} {}", words::count(part.count), part.name));
            let parts: Vec<String> = parts.collect();
            format!("{name}: {}", parts.join(", "))
        })
    };
    let bar = move || {
        whole.with(|whole| {
            let counts: Vec<u64> = whole.parts.iter().map(|part| part.count).collect();
            let parts = whole.parts.iter().zip(spans(&counts)).filter(|(part, _)| part.count > 0);
            let parts = parts.map(|(part, (begin, width))| {
                view! {
                    <rect
                        class=format!("mark mark--{}", part.paint.word())
                        x=format!("{begin:.2}%")
                        width=format!("{width:.2}%")
                        y="0"
                        height="100%"
                        fill=part.paint.fill(id)
                    ></rect>
                }
            });
            parts.collect_view()
        })
    };
    let names = whole
        .with_untracked(|whole| whole.parts.iter().map(|part| (part.name, part.paint)).collect::<Vec<_>>());
    let terms = names.into_iter().enumerate().map(|(place, (name, paint))| {
        let figure = Memo::new(move |_| {
            whole
                .with(|whole| whole.parts.get(place).map_or_else(Figure::nothing, |part| part.figure.clone()))
        });
        view! {
            <div class="sum__part">
                <dt>{swatch(id, paint)} " " {name}</dt>
                <dd>{figure_view(insights, figure)}</dd>
            </div>
        }
    });
    let total = Memo::new(move |_| whole.with(|whole| whole.total.clone()));
    view! {
        <svg class="bar" role="img" aria-label=said>
            {patterns(id)}
            {bar}
        </svg>
        <dl class="sum">
            {terms.collect_view()}
            <div class="sum__part sum__total">
                <dt>"Total"</dt>
                <dd>{figure_view(insights, total)}</dd>
            </div>
        </dl>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_follow_each_other_and_fill_the_bar() {
        assert_eq!(spans(&[1, 0, 2, 1]), [(0.0, 25.0), (25.0, 0.0), (25.0, 50.0), (75.0, 25.0)]);
        assert_eq!(spans(&[0, 0]), [(0.0, 0.0), (0.0, 0.0)]);
    }
}
