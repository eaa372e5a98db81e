//! A workspace as large as asked for, and what happens in it: the same for everyone who routes.

use std::collections::BTreeSet;

use baton_shared::queue::Priority;
use baton_shared::{AgentId, ConversationId, QueueId, Timestamp};
use outer::random::Random;

use super::bare::Bare;
use super::ids;

/// How many skills there are.
const SKILLS: u64 = 64;

/// How many skills each agent has.
const SKILLS_EACH: usize = 8;

/// How many conversations an agent can hold.
pub const CAPACITY: usize = 4;

/// So many queues that each ask for so many skills.
#[derive(Clone, Copy, Debug)]
pub struct Asking {
    /// How many queues.
    pub queues: usize,
    /// How many skills each asks for.
    pub skills: usize,
}

/// How large a workspace is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// How many people there are.
    pub agents: usize,
    /// How many of them take work.
    pub available: usize,
    /// The queues, each a class of requirements of its own.
    pub asking: &'static [Asking],
    /// How many conversations wait before anything is measured.
    pub waiting: usize,
}

/// An agent's skills and queues.
#[derive(Clone, Debug)]
pub struct Person {
    /// The skills, as bits.
    pub skills: u64,
    /// The queues whose skills they have, ascending.
    pub queues: Vec<u32>,
    /// Whether they take work.
    pub available: bool,
}

/// What a queue asks for.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// The skills, as bits.
    pub skills: u64,
    /// How soon its conversations are served.
    pub priority: Priority,
}

/// The people and the queues.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The people.
    pub people: Vec<Person>,
    /// The queues.
    pub lines: Vec<Line>,
}

impl Workspace {
    /// Makes a workspace; the same size and seed make the same one.
    pub fn of(size: &Size, random: &mut Random) -> Self {
        let mut sets = BTreeSet::new();
        let mut lines = Vec::new();
        for asking in size.asking {
            let all = lines.len() + asking.queues;
            while lines.len() < all {
                let skills = some_skills(asking.skills, random);
                if sets.insert(skills) {
                    let priority = [Priority::Low, Priority::Normal, Priority::High, Priority::Urgent];
                    lines.push(Line { skills, priority: priority[random.below(4) as usize] });
                }
            }
        }
        let person = |number| {
            let skills = some_skills(SKILLS_EACH, random);
            let able = |line: &Line| line.skills & skills == line.skills;
            let queues = (0..).zip(&lines).filter(|(_, line)| able(line)).map(|(queue, _)| queue).collect();
            Person { skills, queues, available: number < size.available }
        };
        let people = (0..size.agents).map(person).collect();
        Self { people, lines }
    }
}

fn some_skills(count: usize, random: &mut Random) -> u64 {
    let mut skills: u64 = 0;
    while skills.count_ones() < count as u32 {
        skills |= 1 << random.below(SKILLS);
    }
    skills
}

/// Something that happens.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// A conversation arrives in a queue.
    Arrives {
        /// The conversation.
        conversation: ConversationId,
        /// The queue.
        queue: QueueId,
    },
    /// An agent ends a conversation, and is free for another.
    Ends {
        /// The conversation.
        conversation: ConversationId,
        /// The agent.
        agent: AgentId,
    },
}

/// Who got which conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Matched {
    /// The conversation.
    pub conversation: ConversationId,
    /// The agent.
    pub agent: AgentId,
}

/// Someone who routes: told what happens, says who gets what.
pub trait Routes {
    /// Takes a step, and returns who got which conversation because of it.
    fn take(&mut self, step: Step, at: Timestamp) -> Option<Matched>;
}

/// What happens in a workspace, and who gets what because of it, as the bare index says.
#[derive(Clone, Debug)]
pub struct Trace {
    /// What happens, one step a millisecond, and who gets what because of it.
    pub steps: Vec<(Step, Option<Matched>)>,
    /// How many steps fill the workspace; all of them are arrivals.
    pub filling: usize,
}

impl Trace {
    /// Fills a workspace, and lets so many steps happen in it: half of them arrivals, half of them ends.
    pub fn of(size: &Size, workspace: &Workspace, mixed: usize, random: &mut Random) -> Self {
        let mut bare = Bare::of(workspace);
        let mut held: Vec<Matched> = Vec::new();
        let mut trace = Self { steps: Vec::new(), filling: 0 };
        while trace.filling == 0 || trace.steps.len() < trace.filling + mixed {
            let at = ids::time_of(trace.steps.len());
            let step = if trace.filling == 0 || random.percent(50) {
                let conversation = ConversationId::from_bits(ids::bits(at, trace.steps.len() as u32));
                let queue = ids::queue(random.below(workspace.lines.len() as u64) as u32);
                Step::Arrives { conversation, queue }
            } else {
                let Matched { conversation, agent } =
                    held.swap_remove(random.below(held.len() as u64) as usize);
                Step::Ends { conversation, agent }
            };
            let matched = bare.take(step, at);
            held.extend(matched);
            trace.steps.push((step, matched));
            if trace.filling == 0 && trace.steps.len() - held.len() == size.waiting {
                trace.filling = trace.steps.len();
            }
        }
        trace
    }
}
