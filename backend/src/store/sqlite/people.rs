//! The people, queues, skills, groups and teams, as they see each other and as administrators see them.

use std::collections::{BTreeMap, BTreeSet};

use baton_shared::api::{GroupView, Person, QueueView, Skill, TeamView};
use baton_shared::desk::{Colleague, Me};
use baton_shared::*;
use rusqlite::{Connection, OptionalExtension, params};

use super::{WORKSPACE, things};
use crate::store::rows::{self, Blob, StoredId};
use crate::store::{Credentials, Names, StoreError};

/// A person with their name and address.
struct Known {
    agent: Agent,
    name: String,
    email: String,
}

impl Known {
    fn capacity(&self) -> u32 {
        chat_capacity(&self.agent)
    }

    fn into_colleague(self) -> Colleague {
        let Agent { id, role, presence, .. } = self.agent;
        Colleague { id, name: self.name, role, presence }
    }

    fn into_person(self) -> Person {
        Person {
            id: self.agent.id,
            capacity: self.capacity(),
            interruptible_capacity: self.agent.interruptible.get(&Channel::WebChat).copied(),
            name: self.name,
            email: self.email,
            role: self.agent.role,
            enabled: self.agent.enabled,
            skills: self.agent.skills,
            queues: self.agent.queues,
            presence: self.agent.presence,
        }
    }
}

/// Returns how many units of chat a person can hold.
fn chat_capacity(agent: &Agent) -> u32 {
    agent.capacity.get(&Channel::WebChat).copied().unwrap_or(0)
}

/// Returns everyone, by name.
fn everyone(connection: &Connection) -> Result<Vec<Known>, StoreError> {
    let mut find = connection.prepare_cached(
        "select a.body, coalesce(p.name, ''), coalesce(p.email, '')
         from agents a left join profiles p on p.workspace_id = a.workspace_id and p.agent = a.id
         where a.workspace_id = ?1 order by 2, a.id",
    )?;
    let mut found = find.query(params![WORKSPACE])?;
    let mut everyone = Vec::new();
    while let Some(row) = found.next()? {
        let body = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
        everyone.push(Known {
            agent: rows::from_body("agents", body)?,
            name: row.get(1)?,
            email: row.get(2)?,
        });
    }
    Ok(everyone)
}

fn known(connection: &Connection, id: AgentId) -> Result<Option<Known>, StoreError> {
    let Some(agent) = things::agent(connection, id)? else { return Ok(None) };
    let profile: Option<(String, Option<String>)> = connection
        .prepare_cached("select name, email from profiles where workspace_id = ?1 and agent = ?2")?
        .query_row(params![WORKSPACE, id.blob()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (name, email) = profile.unwrap_or_default();
    Ok(Some(Known { agent, name, email: email.unwrap_or_default() }))
}

/// Returns a person's own part of their desk.
pub(super) fn me(connection: &Connection, id: AgentId) -> Result<Option<Me>, StoreError> {
    Ok(known(connection, id)?.map(|known| Me {
        id,
        capacity: known.capacity(),
        name: known.name,
        role: known.agent.role,
        presence: known.agent.presence,
    }))
}

/// Returns a person as others see them, if they can sign in.
pub(super) fn colleague(connection: &Connection, id: AgentId) -> Result<Option<Colleague>, StoreError> {
    Ok(known(connection, id)?.filter(|known| known.agent.enabled).map(Known::into_colleague))
}

/// Returns everyone who can sign in, as others see them.
pub(super) fn colleagues(connection: &Connection) -> Result<SortedMap<AgentId, Colleague>, StoreError> {
    let everyone = everyone(connection)?;
    let enabled = everyone.into_iter().filter(|known| known.agent.enabled);
    Ok(enabled.map(|known| (known.agent.id, known.into_colleague())).collect())
}

/// Returns a person as administrators see them.
pub(super) fn person(connection: &Connection, id: AgentId) -> Result<Option<Person>, StoreError> {
    Ok(known(connection, id)?.map(Known::into_person))
}

/// Returns everyone as administrators see them, by name.
pub(super) fn people(connection: &Connection) -> Result<Vec<Person>, StoreError> {
    Ok(everyone(connection)?.into_iter().map(Known::into_person).collect())
}

/// Returns what a sign-in with this address is checked against.
pub(super) fn credentials(connection: &Connection, email: &str) -> Result<Option<Credentials>, StoreError> {
    let mut find = connection.prepare_cached(
        "select p.agent, p.password_hash, a.enabled
         from profiles p join agents a on a.workspace_id = p.workspace_id and a.id = p.agent
         where p.workspace_id = ?1 and p.email_folded = ?2 and p.password_hash is not null",
    )?;
    let found = find.query_row(params![WORKSPACE, email.to_lowercase()], |row| {
        Ok(Credentials {
            agent: AgentId::from_blob(row.get(0)?),
            password_hash: row.get(1)?,
            enabled: row.get(2)?,
        })
    });
    Ok(found.optional()?)
}

/// Returns what people, groups, queues and skills are called.
pub(super) fn names(connection: &Connection) -> Result<Names, StoreError> {
    Ok(Names {
        agents: names_of(connection, "select agent, name from profiles where workspace_id = ?1")?,
        groups: names_of(connection, "select id, name from groups where workspace_id = ?1")?,
        queues: names_of(connection, "select id, name from queues where workspace_id = ?1")?,
        skills: names_of(connection, "select id, name from skills where workspace_id = ?1")?,
        workflows: names_of(connection, "select id, name from workflows where workspace_id = ?1")?,
        flows: names_of(connection, "select id, name from flows where workspace_id = ?1")?,
        externals: names_of(connection, "select id, name from externals where workspace_id = ?1")?,
        schedules: names_of(connection, "select id, name from schedules where workspace_id = ?1")?,
    })
}

fn names_of<Id: StoredId + Ord>(
    connection: &Connection,
    sql: &str,
) -> Result<BTreeMap<Id, String>, StoreError> {
    let mut find = connection.prepare_cached(sql)?;
    let found = find.query_map(params![WORKSPACE], |row| Ok((Id::from_blob(row.get(0)?), row.get(1)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}

fn every_queue(connection: &Connection) -> Result<Vec<(Queue, String)>, StoreError> {
    let mut find = connection
        .prepare_cached("select body, name from queues where workspace_id = ?1 order by name, id")?;
    let mut found = find.query(params![WORKSPACE])?;
    let mut queues = Vec::new();
    while let Some(row) = found.next()? {
        let body = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
        queues.push((rows::from_body("queues", body)?, row.get(1)?));
    }
    Ok(queues)
}

/// Returns every queue with its members, by name.
pub(super) fn queues(connection: &Connection) -> Result<Vec<QueueView>, StoreError> {
    let mut members: BTreeMap<QueueId, BTreeSet<AgentId>> = BTreeMap::new();
    for Known { agent, .. } in everyone(connection)? {
        for queue in agent.queues {
            members.entry(queue).or_default().insert(agent.id);
        }
    }
    let queues = every_queue(connection)?.into_iter().map(|(queue, name)| QueueView {
        id: queue.id,
        name,
        skills: queue.skills,
        priority: queue.priority,
        members: members.remove(&queue.id).unwrap_or_default(),
        rules: queue.rules,
        standing: queue.standing,
    });
    Ok(queues.collect())
}

/// Returns every skill, by name.
pub(super) fn skills(connection: &Connection) -> Result<Vec<Skill>, StoreError> {
    let mut find =
        connection.prepare_cached("select id, name from skills where workspace_id = ?1 order by name, id")?;
    let found = find.query_map(params![WORKSPACE], |row| {
        let id: Blob = row.get(0)?;
        Ok(Skill { id: SkillId::from_blob(id), name: row.get(1)? })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Returns every team, by name.
pub(super) fn teams(connection: &Connection) -> Result<Vec<TeamView>, StoreError> {
    let mut find = connection
        .prepare_cached("select body, name from teams where workspace_id = ?1 order by name, id")?;
    let mut found = find.query(params![WORKSPACE])?;
    let mut teams = Vec::new();
    while let Some(row) = found.next()? {
        let body = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
        let Team { id, agents, supervisors } = rows::from_body("teams", body)?;
        teams.push(TeamView { id, name: row.get(1)?, agents, supervisors });
    }
    Ok(teams)
}

/// Returns every transfer group, by name.
pub(super) fn groups(connection: &Connection) -> Result<Vec<GroupView>, StoreError> {
    let mut find = connection.prepare_cached(
        "select body, name from groups where workspace_id = ?1 and removed = 0 order by name, id",
    )?;
    let mut found = find.query(params![WORKSPACE])?;
    let mut groups = Vec::new();
    while let Some(row) = found.next()? {
        let body = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
        let group: Group = rows::from_body("groups", body)?;
        groups.push(GroupView {
            id: group.id,
            name: row.get(1)?,
            skills: group.skills,
            membership: group.membership,
            priority: group.priority,
            team: group.team,
        });
    }
    Ok(groups)
}
