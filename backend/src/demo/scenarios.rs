//! What played customers say: each text in a few variations, so that two customers with one problem differ.

/// A reason to write, in the order in which the customer tells it.
pub(super) struct Scenario {
    /// The page of the site on which the chat is opened.
    pub(super) page: &'static str,
    pub(super) opening: &'static [&'static str],
    /// What is said after each answer of the agent.
    pub(super) replies: &'static [&'static [&'static str]],
    pub(super) thanks: &'static [&'static str],
}

pub(super) const NAMES: &[&str] = &[
    "Ada Berg",
    "Ben Osei",
    "Chiara Rossi",
    "Daniel Novák",
    "Elif Yılmaz",
    "Femi Adeyemi",
    "Grace Kim",
    "Hugo Marín",
    "Ines Duarte",
    "Jakub Wójcik",
    "Kofi Mensah",
    "Lena Vogt",
    "Mateo Cruz",
    "Nora Haugen",
    "Omar Haddad",
    "Paula Reyes",
    "Quentin Roux",
    "Rosa Bianchi",
    "Sofia Papadaki",
    "Tariq Aziz",
    "Uma Nair",
    "Viktor Petrov",
    "Wanda Mazur",
    "Xin Li",
    "Yara Silva",
    "Zoë Martens",
];

/// What someone says who waits for an answer.
pub(super) const NUDGES: &[&str] =
    &["Are you still there?", "hello?", "Sorry to push, I have to leave in a few minutes", "…anyone?"];

/// What someone says who gives up.
pub(super) const GOODBYES: &[&str] =
    &["I'll try again later.", "OK, I give up for today.", "No time any more, bye", "Never mind."];

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        page: "/help/router",
        opening: &[
            "Hi, my internet has been down since this morning. The router's lamp is red.",
            "Hello! No internet at all, and I have to work from home today.",
            "internet dead again, red light on the router",
        ],
        replies: &[
            &["I switched it off and on twice already.", "Yes, restarted it, no change."],
            &["The cable looks fine to me. It is the grey one.", "All cables are in, I checked."],
            &["Wait … the light is green now!", "It's coming back, I can load pages again."],
        ],
        thanks: &["You saved my day, thank you!", "Great, thanks. Bye!"],
    },
    Scenario {
        page: "/account/invoices",
        opening: &[
            "There is an amount of 12.50 on my bill that I do not understand.",
            "Why is my bill higher this month?",
            "Hi, question about invoice 31877: what is 'service package'?",
        ],
        replies: &[
            &["It says 'service package', I never ordered that.", "No, nobody in the house ordered it."],
            &["Could you take it off, please?", "Can I get the money back for October too?"],
        ],
        thanks: &["Perfect, thanks for sorting this out.", "Thank you, very helpful."],
    },
    Scenario {
        page: "/help/sign-in",
        opening: &[
            "I can't sign in, it says my account is locked.",
            "Forgot my password and the reset mail never comes",
        ],
        replies: &[
            &["It's the address I'm using here.", "Yes, I looked in the spam folder too."],
            &["Got it! It was in another mailbox.", "Now it arrived."],
            &[
                "And I'm in. One more: can I turn off the codes by SMS?",
                "Works. Where do I change the password again?",
            ],
        ],
        thanks: &["All good now. Thanks!", "Thank you, have a nice day"],
    },
    Scenario {
        page: "/shop/phones",
        opening: &[
            "Is the blue one with 256 GB in stock?",
            "Hi, when will the new model be delivered if I order today?",
        ],
        replies: &[
            &["Blue or black, I don't mind.", "To Rotterdam, if that matters."],
            &["And can I send it back if I don't like it?", "Do you take the old phone in part exchange?"],
        ],
        thanks: &["Super, I'll order it tonight.", "OK, that's what I wanted to know. Thanks!"],
    },
    Scenario {
        page: "/account/move",
        opening: &[
            "We are moving on the 1st. What do I have to do to take our line with us?",
            "Moving house next week!! help",
        ],
        replies: &[
            &["From Lindenstraße 4 to Am Markt 11, same town.", "It's only two streets away."],
            &["The previous tenant had a line from you, I think.", "Is there a gap without internet?"],
            &["Could someone come in the morning?", "The 2nd before noon would be ideal."],
        ],
        thanks: &["Wonderful, one thing less to think about.", "Thanks, you've been very patient with me."],
    },
    Scenario {
        page: "/help/tv",
        opening: &["The picture freezes every few minutes on all channels.", "TV box stuck at 'loading'"],
        replies: &[
            &["It is on Wi-Fi, the router is in the next room.", "By cable."],
            &["OK, I moved it. Testing …", "It is updating something, 40 %"],
            &["Five minutes without freezing.", "It's back!"],
        ],
        thanks: &["Thank you! The match starts in ten minutes :)", "Thanks a lot"],
    },
    Scenario {
        page: "/account/cancel",
        opening: &[
            "I'd like to cancel my contract.",
            "How do I get out of my contract? It's just too expensive.",
        ],
        replies: &[
            &["It's the price. Others are 10 € cheaper.", "I hardly use it any more."],
            &["What would that cost?", "And for how long would I be bound?"],
            &["Hm, that sounds fair. Let me sleep on it.", "OK, let's do that then."],
        ],
        thanks: &["Thanks for not making this difficult.", "Alright, thank you."],
    },
    Scenario {
        page: "/help/roaming",
        opening: &[
            "I'm in Norway and have no data. Calls work.",
            "Does my plan work in Switzerland? Leaving tomorrow",
        ],
        replies: &[
            &["Roaming is on, I checked.", "iPhone 15, if you need that."],
            &["Restarting it now", "Where do I find that setting?"],
            &["Yes! Data works.", "Found it, 4G is there."],
        ],
        thanks: &["Greetings from the fjords and thanks!", "Thank you, quick as always."],
    },
    Scenario {
        page: "/help/mail",
        opening: &[
            "I accidentally deleted a folder with all my invoices. Can you bring it back?",
            "my mails from 2025 are gone!",
        ],
        replies: &[
            &["Yesterday evening, around nine.", "I noticed it just now."],
            &["The folder was called 'House'.", "About 200 mails I guess."],
            &["They are back!! Unbelievable", "I can see them again."],
        ],
        thanks: &["I owe you one. Thanks!", "Phew. Thank you so much."],
    },
];
