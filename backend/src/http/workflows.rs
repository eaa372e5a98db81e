//! Setting up workflows and trying them out; administrators only.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use baton_shared::api::{
    Added, DryRun, DryRunView, FilterTrial, Nothing, PersonTrial, StepTrial, WorkflowView,
};
use baton_shared::workflow::{Definition, KnownAgent};
use baton_shared::{AgentId, Channel, Command, Conversation, ConversationId, Owner, Timestamp, WorkflowId};

use super::body::{Ids, JsonBody, Keyed};
use super::callers::CurrentAdministrator;
use super::error::ApiError;
use super::openapi::KeyParam;
use super::people::added;
use crate::app::App;
use crate::conditions::{Condition, Facts, Tendency};
use crate::desk::lacks;
use crate::desk::trial::{self, Fate, Unserved, WhyNot};
use crate::desk::workflows::{Seeker, Skipped, seeker_for};
use crate::judging::{Judge, Judged, Judges};
use crate::routing::RoutingState;
use crate::store::{Names, StoreError};

/// How many people a dry run shows who could not be offered a conversation.
const OTHERS_MAX: usize = 200;

/// Lists the workflows
#[utoipa::path(get, path = "/api/workflows", tag = "Workflows", responses((status = 200, body = Vec<WorkflowView>)))]
pub async fn list(
    State(app): State<Arc<App>>,
    _me: CurrentAdministrator,
) -> Result<Json<Vec<WorkflowView>>, ApiError> {
    Ok(Json(app.with_store(|app| app.store.read()?.workflows()).await?))
}

/// Adds a workflow
#[utoipa::path(post, path = "/api/workflows", tag = "Workflows", params(KeyParam), request_body = Definition,
    responses((status = 201, body = Added)))]
pub async fn add(
    State(app): State<Arc<App>>,
    CurrentAdministrator(me): CurrentAdministrator,
    Keyed { key, body: definition }: Keyed<Definition>,
) -> Result<(StatusCode, Json<Added>), ApiError> {
    let command = Command::AddWorkflow { definition: Box::new(definition) };
    added(app.submit(me.actor(), Some(key), command).await?)
}

/// Returns a workflow
#[utoipa::path(get, path = "/api/workflows/{workflow}", tag = "Workflows", params(("workflow" = WorkflowId, Path)),
    responses((status = 200, body = WorkflowView)))]
pub async fn show(
    State(app): State<Arc<App>>,
    _me: CurrentAdministrator,
    Ids(workflow): Ids<WorkflowId>,
) -> Result<Json<WorkflowView>, ApiError> {
    let found = app.with_store(move |app| app.store.read()?.workflow(workflow)).await?;
    found.map(Json).ok_or_else(|| ApiError::not_found("workflow"))
}

/// Sets what a workflow is to be, for the conversations that enter it from then on
#[utoipa::path(put, path = "/api/workflows/{workflow}", tag = "Workflows",
    params(("workflow" = WorkflowId, Path), KeyParam), request_body = Definition, responses((status = 204)))]
pub async fn change(
    State(app): State<Arc<App>>,
    CurrentAdministrator(me): CurrentAdministrator,
    Ids(workflow): Ids<WorkflowId>,
    Keyed { key, body: definition }: Keyed<Definition>,
) -> Result<StatusCode, ApiError> {
    let command = Command::ChangeWorkflow { workflow, definition: Box::new(definition) };
    app.submit(me.actor(), Some(key), command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a workflow; conversations that are on their way through it go on
#[utoipa::path(delete, path = "/api/workflows/{workflow}", tag = "Workflows",
    params(("workflow" = WorkflowId, Path), KeyParam), responses((status = 204)))]
pub async fn remove(
    State(app): State<Arc<App>>,
    CurrentAdministrator(me): CurrentAdministrator,
    Ids(workflow): Ids<WorkflowId>,
    Keyed { key, body: Nothing {} }: Keyed<Nothing>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::RemoveWorkflow { workflow }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says what a workflow would do with a conversation now, and what of it can never match; nothing happens
#[utoipa::path(post, path = "/api/workflows/{workflow}/dry-run", tag = "Workflows",
    params(("workflow" = WorkflowId, Path)), request_body = DryRun,
    responses((status = 200, body = DryRunView)))]
pub async fn dry_run(
    State(app): State<Arc<App>>,
    _me: CurrentAdministrator,
    Ids(workflow): Ids<WorkflowId>,
    JsonBody(body): JsonBody<DryRun>,
) -> Result<Json<DryRunView>, ApiError> {
    let DryRun { conversation, attributes, channel, queue, waiting_secs } = body;
    let read = app.with_store(move |app| {
        let mut asking = Asking::about(app, conversation)?;
        if let Some(attributes) = attributes {
            asking.set_attributes(app, attributes)?;
        }
        let begins_in = app.chat_queue()?;
        let reading = app.store.read()?;
        let known = conversation.map(|id| reading.conversation(id)).transpose()?.flatten();
        Ok((asking, reading.names()?, begins_in, known))
    });
    let (asking, names, begins_in, known) = read.await?;
    if conversation.is_some() && known.is_none() {
        return Err(ApiError::not_found("conversation"));
    }
    let queue = queue.or(known.as_ref().map(|known| known.queue)).or(begins_in);
    let look = move |state: &RoutingState, now: Timestamp| {
        let found = state.workflows.get(&workflow)?;
        let judge = asking.judges.workflow(workflow)?;
        let opened = known.as_ref().map(|known| now.since(known.enqueued_at).as_secs());
        let channel = channel.or(known.as_ref().map(|known| known.channel)).unwrap_or(Channel::WebChat);
        let facts = Facts {
            attributes: &asking.attributes,
            channel,
            queue: queue.map_or("", |queue| asking.judges.queue_name(queue)),
            waiting_secs: waiting_secs.or(opened).unwrap_or(0),
            now,
        };
        let judged = asking.judge(judge, &facts);
        let seeker = seeker(state, known.as_ref(), channel);
        let steps = trial::steps(state, found, &judged.judgement, &seeker);
        let unserved = trial::unserved(state, found, channel);
        let warnings = warnings(judge, &unserved, &names);
        Some(view(judge, &judged, &steps, warnings, &names))
    };
    let view = app.dispatcher.look(look).await?;
    view.map(Json).ok_or_else(|| ApiError::not_found("workflow"))
}

/// What is needed to ask workflows about a conversation, read beforehand.
pub(super) struct Asking {
    judges: Judges,
    attributes: BTreeMap<String, String>,
    /// Whom attributes name.
    people: BTreeMap<String, AgentId>,
}

impl Asking {
    /// Reads every workflow, and what is known about a conversation. It blocks.
    pub(super) fn about(app: &App, conversation: Option<ConversationId>) -> Result<Self, StoreError> {
        let reading = app.store.read()?;
        let definitions = reading.workflows()?.into_iter().map(|view| (view.id, view.into_definition()));
        let judges = Judges::new(definitions.collect(), BTreeMap::new(), reading.names()?.queues);
        let mut asking = Self { judges, attributes: BTreeMap::new(), people: BTreeMap::new() };
        if let Some(conversation) = conversation {
            asking.set_attributes(app, reading.attributes(conversation)?)?;
        }
        Ok(asking)
    }

    fn set_attributes(&mut self, app: &App, attributes: BTreeMap<String, String>) -> Result<(), StoreError> {
        for name in self.judges.every().flat_map(|judge| naming(judge.definition())) {
            let Some(value) = attributes.get(name) else { continue };
            let named = match value.parse() {
                Ok(id) => Some(id),
                Err(_) => app.store.credentials(value)?.map(|found| found.agent),
            };
            self.people.extend(named.map(|id| (value.clone(), id)));
        }
        self.attributes = attributes;
        Ok(())
    }

    fn judge(&self, judge: &Judge, facts: &Facts<'_>) -> Judged {
        judge.judge(facts, &|text| self.people.get(text).copied())
    }

    /// Asks a workflow about an open conversation; nothing if it is not known.
    pub(super) fn judged_of(
        &self,
        state: &RoutingState,
        conversation: &Conversation,
        workflow: WorkflowId,
        now: Timestamp,
    ) -> Option<Judged> {
        let facts = Facts {
            attributes: &self.attributes,
            channel: conversation.channel,
            queue: self.judges.queue_name(conversation.queue),
            waiting_secs: now.since(conversation.enqueued_at).as_secs(),
            now: now.max(state.at),
        };
        Some(self.judge(self.judges.workflow(workflow)?, &facts))
    }
}

/// Returns the attributes that name people.
fn naming(definition: &Definition) -> impl Iterator<Item = &str> {
    definition.branches().flat_map(|(_, steps)| steps).filter_map(|step| match &step.known_agent {
        Some(KnownAgent::Attribute { name }) => Some(name.as_str()),
        Some(KnownAgent::Last) | None => None,
    })
}

/// Returns for whom steps are looked for: as if its owner passed the conversation on, or as if it began.
fn seeker(state: &RoutingState, known: Option<&Conversation>, channel: Channel) -> Seeker {
    let owned = known.and_then(|known| match known.owner()? {
        Owner::Agent(agent) => Some(Seeker { channel, ..seeker_for(known, agent, &state.policy(known)) }),
        Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_) => None,
    });
    let last_agent = known.and_then(|known| known.last_agent);
    owned.unwrap_or(Seeker { channel, excluded: [].into(), last_agent, relaxed: None })
}

fn view(
    judge: &Judge,
    judged: &Judged,
    steps: &[trial::StepTrial],
    warnings: Vec<String>,
    names: &Names,
) -> DryRunView {
    let definition = judge.definition();
    let filters = (1..).zip(&definition.filters).map(|(number, filter)| {
        let outcome = judged.filters.get(usize::from(number) - 1);
        let (matched, why) = match outcome {
            Some(Ok(true)) => (Some(true), "It is true.".to_owned()),
            Some(Ok(false)) => (Some(false), "It is not true.".to_owned()),
            Some(Err(why)) => (Some(false), format!("{why} That counts as not true.")),
            None => (None, "Not asked: a filter before it matched.".to_owned()),
        };
        FilterTrial { number, name: filter.name.clone(), matched, why }
    });
    let queue = |id| names.queues.get(&id).cloned().unwrap_or_default();
    let begins = steps.iter().position(|step| step.fate == Fate::Begins);
    let filter = judged.judgement.filter;
    let place = definition.place(filter.map(usize::from));
    let outcome = match begins {
        Some(begins) => format!("{place}, step {}: goes to {}.", begins + 1, queue(steps[begins].queue)),
        None => format!("{place}: no step begins, so it goes to everyone in {}.", queue(definition.fallback)),
    };
    DryRunView {
        filter: filter.map(|filter| filter + 1),
        filters: filters.collect(),
        steps: (1..).zip(steps).map(|(number, step)| step_view(number, step, judged, names)).collect(),
        outcome,
        warnings,
    }
}

fn step_view(number: u16, step: &trial::StepTrial, judged: &Judged, names: &Names) -> StepTrial {
    let (mut eligible, mut others) = (Vec::new(), Vec::new());
    for (id, why_not) in &step.people {
        let name = names.agents.get(id).cloned().unwrap_or_default();
        let list = if why_not.is_none() { &mut eligible } else { &mut others };
        list.push(PersonTrial { id: *id, name, why_not: why_not.as_ref().map(|why| in_words(why, names)) });
    }
    let by_name = |one: &PersonTrial, other: &PersonTrial| one.name.cmp(&other.name);
    eligible.sort_by(by_name);
    others.sort_by(by_name);
    others.truncate(OTHERS_MAX);
    let mut why = match step.fate {
        Fate::Begins => "It begins at once.",
        Fate::Later => "It begins when those before it are over.",
        Fate::Skipped(Skipped::KnownAgentCannot) => {
            "Passed over: the person whom it asks does not serve the queue, or has the conversation."
        }
        Fate::Skipped(Skipped::NobodyAvailable) => "Passed over as long as nobody whom it asks is free.",
        Fate::ByExpression => "Passed over: its expression is true.",
        Fate::NobodyKnown => "Passed over: nobody is known whom it could ask.",
    }
    .to_owned();
    if let Some(Err(fault)) = judged.skips.get(&(number - 1)) {
        why = format!("{why} Its expression counts as not true: {fault}");
    }
    let queue = names.queues.get(&step.queue).cloned().unwrap_or_default();
    StepTrial { number, queue, begins: step.fate == Fate::Begins, why, eligible, others }
}

fn in_words(why: &WhyNot, names: &Names) -> String {
    match why {
        WhyNot::AsksAnother => "The step asks someone else alone.".to_owned(),
        WhyNot::OtherChannel => "Takes no conversations of this channel.".to_owned(),
        WhyNot::NoMember => "Does not belong to the queue.".to_owned(),
        WhyNot::Lacks(lacks) => {
            let name = |skill| names.skills.get(&skill).map_or("", String::as_str);
            format!("{}.", lacks::in_words(lacks, name))
        }
        WhyNot::HasIt => "Has the conversation.".to_owned(),
        WhyNot::NotFree(refusal) => refusal.to_string(),
    }
}

/// Says what can never match, whatever the conversation.
fn warnings(judge: &Judge, unserved: &[Unserved], names: &Names) -> Vec<String> {
    let definition = judge.definition();
    let queue = |id| names.queues.get(&id).map_or("", String::as_str);
    let queues: Vec<&str> = names.queues.values().map(String::as_str).collect();
    let mut warnings = Vec::new();
    let mut always: Option<usize> = None;
    for (place, condition) in judge.filters().iter().enumerate() {
        let name = definition.place(Some(place));
        if let Some(always) = always {
            warnings
                .push(format!("{name} is never asked: {} always matches.", definition.place(Some(always))));
            continue;
        }
        match condition.as_ref().map(|condition: &Condition| condition.tendency(&queues)) {
            Ok(Tendency::Always) => always = Some(place),
            Ok(Tendency::Never(why)) => warnings.push(format!("{name} never matches: {why}.")),
            Ok(Tendency::Depends) => {}
            Err(fault) => warnings.push(format!("{name} never matches: {fault}")),
        }
    }
    if let Some(always) = always.filter(|_| !definition.default.is_empty()) {
        warnings.push(format!("Default is never taken: {} always matches.", definition.place(Some(always))));
    }
    warnings.extend(unserved.iter().map(|place| match place {
        Unserved::Step(filter, step) => {
            let of = queue(definition.steps(*filter)[*step].queue);
            let place = definition.place(*filter);
            format!("{place}, step {}: nobody belongs to {of} who can do what it asks.", step + 1)
        }
        Unserved::Fallback => {
            format!(
                "Nobody belongs to {} who can do what it asks, and it is the last resort.",
                queue(definition.fallback)
            )
        }
    }));
    warnings
}
