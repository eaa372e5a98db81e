//! What a queue asks for, and asks less for in time, as people write and read it.

use baton_shared::api::Skill;
use baton_shared::queue::Relaxation;
use baton_shared::{Level, SkillId, Skills};

/// What stands for a level where a skill is not asked for.
pub const NOT_ASKED: &str = "";

/// What a queue asks for as it stands in the fields of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The skills with their least levels.
    pub skills: Skills,
    /// What is asked less for, one time in each line.
    pub relax: String,
}

impl Asked {
    /// Returns how it stands in a form; `known` are the skills that there are.
    pub fn of(skills: &Skills, relax: &[Relaxation], known: &[Skill]) -> Self {
        let line = |relaxation: &Relaxation| {
            let name = known.iter().find(|skill| skill.id == relaxation.skill);
            let name = name.map_or_else(|| relaxation.skill.to_string(), |skill| skill.name.clone());
            match relaxation.level {
                Some(level) => format!("after {} s {name} at {level}", relaxation.after_secs),
                None => format!("after {} s no {name}", relaxation.after_secs),
            }
        };
        let lines: Vec<String> = relax.iter().map(line).collect();
        Self { skills: skills.clone(), relax: lines.join("\n") }
    }

    /// Returns the level of a skill as a choice names it.
    pub fn choice(&self, skill: SkillId) -> String {
        self.skills.level(skill).map_or_else(|| NOT_ASKED.to_owned(), |level| level.to_string())
    }

    /// Takes the level of a skill as a choice names it.
    pub fn choose(&mut self, skill: SkillId, choice: &str) {
        match choice.parse().ok().and_then(Level::new) {
            Some(level) => self.skills.insert(skill, level),
            None => self.skills.remove(&skill),
        }
    }

    /// Reads what is asked less for, or says in a sentence what is wrong with it.
    pub fn relaxations(&self, known: &[Skill]) -> Result<Vec<Relaxation>, String> {
        let lines = self.relax.lines().map(str::trim).filter(|line| !line.is_empty());
        let mut relax: Vec<Relaxation> =
            lines.map(|line| relaxation(line, known)).collect::<Result<_, _>>()?;
        relax.sort_by_key(|relaxation| relaxation.after_secs);
        Ok(relax)
    }
}

/// Reads a line such as `after 30 s German at 4` or `after 60 s no German`.
fn relaxation(line: &str, known: &[Skill]) -> Result<Relaxation, String> {
    let skill = |name: &str| {
        let known = known
            .iter()
            .find(|skill| skill.name.trim() == name.trim() || skill.id.to_string() == name.trim());
        known.map(|skill| skill.id)
    };
    let read = || {
        let (secs, rest) = line.strip_prefix("after ")?.split_once(" s ")?;
        let after_secs = secs.trim().parse().ok()?;
        // A skill may be called anything, so what is known comes before what looks like a level.
        if let Some(skill) = rest.strip_prefix("no ").and_then(skill) {
            return Some(Relaxation { after_secs, skill, level: None });
        }
        let (name, level) = rest.rsplit_once(" at ")?;
        let level = level.trim().parse().ok().and_then(Level::new)?;
        Some(Relaxation { after_secs, skill: skill(name)?, level: Some(level) })
    };
    read().ok_or_else(|| {
        format!("“{line}” cannot be read. Write “after 30 s German at 4” or “after 60 s no German”, with the name of a skill.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Vec<Skill> {
        let names = ["German", "Look at bills"];
        let skill =
            |(number, name): (u128, &str)| Skill { id: SkillId::from_bits(number), name: name.to_owned() };
        (1..).zip(names).map(skill).collect()
    }

    #[test]
    fn a_form_reads_back_as_what_it_shows() {
        let [german, bills] = [1, 2].map(SkillId::from_bits);
        let relax = [
            Relaxation { after_secs: 20, skill: german, level: Level::new(4) },
            Relaxation { after_secs: 30, skill: bills, level: Level::new(2) },
            Relaxation { after_secs: 60, skill: german, level: None },
        ];
        let skills = [(german, Level::MOST), (bills, Level::LEAST)].into_iter().collect();
        let mut asked = Asked::of(&skills, &relax, &known());
        assert_eq!(
            asked.relax,
            "after 20 s German at 4\nafter 30 s Look at bills at 2\nafter 60 s no German"
        );
        assert_eq!(asked.relaxations(&known()), Ok(relax.to_vec()));
        assert_eq!(
            (asked.choice(german), asked.choice(SkillId::from_bits(3))),
            ("10".to_owned(), NOT_ASKED.to_owned())
        );
        asked.choose(german, "6");
        asked.choose(bills, NOT_ASKED);
        assert_eq!(asked.skills, [(german, Level::new(6).unwrap())].into_iter().collect());
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named() {
        for wrong in ["German at 4", "after 20 s German", "after 20 s German at 11", "after 20 s no French"] {
            let asked = Asked { relax: format!("\n{wrong}\n"), ..Asked::default() };
            assert!(asked.relaxations(&known()).unwrap_err().contains(wrong), "{wrong}");
        }
    }
}
