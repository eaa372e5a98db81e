//! What each product's document says of passing conversations on, row by row, played on the shipped turns under the
//! preset that stands for the product.
//!
//! A row says in our own words what a document says, which document, and which switches carry it; it is played on a scene
//! of three people, and what everyone has afterwards is compared. Rows of the safe default show what is ours, and the
//! values that no product has.
//!
//! No switch goes without a row: whatever has an end of values is shown with each of them, and the rest with one at least.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod baton_rows;

mod flex_rows;
mod owners;
mod returning_rows;
mod salesforce_rows;
mod scene;
#[path = "../model/slate.rs"]
mod slate;
mod superoffice_rows;
mod vivocha_rows;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use baton_shared::policy::{SWITCHES, *};
use baton_shared::{Mode, TargetKind};
use scene::Scene;
use serde_json::{Value, json};

/// Something that a document says, and how it is seen.
pub struct Row {
    /// Whose values hold.
    pub preset: Preset,
    /// The document.
    pub source: &'static str,
    /// What it says, in our words.
    pub says: &'static str,
    /// The switches that carry it.
    pub switches: &'static [&'static str],
    /// What is set differently from the preset.
    pub varies: fn(&mut TransferPolicy),
    /// How it is seen.
    pub plays: fn(&mut Scene),
}

/// The preset as it is.
pub fn as_it_is(_: &mut TransferPolicy) {}

fn rows() -> impl Iterator<Item = Row> {
    let products =
        flex_rows::rows().into_iter().chain(salesforce_rows::rows()).chain(superoffice_rows::rows());
    let ours = baton_rows::rows().into_iter().chain(returning_rows::rows());
    products.chain(vivocha_rows::rows()).chain(ours)
}

fn play(preset: Preset) {
    for row in rows().filter(|row| row.preset == preset) {
        let mut policy = preset.policy();
        (row.varies)(&mut policy);
        let played = catch_unwind(AssertUnwindSafe(|| (row.plays)(&mut Scene::under(&policy))));
        played.unwrap_or_else(|failure| {
            eprintln!("{} ({}): {}", preset.label(), row.source, row.says);
            resume_unwind(failure)
        });
    }
}

#[test]
fn flex_does_what_its_documents_say() {
    play(Preset::Flex);
}

#[test]
fn the_flex_plugin_does_what_its_source_says() {
    play(Preset::FlexPlugin);
}

#[test]
fn salesforce_does_what_its_documents_say() {
    play(Preset::Salesforce);
}

#[test]
fn superoffice_does_what_its_documents_say() {
    play(Preset::Superoffice);
}

#[test]
fn vivocha_does_what_its_documents_say() {
    play(Preset::Vivocha);
}

#[test]
fn the_safe_default_does_what_it_promises() {
    play(Preset::Baton);
}

/// Switches that decide what someone is shown, not what happens: the store's contract and the API's tests of what customers
/// are told show them.
const SHOWN_ELSEWHERE: [&str; 4] = ["attributes_in_offer", "tell_customer", "notice_secs", "keep_whispers"];

/// Returns the values that a switch must be shown with.
fn values(switch: &str) -> Vec<Value> {
    fn all<T: serde::Serialize>(values: &[T]) -> Vec<Value> {
        values.iter().map(|value| json!(value)).collect()
    }
    match switch {
        "listed" => all(Listed::ALL),
        "full_target" => all(FullTarget::ALL),
        "release" => all(Release::ALL),
        "after_release" => all(AfterRelease::ALL),
        "decline" => all(Decline::ALL),
        "on_decline" => all(OnDecline::ALL),
        "on_no_answer" => all(OnNoAnswer::ALL),
        "on_expiry" => all(OnExpiry::ALL),
        "cancel" => all(Cancel::ALL),
        "exclude" => all(Exclude::ALL),
        "take_over" => all(TakeOver::ALL),
        "fallback" => all(Fallback::ALL),
        "age" => all(Age::ALL),
        "note" | "summary" => all(Need::ALL),
        "on_missed" => all(OnMissed::ALL),
        "enabled" | "return_to_sender" | "wrap_up" | "reserve_capacity" | "auto_accept" => {
            all(&[false, true])
        }
        _ => Vec::new(),
    }
}

#[test]
fn every_switch_is_shown_with_each_of_its_values() {
    let mut shown: BTreeSet<(&str, String)> = BTreeSet::new();
    for row in rows() {
        let mut policy = row.preset.policy();
        (row.varies)(&mut policy);
        let policy = serde_json::to_value(&policy).unwrap();
        for switch in row.switches {
            let value = policy.get(switch).unwrap_or_else(|| panic!("there is no switch `{switch}`"));
            shown.insert((switch, value.to_string()));
        }
    }
    let mut missing = Vec::new();
    for (number, switch) in SWITCHES {
        if SHOWN_ELSEWHERE.contains(switch) {
            continue;
        }
        if !shown.iter().any(|(name, _)| name == switch) {
            missing.push(format!("{number} {switch}"));
        }
        for value in values(switch) {
            if !shown.contains(&(switch, value.to_string())) {
                missing.push(format!("{number} {switch} as {value}"));
            }
        }
    }
    assert!(missing.is_empty(), "no row shows:\n  {}\n", missing.join("\n  "));
}

#[test]
fn each_preset_has_the_modes_and_targets_that_its_documents_name() {
    use Mode::{Cold, Invite, Warm};
    use TargetKind::{Agent, Flow, Group, Queue};
    let table: [(Preset, &[Mode], &[TargetKind]); 6] = [
        (Preset::Flex, &[Cold], &[Agent, Queue]),
        (Preset::FlexPlugin, &[Cold, Invite], &[Agent, Queue]),
        (Preset::Salesforce, &[Cold, Invite], &[Agent, Queue, Flow, TargetKind::External]),
        (Preset::Superoffice, &[Cold], &[Agent]),
        (Preset::Vivocha, &[Cold], &[Agent, Group]),
        (Preset::Baton, &[Cold, Warm, Invite], &TargetKind::ALL),
    ];
    for (preset, modes, targets) in table {
        let policy = preset.policy();
        assert_eq!(policy.modes, modes.iter().copied().collect(), "{}", preset.label());
        assert_eq!(policy.targets, targets.iter().copied().collect(), "{}", preset.label());
    }
}
