//! Pictures of figures, drawn as plain SVG. Each has a text in its place for whoever cannot see it, and its table beside
//! it; a pattern tells kinds apart as well as a colour does.

use leptos::prelude::*;

pub mod columns;
pub mod parts;
pub mod ribbons;

/// How what is counted in a picture is painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// Full: what is as it should be.
    Good,
    /// Striped: what is not.
    Bad,
    /// Dotted: what was called off or left out.
    Aside,
    /// A frame: what is under way, or everything else.
    Hollow,
    /// Full, without a judgement.
    First,
    /// Striped, without a judgement.
    Second,
    /// Dotted, without a judgement.
    Third,
    /// Pale, without a judgement.
    Fourth,
}

impl Paint {
    const ALL: [Self; 8] = [
        Self::Good,
        Self::Bad,
        Self::Aside,
        Self::Hollow,
        Self::First,
        Self::Second,
        Self::Third,
        Self::Fourth,
    ];

    const fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Aside => "aside",
            Self::Hollow => "hollow",
            Self::First => "first",
            Self::Second => "second",
            Self::Third => "third",
            Self::Fourth => "fourth",
        }
    }

    /// Returns what an element of the picture with this id is filled with.
    fn fill(self, picture: &str) -> String {
        format!("url(#{picture}-{})", self.word())
    }
}

/// One kind of what is counted in a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Series {
    /// What it is called.
    pub name: &'static str,
    /// How it is painted.
    pub paint: Paint,
}

/// Defines the patterns of a picture.
fn patterns(picture: &'static str) -> AnyView {
    let pattern = |paint: Paint| {
        let ink = match paint {
            Paint::Good | Paint::First | Paint::Fourth => {
                view! { <rect width="6" height="6" class="paint__ink"></rect> }.into_any()
            }
            Paint::Bad | Paint::Second => {
                view! { <path d="M-1 1 1 -1M0 6 6 0M5 7 7 5" class="paint__line"></path> }.into_any()
            }
            Paint::Aside | Paint::Third => {
                view! { <circle cx="3" cy="3" r="1.25" class="paint__ink"></circle> }.into_any()
            }
            Paint::Hollow => ().into_any(),
        };
        view! {
            <pattern
                id=format!("{picture}-{}", paint.word())
                class=format!("paint paint--{}", paint.word())
                width="6"
                height="6"
                patternUnits="userSpaceOnUse"
            >
                <rect width="6" height="6" class="paint__ground"></rect>
                {ink}
            </pattern>
        }
    };
    view! { <defs>{Paint::ALL.map(pattern).into_iter().collect_view()}</defs> }.into_any()
}

/// Shows how a kind is painted, beside its name.
fn swatch(picture: &'static str, paint: Paint) -> AnyView {
    view! {
        <svg class="swatch" aria-hidden="true">
            <rect
                class=format!("mark mark--{}", paint.word())
                x="0.5"
                y="0.5"
                width="13"
                height="13"
                rx="2"
                fill=paint.fill(picture)
            ></rect>
        </svg>
    }
    .into_any()
}

/// Returns what part of a whole something is, in hundredths; nothing of nothing is none of it.
fn hundredths(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 }
}
