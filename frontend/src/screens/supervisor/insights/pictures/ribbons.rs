//! Ways between places: where conversations were on the left, where they went on the right, and between them ribbons as
//! broad as what went there. A place that conversations come back to stands on both sides.

use std::sync::Arc;

use leptos::prelude::*;

use crate::screens::supervisor::insights::words;

/// How high a place is at least, so that its name fits, in parts of the picture's height.
const PLACE_LEAST: f64 = 3.0;

/// How high all of what went is together.
const WENT_HEIGHT: f64 = 24.0;

/// How broad the bands are that places are drawn as, in hundredths of the width.
const BAND: f64 = 2.0;

/// A way: from where, to where, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// Where conversations were.
    pub from: String,
    /// Where they went.
    pub to: String,
    /// How often.
    pub count: u64,
}

/// A place on one side of the picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// What it is called.
    pub name: String,
    /// How often it was gone from or to.
    pub count: u64,
    /// Where it begins, from the top.
    pub y: f64,
    /// How high its band is; its room is higher.
    pub height: f64,
    /// How high its room is.
    pub room: f64,
}

/// A ribbon: from where to where on the left, and on the right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ribbon {
    /// Which way it stands for.
    pub way: usize,
    /// Where it begins on the left, from the top.
    pub left: f64,
    /// Where it begins on the right, from the top.
    pub right: f64,
    /// How broad it is.
    pub breadth: f64,
}

/// A picture, laid out.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// Where conversations were, those with most first.
    pub left: Vec<Place>,
    /// Where they went, likewise.
    pub right: Vec<Place>,
    /// What went between them.
    pub ribbons: Vec<Ribbon>,
    /// How high it is.
    pub height: f64,
}

/// Lays ways out.
pub fn draw(ways: &[Way]) -> Drawing {
    let total: u64 = ways.iter().map(|way| way.count).sum();
    let breadth = |count: u64| if total == 0 { 0.0 } else { WENT_HEIGHT * count as f64 / total as f64 };
    let left = places(ways.iter().map(|way| (&way.from, way.count)), breadth);
    let right = places(ways.iter().map(|way| (&way.to, way.count)), breadth);
    let mut ribbons = Vec::new();
    let mut taken_right: Vec<f64> = right.iter().map(|place| place.y).collect();
    // From the top down on the left, and for each place from the top down on the right, so that few ribbons cross.
    for from in &left {
        let mut taken_left = from.y;
        for (number, to) in right.iter().enumerate() {
            let found = ways.iter().enumerate().filter(|(_, way)| way.from == from.name && way.to == to.name);
            for (way, Way { count, .. }) in found {
                let breadth = breadth(*count);
                ribbons.push(Ribbon { way, left: taken_left, right: taken_right[number], breadth });
                taken_left += breadth;
                taken_right[number] += breadth;
            }
        }
    }
    let end = |places: &[Place]| places.iter().map(|place| place.room).sum::<f64>();
    let height = end(&left).max(end(&right));
    Drawing { left, right, ribbons, height }
}

/// Returns the places of one side, those with most first.
fn places<'a>(ends: impl Iterator<Item = (&'a String, u64)>, breadth: impl Fn(u64) -> f64) -> Vec<Place> {
    let mut counts: Vec<(&String, u64)> = Vec::new();
    for (name, count) in ends {
        match counts.iter_mut().find(|(known, _)| *known == name) {
            Some((_, sum)) => *sum += count,
            None => counts.push((name, count)),
        }
    }
    counts.sort_by(|(one, of_one), (other, of_other)| of_other.cmp(of_one).then(one.cmp(other)));
    let mut y = 0.0;
    let mut places = Vec::new();
    for (name, count) in counts {
        let height = breadth(count);
        let room = (height + 0.5).max(PLACE_LEAST);
        // The band stands in the middle of its room, where its name is.
        places.push(Place { name: name.clone(), count, y: y + (room - height) / 2.0, height, room });
        y += room;
    }
    places
}

fn path(ribbon: &Ribbon) -> String {
    let (begin, end, middle) = (BAND, 100.0 - BAND, 50.0);
    let Ribbon { left, right, breadth, .. } = *ribbon;
    let (left_end, right_end) = (left + breadth, right + breadth);
    format!(
        "M{begin} {left:.2}C{middle} {left:.2} {middle} {right:.2} {end} {right:.2}V{right_end:.2}\
         C{middle} {right_end:.2} {middle} {left_end:.2} {begin} {left_end:.2}Z"
    )
}

/// The picture of ways; its table is the caller's.
#[component]
pub fn RibbonPicture(
    /// What it shows.
    name: &'static str,
    /// The ways.
    ways: Memo<Arc<Vec<Way>>>,
) -> impl IntoView {
    let said = move || {
        ways.with(|ways| {
            let most = ways
                .iter()
                .take(5)
                .map(|way| format!("{} from {} to {}", words::count(way.count), way.from, way.to));
            let most: Vec<String> = most.collect();
            format!("{name}. Most often: {}. All ways are in the table.", most.join("; "))
        })
    };
    let drawing = Memo::new(move |_| ways.with(|ways| draw(ways)));
    let drawn = move || {
        drawing.with(|drawing| {
            let bands = |places: &[Place], x: f64| {
                let bands = places.iter().map(|place| {
                    view! {
                        <rect
                            class="ribbons__band"
                            x=x
                            y=format!("{:.2}", place.y)
                            width=BAND
                            height=format!("{:.2}", place.height)
                        ></rect>
                    }
                });
                bands.collect_view()
            };
            let ribbons = drawing
                .ribbons
                .iter()
                .map(|ribbon| view! { <path class="ribbons__ribbon" d=path(ribbon)></path> });
            view! {
                <svg
                    class="ribbons__plot"
                    role="img"
                    aria-label=said
                    viewBox=format!("0 0 100 {:.2}", drawing.height)
                    preserveAspectRatio="none"
                    style:block-size=format!("{:.2}rem", drawing.height)
                >
                    {ribbons.collect_view()}
                    {bands(&drawing.left, 0.0)}
                    {bands(&drawing.right, 100.0 - BAND)}
                </svg>
            }
        })
    };
    let names = move |places: Vec<Place>| {
        let names = places.into_iter().map(|place| {
            view! {
                <li style:block-size=format!("{:.2}rem", place.room)>
                    <span class="ribbons__name">{place.name}</span>
                    " "
                    <span class="ribbons__count">{words::count(place.count)}</span>
                </li>
            }
        });
        names.collect_view()
    };
    view! {
        <div class="ribbons">
            <ol class="ribbons__side ribbons__side--from" aria-hidden="true">
                {move || names(drawing.with(|drawing| drawing.left.clone()))}
            </ol>
            {drawn}
            <ol class="ribbons__side" aria-hidden="true">
                {move || names(drawing.with(|drawing| drawing.right.clone()))}
            </ol>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(from: &str, to: &str, count: u64) -> Way {
        Way { from: from.to_owned(), to: to.to_owned(), count }
    }

    #[test]
    fn ribbons_fill_the_bands_that_they_join() {
        let ways = [way("Customers", "Sales", 6), way("Sales", "Agents", 3), way("Customers", "Billing", 3)];
        let Drawing { left, right, ribbons, .. } = draw(&ways);
        let names = |places: &[Place]| places.iter().map(|place| place.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&left), ["Customers", "Sales"]);
        assert_eq!(names(&right), ["Sales", "Agents", "Billing"]);
        let joined = |side: &[Place], starts: fn(&Ribbon) -> f64| {
            for place in side {
                let inside = |ribbon: &&Ribbon| {
                    starts(ribbon) >= place.y - 1e-9
                        && starts(ribbon) + ribbon.breadth <= place.y + place.height + 1e-9
                };
                let breadth: f64 = ribbons.iter().filter(inside).map(|ribbon| ribbon.breadth).sum();
                assert!((breadth - place.height).abs() < 1e-9, "{} is filled", place.name);
            }
        };
        joined(&left, |ribbon| ribbon.left);
        joined(&right, |ribbon| ribbon.right);
    }

    #[test]
    fn a_rare_place_has_room_for_its_name_and_rooms_do_not_overlap() {
        let ways = [way("a", "b", 1_000), way("a", "c", 1), way("d", "b", 1)];
        let Drawing { left, right, height, .. } = draw(&ways);
        for side in [&left, &right] {
            let mut end = 0.0;
            for place in side {
                assert!(
                    place.room >= PLACE_LEAST && place.y >= end && place.y + place.height <= end + place.room
                );
                end += place.room;
            }
            assert!(end <= height + 1e-9);
        }
    }

    #[test]
    fn of_no_ways_there_is_nothing_to_draw() {
        assert_eq!(draw(&[]), Drawing { left: vec![], right: vec![], ribbons: vec![], height: 0.0 });
    }
}
