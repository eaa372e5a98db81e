//! Summaries of conversations, for whoever takes over: what was said in a few sentences, without any network.
//!
//! The method is LexRank (Erkan and Radev 2004, <https://doi.org/10.1613/jair.1523>) over sentences, with a few
//! priors for conversations, and redundancy weighed against relevance as in maximal marginal relevance (Carbonell and
//! Goldstein 1998, <https://doi.org/10.1145/290941.291025>); [`rank`] has the details.
//! Reading order: [`language`] and [`cues`] (what is known of each language), [`sentences`] (what was said, in units),
//! [`rank`] (which of them matter), [`voice`] (how they are retold), [`identifiers`] (numbers and addresses), and
//! `compose` (all of it in so many words).
//! [`redact`] and [`model`] are for those who let a language model write the summary instead.
//! Deliberately absent: anything that is not in the conversation; the extract says nothing that nobody said.

pub mod cues;
pub mod drafts;
pub mod identifiers;
pub mod language;
pub mod model;
pub mod rank;
pub mod redact;
pub mod sentences;
pub mod voice;

mod compose;

use identifiers::Identifier;
use language::Language;

/// How many words a summary has at most unless another number is asked for.
pub const SUMMARY_WORDS_MAX: usize = 60;

/// On which side someone is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// The customer.
    Customer,
    /// An agent.
    Agent,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// On which side its author is.
    pub by: Speaker,
    /// What the author is called.
    pub name: String,
    /// What was said, as plain text.
    pub text: String,
}

/// One thing that was said, retold so that it can stand alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// Who said it.
    pub by: Speaker,
    /// A sentence.
    pub text: String,
}

/// What a conversation was about, for whoever takes over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The language that the conversation was held in.
    pub language: Language,
    /// The sentences that say most, in the order in which they were said.
    pub points: Vec<Point>,
    /// What the customer wants, the clearest statement first.
    pub wants: Vec<Point>,
    /// What was tried, in order.
    pub tried: Vec<Point>,
    /// What was asked last and not answered, in order.
    pub open: Vec<Point>,
    /// What was promised, the latest first.
    pub commitments: Vec<Point>,
    /// Numbers, addresses, amounts and dates that were mentioned, each once, in order.
    pub identifiers: Vec<Identifier>,
    /// All of it that fits, as plain text: a paragraph, then a line for each list that it leaves out.
    pub text: String,
}

/// Returns what was said in at most `words_max` words; the same messages give the same summary.
pub fn summarise(said: &[Said], words_max: usize) -> Summary {
    compose::compose(said, words_max)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a conversation; a line of the customer begins with `*`.
    fn conversation(lines: &str) -> Vec<Said> {
        let one = |line: &str| {
            let (name, text) = line.trim().split_once(": ").unwrap();
            let by = if name.starts_with('*') { Speaker::Customer } else { Speaker::Agent };
            Said { by, name: name.trim_start_matches('*').to_owned(), text: text.to_owned() }
        };
        lines.trim().lines().map(one).collect()
    }

    fn words(text: &str) -> usize {
        text.split_whitespace().count()
    }

    fn texts(points: &[Point]) -> Vec<&str> {
        points.iter().map(|point| point.text.as_str()).collect()
    }

    const ROUTER: &str = "
        *Carla: Hi there
        *Carla: my internet has been down since yesterday evening and I work from home
        Ada: Good morning Carla, I'm sorry to hear that. Can you tell me your customer number?
        *Carla: it's 20931-77
        Ada: Thank you. Have you already restarted the router?
        *Carla: Yes, I restarted it twice and I also tried another cable. The light keeps blinking red.
        Ada: I ran a line test and it shows a fault between your house and the exchange.
        *Carla: So what happens now? I need internet for a meeting tomorrow at 9.
        Ada: I'll book a technician for you. The next slot is on 24 November between 8 and 12.
        *Carla: Okay. And will you refund the days without service? I pay $49.90 a month";

    #[test]
    fn a_summary_says_what_is_wanted_tried_promised_open_and_mentioned() {
        let summary = summarise(&conversation(ROUTER), SUMMARY_WORDS_MAX);
        assert_eq!(summary.language, Language::English);
        assert_eq!(
            texts(&summary.wants)[..2],
            [
                "Carla's internet has been down since yesterday evening and Carla works from home.",
                "Carla needs internet for a meeting tomorrow at 9."
            ]
        );
        assert_eq!(texts(&summary.tried), ["Carla restarted it twice and Carla also tried another cable."]);
        assert_eq!(texts(&summary.commitments), ["Ada will book a technician for Carla."]);
        assert_eq!(texts(&summary.open), ["Carla asks whether Ada will refund the days without service."]);
        let mentioned: Vec<_> = summary.identifiers.iter().map(|one| one.text.as_str()).collect();
        assert_eq!(mentioned, ["20931-77", "24 November", "$49.90"]);
        for said in ["internet has been down", "will book a technician", "Open: Carla asks", "20931-77"] {
            assert!(summary.text.contains(said), "{said} is missing: {}", summary.text);
        }
        assert!(words(&summary.text) <= SUMMARY_WORDS_MAX, "{}", summary.text);
    }

    #[test]
    fn each_language_has_its_wishes_and_promises() {
        for (lines, language, wish, promise, open) in [
            (
                "*Lena: Guten Tag, meine Lampe ist noch nicht da. Ich brauche sie bis Freitag.
                 Ada: Ich werde einen Nachforschungsauftrag stellen. Haben Sie die Bestellnummer 4711-AB?",
                Language::German,
                "Lena: Ich brauche sie bis Freitag.",
                "Ada: Ich werde einen Nachforschungsauftrag stellen.",
                "Ada: Haben Sie",
            ),
            (
                "*Luis: Hola, los zapatos me quedan pequeños. Quiero devolver los zapatos esta semana.
                 Ana: Le enviaré una etiqueta de devolución a su correo. ¿Tiene el número del pedido?",
                Language::Spanish,
                "Luis: Quiero devolver los zapatos esta semana.",
                "Ana: Le enviaré una etiqueta de devolución a su correo.",
                "Ana: ¿Tiene",
            ),
            (
                "*Marie: Bonjour, la connexion à mon compte est impossible. J'ai besoin de ma facture avant lundi.
                 Paul: Je vais vérifier votre adresse tout de suite. Avez-vous changé de téléphone ?",
                Language::French,
                "Marie: J'ai besoin de ma facture avant lundi.",
                "Paul: Je vais vérifier votre adresse tout de suite.",
                "Paul: Avez-vous",
            ),
            (
                "*Rita: Olá, a máquina de café deixou de funcionar. Gostaria de trocar a máquina.
                 Rui: Vou abrir um pedido de garantia hoje. A senhora tem o número da fatura?",
                Language::Portuguese,
                "Rita: Gostaria de trocar a máquina.",
                "Rui: Vou abrir um pedido de garantia hoje.",
                "Rui: A senhora",
            ),
            (
                "*Gino: Buongiorno, la bolletta di ottobre è sbagliata. Vorrei un rimborso della bolletta.
                 Sara: Invierò la richiesta all'ufficio oggi stesso. Può darmi il codice del contratto?",
                Language::Italian,
                "Gino: Vorrei un rimborso della bolletta.",
                "Sara: Invierò la richiesta all'ufficio oggi stesso.",
                "Sara: Può",
            ),
        ] {
            let summary = summarise(&conversation(lines), SUMMARY_WORDS_MAX);
            assert_eq!(summary.language, language, "{lines}");
            assert!(texts(&summary.wants).contains(&wish), "{:?}", summary.wants);
            assert_eq!(texts(&summary.commitments), [promise]);
            assert!(texts(&summary.open)[0].starts_with(open), "{:?}", summary.open);
            let has_wish = summary.wants.iter().any(|want| summary.text.contains(&want.text));
            assert!(has_wish, "what is wanted is always said: {}", summary.text);
        }
    }

    #[test]
    fn what_the_paragraph_leaves_out_gets_a_line_in_the_language_of_the_conversation() {
        let said = "
            *Lena: Guten Tag, ich habe vor zwei Wochen eine Lampe bestellt, Bestellnummer 4711-AB, und sie ist noch \
            immer nicht angekommen, obwohl mir die Lieferung innerhalb von drei Tagen versprochen worden war.
            Ada: Ich werde einen Nachforschungsauftrag stellen.
            *Lena: Ich habe den Paketdienst schon zweimal angerufen.
            *Lena: Können Sie mir nicht einfach eine neue schicken?";
        let summary = summarise(&conversation(said), SUMMARY_WORDS_MAX);
        let lines: Vec<&str> = summary.text.lines().skip(1).collect();
        assert_eq!(
            lines,
            [
                "Offen: Lena: Können Sie mir nicht einfach eine neue schicken?",
                "Zugesagt: Ada: Ich werde einen Nachforschungsauftrag stellen.",
                "Versucht: Lena: Ich habe den Paketdienst schon zweimal angerufen."
            ],
            "{}",
            summary.text
        );
    }

    #[test]
    fn a_summary_keeps_to_its_words_whatever_is_said() {
        let long = "this sentence has no end and goes on and on about the parcel, ".repeat(40);
        let conversations = [
            conversation(ROUTER),
            conversation(&format!("*Carla: {long}")),
            conversation("*Carla: ?!\nAda: ..."),
            conversation("*Carla: Hello"),
            conversation("*客户: 你好,我的订单还没有到,请帮我查一下。\nAda: Hi"),
            Vec::new(),
        ];
        for said in &conversations {
            for words_max in [0, 1, 2, 5, 20, SUMMARY_WORDS_MAX] {
                let summary = summarise(said, words_max);
                assert!(words(&summary.text) <= words_max, "{words_max}: {}", summary.text);
                assert_eq!(summarise(said, words_max), summary, "the same again");
            }
        }
        let cut = summarise(&conversations[1], 20).text;
        assert!(cut.ends_with("parcel…"), "cut after a clause: {cut}");
        assert!(summarise(&[], 60).text.is_empty());
    }

    #[test]
    fn whose_name_is_unknown_is_called_by_their_side() {
        let said = |by, text: &str| Said { by, name: String::new(), text: text.to_owned() };
        let both = [
            said(Speaker::Customer, "I want to return the lamp that arrived broken."),
            said(Speaker::Agent, "I will send you a label for the parcel."),
        ];
        assert_eq!(
            summarise(&both, 60).text,
            "The customer wants to return the lamp that arrived broken. The agent will send the customer a label for \
             the parcel."
        );
    }

    #[test]
    fn ten_thousand_messages_are_summarised() {
        let mut said = Vec::new();
        for number in 0..10_000 {
            let by = if number % 2 == 0 { Speaker::Customer } else { Speaker::Agent };
            let text = format!("The parcel {} is at depot {} and not here.", number % 97, number % 13);
            said.push(Said { by, name: format!("{by:?}"), text });
        }
        let summary = summarise(&said, SUMMARY_WORDS_MAX);
        assert!((20..=SUMMARY_WORDS_MAX).contains(&words(&summary.text)), "{}", summary.text);
    }
}
