//! What happened, in sentences.

mod oversight;
mod routing;

use std::collections::BTreeMap;

use baton_shared::api::TimelineKind;
use baton_shared::conversation::EndedBy;
use baton_shared::segment::OwnerCause;
use baton_shared::*;

use super::{Reach, Texts, Told};
use crate::store::Names;

/// What has been told so far, and what later sentences need of it.
pub(super) struct Telling<'a> {
    texts: &'a Texts,
    names: &'a Names,
    pub(super) told: Vec<Told>,
    senders: BTreeMap<TransferId, Sender>,
    consulted: BTreeMap<TransferId, AgentId>,
    offers: BTreeMap<OfferId, OfferCause>,
}

/// Something to be told, before its place is known.
struct Line {
    kind: TimelineKind,
    sentence: String,
    text: Option<String>,
    by: Option<AgentId>,
    reach: Reach,
}

impl Line {
    fn new(kind: TimelineKind, sentence: String) -> Self {
        Self { kind, sentence, text: None, by: None, reach: Reach::Only(None) }
    }

    fn with(self, text: Option<String>, by: Option<AgentId>, reach: Reach) -> Self {
        Self { text, by, reach, ..self }
    }
}

impl<'a> Telling<'a> {
    pub(super) fn new(texts: &'a Texts, names: &'a Names) -> Self {
        Self {
            texts,
            names,
            told: Vec::new(),
            senders: BTreeMap::new(),
            consulted: BTreeMap::new(),
            offers: BTreeMap::new(),
        }
    }

    /// Tells what an event says, in one or several entries.
    pub(super) fn tell(&mut self, recorded: &Recorded) {
        let (position, at) = (recorded.position, recorded.at);
        for Line { kind, sentence, text, by, reach } in self.lines(position, &recorded.event) {
            self.told.push(Told { position, at, kind, sentence, text, by, reach });
        }
    }

    fn lines(&mut self, position: u64, event: &Event) -> Vec<Line> {
        let owner = |sentence| vec![Line::new(TimelineKind::Owner, sentence)];
        if let Event::ConversationOpened { queue, .. } = event {
            owner(format!("{} opened it in {}", self.texts.customer, self.queue(*queue)))
        } else if let Event::MessageSent { seq, author, .. } = event {
            vec![self.message(*seq, *author)]
        } else if let Event::OwnerChanged { to, cause, .. } = event {
            owner(self.change(*to, *cause))
        } else if let Event::ConversationClosed { from, by, .. } = event {
            owner(match by {
                EndedBy::Agent => format!("{} ended it", self.owner(*from)),
                EndedBy::Customer => format!("{} ended it", self.texts.customer),
                EndedBy::System => "It ended by a rule".to_owned(),
            })
        } else if let Event::ConversationRated { score, .. } = event {
            let line =
                Line::new(TimelineKind::Rating, format!("{} rated it {score} of 5", self.texts.customer));
            vec![line.with(self.texts.comment.clone(), None, Reach::Only(None))]
        } else if let Event::WrapUpEnded { segment, agent, disposition, .. } = event {
            let name = self.agent(*agent);
            let sentence = match disposition {
                Some(disposition) => format!("{name} filed it as {}", disposition.label()),
                None => format!("{name} filed nothing"),
            };
            let notes = self.texts.filings.get(segment).cloned();
            vec![Line::new(TimelineKind::Filing, sentence).with(notes, Some(*agent), Reach::Only(None))]
        } else if let Event::WrapUpExtended { agent, .. } = event {
            vec![Line::new(TimelineKind::Filing, format!("{} took more time to file it", self.agent(*agent)))]
        } else {
            let offered = self.offer(event);
            let moved = if offered.is_empty() { self.transfer(event) } else { offered };
            let joined = if moved.is_empty() { self.company(event) } else { moved };
            let overseen = if joined.is_empty() { self.oversight(position, event) } else { joined };
            if overseen.is_empty() { self.routing(event) } else { overseen }
        }
    }

    fn message(&self, seq: u32, author: Author) -> Line {
        let (name, by) = match author {
            Author::Customer => (self.texts.customer.clone(), None),
            Author::Agent(agent) => (self.agent(agent), Some(agent)),
            Author::Flow(flow) => (self.owner(Owner::Flow(flow)), None),
            Author::External(external) => (self.owner(Owner::External(external)), None),
        };
        let text = self.texts.messages.get(&seq).cloned();
        Line::new(TimelineKind::Message, format!("{name} wrote")).with(text, by, Reach::Conversation)
    }

    fn change(&self, to: Owner, cause: OwnerCause) -> String {
        let name = self.owner(to);
        match cause {
            OwnerCause::Opened => format!("{name} has it from the beginning"),
            OwnerCause::Accepted(_) => format!("{name} has it: accepted from the line"),
            OwnerCause::Transferred(_) => format!("{name} has it: transferred"),
            OwnerCause::TakenBack(_) => format!("{name} has it: the transfer was taken back"),
            OwnerCause::Released => format!("{name} has it: its agent may sign in no more"),
            OwnerCause::Parked(_) => format!("{name} has it: the sender was released"),
            OwnerCause::Returned(_) => format!("{name} has it: the transfer came back"),
            OwnerCause::Expired(_) => format!("{name} has it: nobody took the transfer in time"),
            OwnerCause::Lost => format!("{name} has it: its agent was not reachable"),
            OwnerCause::Left(_) => format!("{name} has it: its owner left"),
            OwnerCause::TakenOver(_) => format!("{name} has it: taken over"),
            OwnerCause::Redirected => format!("{name} has it: a supervisor put it there"),
            OwnerCause::Routed(_) => format!("{name} has it: the next step of its workflow"),
            OwnerCause::Overflowed(left) => {
                format!("{name} has it: it waited too long in {}", self.queue(left))
            }
            OwnerCause::Entered(_) => format!("{name} has it: it begins in a flow"),
        }
    }

    fn offer(&mut self, event: &Event) -> Vec<Line> {
        if let Event::OfferMade { offer, agent, cause, .. } = event {
            self.offers.insert(*offer, *cause);
            let why = match cause {
                OfferCause::Queue(queue) => format!("from {}", self.queue(*queue)),
                OfferCause::Transfer(_) => "for a transfer".to_owned(),
                OfferCause::Invite(_) => "to join".to_owned(),
            };
            let sentence = format!("Offered to {} {why}", self.agent(*agent));
            return vec![Line::new(TimelineKind::Offer, sentence)];
        }
        let texts = |offer| self.texts.offers.get(offer).cloned().unwrap_or_default();
        let sender = |offer| match self.offers.get(offer) {
            Some(OfferCause::Transfer(transfer)) => self.senders.get(transfer).and_then(|from| from.agent()),
            Some(OfferCause::Queue(_) | OfferCause::Invite(_)) | None => None,
        };
        if let Event::OfferEnded { offer, agent, end, .. } = event {
            let name = self.agent(*agent);
            let sentence = match end {
                OfferEnd::Accepted => format!("{name} accepted"),
                OfferEnd::Declined => format!("{name} declined"),
                OfferEnd::TimedOut => format!("{name} did not answer in time"),
                OfferEnd::Cancelled => format!("The offer to {name} was taken back by the sender"),
                OfferEnd::Rescinded => format!("The offer to {name} came to nothing"),
                OfferEnd::TargetGone => format!("{name} could be reached no more"),
            };
            let [reason, _, _] = texts(offer);
            let reason = reason.filter(|_| *end == OfferEnd::Declined);
            let line = Line::new(TimelineKind::Offer, sentence);
            return vec![line.with(reason, Some(*agent), Reach::Only(sender(offer)))];
        }
        if let Event::OfferReplied { offer, agent, reply, .. } = event {
            let name = self.agent(*agent);
            let [_, question, answer] = texts(offer);
            let (sentence, text, by, reader) = match reply {
                Reply::Seen => (format!("{name} let the sender know: seen"), None, None, None),
                Reply::Reading => (format!("{name} let the sender know: reading"), None, None, None),
                Reply::Soon => (format!("{name} let the sender know: in 2 minutes"), None, None, None),
                Reply::Asked => (format!("{name} asked the sender"), question, Some(*agent), sender(offer)),
                Reply::Answered => {
                    (format!("The sender answered {name}"), answer, sender(offer), Some(*agent))
                }
            };
            return vec![Line::new(TimelineKind::Offer, sentence).with(text, by, Reach::Only(reader))];
        }
        Vec::new()
    }

    fn transfer(&mut self, event: &Event) -> Vec<Line> {
        let line = |sentence| Line::new(TimelineKind::Transfer, sentence);
        if let Event::TransferRequested { transfer, from, target, mode, .. } = event {
            self.senders.insert(*transfer, *from);
            let name = self.owner(from.owner());
            let how = match mode {
                Mode::Cold => "transferred it to",
                Mode::Warm => "asked for a consultation with",
                Mode::Invite => "invited, to pass it on,",
            };
            let [note, summary, _] = self.texts.transfers.get(transfer).cloned().unwrap_or_default();
            let written = [(note, "wrote a note"), (summary, "sent a summary")].into_iter();
            let written = written.filter_map(|(text, what)| {
                let line = Line::new(TimelineKind::Note, format!("{name} {what}"));
                Some(line.with(Some(text?), from.agent(), Reach::Transfer(*transfer)))
            });
            let asked = line(format!("{name} {how} {}", self.target(*target)));
            return [asked].into_iter().chain(written).collect();
        }
        if let Event::TransferEnqueued { .. } = event {
            return vec![line("The transfer reached its line".to_owned())];
        }
        if let Event::TransferRerouted { pool, .. } = event {
            return vec![line(format!("The transfer went on to {}", self.pool(*pool)))];
        }
        if let Event::ConsultBegan { transfer, from, agent, .. } = event {
            self.consulted.insert(*transfer, *agent);
            return vec![line(format!("{} consults {}", self.agent(*from), self.agent(*agent)))];
        }
        if let Event::AsideSent { transfer, seq, author, .. } = event {
            let sender = self.senders.get(transfer).and_then(|from| from.agent());
            let both = [sender, self.consulted.get(transfer).copied()];
            let other = both.into_iter().flatten().find(|other| other != author);
            let text = self.texts.asides.get(&(*transfer, *seq)).cloned();
            let said = Line::new(TimelineKind::Aside, format!("{} said aside", self.agent(*author)));
            return vec![said.with(text, Some(*author), Reach::Only(other))];
        }
        if let Event::TransferEnded { transfer, end, .. } = event {
            let sentence = match end {
                TransferEnd::Completed => "The transfer is complete",
                TransferEnd::Returned => "The transfer came back",
                TransferEnd::Cancelled => "The sender took the transfer back",
                TransferEnd::Expired => "Nobody took the transfer in time",
                TransferEnd::Abandoned => "The customer left before the transfer was complete",
                TransferEnd::Superseded => "A supervisor decided otherwise about the transfer",
                TransferEnd::CalledOff => "A supervisor called the transfer off",
                TransferEnd::Failed => "The transfer could not be carried out",
            };
            let [_, _, reason] = self.texts.transfers.get(transfer).cloned().unwrap_or_default();
            let sender = self.senders.get(transfer).and_then(|from| from.agent());
            return vec![line(sentence.to_owned()).with(reason, None, Reach::Only(sender))];
        }
        Vec::new()
    }

    fn company(&self, event: &Event) -> Vec<Line> {
        let line = |sentence| Line::new(TimelineKind::Company, sentence);
        if let Event::InviteMade { invite, from, target, .. } = event {
            let name = self.agent(*from);
            let asked = line(format!("{name} invited {}", self.target(*target)));
            let note = self.texts.invites.get(invite).cloned().map(|note| {
                let line = Line::new(TimelineKind::Note, format!("{name} wrote a note to the invitation"));
                line.with(Some(note), Some(*from), Reach::Invite(*invite))
            });
            return [asked].into_iter().chain(note).collect();
        }
        if let Event::ParticipantJoined { agent, .. } = event {
            return vec![line(format!("{} joined", self.agent(*agent)))];
        }
        if let Event::InviteEnded { agent, end, .. } = event {
            let name = agent.map_or_else(|| "Nobody".to_owned(), |agent| self.agent(agent));
            return vec![line(match end {
                InviteEnd::Left => format!("{name} left"),
                InviteEnd::Cancelled => "The invitation was taken back".to_owned(),
                InviteEnd::Declined => "The invitation was declined".to_owned(),
                InviteEnd::Expired => "Nobody answered the invitation in time".to_owned(),
                InviteEnd::TookOver => format!("{name} took part and has it now"),
                InviteEnd::Closed => "The invitation ended with the conversation".to_owned(),
            })];
        }
        if let Event::ListeningBegan { agent, .. } = event {
            return vec![line(format!("{} reads on", self.agent(*agent)))];
        }
        if let Event::ListeningEnded { agent, .. } = event {
            return vec![line(format!("{} stopped listening", self.agent(*agent)))];
        }
        let request = |sentence| Line::new(TimelineKind::Request, sentence);
        if let Event::RequestCreated { request: id, number, .. } = event {
            let [note, _] = self.texts.requests.get(id).cloned().unwrap_or_default();
            let line = request(format!("It became request number {number}"));
            return vec![line.with(note, None, Reach::Only(None))];
        }
        if let Event::RequestAnswered { request: id, agent, .. } = event {
            let [_, answer] = self.texts.requests.get(id).cloned().unwrap_or_default();
            let line = request(format!("{} answered the request", self.agent(*agent)));
            return vec![line.with(answer, Some(*agent), Reach::Only(None))];
        }
        Vec::new()
    }

    fn agent(&self, agent: AgentId) -> String {
        self.names.agents.get(&agent).cloned().unwrap_or_default()
    }

    fn queue(&self, queue: QueueId) -> String {
        self.names.queues.get(&queue).cloned().unwrap_or_default()
    }

    fn owner(&self, owner: Owner) -> String {
        self.target(match owner {
            Owner::Agent(agent) => Target::Agent(agent),
            Owner::Queue(queue) => Target::Queue(queue),
            Owner::Group(group) => Target::Group(group),
            Owner::Flow(flow) => Target::Flow(flow),
            Owner::External(external) => Target::External(external),
        })
    }

    fn pool(&self, pool: Pool) -> String {
        self.target(match pool {
            Pool::Queue(queue) => Target::Queue(queue),
            Pool::Group(group) => Target::Group(group),
            Pool::Agent(agent) => Target::Agent(agent),
        })
    }

    fn target(&self, target: Target) -> String {
        let name = match target {
            Target::Agent(agent) => self.names.agents.get(&agent),
            Target::Group(group) => self.names.groups.get(&group),
            Target::Queue(queue) => self.names.queues.get(&queue),
            Target::Workflow(workflow) => self.names.workflows.get(&workflow),
            Target::Flow(flow) => self.names.flows.get(&flow),
            Target::External(external) => self.names.externals.get(&external),
        };
        name.cloned().unwrap_or_default()
    }
}
