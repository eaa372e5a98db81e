//! What was said in the demo's past.

use baton_shared::segment::Disposition;

/// A conversation from its opening to its filing.
pub(super) struct Transcript {
    pub(super) customer: &'static str,
    pub(super) queue: &'static str,
    /// The page of the site on which the chat was opened.
    pub(super) page: &'static str,
    pub(super) opening: &'static str,
    pub(super) lines: &'static [Line],
    pub(super) disposition: Disposition,
    pub(super) notes: Option<&'static str>,
}

/// Something said or done after the opening.
pub(super) enum Line {
    Customer(&'static str),
    Agent(&'static str),
    /// The agent passes the conversation to a colleague, with this note.
    Transfer(&'static str),
}

use Line::{Agent, Customer, Transfer};

const BILLING: &str = "Billing";
const SUPPORT: &str = "Technical support";
const SALES: &str = "Sales";

pub(super) const TRANSCRIPTS: &[Transcript] = &[
    Transcript {
        customer: "Maya Lindqvist",
        queue: SUPPORT,
        page: "/help/router",
        opening: "Hi, my router shows a red light since this morning and nothing works.",
        lines: &[
            Agent(
                "Good morning Maya, sorry to hear that. Is it the light marked with a globe, or the one marked Power?",
            ),
            Customer("The globe. Power is green."),
            Agent(
                "Thank you. Then the router is fine and it cannot reach us. Please pull the grey cable on the back, wait ten seconds, and push it in until it clicks.",
            ),
            Customer("One moment"),
            Customer("It is blinking white now … and steady! We're back online."),
            Agent(
                "Wonderful. The cable had probably come loose. If it happens again, write to us and we will send you a new one.",
            ),
            Customer("Thanks a lot, that was quick!"),
        ],
        disposition: Disposition::Resolved,
        notes: Some("Loose line cable. Offer a replacement if it happens again."),
    },
    Transcript {
        customer: "Tomás Herrera",
        queue: BILLING,
        page: "/account/invoices",
        opening: "I was charged twice in October. Invoice 20418 and 20431 are the same amount.",
        lines: &[
            Agent("Hello Tomás, let me look at both invoices."),
            Agent("You are right: 20431 was issued when the plan was renewed by hand. I have cancelled it."),
            Customer("So I get the money back?"),
            Agent("Yes, 29.90 goes back to your card. It usually takes three to five working days."),
            Customer("Perfect, thank you."),
        ],
        disposition: Disposition::Resolved,
        notes: Some("Invoice 20431 cancelled, 29.90 refunded."),
    },
    Transcript {
        customer: "Priya Raman",
        queue: SALES,
        page: "/plans/business",
        opening: "Can we add ten more seats in the middle of the month, or do we have to wait?",
        lines: &[
            Agent("Hi Priya, you can add them at any time. You pay for the days that are left in the month."),
            Customer("And can we go back down next month?"),
            Agent("Yes, on the first day of any month, without notice."),
            Customer("Good. I'll talk to finance and come back to you."),
            Agent("Gladly. I have saved an offer for ten seats in your account; it is valid for 30 days."),
        ],
        disposition: Disposition::FollowUp,
        notes: Some("Offer for ten seats saved. Call back in a week."),
    },
    Transcript {
        customer: "Jonas Weber",
        queue: SUPPORT,
        page: "/help/sign-in",
        opening: "The code for signing in never arrives on my phone.",
        lines: &[
            Agent("Hello Jonas. Which number are the codes sent to? The last three digits are enough."),
            Customer("…482, but I have a new number since last week"),
            Agent(
                "That explains it. The number is part of your contract, so a colleague from accounts has to change it. I'll pass you on, and you need not repeat anything.",
            ),
            Transfer(
                "Customer has a new phone number since last week and cannot sign in. Old number ends in 482. Please check identity and change it.",
            ),
            Agent(
                "Hi Jonas, I have read everything. To be sure that it is you: what is the postcode of your contract?",
            ),
            Customer("10437"),
            Agent("Thank you. The new number is in place; please ask for a code again."),
            Customer("Got it, I'm in. Thanks to both of you!"),
        ],
        disposition: Disposition::Resolved,
        notes: Some("Number changed after check of postcode."),
    },
    Transcript {
        customer: "Amélie Fournier",
        queue: BILLING,
        page: "/account/plan",
        opening: "Why did my price go up by 4 €? Nobody told me.",
        lines: &[
            Agent(
                "Hello Amélie, I understand that this is annoying. Your discount for the first year ended on 1 November.",
            ),
            Customer("I did not know it was only for a year."),
            Agent(
                "It is in the mail of last November, but that is easily forgotten. I can offer you the current plan for 2 € less than you pay, with the same speed.",
            ),
            Customer("Yes please, do that."),
            Agent("Done. It counts from today, and you get a mail with the details."),
            Customer("Merci, that is fair."),
        ],
        disposition: Disposition::Resolved,
        notes: None,
    },
    Transcript {
        customer: "Samuel Okoye",
        queue: SUPPORT,
        page: "/help/speed",
        opening: "Video calls break up every evening around 8. Daytime is fine.",
        lines: &[
            Agent("Hi Samuel. Are you on Wi-Fi or on a cable when that happens?"),
            Customer("Wi-Fi, two rooms from the router"),
            Agent(
                "In the evening your neighbours' networks are busy too. I can see that your router uses channel 6, like nine others. May I move it to a free one?",
            ),
            Customer("Sure"),
            Agent("It is on channel 11 now. Your devices reconnect by themselves in a minute."),
            Customer("Will test tonight."),
        ],
        disposition: Disposition::FollowUp,
        notes: Some("Moved to channel 11. Ask tomorrow whether the evening was better."),
    },
    Transcript {
        customer: "Hana Kobayashi",
        queue: SALES,
        page: "/shop/phones",
        opening: "Does the discount for students also count for the family plan?",
        lines: &[
            Agent("Hello Hana, it counts for one line of a family plan, the one with the student's name."),
            Customer("So the other three pay the normal price?"),
            Agent(
                "Yes. With four lines the family plan is still the cheapest for you, by about 6 € a month.",
            ),
            Customer("Great, then I will order online."),
        ],
        disposition: Disposition::Resolved,
        notes: None,
    },
    Transcript {
        customer: "Oliver Brandt",
        queue: SUPPORT,
        page: "/help",
        opening: "hello?",
        lines: &[
            Agent("Hello Oliver, what can I do for you?"),
            Agent("Are you still there? Write to us again whenever it suits you."),
        ],
        disposition: Disposition::NoReply,
        notes: None,
    },
    Transcript {
        customer: "Fatima El Idrissi",
        queue: BILLING,
        page: "/account/payment",
        opening: "My card expired and I can't change it: the page says 'try later'.",
        lines: &[
            Agent(
                "Hi Fatima. I can see your attempts; the payment page had a fault this morning that is repaired since ten o'clock.",
            ),
            Customer("Just tried, same thing"),
            Agent("Then it is something else. I'll bring in a colleague who can see the payment system."),
            Transfer(
                "Changing the card fails with 'try later', also after this morning's fault was repaired. Customer id is in the attributes. Card expired 10/26.",
            ),
            Agent(
                "Hello Fatima, your browser sent the old page from its memory. Please reload it with Ctrl and F5.",
            ),
            Customer("That worked!! New card is saved."),
            Agent("Very good. The open invoice will be charged tonight; there is no fee for the delay."),
            Customer("Thank you so much"),
        ],
        disposition: Disposition::Resolved,
        notes: Some("Stale page in the browser's cache. Fee for the delay waived."),
    },
    Transcript {
        customer: "Liam O'Connor",
        queue: SALES,
        page: "/plans",
        opening: "Which plan do I need for a holiday home that is used four months a year?",
        lines: &[
            Agent(
                "Hi Liam. Our pausable plan fits: you pay for the months you use it and 2 € for the others.",
            ),
            Customer("How fast can I switch it on?"),
            Agent("Within an hour, in the app."),
            Customer("Brilliant. I'll take it."),
            Agent("I have put it in your basket with the address you gave. You only need to confirm."),
        ],
        disposition: Disposition::Resolved,
        notes: Some("Pausable plan in the basket."),
    },
    Transcript {
        customer: "WIN-A-PHONE",
        queue: SUPPORT,
        page: "/",
        opening: "CONGRATULATIONS you are selected, click to claim your prize",
        lines: &[Agent("This chat is for customers of ours only. I am ending it here.")],
        disposition: Disposition::Spam,
        notes: None,
    },
    Transcript {
        customer: "Greta Nilsen",
        queue: SUPPORT,
        page: "/help/tv",
        opening: "The TV box says 'no permission' for channels that I pay for.",
        lines: &[
            Agent("Hello Greta, since when does it do that?"),
            Customer("Since we moved last Friday"),
            Agent(
                "Then the box still has the old address. I'll send it the new rights; please leave it switched on.",
            ),
            Agent("Sent. Can you try channel 31?"),
            Customer("It works. And the sports ones too. Thanks!"),
            Agent("Enjoy the evening, Greta."),
        ],
        disposition: Disposition::Resolved,
        notes: Some("Rights sent again after the move."),
    },
];
