//! Which sentences of a conversation matter.
//!
//! Centrality is continuous LexRank (Erkan and Radev 2004): the stationary distribution of a walk that goes from
//! sentence to sentence with a probability in proportion to the cosine of their tf-idf vectors, and anywhere with
//! `JUMP`. The similarities are `V Vᵀ` for the matrix `V` of unit vectors, so a step of the walk is two sparse
//! products and takes time in proportion to the words said, not to the square of the sentences.
//! Conversations are not articles, so a few priors are added: what opens the conversation, what someone wants or
//! promises, and what is taken up again count more, courtesies, fragments and what an agent asks count less.

use std::collections::{BTreeMap, BTreeSet};

use super::Speaker;
use super::cues::Cues;
use super::language::Vocabulary;
use super::sentences::Sentence;

/// How likely the walk jumps to any sentence: 0.15, as in PageRank and as LexRank was measured with.
const JUMP: f64 = 0.15;

/// How many steps the walk takes; the order of sentences settles well before.
const STEPS: usize = 30;

/// How many different words of meaning a sentence has that can be understood alone.
const MEANINGS_MIN: usize = 2;

/// What the first sentence has above others that can be understood alone.
const OPENING: f64 = 0.5;
/// What a wish or a request has above others.
const WISH: f64 = 0.3;
/// What a promise has above others.
const PROMISE: f64 = 0.2;
/// What a sentence has above others if every word of it is said elsewhere too.
const TAKEN_UP: f64 = 0.3;
/// What a sentence loses that cannot be understood alone.
const FRAGMENT: f64 = 0.3;
/// What a question of an agent loses: the answer says more.
const AGENTS_QUESTION: f64 = 0.2;
/// What thanks, greetings and apologies lose.
const COURTESY: f64 = 0.2;
/// What a sentence loses that says the same as one that was chosen.
const REDUNDANCY: f64 = 0.3;

/// The relevance of sentences, and how alike they are.
pub struct Ranking {
    vectors: Vec<Vec<(usize, f64)>>,
    scores: Vec<f64>,
    /// How many different words of meaning each sentence has.
    meanings: Vec<usize>,
}

impl Ranking {
    /// Ranks the sentences of a conversation.
    pub fn of(sentences: &[Sentence], vocabulary: &Vocabulary, cues: &Cues) -> Self {
        let terms = Terms::of(sentences, vocabulary);
        let vectors = terms.vectors();
        let centrality = centrality(&vectors, terms.frequencies.len());
        let most = centrality.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let meanings: Vec<usize> = terms.counts.iter().map(BTreeMap::len).collect();
        let opening = meanings.iter().position(|meanings| *meanings >= MEANINGS_MIN);
        let scores = sentences.iter().enumerate().map(|(place, sentence)| {
            let when = |is: bool, weight: f64| if is { weight } else { 0.0 };
            centrality[place] / most
                + when(opening == Some(place), OPENING)
                + when(cues.says_wish(&sentence.words), WISH)
                + TAKEN_UP * terms.taken_up(place)
                - when(meanings[place] < MEANINGS_MIN, FRAGMENT)
                + when(cues.says_promise(&sentence.words), PROMISE)
                - when(sentence.by == Speaker::Agent && sentence.is_question(), AGENTS_QUESTION)
                - when(cues.says_courtesy(&sentence.words), COURTESY)
        });
        Self { scores: scores.collect(), vectors, meanings }
    }

    /// Returns the relevance of a sentence.
    pub fn score(&self, place: usize) -> f64 {
        self.scores[place]
    }

    /// Says whether a sentence has too few words of meaning to be understood alone.
    pub fn is_fragment(&self, place: usize) -> bool {
        self.meanings[place] < MEANINGS_MIN
    }

    /// Says whether a sentence has no word of meaning at all.
    pub fn is_hollow(&self, place: usize) -> bool {
        self.meanings[place] == 0
    }

    /// Offers sentences to `take`, best first, each weighed against those that were taken; `take` says whether it
    /// took one and whether to go on.
    pub fn choose(&self, mut take: impl FnMut(usize) -> Taken) {
        let mut rest: Vec<(usize, f64)> = (0..self.scores.len()).map(|place| (place, 0.0)).collect();
        while let Some(best) = self.best(&rest) {
            let (place, _) = rest.swap_remove(best);
            match take(place) {
                Taken::Yes => {
                    let taken: BTreeMap<usize, f64> = self.vectors[place].iter().copied().collect();
                    for (other, alike) in &mut rest {
                        let products = self.vectors[*other].iter();
                        let products = products.filter_map(|(term, w)| taken.get(term).map(|v| v * w));
                        *alike = alike.max(products.sum());
                    }
                }
                Taken::No => {}
                Taken::Enough => return,
            }
        }
    }

    fn best(&self, rest: &[(usize, f64)]) -> Option<usize> {
        let worth = |(place, alike): &(usize, f64)| self.scores[*place] - REDUNDANCY * alike;
        let order = |one: &usize, other: &usize| {
            let (one, other) = (&rest[*one], &rest[*other]);
            // Of equals the earlier one.
            worth(one).total_cmp(&worth(other)).then(other.0.cmp(&one.0))
        };
        (0..rest.len()).max_by(order)
    }
}

/// What became of a sentence that was offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was taken.
    Yes,
    /// It was not; others may be.
    No,
    /// Nothing more is wanted.
    Enough,
}

/// How often each sentence has each term.
struct Terms {
    counts: Vec<BTreeMap<usize, f64>>,
    /// In how many sentences each term is.
    frequencies: Vec<f64>,
}

impl Terms {
    fn of(sentences: &[Sentence], vocabulary: &Vocabulary) -> Self {
        let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
        let mut counts = Vec::with_capacity(sentences.len());
        for sentence in sentences {
            let mut count: BTreeMap<usize, f64> = BTreeMap::new();
            for stem in vocabulary.stems(&sentence.text) {
                let next = numbers.len();
                *count.entry(*numbers.entry(stem).or_insert(next)).or_default() += 1.0;
            }
            counts.push(count);
        }
        let mut frequencies = vec![0.0; numbers.len()];
        for term in counts.iter().flat_map(BTreeMap::keys) {
            frequencies[*term] += 1.0;
        }
        Self { counts, frequencies }
    }

    fn vectors(&self) -> Vec<Vec<(usize, f64)>> {
        let total = self.counts.len() as f64;
        let vector = |counts: &BTreeMap<usize, f64>| {
            let weigh =
                |(term, count): (&usize, &f64)| (*term, count * (1.0 + total / self.frequencies[*term]).ln());
            let mut vector: Vec<(usize, f64)> = counts.iter().map(weigh).collect();
            let length = vector.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt();
            vector.iter_mut().for_each(|(_, weight)| *weight /= length);
            vector
        };
        self.counts.iter().map(vector).collect()
    }

    /// Returns the share of a sentence's terms that other sentences have too.
    fn taken_up(&self, place: usize) -> f64 {
        let terms: BTreeSet<&usize> = self.counts[place].keys().collect();
        let shared = terms.iter().filter(|term| self.frequencies[***term] > 1.0).count();
        shared as f64 / terms.len().max(1) as f64
    }
}

/// Returns the probability of each sentence in the walk.
fn centrality(vectors: &[Vec<(usize, f64)>], terms: usize) -> Vec<f64> {
    let count = vectors.len() as f64;
    let gather = |weights: &[f64]| {
        let mut sums = vec![0.0; terms];
        for (vector, weight) in vectors.iter().zip(weights) {
            vector.iter().for_each(|(term, value)| sums[*term] += value * weight);
        }
        sums
    };
    let spread = |sums: &[f64]| -> Vec<f64> {
        let product =
            |vector: &Vec<(usize, f64)>| vector.iter().map(|(term, value)| value * sums[*term]).sum();
        vectors.iter().map(product).collect()
    };
    let degrees = spread(&gather(&vec![1.0; vectors.len()]));
    let mut walk = vec![1.0 / count; vectors.len()];
    for _ in 0..STEPS {
        // A sentence without words has no neighbours, and the walk ends there.
        let leaving: Vec<f64> = walk
            .iter()
            .zip(&degrees)
            .map(|(p, degree)| if *degree > 0.0 { p / degree } else { 0.0 })
            .collect();
        let arriving = spread(&gather(&leaving));
        walk = arriving.into_iter().map(|p| JUMP / count + (1.0 - JUMP) * p).collect();
    }
    walk
}
