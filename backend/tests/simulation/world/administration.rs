//! What administrators do, at random.

use std::collections::BTreeMap;

use baton_shared::command::Actor;
use baton_shared::queue::{Membership, Priority};
use baton_shared::*;

use super::World;
use crate::{lines, workflows};

impl World {
    pub(super) fn add_group(&mut self, number: usize) {
        let skills = self.skills.iter().copied().take(number % 3).collect();
        let membership = self.random.pick(&[Membership::All, Membership::Any]);
        let priority = self.random.pick(&[Priority::Normal, Priority::High]);
        let name = format!("group {number}");
        let id = self.added(Command::AddGroup { name, skills, membership, priority, team: None });
        self.groups.push(id.parse().unwrap());
    }

    /// Any preset, with a few switches set at random: every combination must keep the invariants.
    pub(super) fn any_policy(&mut self) -> (Preset, Box<TransferPolicy>) {
        let preset = self.random.pick(Preset::ALL);
        let mut policy = preset.policy();
        if self.random.chance(50) {
            policy.release = self.random.pick(policy::Release::ALL);
            policy.full_target = self.random.pick(policy::FullTarget::ALL);
            policy.on_decline = self.random.pick(policy::OnDecline::ALL);
            policy.on_no_answer = self.random.pick(policy::OnNoAnswer::ALL);
            policy.on_expiry = self.random.pick(policy::OnExpiry::ALL);
            policy.after_release = self.random.pick(policy::AfterRelease::ALL);
            policy.exclude = self.random.pick(policy::Exclude::ALL);
            policy.cancel = self.random.pick(policy::Cancel::ALL);
            policy.return_to_sender = self.random.chance(50);
            policy.misses_max = self.random.below(4) as u8;
            policy.offers_at_once = self.random.pick(&[1, 1, 2, 50]);
            policy.transfer_secs = self.random.pick(&[None, Some(20), Some(60)]);
            policy.auto_accept = self.random.chance(10);
            policy.consult_secs = 120;
            policy.wrap_up_secs = self.random.pick(&[None, Some(30)]);
            policy.fallback = self.random.pick(policy::Fallback::ALL);
            policy.take_over = self.random.pick(policy::TakeOver::ALL);
            policy.modes = Mode::ALL.into();
            policy.invites_max = 3;
            policy.idle_secs = self.random.pick(&[None, Some(30), Some(90)]);
            policy.targets = TargetKind::ALL.into();
        }
        (preset, Box::new(policy))
    }

    pub(super) fn add_workflow(&mut self) {
        let definition = self.any_workflow();
        let id = self.added(Command::AddWorkflow { definition });
        self.workflows.push(id.parse().unwrap());
    }

    pub(super) fn any_workflow(&mut self) -> Box<Definition> {
        workflows::any(&mut self.random, &self.queues, &self.skills)
    }

    pub(super) fn add_external(&mut self) {
        let secret = format!("whsec_{}", "A".repeat(32));
        let (name, url) = ("partner".to_owned(), "https://example.com".to_owned());
        let id = self.added(Command::AddExternal { name, url, secret });
        self.bots.externals.push(id.parse().unwrap());
    }

    pub(super) fn add_flow(&mut self) {
        let definition = self.any_flow();
        let id = self.added(Command::AddFlow { definition });
        self.bots.flows.push(id.parse().unwrap());
    }

    pub(super) fn any_flow(&mut self) -> Box<FlowDefinition> {
        let others = [
            Target::Queue(self.queues[0]),
            Target::Agent(self.random.pick(&self.agents)),
            Target::Group(self.random.pick(&self.groups)),
            Target::Workflow(self.random.pick(&self.workflows)),
        ];
        self.bots.any_flow(&mut self.random, &others, &self.queues)
    }

    pub(super) fn set_up_bots(&mut self) {
        let place = self.random.below(self.bots.flows.len() as u64) as usize;
        match self.random.below(4) {
            0..=1 => {
                let (flow, definition) = (self.bots.flows[place], self.any_flow());
                self.give(Actor::System, Command::ChangeFlow { flow, definition });
            }
            2 => {
                let flow = self.bots.flows.swap_remove(place);
                self.give(Actor::System, Command::RemoveFlow { flow });
                self.add_flow();
            }
            _ => {
                let external = self.bots.externals.swap_remove(0);
                self.give(Actor::System, Command::RemoveExternal { external });
                self.add_external();
            }
        }
    }

    pub(super) fn set_up_workflows(&mut self) {
        let place = self.random.below(self.workflows.len() as u64) as usize;
        let workflow = self.workflows[place];
        if self.random.chance(60) {
            let definition = self.any_workflow();
            self.give(Actor::System, Command::ChangeWorkflow { workflow, definition });
        } else {
            self.workflows.swap_remove(place);
            self.give(Actor::System, Command::RemoveWorkflow { workflow });
            self.add_workflow();
        }
    }

    pub(super) fn set_up_transfers(&mut self) {
        match self.random.below(8) {
            0..=1 => return self.set_up_workflows(),
            2 => return self.set_up_bots(),
            _ => {}
        }
        let command = match self.random.below(6) {
            0..=2 => {
                let (preset, policy) = self.any_policy();
                Command::SetPolicy { preset, policy }
            }
            3 => {
                let secs = self.random.chance(70).then_some(Some(15));
                let set = policy::PolicyOverride { transfer_secs: secs, ..Default::default() };
                let scope = policy::PolicyScope::Queue(self.random.pick(&self.queues));
                Command::OverridePolicy { scope, set: Box::new(set) }
            }
            4 => Command::ChangeGroup {
                group: self.random.pick(&self.groups),
                name: "group".to_owned(),
                skills: self.skills.iter().copied().take(self.random.below(3) as usize).collect(),
                membership: self.random.pick(&[Membership::All, Membership::Any]),
                priority: Priority::Normal,
                team: None,
            },
            _ => {
                let place = self.random.below(self.groups.len() as u64) as usize;
                let group = self.groups.swap_remove(place);
                self.give(Actor::System, Command::RemoveGroup { group });
                self.add_group(place);
                return;
            }
        };
        self.give(Actor::System, command);
    }

    pub(super) fn administrator_acts(&mut self) {
        if self.random.chance(50) {
            self.set_up_transfers();
            return;
        }
        let (agent, queue) = (self.random.pick(&self.agents), self.random.pick(&self.queues));
        let skill = self.random.pick(&self.skills);
        let command = match self.random.below(9) {
            0 => Command::AddMember { queue, agent },
            1 => Command::RemoveMember { queue, agent },
            2 => Command::GrantSkill { agent, skill, level: self.random.pick(&lines::LEVELS) },
            3 => Command::RevokeSkill { agent, skill },
            4..=7 => {
                let count = self.random.below(3) as usize;
                Command::ChangeQueue {
                    queue,
                    name: "queue".to_owned(),
                    skills: lines::asked(&mut self.random, &self.skills, count),
                    priority: self.random.pick(&[Priority::Low, Priority::Normal, Priority::Urgent]),
                    rules: Some(lines::any(&mut self.random, &self.queues, queue, &self.skills)),
                }
            }
            _ => self.change_person(agent),
        };
        self.give(Actor::System, command);
    }

    /// A smaller capacity never takes away what somebody holds already.
    pub(super) fn change_person(&mut self, agent: AgentId) -> Command {
        let limit = 1 + self.random.below(4) as u32;
        self.lowered.insert(agent);
        Command::ChangePerson {
            agent,
            name: "agent".to_owned(),
            role: if agent == self.agents[0] { Role::Administrator } else { Role::Agent },
            enabled: self.random.chance(70),
            capacity: BTreeMap::from([(Channel::WebChat, limit)]),
            interruptible: self
                .random
                .pick(&[None, Some(1), Some(3)])
                .map(|limit| (Channel::WebChat, limit))
                .into_iter()
                .collect(),
        }
    }
}
