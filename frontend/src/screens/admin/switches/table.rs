//! The table itself, in the order of the page.

use super::Section::{Customer, Notes, Offers, OnOff, ReleaseAndReturn, Supervisors, Timers, WhoAndHow};
use super::{Control, Switch, choice, count, flag, number, secs};

/// Every switch.
pub const SWITCHES: &[Switch] = &[
    flag(
        OnOff,
        "enabled",
        "Messaging transfers",
        "Nobody can pass a conversation on: the Task menu has no Transfer. Transfers under way go on to their end.",
        "Agents can pass conversations on, in the ways chosen below.",
    ),
    Switch {
        name: "modes",
        label: "Ways to pass on",
        section: WhoAndHow,
        control: Control::Several(
            &[("cold", "Transfer"), ("warm", "Consult first"), ("invite", "Invite to join")],
            "Agents can choose: {}.",
            "There is no way to pass a conversation on: tick at least one, or turn transfers off.",
        ),
    },
    Switch {
        name: "targets",
        label: "Kinds of target",
        section: WhoAndHow,
        control: Control::Several(
            &[
                ("agent", "Agents"),
                ("group", "Groups"),
                ("queue", "Queues"),
                ("workflow", "Workflows"),
                ("flow", "Flows"),
                ("external", "External contacts"),
            ],
            "The dialog has tabs for {}.",
            "There is nobody to transfer to: tick at least one, or turn transfers off.",
        ),
    },
    Switch { name: "allowed", label: "Targets allowed", section: WhoAndHow, control: Control::Targets },
    choice(
        WhoAndHow,
        "listed",
        "People in the list",
        &[
            ("everyone", "Everyone", "The list shows everyone, and says why somebody cannot take it."),
            ("connected", "Whoever is connected", "The list shows people who can be reached, full ones included."),
            ("available", "Whoever is available", "The list shows only people who take new work at the moment."),
        ],
    ),
    choice(
        WhoAndHow,
        "full_target",
        "If the person is full or away",
        &[
            ("refuse", "Refuse", "The transfer is refused, unless the sender chooses to let it wait for this person."),
            ("wait", "Wait for them", "The conversation waits for this person, without a question to the sender."),
            ("next", "Ask the next one", "The conversation is offered to the next person of its queue instead."),
            ("offer", "Offer it all the same", "It is offered to them all the same, as long as they can be reached."),
        ],
    ),
    number(
        WhoAndHow,
        "hops_max",
        "Transfers per conversation",
        count("time", "times", 0, 255, "A conversation can be passed on {}; after that its agent keeps it.")
            .or_zero("A conversation can be passed on as often as people like."),
    ),
    number(
        WhoAndHow,
        "invites_max",
        "Open invitations",
        count("invitation", "invitations", 0, 255, "{} to one conversation may be open at once.")
            .or_zero("Nobody can be invited to join a conversation."),
    ),
    choice(
        ReleaseAndReturn,
        "release",
        "The sender lets go",
        &[
            ("accept", "When the receiver accepts", "The sender answers the customer until the receiver has accepted."),
            (
                "accept_or_full",
                "When the receiver accepts, or is full",
                "The sender answers until the receiver has accepted; if the receiver is full or away, the sender is free at once and the conversation waits.",
            ),
            (
                "request",
                "At once",
                "The sender is free as soon as they ask for the transfer, which they cannot while an invitation is open; until somebody accepts, the conversation waits without an agent.",
            ),
        ],
    ),
    choice(
        ReleaseAndReturn,
        "after_release",
        "The sender afterwards",
        &[
            ("close", "Sees it no more", "The conversation leaves the sender's list when it has been passed on."),
            ("listen", "Reads on", "The sender reads on without writing, until they close the window."),
        ],
    ),
    choice(
        ReleaseAndReturn,
        "cancel",
        "Taking a transfer back",
        &[
            ("until_accepted", "Until it is accepted", "The sender can take a transfer back until somebody has accepted it."),
            ("undo", "For the undo time", "The sender can take a transfer back for the undo time only."),
            ("invites_only", "Invitations only", "A transfer stands once it is asked for; only an invitation can be taken back."),
            ("never", "Never", "A transfer stands once it is asked for."),
        ],
    ),
    choice(
        ReleaseAndReturn,
        "decline",
        "Rejecting a transfer",
        &[
            ("no", "Not possible", "The receiver has no button Reject: they accept, or let the time run out."),
            ("yes", "Possible", "The receiver can reject with one click, without giving a reason."),
            ("ask_reason", "Asks for a reason", "Whoever rejects is asked for a reason, and may leave it empty."),
            ("need_reason", "Needs a reason", "Whoever rejects has to give a reason, which the sender sees."),
        ],
    ),
    choice(
        ReleaseAndReturn,
        "on_decline",
        "After a rejection by a named person",
        &[
            (
                "return",
                "Back to the sender",
                "What a named person rejects stays with its sender, or comes back to them; in a queue or a group others are asked.",
            ),
            (
                "next",
                "Ask the next one",
                "What a named person rejects is offered to the next person of its queue; in a queue or a group others are asked anyway.",
            ),
            (
                "stay",
                "Stay with the others",
                "Whoever else it is offered to can still accept; what a named person rejects comes back when there is nobody left.",
            ),
        ],
    ),
    choice(
        ReleaseAndReturn,
        "on_no_answer",
        "If a named person does not answer",
        &[
            (
                "return",
                "Back to the sender",
                "A named person has the whole time of the transfer to answer; then it comes back, or goes where the next switches say.",
            ),
            (
                "next",
                "Ask the next one",
                "What a named person does not answer is offered to the next person of its queue.",
            ),
            ("keep", "Keep offering", "An offer to a named person stays open until they answer."),
        ],
    ),
    number(
        ReleaseAndReturn,
        "misses_max",
        "People asked in vain",
        count(
            "person",
            "people",
            0,
            255,
            "After {} asked in vain, a transfer goes back instead of on: from a queue or a group only where the next switch lets it come back.",
        )
        .or_zero("A transfer goes on to the next person however many were asked in vain."),
    ),
    flag(
        ReleaseAndReturn,
        "return_to_sender",
        "Back to the sender if nobody accepts",
        "A transfer that nobody accepts does not come back to a sender who has let go; the next switches say where it goes.",
        "A transfer that nobody accepts comes back to its sender, if they are there.",
    ),
    choice(
        ReleaseAndReturn,
        "on_expiry",
        "When the time is up and it does not come back",
        &[
            ("return", "Back to the sender", "The sender gets it back all the same, if they are there."),
            ("fallback", "As the next switch says", "It goes to its queue, or becomes a request, as the next switch says."),
            ("request", "Becomes a request", "A numbered request is noted, the customer is told its number, and the chat ends."),
        ],
    ),
    choice(
        ReleaseAndReturn,
        "fallback",
        "If a transfer can go nowhere else",
        &[
            (
                "queue",
                "To its last queue",
                "What nobody accepted and cannot come back waits in the queue that it came from last, with the time it has waited already.",
            ),
            (
                "request",
                "Becomes a request",
                "Of what nobody accepted and cannot come back a numbered request is noted and answered later; the customer is told.",
            ),
        ],
    ),
    flag(
        ReleaseAndReturn,
        "wrap_up",
        "Wrap-up after a transfer",
        "The sender has nothing to file after passing a conversation on.",
        "The sender files their part after passing a conversation on.",
    ),
    number(
        Offers,
        "offers_at_once",
        "People asked at once",
        count("person", "people", 1, 50, "A conversation is offered to up to {} at once; the first to accept gets it."),
    ),
    choice(
        Offers,
        "exclude",
        "Who is not asked",
        &[
            ("nobody", "Nobody is left out", "The sender may be offered the conversation again from a queue or a group."),
            ("sender", "The sender", "The sender is not offered it again while somebody else could take it."),
            (
                "participants",
                "Everyone who had it",
                "Whoever had it before is not offered it again while somebody else could take it.",
            ),
        ],
    ),
    choice(
        Offers,
        "age",
        "Place in line",
        &[
            ("original", "By its whole age", "In line it counts from when the customer came, so nobody waits twice."),
            ("restart", "From the back", "In line it counts from the transfer, as if the customer had just come."),
        ],
    ),
    number(
        Offers,
        "lift_secs",
        "Head start of a transfer",
        secs(0, "In line, a transfer counts as if it had waited {} longer.")
            .or_zero("In line, a transfer has no advantage over others of its age."),
    ),
    flag(
        Offers,
        "reserve_capacity",
        "An offer takes room",
        "What is offered to a named person takes no room until it is accepted, so more can be offered than there is room for; what a queue or a group offers does.",
        "An offered transfer takes room from the moment it is offered, so nobody gets more than they can hold.",
    ),
    flag(
        Offers,
        "attributes_in_offer",
        "Details before accepting",
        "The receiver sees what is known about the conversation only after accepting.",
        "The receiver sees what is known about the conversation before they decide.",
    ),
    flag(
        Offers,
        "auto_accept",
        "Accept by itself",
        "Receivers decide: they accept or reject.",
        "Whoever is offered a conversation has it at once, without a click.",
    ),
    choice(
        Offers,
        "on_missed",
        "After a missed offer",
        &[
            ("stay", "Stays as they are", "Whoever misses an offer keeps their status."),
            ("busy", "Becomes Busy", "Whoever misses an offer becomes Busy, and gets nothing new until they change it."),
            ("away", "Becomes Away", "Whoever misses an offer becomes Away, and gets nothing new until they change it."),
            (
                "away_if_meant",
                "Becomes Away, if it was meant for them alone",
                "Whoever misses an offer that was meant for them by name becomes Away, and gets nothing new until they change it; missing what others are asked too changes nothing.",
            ),
            (
                "offline",
                "Becomes Offline",
                "Whoever misses an offer becomes Offline, and gets nothing new until they change it.",
            ),
        ],
    ),
    number(
        Timers,
        "offer_secs",
        "Time to answer an offer",
        secs(1, "Whoever is offered a waiting conversation has {} to answer."),
    ),
    number(
        Timers,
        "transfer_secs",
        "Time for a transfer",
        secs(1, "A transfer that nobody has accepted after {} is over.").or_none(
            "No limit",
            "A transfer has no time limit while its sender still has the conversation; once they have let go, it is 15 minutes.",
        ),
    ),
    number(
        Timers,
        "undo_secs",
        "Undo time",
        secs(0, "A transfer to a queue or a group can be taken back for {}, if taking back is allowed at all.")
            .or_zero("A transfer to a queue or a group cannot be taken back."),
    ),
    number(
        Timers,
        "consult_secs",
        "Time to consult",
        secs(1, "A consultation ends by itself after {}, and the conversation stays with its sender."),
    ),
    number(
        Timers,
        "grace_secs",
        "Lost agents",
        secs(0, "An agent whose browser is lost keeps their conversations for {}; then their queues get them.")
            .or_zero("An agent whose browser is lost loses their conversations to the queues at once."),
    ),
    number(
        Timers,
        "wrap_up_secs",
        "Time to wrap up",
        secs(1, "A wrap-up that is not filed ends by itself after {}.")
            .or_none("No limit", "A wrap-up stays open until it is filed."),
    ),
    number(
        Timers,
        "idle_secs",
        "Idle conversations",
        secs(1, "A conversation whose customer has not answered its agent for {} takes no room any more, so the agent can get another.")
            .or_none("Never", "A conversation takes room until it ends, however silent it is."),
    ),
    flag(
        Notes,
        "keep_whispers",
        "Whispers are kept",
        "What supervisors whispered to an agent is deleted when the conversation ends.",
        "What supervisors whispered to an agent is kept after the conversation has ended.",
    ),
    choice(
        Notes,
        "note",
        "Notes for the receiver",
        &[
            ("off", "Off", "The dialog has no field for a note."),
            ("optional", "Optional", "The sender can write a note, and can leave it empty."),
            ("required", "Required", "The sender has to write a note before they can transfer or invite."),
        ],
    ),
    choice(
        Notes,
        "summary",
        "Transfer summaries",
        &[
            ("off", "Off", "The dialog has no field for a summary."),
            ("optional", "Optional", "The sender can send a summary along, and can leave it empty."),
            ("required", "Required", "The sender has to send a summary along before they can transfer."),
        ],
    ),
    flag(
        Customer,
        "tell_customer",
        "Tell the customer",
        "The customer is not told that the conversation is being passed on, nor to whom: they see that they wait while nobody has it, and then who has joined.",
        "The customer is told that the conversation is being passed on, and to whom.",
    ),
    number(
        Customer,
        "notice_secs",
        "Reassurance while waiting",
        secs(0, "A customer who waits is told every {} that they are not forgotten.")
            .or_zero("A customer who waits gets no further notices."),
    ),
    choice(
        Supervisors,
        "take_over",
        "Taking over",
        &[
            ("never", "Never", "Supervisors cannot take a conversation over."),
            ("on_request", "When asked for help", "Supervisors can take over once the agent has asked for help."),
            ("always", "Always", "Supervisors can take any conversation over."),
        ],
    ),
];
