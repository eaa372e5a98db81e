//! A working contact centre in an empty data folder, and customers who write to it.
//!
//! Everything is made by the ordinary commands, so a demo holds nothing that could not have happened.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, bail};
use baton_shared::command::Actor;
use baton_shared::queue::{Membership, Priority, QueueRules, ServiceTarget};
use baton_shared::{AgentId, Channel, Command, Level, QueueId, Role, SkillId, Skills};

use crate::app::App;
use crate::dispatcher::Answer;

mod client;
pub mod customers;
mod history;
mod scenarios;
mod transcripts;

/// How many chats a person of the demo, or a new administrator, can hold.
pub const CHATS_AT_ONCE: u32 = 4;

/// The password of everyone in a demo.
pub const PASSWORD: &str = "baton-demo";

/// Who can sign in to a demo, as shown at the start.
pub const SIGN_INS: &str = "\
Sign in at the address above; everyone's password is baton-demo:
  agent-1@demo.example … agent-6@demo.example, supervisor@demo.example, admin@demo.example
The customer's page is /chat. Customers who write by themselves: baton demo-customers";

const AGENTS: [&str; 6] = ["One", "Two", "Three", "Four", "Five", "Six"];

/// The queues, each with the skill that its conversations ask for.
const QUEUES: [(&str, &str); 3] =
    [("Billing", "Billing"), ("Technical support", "Technical"), ("Sales", "Sales")];

/// How soon every queue wants its conversations accepted, so that the wall has a service level to show.
const TARGET: ServiceTarget = ServiceTarget { secs: 30, percent: 80 };

/// The transfer group, and the skill that makes someone a member.
const GROUP: (&str, &str) = ("Refunds", "Refunds");

/// The teams, each with the places of its agents in [`AGENTS`].
const TEAMS: [(&str, std::ops::Range<usize>); 2] = [("First line", 0..3), ("Second line", 3..6)];

/// The address that shows that a demo was filled to its end: it is added last.
const LAST_EMAIL: &str = "admin@demo.example";

/// The people and queues that a demo's history is played with.
struct Centre {
    agents: Vec<AgentId>,
    queues: Vec<(&'static str, QueueId)>,
}

/// Fills an empty data folder; one that a demo filled before stays as it is.
pub async fn fill(app: &Arc<App>) -> anyhow::Result<()> {
    let people = app.with_store(|app| app.store.read()?.people()).await?;
    if people.iter().any(|person| person.email == LAST_EMAIL) {
        return Ok(());
    }
    if !people.is_empty() {
        bail!(
            "{} holds something else than a whole demo; choose an empty folder with --data",
            app.config.data.display()
        );
    }
    let hash = app.accounts.hash_password(PASSWORD.to_owned()).await?;
    let centre = add_centre(app, &hash).await?;
    history::play(app, &centre).await.context("the demo's history could not be played")?;
    let leader = add_person(app, "Supervisor", "supervisor@demo.example", &hash, Role::Supervisor).await?;
    add_teams(app, &centre.agents, leader).await?;
    add_person(app, "Administrator", LAST_EMAIL, &hash, Role::Administrator).await?;
    Ok(())
}

async fn add_centre(app: &Arc<App>, hash: &str) -> anyhow::Result<Centre> {
    let mut agents = Vec::new();
    for (number, word) in (1..).zip(AGENTS) {
        let (name, email) = (format!("Agent {word}"), format!("agent-{number}@demo.example"));
        agents.push(add_person(app, &name, &email, hash, Role::Agent).await?);
    }
    let mut queues = Vec::new();
    for (name, skill) in QUEUES {
        let skill = add_skill(app, skill, &agents).await?;
        let (called, skills, priority) = (name.to_owned(), Skills::from([skill]), Priority::default());
        let command = Command::AddQueue { name: called.clone(), skills: skills.clone(), priority };
        let queue: QueueId = added(run(app, command).await?)?;
        let rules = Some(Box::new(QueueRules { target: Some(TARGET), ..QueueRules::default() }));
        run(app, Command::ChangeQueue { queue, name: called, skills, priority, rules }).await?;
        for agent in &agents {
            run(app, Command::AddMember { queue, agent: *agent }).await?;
        }
        queues.push((name, queue));
    }
    let skill = add_skill(app, GROUP.1, &agents).await?;
    run(
        app,
        Command::AddGroup {
            name: GROUP.0.to_owned(),
            skills: [skill].into(),
            membership: Membership::All,
            priority: Priority::Normal,
            team: None,
        },
    )
    .await?;
    Ok(Centre { agents, queues })
}

async fn add_teams(app: &Arc<App>, agents: &[AgentId], leader: AgentId) -> anyhow::Result<()> {
    for (name, places) in TEAMS {
        let agents = agents[places].iter().copied().collect();
        let supervisors = [leader].into();
        run(app, Command::AddTeam { name: name.to_owned(), agents, supervisors }).await?;
    }
    Ok(())
}

async fn add_person(
    app: &Arc<App>,
    name: &str,
    email: &str,
    hash: &str,
    role: Role,
) -> anyhow::Result<AgentId> {
    let capacity = match role {
        Role::Agent => [(Channel::WebChat, CHATS_AT_ONCE)].into(),
        Role::Supervisor | Role::Administrator => BTreeMap::new(),
    };
    let command = Command::AddPerson {
        name: name.to_owned(),
        email: email.to_owned(),
        password_hash: hash.to_owned(),
        role,
        capacity,
        interruptible: Default::default(),
    };
    added(run(app, command).await?)
}

/// Adds a skill and gives it to everyone who answers customers.
async fn add_skill(app: &Arc<App>, name: &str, agents: &[AgentId]) -> anyhow::Result<SkillId> {
    let skill = added(run(app, Command::AddSkill { name: name.to_owned() }).await?)?;
    for agent in agents {
        run(app, Command::GrantSkill { agent: *agent, skill, level: Level::LEAST }).await?;
    }
    Ok(skill)
}

async fn run(app: &Arc<App>, command: Command) -> anyhow::Result<Answer> {
    Ok(app.submit(Actor::System, None, command).await?)
}

fn added<Id: std::str::FromStr>(answer: Answer) -> anyhow::Result<Id> {
    let Answer::Added { id } = answer else {
        bail!("something was to be added, and the answer is {answer:?}")
    };
    id.parse().map_err(|_| anyhow::anyhow!("`{id}` is no id of the kind added"))
}
