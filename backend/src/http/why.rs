//! Why a conversation is where it is.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use baton_shared::api::{WhyPerson, WhyView};
use baton_shared::{ConversationId, Owner, Pool};

use super::body::Ids;
use super::callers::CurrentAgent;
use super::error::ApiError;
use crate::app::App;
use crate::desk::why::{Verdict, Why, why};
use crate::store::Names;

/// Explains where a conversation is: the rule, whom it was offered to and how that ended, and what stands in whose way
///
/// For those who see the conversation, and for those who lead a team that it is the work of.
#[utoipa::path(get, path = "/api/conversations/{conversation}/why", tag = "Conversations",
    params(("conversation" = ConversationId, Path)), responses((status = 200, body = WhyView)))]
pub async fn show(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(id): Ids<ConversationId>,
) -> Result<Json<WhyView>, ApiError> {
    let (found, oversees) = app
        .dispatcher
        .look(move |state, now| {
            let open = state.conversations.get(&id);
            let oversees = open.is_some_and(|open| state.scope(me.id).has_conversation(open));
            (why(state, id, now), oversees)
        })
        .await?;
    let found = found.ok_or_else(|| ApiError::not_found("conversation"))?;
    let (sees, names, offers) = app
        .with_store(move |app| {
            let reading = app.store.read()?;
            let sees = oversees || reading.sight(me.id, id)?.is_some();
            Ok((sees, reading.names()?, reading.offers_of(id)?))
        })
        .await?;
    if !sees {
        return Err(ApiError::not_found("conversation"));
    }
    let person = |(agent, verdict): &(_, Verdict)| WhyPerson {
        name: names.agents.get(agent).cloned().unwrap_or_default(),
        eligible: matches!(verdict, Verdict::Asked | Verdict::Eligible { .. }),
        reason: verdict.in_words(|skill| names.skills.get(&skill).map_or("", String::as_str)),
    };
    Ok(Json(WhyView {
        rule: rule(&found, &names),
        ahead: found.ahead,
        people: found.people.iter().map(person).collect(),
        more: u32::try_from(found.more).unwrap_or(u32::MAX),
        offers,
    }))
}

fn rule(found: &Why, names: &Names) -> String {
    let name = |found: Option<&String>| found.cloned().unwrap_or_default();
    let Some(pool) = found.pool else {
        return match found.owner {
            Owner::Agent(agent) => {
                format!("{} has it; nobody else is looked for.", name(names.agents.get(&agent)))
            }
            Owner::Queue(queue) => format!("It waits in {}.", name(names.queues.get(&queue))),
            Owner::Group(group) => format!("It waits for {}.", name(names.groups.get(&group))),
            Owner::Flow(flow) => {
                format!("The flow {} has it; nobody else is looked for.", name(names.flows.get(&flow)))
            }
            Owner::External(external) => {
                format!("{} has it; nobody else is looked for.", name(names.externals.get(&external)))
            }
        };
    };
    match pool {
        Pool::Queue(queue) => format!(
            "The members of {} are asked: priority first, then age; of those who are free, whoever is idle longest.",
            name(names.queues.get(&queue))
        ),
        Pool::Group(group) => format!(
            "Whoever has the skills of {} is asked: priority first, then age; of those who are free, whoever is idle longest.",
            name(names.groups.get(&group))
        ),
        Pool::Agent(agent) => format!("It is meant for {} alone.", name(names.agents.get(&agent))),
    }
}
