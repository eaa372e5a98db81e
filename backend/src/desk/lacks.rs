//! What stands between a person's skills and what is asked for.

use baton_shared::*;

use crate::routing::RoutingState;

/// A skill that someone does not have at the level that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lack {
    /// Which skill.
    pub skill: SkillId,
    /// At which level at least.
    pub asked: Level,
    /// At which level they have it; nothing if they have not.
    pub has: Option<Level>,
}

/// Returns what someone with some skills lacks of what is asked for, each skill at the highest level at which it is.
pub(super) fn lacks(skills: &Skills, asked: impl Iterator<Item = (SkillId, Level)>) -> Vec<Lack> {
    let mut needed = Skills::new();
    for (skill, level) in asked {
        needed.insert(skill, needed.level(skill).map_or(level, |other| other.max(level)));
    }
    let unmet = needed.iter().filter(|(skill, level)| !skills.meets(*skill, *level));
    unmet.map(|(skill, asked)| Lack { skill, asked, has: skills.level(skill) }).collect()
}

/// Returns what a queue asks for once so many of its relaxations hold.
pub(super) fn asked_in(
    state: &RoutingState,
    queue: QueueId,
    relaxed: u8,
) -> impl Iterator<Item = (SkillId, Level)> {
    state.queues.get(&queue).into_iter().flat_map(move |queue| queue.asks(relaxed))
}

impl Lack {
    /// Returns it in words; `name` is what the skill is called.
    pub fn in_words(self, name: &str) -> String {
        match (self.has, self.asked) {
            (Some(has), asked) => format!("needs {name} at {asked}, has {has}"),
            (None, Level::LEAST) => format!("lacks {name}"),
            (None, asked) => format!("needs {name} at {asked}, has none"),
        }
    }
}

/// Returns everything that someone lacks, as the beginning of a sentence; `name` says what a skill is called.
pub fn in_words<'a>(lacks: &[Lack], name: impl Fn(SkillId) -> &'a str) -> String {
    let each = lacks.iter().map(|lack| lack.in_words(name(lack.skill)));
    let words = each.collect::<Vec<_>>().join("; ");
    let first = words.chars().next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + words.get(1..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skill_is_lacked_at_the_highest_level_at_which_it_is_asked_for() {
        let [french, german, dutch] = [1, 2, 3].map(SkillId::from_bits);
        let level = |number| Level::new(number).expect("it is one");
        let skills: Skills = [(french, level(9)), (german, level(4))].into_iter().collect();
        let asked = [(german, level(7)), (french, level(5)), (german, level(2)), (dutch, level(1))];
        let found = lacks(&skills, asked.into_iter());
        let name = |skill| if skill == german { "German" } else { "Dutch" };
        assert_eq!(in_words(&found, name), "Needs German at 7, has 4; lacks Dutch");
        let found = lacks(&skills, [(dutch, level(3))].into_iter());
        assert_eq!(in_words(&found, name), "Needs Dutch at 3, has none");
        assert_eq!(lacks(&skills, [(german, level(4))].into_iter()), []);
    }
}
