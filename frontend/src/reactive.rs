//! Leptos' effects and memos, in boxes.
//!
//! Leptos compiles the loop behind an effect, and the bookkeeping of a memo, again for every closure.
//! Through a box each is compiled once, or once for each type of value, which the desk's download shows.

use leptos::prelude::*;

type WorkOut<Value> = Box<dyn Fn(Option<&Value>) -> Value + Send + Sync>;

/// Runs something soon, and again whenever something that it reads changes.
pub fn effect(run: impl FnMut() + 'static) {
    let run: Box<dyn FnMut()> = Box::new(run);
    Effect::new(run);
}

/// Returns a value that is worked out again when something it is made of changes, and tells on only when it differs.
pub fn memo<Value: PartialEq + Send + Sync + 'static>(
    work_out: impl Fn() -> Value + Send + Sync + 'static,
) -> Memo<Value> {
    let work_out: WorkOut<Value> = Box::new(move |_| work_out());
    Memo::new(work_out)
}
