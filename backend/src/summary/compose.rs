//! A summary of so many words, from ranked sentences: a paragraph first, then what it leaves out.

use std::cmp::Ordering;

use super::cues::{self, Cues};
use super::identifiers::{self, Identifier, Kind};
use super::language::{Language, Vocabulary};
use super::rank::{Ranking, Taken};
use super::sentences::{self, Sentence};
use super::voice::{Retold, Voices, capitalised, retold};
use super::{Point, Said, Speaker, Summary};

/// How much of what was said the paragraph says: people write about a fifth, in words of their own.
const SHARE: f64 = 0.3;

/// How many words the paragraph has at least where as many were said.
const WORDS_MIN: usize = 20;

/// How much of the words a summary may have the paragraph takes at most; the lists get the rest.
const PARAGRAPH_SHARE: f64 = 0.75;

/// How much of the words is kept free for open questions and promises at most.
const LISTS_SHARE: f64 = 0.5;

/// With fewer words left than this the paragraph is full.
const ROOM_MIN: usize = 3;

/// How many sentences may be refused before the paragraph counts as full.
const REFUSED_MAX: usize = 40;

/// How many things each list has at most.
const LISTED_MAX: usize = 5;

/// How many identifiers the text mentions at most.
const MENTIONED_MAX: usize = 6;

/// How many identifiers are listed at most.
const IDENTIFIERS_MAX: usize = 20;

/// Returns what was said in at most `words_max` words.
pub fn compose(said: &[Said], words_max: usize) -> Summary {
    let language = Language::of(said.iter().map(|one| one.text.as_str()));
    let cues = cues::of(language);
    let sentences = sentences::split(said, cues);
    let ranking = Ranking::of(&sentences, &Vocabulary::of(language), cues);
    let draft = Draft { said, language, cues, sentences: &sentences, ranking: &ranking };
    draft.summary(words_max)
}

/// A conversation that is being summarised.
struct Draft<'a> {
    said: &'a [Said],
    language: Language,
    cues: &'static Cues,
    sentences: &'a [Sentence],
    ranking: &'a Ranking,
}

impl Draft<'_> {
    fn summary(&self, words_max: usize) -> Summary {
        let tried = self.listed(|place, sentence| {
            self.cues.says_attempt(&sentence.words)
                && !sentence.is_question()
                && !self.ranking.is_fragment(place)
        });
        let mut commitments =
            self.listed(|place, one| self.is_commitment(one) && !self.ranking.is_fragment(place));
        commitments.reverse();
        let open = self.open();
        let kept_free = self.words_of_first(&open) + self.words_of_first(&commitments);
        let wants = self.wants();
        let chosen = self.with_want(self.paragraph(words_max, kept_free), &wants, words_max, kept_free);
        let everything = identifiers::collect(self.said.iter().map(|one| one.text.as_str()));
        let identifiers: Vec<Identifier> = everything.into_iter().take(IDENTIFIERS_MAX).collect();
        let lists = Lists { open: &open, commitments: &commitments, tried: &tried };
        let text = self.text(&chosen, lists, &identifiers, words_max);
        let points = |places: &[usize]| places.iter().map(|place| self.point(*place)).collect();
        Summary {
            language: self.language,
            points: points(&chosen),
            wants: points(&wants),
            tried: points(&tried),
            open: points(&open),
            commitments: points(&commitments),
            identifiers,
            text,
        }
    }

    /// Returns how many words the line of a list takes.
    fn words_of_first(&self, places: &[usize]) -> usize {
        places.first().map_or(0, |place| 1 + self.words_of(*place))
    }

    fn words_of(&self, place: usize) -> usize {
        self.retold(place).whole().split_whitespace().count()
    }

    /// Chooses the sentences of the paragraph, in the order in which they were said; it keeps some words free for
    /// the lists, but never more than they may have.
    fn paragraph(&self, words_max: usize, kept_free: usize) -> Vec<usize> {
        let spoken: usize = self.said.iter().map(|one| one.text.split_whitespace().count()).sum();
        let most = (words_max as f64 * PARAGRAPH_SHARE) as usize;
        let wanted = ((spoken as f64 * SHARE) as usize).max(WORDS_MIN).min(most);
        let allowed = allowed(words_max, kept_free);
        let mut chosen: Vec<usize> = Vec::new();
        let (mut words, mut told, mut refused) = (0, 0, 0);
        self.ranking.choose(|place| {
            let (length, whole) = (self.sentences[place].len(), self.words_of(place));
            // The first may be longer than what is wanted; none may be longer than what is allowed.
            let is_first = chosen.is_empty();
            let fits = told + whole <= if is_first { words_max } else { allowed };
            let is_wanted = is_first || (words + length <= wanted && !self.ranking.is_fragment(place));
            if !fits || !is_wanted {
                refused += 1;
                return if refused >= REFUSED_MAX { Taken::Enough } else { Taken::No };
            }
            chosen.push(place);
            (words, told) = (words + length, told + whole);
            if words + ROOM_MIN > wanted { Taken::Enough } else { Taken::Yes }
        });
        chosen.sort_unstable();
        chosen
    }

    /// Puts what the customer wants into a paragraph that says nothing of it, in the place of what matters least.
    fn with_want(
        &self,
        mut chosen: Vec<usize>,
        wants: &[usize],
        words_max: usize,
        kept_free: usize,
    ) -> Vec<usize> {
        let Some(want) = wants.first() else { return chosen };
        let words = self.words_of(*want);
        if words > words_max || chosen.iter().any(|place| wants.contains(place)) {
            return chosen;
        }
        let told = |chosen: &[usize]| chosen.iter().map(|place| self.words_of(*place)).sum::<usize>();
        while !chosen.is_empty() && told(&chosen) + words > allowed(words_max, kept_free) {
            let least = (0..chosen.len()).min_by(|one, other| self.by_score(chosen[*one], chosen[*other]));
            chosen.remove(least.unwrap_or(0));
        }
        chosen.push(*want);
        chosen.sort_unstable();
        chosen
    }

    /// Returns what the customer opened with, then their wishes, the clearest first.
    fn wants(&self) -> Vec<usize> {
        let of_customer = |place: &usize| self.sentences[*place].by == Speaker::Customer;
        let all = || (0..self.sentences.len()).filter(of_customer);
        let whole = || all().filter(|place| !self.ranking.is_fragment(*place));
        let opening = whole().next().or_else(|| all().next());
        // A wish can be short, as what it is about was said before.
        let mut wishes: Vec<usize> = all()
            .filter(|place| {
                self.cues.says_wish(&self.sentences[*place].words) && !self.ranking.is_hollow(*place)
            })
            .collect();
        wishes.sort_by(|one, other| self.by_score(*other, *one).then(one.cmp(other)));
        wishes.retain(|place| Some(*place) != opening);
        opening.into_iter().chain(wishes).take(LISTED_MAX).collect()
    }

    fn by_score(&self, one: usize, other: usize) -> Ordering {
        self.ranking.score(one).total_cmp(&self.ranking.score(other))
    }

    fn is_commitment(&self, sentence: &Sentence) -> bool {
        self.cues.says_promise(&sentence.words) && !sentence.is_question()
    }

    /// Returns the last questions and wishes that nobody of the other side wrote anything after.
    fn open(&self) -> Vec<usize> {
        let Some(last) = self.said.last() else { return Vec::new() };
        let turn = self.said.iter().rposition(|one| one.by != last.by).map_or(0, |before| before + 1);
        self.listed(|_, sentence| {
            let asks = sentence.is_question()
                || (sentence.by == Speaker::Customer && self.cues.says_wish(&sentence.words));
            sentence.message >= turn && asks && !self.is_commitment(sentence)
        })
    }

    /// Returns the last sentences of a kind, in order.
    fn listed(&self, is_it: impl Fn(usize, &Sentence) -> bool) -> Vec<usize> {
        let all = self.sentences.iter().enumerate();
        let mut places: Vec<usize> = all
            .rev()
            .filter(|(place, one)| is_it(*place, one))
            .map(|(place, _)| place)
            .take(LISTED_MAX)
            .collect();
        places.reverse();
        places
    }

    /// Writes the paragraph, and of each list the first thing that it leaves out and that fits.
    fn text(
        &self,
        chosen: &[usize],
        lists: Lists<'_>,
        identifiers: &[Identifier],
        words_max: usize,
    ) -> String {
        let labels = self.cues.labels;
        let mut text = Text { text: self.prose(chosen), words_max };
        if text.text.is_empty() {
            text.text = self.cut(words_max);
        }
        let missing = |places: &[usize]| places.iter().find(|place| !chosen.contains(place)).copied();
        let add = |text: &mut Text, label: &str, places: &[usize]| {
            if let Some(place) = missing(places) {
                text.add_line(label, &self.retold(place).whole());
            }
        };
        add(&mut text, labels.open, lists.open);
        add(&mut text, labels.promised, lists.commitments);
        text.add_mentioned(labels.mentioned, identifiers);
        add(&mut text, labels.tried, lists.tried);
        text.text
    }

    /// Writes sentences one after the other; who says several is named once.
    fn prose(&self, places: &[usize]) -> String {
        let mut prose = String::new();
        let mut label = String::new();
        for place in places {
            let told = self.retold(*place);
            if !prose.is_empty() {
                prose.push(' ');
            }
            if told.label.is_empty() || told.label != label || self.sentences[*place].is_question() {
                prose.push_str(&told.whole());
            } else {
                prose.push_str(&told.text);
            }
            label = told.label;
        }
        prose
    }

    /// Returns the beginning of the best sentence, where even that one is too long, or of what was said.
    fn cut(&self, words_max: usize) -> String {
        let best =
            (0..self.sentences.len()).max_by(|one, other| self.by_score(*one, *other).then(other.cmp(one)));
        let Some(best) = best else { return String::new() };
        let whole = self.retold(best).whole();
        let words: Vec<&str> = whole.split_whitespace().take(words_max).collect();
        if words.is_empty() {
            return String::new();
        }
        let clause = words
            .iter()
            .rposition(|word| word.ends_with([',', ';', ':', '–']))
            .filter(|end| *end * 2 > words.len());
        let kept = clause.map_or(words.as_slice(), |end| &words[..=end]);
        let kept = kept.join(" ");
        format!("{}…", kept.trim_end_matches([',', ';', ':', '–', ' ']))
    }

    fn point(&self, place: usize) -> Point {
        Point { by: self.sentences[place].by, text: self.retold(place).whole() }
    }

    fn retold(&self, place: usize) -> Retold {
        let sentence = &self.sentences[place];
        let speaker = self.name(sentence.message, sentence.by);
        let listener = match sentence.by {
            Speaker::Customer => self.listening_agent(sentence.message),
            Speaker::Agent => self.customer(),
        };
        retold(&sentence.text, Voices { speaker: &speaker, listener: &listener }, self.language)
    }

    fn name(&self, message: usize, by: Speaker) -> String {
        match by {
            Speaker::Customer => self.customer(),
            Speaker::Agent => named(&self.said[message].name, self.cues.labels.agent),
        }
    }

    fn customer(&self) -> String {
        let mut names = self.said.iter().filter(|one| one.by == Speaker::Customer).map(|one| one.name.trim());
        let first = names.next().unwrap_or_default();
        let is_agents = self.said.iter().any(|one| one.by == Speaker::Agent && one.name.trim() == first);
        let unclear = is_agents || names.any(|name| name != first);
        named(if unclear { "" } else { first }, self.cues.labels.customer)
    }

    /// Returns the agent whom a customer's message is for: the one who wrote last, or the only one there is.
    fn listening_agent(&self, message: usize) -> String {
        let of_agents = |one: &&Said| one.by == Speaker::Agent;
        let before = self.said[..message].iter().rfind(of_agents);
        let first = self.said.iter().find(of_agents);
        let only = first.filter(|first| self.said.iter().filter(of_agents).all(|one| one.name == first.name));
        named(before.or(only).map_or("", |one| one.name.as_str()), self.cues.labels.agent)
    }
}

/// Returns how many words the paragraph may have if so many are to be kept free.
fn allowed(words_max: usize, kept_free: usize) -> usize {
    words_max - kept_free.min((words_max as f64 * LISTS_SHARE) as usize)
}

/// What is listed beside the paragraph.
struct Lists<'a> {
    open: &'a [usize],
    commitments: &'a [usize],
    tried: &'a [usize],
}

/// Returns a name, or what stands for it.
fn named(name: &str, otherwise: &str) -> String {
    let name = name.trim();
    if name.is_empty() { otherwise.to_owned() } else { name.to_owned() }
}

/// Says whether the next agent will want to look it up, and may see it on the screen.
const fn is_looked_up(kind: Kind) -> bool {
    match kind {
        Kind::Email | Kind::Phone | Kind::Iban | Kind::Reference | Kind::Digits => true,
        Kind::Card | Kind::Date | Kind::Amount => false,
    }
}

/// A text with a limit.
struct Text {
    text: String,
    words_max: usize,
}

impl Text {
    fn words(&self) -> usize {
        self.text.split_whitespace().count()
    }

    fn fits(&self, label: &str, content: &str) -> bool {
        let more = format!("{label}: {content}").split_whitespace().count();
        self.words() + more <= self.words_max
    }

    /// Adds a line, if it fits.
    fn add_line(&mut self, label: &str, content: &str) {
        if self.fits(label, content) {
            if !self.text.is_empty() {
                self.text.push('\n');
            }
            self.text.push_str(&format!("{}: {content}", capitalised(label)));
        }
    }

    /// Adds a line of those identifiers that the text does not have yet, as many as fit.
    fn add_mentioned(&mut self, label: &str, identifiers: &[Identifier]) {
        let mut mentioned = String::new();
        for identifier in identifiers.iter().filter(|one| is_looked_up(one.kind)).take(MENTIONED_MAX) {
            let comma = if mentioned.is_empty() { "" } else { ", " };
            let more = format!("{mentioned}{comma}{}", identifier.text);
            if !self.text.contains(&identifier.text) && self.fits(label, &more) {
                mentioned = more;
            }
        }
        if !mentioned.is_empty() {
            self.add_line(label, &mentioned);
        }
    }
}
