//! Words that tell what a sentence does in a conversation, for each language.
//!
//! Phrases are in small letters, with `'` as apostrophe; one that ends in `*` stands for every word that begins so.
//! They are few and common on purpose: what they miss still counts by its centrality.

use super::language::Language;

/// The words of one language.
#[derive(Debug)]
pub struct Cues {
    /// What opens a sentence before a mark and says nothing.
    pub interjections: &'static [&'static str],
    /// What ties a sentence to the one before it.
    pub connectives: &'static [&'static str],
    /// Words that mean nothing in a conversation, beyond those that mean nothing anywhere.
    pub empty_words: &'static [&'static str],
    /// How someone says what they want.
    pub wishes: &'static [&'static str],
    /// How someone says what was tried already.
    pub attempts: &'static [&'static str],
    /// How someone promises something.
    pub promises: &'static [&'static str],
    /// How someone is polite.
    pub courtesies: &'static [&'static str],
    /// What the lines of a summary are called.
    pub labels: Labels,
}

/// What the lines of a summary are called.
#[derive(Clone, Copy, Debug)]
pub struct Labels {
    /// The customer, where their name is unknown.
    pub customer: &'static str,
    /// An agent, where it is unclear which.
    pub agent: &'static str,
    /// What was tried.
    pub tried: &'static str,
    /// What was promised.
    pub promised: &'static str,
    /// What is open.
    pub open: &'static str,
    /// What was mentioned.
    pub mentioned: &'static str,
}

impl Cues {
    /// Says whether a sentence asks for something; `words` as in a sentence.
    pub fn says_wish(&self, words: &str) -> bool {
        says(words, self.wishes)
    }

    /// Says whether a sentence tells what was tried.
    pub fn says_attempt(&self, words: &str) -> bool {
        says(words, self.attempts)
    }

    /// Says whether a sentence promises something.
    pub fn says_promise(&self, words: &str) -> bool {
        says(words, self.promises)
    }

    /// Says whether a sentence is polite.
    pub fn says_courtesy(&self, words: &str) -> bool {
        says(words, self.courtesies)
    }
}

fn says(words: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| {
        let (stem, open) = phrase.strip_suffix('*').map_or((*phrase, false), |stem| (stem, true));
        words.match_indices(stem).any(|(start, _)| {
            words[..start].ends_with(' ') && (open || words[start + stem.len()..].starts_with(' '))
        })
    })
}

/// Returns the words of a language.
pub const fn of(language: Language) -> &'static Cues {
    match language {
        Language::English => &ENGLISH,
        Language::Spanish => &SPANISH,
        Language::French => &FRENCH,
        Language::German => &GERMAN,
        Language::Portuguese => &PORTUGUESE,
        Language::Italian => &ITALIAN,
        Language::Other => &OTHER,
    }
}

const ENGLISH_LABELS: Labels = Labels {
    customer: "the customer",
    agent: "the agent",
    tried: "Tried",
    promised: "Promised",
    open: "Open",
    mentioned: "Mentioned",
};

#[rustfmt::skip]
static ENGLISH: Cues = Cues {
    interjections: &[
        "oh", "well", "yes", "yeah", "yep", "no", "nope", "ok", "okay", "alright", "all right", "sure", "right", "hi",
        "hey", "hello", "so", "now", "actually", "really", "great", "good", "thanks", "thank you", "i see", "of course",
        "certainly", "sorry", "i'm sorry", "excuse me", "good morning", "good afternoon", "good evening", "you know",
        "you see", "i mean", "hmm", "hm", "um", "uh", "er", "ah", "wow", "look", "listen", "anyway", "then", "also",
        "please", "sir", "madam", "ma'am", "perfect", "fine", "and", "but",
    ],
    connectives: &["well", "and", "but", "so", "oh", "yes", "yeah", "ok", "okay", "then"],
    empty_words: &[
        "would", "could", "well", "oh", "yes", "yeah", "ok", "okay", "really", "get", "got", "like", "know", "think",
        "go", "going", "let", "thank", "thanks", "please", "hello", "hi", "hey", "sure", "right", "good", "mr", "mrs",
        "much", "one", "want", "need",
    ],
    wishes: &[
        "want*", "need*", "would like", "'d like", "i'd like", "we'd like", "he'd like", "she'd like", "you'd like",
        "looking for", "plan*", "hope*", "going to", "help*", "could you", "can you", "how do i", "how can i",
        "is it possible",
    ],
    attempts: &[
        "tried", "restarted", "rebooted", "reset", "reinstalled", "updated it", "didn't work", "did not work",
        "doesn't work", "does not work", "doesn't help", "didn't help", "no luck", "i called", "i wrote",
    ],
    promises: &["i'll", "i will", "we'll", "we will", "i'm going to", "i am going to", "i promise"],
    courtesies: &[
        "thank*", "welcome", "bye", "goodbye", "nice", "glad", "sorry", "excuse me", "pleasure", "have a good",
        "how are you", "good morning", "good afternoon", "good evening",
    ],
    labels: ENGLISH_LABELS,
};

#[rustfmt::skip]
static SPANISH: Cues = Cues {
    interjections: &[
        "hola", "buenas", "buenos días", "buenas tardes", "buenas noches", "sí", "no", "vale", "ok", "bueno", "bien",
        "claro", "gracias", "muchas gracias", "perfecto", "entiendo", "pues", "ah", "oh", "disculpe", "perdón",
        "por favor", "de acuerdo", "oiga", "mire", "y", "pero",
    ],
    connectives: &["y", "pero", "pues", "bueno", "entonces", "vale"],
    empty_words: &[
        "hola", "gracias", "favor", "bueno", "buenos", "buenas", "vale", "bien", "claro", "puede", "puedo", "quiero",
        "necesito", "ver", "hacer", "días", "tardes", "si",
    ],
    wishes: &[
        "quiero", "quisiera", "queremos", "necesit*", "me gustaría", "podría*", "puede", "pueden", "puedes",
        "busco", "ayud*", "cómo puedo", "es posible", "espero",
    ],
    attempts: &[
        "intenté", "intentado", "probé", "probado", "reinici*", "no funciona", "no funcionó",
        "llamé", "he llamado",
    ],
    promises: &[
        "le llamaré", "te llamaré", "le enviaré", "te enviaré", "le enviaremos", "voy a", "vamos a", "le escribiré",
        "me encargo", "lo revisaré", "lo comprobaré", "le aviso", "le avisaré", "haré", "haremos", "enviaré",
    ],
    courtesies: &["gracias", "de nada", "adiós", "hasta luego", "siento", "disculp*", "perdón", "buen día", "un saludo"],
    labels: Labels {
        customer: "el cliente", agent: "el agente", tried: "Probado", promised: "Prometido", open: "Pendiente",
        mentioned: "Mencionado",
    },
};

#[rustfmt::skip]
static FRENCH: Cues = Cues {
    interjections: &[
        "bonjour", "bonsoir", "salut", "oui", "non", "c'est ça", "oui c'est ça", "ok", "d'accord", "bien", "bien sûr", "merci", "merci beaucoup",
        "parfait", "je vois", "ah", "oh", "eh bien", "alors", "donc", "excusez-moi", "pardon", "désolé", "désolée",
        "s'il vous plaît", "voilà", "et", "mais", "monsieur", "madame",
    ],
    connectives: &["et", "mais", "alors", "donc", "oui", "bon"],
    empty_words: &[
        "bonjour", "merci", "oui", "non", "bien", "alors", "donc", "si", "plaît", "très", "faire", "peux", "pouvez",
        "veux", "voudrais", "être", "avoir",
    ],
    wishes: &[
        "je veux", "je voudrais", "j'aimerais", "nous voudrions", "besoin", "pouvez-vous", "pouvez vous", "pourriez*",
        "pourrais*", "je cherche", "aide*", "aider", "comment puis", "est-il possible", "est il possible", "j'espère",
    ],
    attempts: &[
        "essayé", "redémarré", "réinitialisé", "ne fonctionne", "ne marche", "n'a pas fonctionné",
        "n'a pas marché", "j'ai appelé",
    ],
    promises: &[
        "je vais", "nous allons", "je vous rappelle*", "je vous envoie", "je vous enverrai", "je m'en occupe",
        "je vérifie*", "je ferai", "nous ferons", "je vous tiens", "je vous écrirai", "nous vous",
    ],
    courtesies: &["merci", "de rien", "au revoir", "désolé*", "pardon", "excusez", "bonne journée", "je vous en prie"],
    labels: Labels {
        customer: "le client", agent: "l'agent", tried: "Essayé", promised: "Promis", open: "En attente",
        mentioned: "Mentionné",
    },
};

#[rustfmt::skip]
static GERMAN: Cues = Cues {
    interjections: &[
        "hallo", "guten tag", "guten morgen", "guten abend", "ja", "nein", "ok", "okay", "gut", "gerne", "danke",
        "vielen dank", "danke schön", "natürlich", "klar", "genau", "alles klar", "verstehe", "ich verstehe", "ach",
        "oh", "also", "na ja", "tut mir leid", "entschuldigung", "bitte", "super", "prima", "und", "aber", "moin",
    ],
    connectives: &["und", "aber", "also", "ja", "dann"],
    empty_words: &[
        "hallo", "danke", "bitte", "ja", "nein", "gut", "gerne", "mal", "ganz", "okay", "ok", "tag", "guten",
        "kann", "können", "möchte", "brauche", "geht", "machen", "mehr", "wäre", "würde",
    ],
    wishes: &[
        "ich möchte", "wir möchten", "ich will", "ich brauche", "wir brauchen", "benötige*", "hätte gern*",
        "können sie", "kannst du", "könnten sie", "könntest du", "suche", "hilfe", "helfen", "wie kann ich",
        "ist es möglich", "ich hoffe", "bräuchte",
    ],
    attempts: &[
        "versucht", "probiert", "neu gestartet", "neugestartet", "zurückgesetzt",
        "funktioniert nicht", "geht nicht", "hat nicht geholfen", "angerufen",
    ],
    promises: &[
        "ich werde", "wir werden", "ich rufe", "wir rufen", "ich schicke", "wir schicken", "ich sende", "wir senden",
        "ich kümmere", "ich melde mich", "wir melden uns", "ich prüfe", "wir prüfen", "ich kläre", "ich leite",
    ],
    courtesies: &[
        "danke*", "dank", "tut mir leid", "entschuldig*", "auf wiedersehen", "tschüss", "schönen tag", "gern geschehen",
        "freut mich",
    ],
    labels: Labels {
        customer: "der Kunde", agent: "der Agent", tried: "Versucht", promised: "Zugesagt", open: "Offen",
        mentioned: "Genannt",
    },
};

#[rustfmt::skip]
static PORTUGUESE: Cues = Cues {
    interjections: &[
        "olá", "oi", "bom dia", "boa tarde", "boa noite", "sim", "não", "ok", "certo", "bem", "claro", "obrigado",
        "obrigada", "muito obrigado", "muito obrigada", "perfeito", "entendo", "ah", "oh", "então", "desculpe",
        "desculpa", "por favor", "tudo bem", "e", "mas", "pois",
    ],
    connectives: &["e", "mas", "então", "pois", "bem"],
    empty_words: &[
        "olá", "oi", "obrigado", "obrigada", "favor", "bom", "boa", "dia", "tarde", "sim", "não", "bem", "claro",
        "pode", "posso", "quero", "preciso", "fazer", "ver", "tudo", "aqui",
    ],
    wishes: &[
        "quero", "queria", "queremos", "gostaria", "gostava", "precis*", "pode", "podem", "poderia*", "podia",
        "procuro", "ajud*", "como posso", "como faço", "é possível", "espero",
    ],
    attempts: &[
        "tentei", "tentamos", "tentado", "reiniciei", "reinicia*", "não funciona", "não funcionou",
        "continua sem", "liguei",
    ],
    promises: &[
        "vou", "vamos", "irei", "iremos", "ligarei", "enviarei", "enviaremos", "farei", "faremos", "verificarei",
        "trato disso", "entrarei", "entraremos", "aviso",
    ],
    courtesies: &["obrigad*", "de nada", "adeus", "tchau", "até logo", "desculp*", "lamento", "bom dia", "boa tarde"],
    labels: Labels {
        customer: "o cliente", agent: "o agente", tried: "Tentado", promised: "Prometido", open: "Em aberto",
        mentioned: "Mencionado",
    },
};

#[rustfmt::skip]
static ITALIAN: Cues = Cues {
    interjections: &[
        "ciao", "salve", "buongiorno", "buonasera", "buon giorno", "buona sera", "sì", "si", "no", "ok", "va bene",
        "bene", "certo", "grazie", "grazie mille", "perfetto", "capisco", "ah", "oh", "allora", "scusi", "mi scusi",
        "mi dispiace", "prego", "per favore", "d'accordo", "e", "ma",
    ],
    connectives: &["e", "ma", "allora", "quindi", "però", "va bene"],
    empty_words: &[
        "ciao", "salve", "buongiorno", "grazie", "favore", "bene", "certo", "può", "posso", "vorrei", "voglio",
        "bisogno", "fare", "vedere", "sì", "allora", "prego",
    ],
    wishes: &[
        "voglio", "vorrei", "vorremmo", "bisogno", "mi serve", "può", "potrebbe", "puoi", "potreste", "cerco", "aiut*",
        "come posso", "come faccio", "è possibile", "spero",
    ],
    attempts: &[
        "provato", "riavviat*", "reimpostat*", "non funziona", "non ha funzionato", "ho chiamato",
        "ho scritto",
    ],
    promises: &[
        "chiamerò", "richiamerò", "invierò", "invieremo", "manderò", "manderemo", "farò", "faremo", "verificherò",
        "controllerò", "me ne occupo", "le faccio sapere", "sto per", "provvedo", "provvederò",
    ],
    courtesies: &["grazie", "prego", "arrivederci", "scus*", "dispiace", "buona giornata", "piacere"],
    labels: Labels {
        customer: "il cliente", agent: "l'agente", tried: "Provato", promised: "Promesso", open: "In sospeso",
        mentioned: "Menzionato",
    },
};

static OTHER: Cues = Cues {
    interjections: &[],
    connectives: &[],
    empty_words: &[],
    wishes: &[],
    attempts: &[],
    promises: &[],
    courtesies: &[],
    labels: ENGLISH_LABELS,
};

#[cfg(test)]
mod tests {
    use super::super::sentences::words_of;
    use super::*;

    #[test]
    fn a_phrase_is_found_as_whole_words_or_by_its_beginning() {
        let english = of(Language::English);
        assert!(english.says_wish(&words_of("She wanted a refund.")));
        assert!(english.says_promise(&words_of("I’ll call you tomorrow")));
        assert!(!english.says_promise(&words_of("Will I get it back?")));
        assert!(!english.says_courtesy(&words_of("It is nicely packed")));
        assert!(of(Language::German).says_attempt(&words_of("Ich habe es schon versucht.")));
        assert!(!of(Language::Other).says_wish(&words_of("I want it")));
    }
}
