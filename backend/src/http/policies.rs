//! How transfers go; administrators only.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use baton_shared::api::{
    PolicyChange, PolicyOverrides, PresetView, SetupChange, SetupDone, SetupThing, SwitchChange,
};
use baton_shared::policy::{PolicyOverride, PolicyScope, Preset, SWITCHES, TransferPolicy};
use baton_shared::{AgentId, Channel, Command, Event, Policies, QueueId, Recorded};
use serde::{Deserialize, Serialize};

use super::body::{Ids, Keyed};
use super::callers::CurrentAdministrator;
use super::error::ApiError;
use super::openapi::KeyParam;
use crate::app::App;
use crate::store::Names;

/// How many changes the history shows at most.
const CHANGES_MAX: usize = 200;

/// A policy, and the preset that its values were taken from.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PolicyView {
    /// Which preset.
    pub preset: Preset,
    /// Whether a value has been set since.
    pub changed: bool,
    /// Every switch by its name.
    #[serde(flatten)]
    pub policy: TransferPolicy,
}

/// A policy to set: a preset, and the switches that differ from it; without a preset, from what holds now.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "serde_json::Map<String, serde_json::Value>")]
pub struct NewPolicy {
    /// Which preset to begin with.
    pub preset: Option<Preset>,
    /// The switches that differ, by their names.
    #[serde(flatten)]
    pub set: PolicyOverride,
}

impl TryFrom<serde_json::Map<String, serde_json::Value>> for NewPolicy {
    type Error = serde_json::Error;

    /// Takes the preset out and reads the rest as switches, so that an unknown one is refused.
    fn try_from(mut body: serde_json::Map<String, serde_json::Value>) -> Result<Self, serde_json::Error> {
        let preset = body.remove("preset").map(serde_json::from_value).transpose()?;
        // A policy that was read can be sent back as it is.
        body.remove("changed");
        Ok(Self { preset: preset.flatten(), set: serde_json::from_value(body.into())? })
    }
}

/// Returns how transfers go
#[utoipa::path(get, path = "/api/transfer-policy", tag = "Transfer policy",
    responses((status = 200, body = PolicyView)))]
pub async fn show(
    State(app): State<Arc<App>>,
    _me: CurrentAdministrator,
) -> Result<Json<PolicyView>, ApiError> {
    let policies = app.with_store(|app| app.store.read()?.policies()).await?;
    let (preset, policy) = (policies.preset, policies.workspace);
    Ok(Json(PolicyView { preset, changed: policy != preset.policy(), policy }))
}

/// Sets how transfers go
///
/// With `preset` its values are taken and the switches given beside it are set differently; without it the switches given
/// are set and the others stay. It governs the transfers that are requested from then on.
#[utoipa::path(put, path = "/api/transfer-policy", tag = "Transfer policy", params(KeyParam),
    request_body = NewPolicy, responses((status = 204)))]
pub async fn set(
    State(app): State<Arc<App>>,
    CurrentAdministrator(me): CurrentAdministrator,
    Keyed { key, body: NewPolicy { preset, set } }: Keyed<NewPolicy>,
) -> Result<StatusCode, ApiError> {
    let holding = app.with_store(|app| app.store.read()?.policies()).await?;
    let below = preset.map_or(holding.workspace, Preset::policy);
    let policy = Box::new(set.over(&below));
    let preset = preset.unwrap_or(holding.preset);
    app.submit(me.actor(), Some(key), Command::SetPolicy { preset, policy }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists the presets with their values
#[utoipa::path(get, path = "/api/transfer-policy/presets", tag = "Transfer policy",
    responses((status = 200, body = Vec<PresetView>)))]
pub async fn presets(_me: CurrentAdministrator) -> Json<Vec<PresetView>> {
    let view = |preset: &Preset| PresetView {
        preset: *preset,
        label: preset.label().to_owned(),
        policy: preset.policy(),
    };
    Json(Preset::ALL.iter().map(view).collect())
}

/// Lists the changes of how transfers go and of what they need, newest first, at most 200
#[utoipa::path(get, path = "/api/transfer-policy/history", tag = "Transfer policy",
    responses((status = 200, body = Vec<PolicyChange>)))]
pub async fn history(
    State(app): State<Arc<App>>,
    _me: CurrentAdministrator,
) -> Result<Json<Vec<PolicyChange>>, ApiError> {
    let (changes, names) = app
        .with_store(|app| {
            let reading = app.store.read()?;
            Ok((reading.policy_changes()?, reading.names()?))
        })
        .await?;
    let mut history = changes_of(&changes, &names);
    history.reverse();
    history.truncate(CHANGES_MAX);
    Ok(Json(history))
}

/// Compares each change of a policy with what held before it, and names what else was set up.
fn changes_of(recorded: &[Recorded], names: &Names) -> Vec<PolicyChange> {
    let mut policies = Policies::default();
    let name_of = |agent: &Option<AgentId>| agent.and_then(|agent| names.agents.get(&agent).cloned());
    let mut changes = Vec::new();
    for Recorded { at, event, .. } in recorded {
        let (scope, preset, by, before, after) = if let Event::PolicySet { preset, policy, by } = event {
            let before = switches(&policies.workspace);
            policies.preset = *preset;
            policies.workspace = policy.as_ref().clone();
            ("Everywhere".to_owned(), Some(*preset), by, before, switches(policy))
        } else if let Event::PolicyOverridden { scope, set, by } = event {
            let (name, known) = match scope {
                PolicyScope::Queue(queue) => (names.queues.get(queue).cloned(), policies.queues.get(queue)),
                PolicyScope::Channel(channel) => {
                    (Some("Web chat".to_owned()), policies.channels.get(channel))
                }
            };
            let before = switches(&known.cloned().unwrap_or_default());
            policies.set_override(*scope, set);
            (name.unwrap_or_default(), None, by, before, switches(set))
        } else {
            // What the server sets up when it fills a demo is nobody's change.
            let setup = set_up(event, names).filter(|(by, _)| by.is_some());
            changes.extend(setup.map(|(by, setup)| PolicyChange {
                at: *at,
                by: name_of(&by),
                scope: "Everywhere".to_owned(),
                preset: None,
                switches: Vec::new(),
                setup: Some(setup),
            }));
            continue;
        };
        let (by, switches) = (name_of(by), differences(&before, &after));
        changes.push(PolicyChange { at: *at, by, scope, preset, switches, setup: None });
    }
    changes
}

/// Returns what an event set up besides switches, and who did it.
fn set_up(event: &Event, names: &Names) -> Option<(Option<AgentId>, SetupChange)> {
    let group = |id| (SetupThing::Group, names.groups.get(id));
    let workflow = |id| (SetupThing::Workflow, names.workflows.get(id));
    let flow = |id| (SetupThing::Flow, names.flows.get(id));
    let external = |id| (SetupThing::External, names.externals.get(id));
    let scheduled = |by: &AgentId, done, id| {
        let name = names.schedules.get(id).cloned().unwrap_or_default();
        Some((Some(*by), SetupChange { done, thing: SetupThing::Schedule, name }))
    };
    let (by, done, (thing, name)) = if let Event::QueueRulesSet { queue, by, .. } = event {
        (by, SetupDone::Changed, (SetupThing::QueueRules, names.queues.get(queue)))
    } else if let Event::GroupAdded { group: id, by, .. } = event {
        (by, SetupDone::Added, group(id))
    } else if let Event::GroupChanged { group: id, by, .. } = event {
        (by, SetupDone::Changed, group(id))
    } else if let Event::GroupRemoved { group: id, by } = event {
        (by, SetupDone::Removed, group(id))
    } else if let Event::WorkflowAdded { workflow: added, by } = event {
        (by, SetupDone::Added, workflow(&added.id))
    } else if let Event::WorkflowChanged { workflow: changed, by } = event {
        (by, SetupDone::Changed, workflow(&changed.id))
    } else if let Event::WorkflowRemoved { workflow: id, by } = event {
        (by, SetupDone::Removed, workflow(id))
    } else if let Event::FlowAdded { flow: added, by } = event {
        (by, SetupDone::Added, flow(&added.id))
    } else if let Event::FlowChanged { flow: changed, by } = event {
        (by, SetupDone::Changed, flow(&changed.id))
    } else if let Event::FlowRemoved { flow: id, by } = event {
        (by, SetupDone::Removed, flow(id))
    } else if let Event::ExternalAdded { external: id, by } = event {
        (by, SetupDone::Added, external(id))
    } else if let Event::ExternalChanged { external: id, by } = event {
        (by, SetupDone::Changed, external(id))
    } else if let Event::ExternalRemoved { external: id, by } = event {
        (by, SetupDone::Removed, external(id))
    } else if let Event::ScheduleAdded { schedule, by } = event {
        return scheduled(by, SetupDone::Added, schedule);
    } else if let Event::ScheduleChanged { schedule, by } = event {
        return scheduled(by, SetupDone::Changed, schedule);
    } else if let Event::ScheduleRemoved { schedule, by } = event {
        return scheduled(by, SetupDone::Removed, schedule);
    } else {
        return None;
    };
    Some((*by, SetupChange { done, thing, name: name.cloned().unwrap_or_default() }))
}

type Switches = serde_json::Map<String, serde_json::Value>;

fn switches(policy: &impl Serialize) -> Switches {
    match serde_json::to_value(policy) {
        Ok(serde_json::Value::Object(switches)) => switches,
        Ok(_) | Err(_) => Switches::new(),
    }
}

fn differences(before: &Switches, after: &Switches) -> Vec<SwitchChange> {
    let text = |switches: &Switches, name: &str| switches.get(name).map(ToString::to_string);
    let named = SWITCHES.iter().map(|(_, name)| *name);
    let changed = named.filter(|name| before.get(*name) != after.get(*name));
    changed
        .map(|name| SwitchChange { name: name.to_owned(), from: text(before, name), to: text(after, name) })
        .collect()
}

/// Lists what queues and channels set differently
#[utoipa::path(get, path = "/api/transfer-policy/overrides", tag = "Transfer policy",
    responses((status = 200, body = PolicyOverrides)))]
pub async fn overrides(
    State(app): State<Arc<App>>,
    _me: CurrentAdministrator,
) -> Result<Json<PolicyOverrides>, ApiError> {
    let policies = app.with_store(|app| app.store.read()?.policies()).await?;
    Ok(Json(PolicyOverrides { queues: policies.queues, channels: policies.channels }))
}

/// Sets what a queue sets differently; an empty body takes it away
#[utoipa::path(put, path = "/api/transfer-policy/queues/{queue}", tag = "Transfer policy",
    params(("queue" = QueueId, Path), KeyParam), request_body = PolicyOverride, responses((status = 204)))]
pub async fn set_for_queue(
    State(app): State<Arc<App>>,
    CurrentAdministrator(me): CurrentAdministrator,
    Ids(queue): Ids<QueueId>,
    Keyed { key, body: set }: Keyed<PolicyOverride>,
) -> Result<StatusCode, ApiError> {
    let command = Command::OverridePolicy { scope: PolicyScope::Queue(queue), set: Box::new(set) };
    app.submit(me.actor(), Some(key), command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sets what web chat sets differently; an empty body takes it away
#[utoipa::path(put, path = "/api/transfer-policy/channels/web_chat", tag = "Transfer policy", params(KeyParam),
    request_body = PolicyOverride, responses((status = 204)))]
pub async fn set_for_chat(
    State(app): State<Arc<App>>,
    CurrentAdministrator(me): CurrentAdministrator,
    Keyed { key, body: set }: Keyed<PolicyOverride>,
) -> Result<StatusCode, ApiError> {
    let scope = PolicyScope::Channel(Channel::WebChat);
    app.submit(me.actor(), Some(key), Command::OverridePolicy { scope, set: Box::new(set) }).await?;
    Ok(StatusCode::NO_CONTENT)
}
