//! How transfers go: every switch, the presets, and which value holds where.
//!
//! A policy is only a set of values; a preset is a policy with a name. A transfer keeps the policy of the moment it was
//! requested, so that a change governs later requests alone. A queue or a channel may set some switches differently: the
//! channel goes before the queue, the queue before the workspace.
//!
//! Each preset follows the published documents of a product. Where those are silent, it takes the value of
//! [`Preset::Baton`], which is also what a new workspace begins with.

mod presets;

use core::time::Duration;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::ids::{AgentId, QueueId};
use crate::transfer::{Mode, Target, TargetKind};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// Every value, in the order in which a list shows them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
        }
    )*};
}

words! {
    /// A set of switch values with a name.
    Preset {
        /// Twilio Flex, native messaging transfers.
        Flex,
        /// Twilio Flex with the Conversation Transfer plugin.
        FlexPlugin,
        /// Salesforce Omni-Channel, enhanced messaging.
        Salesforce,
        /// SuperOffice chat.
        Superoffice,
        /// Vivocha.
        Vivocha,
        /// The safe default.
        Baton,
    }
    /// Which people the list of targets shows.
    Listed {
        /// Everyone, with the reason why some cannot take it.
        Everyone,
        /// Those who can be reached, full ones included.
        Connected,
        /// Those who can be reached and take new work.
        Available,
    }
    /// What a transfer does to a named person who is full or away.
    FullTarget {
        /// It is refused, unless the sender says that it may wait for this person.
        Refuse,
        /// It waits for this person without being asked to.
        Wait,
        /// It goes to the next eligible member of the conversation's queue.
        Next,
        /// It is offered all the same, as long as the person can be reached.
        Offer,
    }
    /// When the sender stops being the owner in favour of a named person.
    Release {
        /// When the receiver accepts.
        Accept,
        /// When the receiver accepts; at once where they are full or away.
        AcceptOrFull,
        /// At the request.
        Request,
    }
    /// What the sender has of a conversation that is theirs no more.
    AfterRelease {
        /// Nothing: it closes.
        Close,
        /// They read on, and cannot write, until they close it.
        Listen,
    }
    /// Whether a receiver may refuse a transfer.
    Decline {
        /// No.
        No,
        /// Yes, without a word.
        Yes,
        /// Yes; they are asked for a reason, and may leave it empty.
        AskReason,
        /// Yes, with a reason.
        NeedReason,
    }
    /// What a refusal leads to.
    OnDecline {
        /// The sender keeps or gets back the conversation.
        Return,
        /// The next eligible member of the conversation's queue is offered it.
        Next,
        /// Others to whom it is offered may still take it; when there is none, it returns.
        Stay,
    }
    /// What happens when an offer is not answered in its time.
    OnNoAnswer {
        /// The sender keeps or gets back the conversation.
        Return,
        /// The next eligible member of the conversation's queue is offered it.
        Next,
        /// Nothing: the offer has no time of its own.
        Keep,
    }
    /// What becomes of a transfer that nobody accepted in time and that does not return.
    OnExpiry {
        /// The sender keeps or gets back the conversation.
        Return,
        /// The fallback queue gets it.
        Fallback,
        /// A request is created, the customer is told its number, and the chat ends.
        Request,
    }
    /// Until when a sender may take a transfer back.
    Cancel {
        /// Until it is accepted.
        UntilAccepted,
        /// For the undo time only.
        Undo,
        /// Invitations only, never a transfer.
        InvitesOnly,
        /// Never.
        Never,
    }
    /// Who is not offered a transferred conversation while someone else could take it.
    Exclude {
        /// Nobody.
        Nobody,
        /// The sender.
        Sender,
        /// Everyone who had the conversation.
        Participants,
    }
    /// From when a transferred conversation counts as waiting.
    Age {
        /// From when the customer opened it.
        Original,
        /// From the request.
        Restart,
    }
    /// Whether something is asked for.
    Need {
        /// There is no field for it.
        Off,
        /// It may be left empty.
        Optional,
        /// It must be filled in.
        Required,
    }
    /// What an unanswered offer does to the person who did not answer.
    OnMissed {
        /// Nothing.
        Stay,
        /// They become Busy.
        Busy,
        /// They become Away.
        Away,
        /// They become Away where it was meant for them alone; what others are asked too changes nothing.
        AwayIfMeant,
        /// They become Offline.
        Offline,
    }
    /// Whether a supervisor may take a conversation over.
    TakeOver {
        /// No.
        Never,
        /// When its agent asked for help.
        OnRequest,
        /// Always.
        Always,
    }
    /// Where a transfer goes that nobody accepted and that cannot come back.
    Fallback {
        /// The queue it came from last.
        Queue,
        /// A request, answered later.
        Request,
    }
}

impl Preset {
    /// Returns the name shown to people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Flex => "Flex",
            Self::FlexPlugin => "Flex plugin",
            Self::Salesforce => "Salesforce",
            Self::Superoffice => "SuperOffice",
            Self::Vivocha => "Vivocha",
            Self::Baton => "Baton",
        }
    }
}

/// Which targets may be chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Allowed {
    /// Every target of the kinds allowed.
    #[default]
    Everything,
    /// People who are members of the conversation's queue, and every target of the other kinds.
    QueueMembers,
    /// These only.
    Only(BTreeSet<Target>),
}

macro_rules! switches {
    ($($(#[$doc:meta])* $number:literal $name:ident: $kind:ty,)*) => {
        /// How transfers go: a value for each switch.
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(deny_unknown_fields)]
        pub struct TransferPolicy {
            $($(#[$doc])* pub $name: $kind,)*
        }

        /// What a queue or a channel sets differently; nothing leaves a switch as it is.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(deny_unknown_fields, default)]
        pub struct PolicyOverride {
            $($(#[$doc])* #[serde(skip_serializing_if = "Option::is_none", with = "given")] pub $name: Option<$kind>,)*
        }

        /// The number and the name of every switch, in their order; several values may share a number.
        pub const SWITCHES: &[(u8, &str)] = &[$(($number, stringify!($name)),)*];

        impl PolicyOverride {
            /// Returns the policy with what is set here in place of what is there.
            pub fn over(&self, policy: &TransferPolicy) -> TransferPolicy {
                TransferPolicy {
                    $($name: self.$name.clone().unwrap_or_else(|| policy.$name.clone()),)*
                }
            }

            /// Says whether nothing is set differently.
            pub fn is_empty(&self) -> bool {
                *self == Self::default()
            }
        }
    };
}

/// A switch that is set to nothing is not the same as one that is not set: JSON tells `null` from absent.
mod given {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<T: Serialize, S: Serializer>(
        value: &Option<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
    }

    pub(super) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<T>, D::Error> {
        T::deserialize(deserializer).map(Some)
    }
}

switches! {
    /// Whether conversations can be transferred at all.
    0 enabled: bool,
    /// The ways in which a conversation may be passed on.
    1 modes: BTreeSet<Mode>,
    /// The kinds of target that may be chosen.
    2 targets: BTreeSet<TargetKind>,
    /// Which people the list of targets shows.
    3 listed: Listed,
    /// What happens where a named person is full or away.
    4 full_target: FullTarget,
    /// When the sender stops being the owner in favour of a named person.
    5 release: Release,
    /// What the sender has of the conversation afterwards.
    6 after_release: AfterRelease,
    /// Whether a receiver may refuse, from a queue or a group too.
    7 decline: Decline,
    /// What a refusal by a named person leads to.
    8 on_decline: OnDecline,
    /// What an unanswered offer to a named person leads to.
    9 on_no_answer: OnNoAnswer,
    /// After how many offers to different people a transfer returns even where the next one would be asked, in a queue or a
    /// group too; 0 for never.
    9 misses_max: u8,
    /// How long a transfer may stay unaccepted, in seconds; nothing for no limit while the sender owns it.
    10 transfer_secs: Option<u32>,
    /// What becomes of it then, unless it returns.
    10 on_expiry: OnExpiry,
    /// Until when the sender may take it back.
    11 cancel: Cancel,
    /// Whether a transfer that nobody accepted comes back to its sender.
    12 return_to_sender: bool,
    /// Who is not offered it while someone else could take it.
    13 exclude: Exclude,
    /// From when it counts as waiting.
    14 age: Age,
    /// How many seconds of waiting a transfer is worth in the line.
    14 lift_secs: u32,
    /// To how many people at once it is offered, 1 to 50.
    15 offers_at_once: u8,
    /// Whether the sender writes a note.
    16 note: Need,
    /// Whether the sender sends a summary.
    16 summary: Need,
    /// Whether the receiver sees what is known about the conversation before accepting; afterwards they always do.
    17 attributes_in_offer: bool,
    /// Whether the sender files their part.
    18 wrap_up: bool,
    /// Whether an offer to a named person takes room from the moment it is made; one from a queue or a group always does.
    19 reserve_capacity: bool,
    /// What an unanswered offer does to the presence of the person who did not answer.
    20 on_missed: OnMissed,
    /// Whether the customer is told what happens.
    21 tell_customer: bool,
    /// How many invitations to one conversation may be open at once.
    22 invites_max: u8,
    /// Whether a supervisor may take it over.
    23 take_over: TakeOver,
    /// Which targets may be chosen.
    24 allowed: Allowed,
    /// Whether the receiver's desk accepts by itself.
    25 auto_accept: bool,
    /// Where a transfer goes that nobody accepted and that cannot come back.
    26 fallback: Fallback,
    /// How often a conversation may be passed on; 0 for without limit.
    27 hops_max: u8,
    /// After how many seconds of silence a conversation takes no room any more; nothing for never.
    28 idle_secs: Option<u32>,
    /// How long a transfer can be undone, in seconds.
    29 undo_secs: u32,
    /// How long an offer of a waiting conversation lasts, in seconds.
    30 offer_secs: u32,
    /// How long a consultation may last, in seconds.
    31 consult_secs: u32,
    /// How long an agent who is lost keeps what they have, in seconds.
    32 grace_secs: u32,
    /// After how many seconds of waiting the customer is told again that they are not forgotten; 0 for never.
    33 notice_secs: u32,
    /// After how many seconds a wrap-up ends by itself; nothing for never.
    34 wrap_up_secs: Option<u32>,
    /// Whether what supervisors whispered is kept once the conversation has ended.
    #[serde(default)]
    35 keep_whispers: bool,
}

/// How long a conversation whose sender was released may wait for a named person before its queue gets it, where the
/// policy sets no shorter time: no conversation is without a clock.
pub const SAFETY: Duration = Duration::from_secs(15 * 60);

impl Default for TransferPolicy {
    fn default() -> Self {
        Preset::Baton.policy()
    }
}

impl TransferPolicy {
    /// Returns how long an offer to a named person lasts; nothing if it has no time of its own.
    pub fn named_offer_lasts(&self) -> Option<Duration> {
        match self.on_no_answer {
            OnNoAnswer::Return => self.transfer_lasts(),
            OnNoAnswer::Next => Some(self.offer_lasts()),
            OnNoAnswer::Keep => None,
        }
    }

    /// Returns how long an offer of a waiting conversation lasts.
    pub const fn offer_lasts(&self) -> Duration {
        Duration::from_secs(self.offer_secs as u64)
    }

    /// Returns how long a transfer may stay unaccepted.
    pub fn transfer_lasts(&self) -> Option<Duration> {
        self.transfer_secs.map(|secs| Duration::from_secs(u64::from(secs)))
    }

    /// Returns how long a transfer can be undone.
    pub const fn undo_lasts(&self) -> Duration {
        match self.cancel {
            Cancel::UntilAccepted | Cancel::Undo => Duration::from_secs(self.undo_secs as u64),
            Cancel::InvitesOnly | Cancel::Never => Duration::ZERO,
        }
    }

    /// Says what is wrong with the values, in a sentence; nothing if they can be used.
    pub fn fault(&self) -> Option<&'static str> {
        let within = |secs: u32| secs <= DAY_SECS;
        let times = [
            self.transfer_secs.unwrap_or(1),
            self.offer_secs,
            self.consult_secs,
            self.wrap_up_secs.unwrap_or(1),
            self.idle_secs.unwrap_or(1),
        ];
        if self.enabled && (self.modes.is_empty() || self.targets.is_empty()) {
            return Some("Choose at least one mode and one kind of target, or turn transfers off.");
        }
        if times.iter().any(|secs| *secs == 0 || !within(*secs)) {
            return Some("Give each time as 1 to 86400 seconds.");
        }
        if ![self.undo_secs, self.grace_secs, self.notice_secs, self.lift_secs].into_iter().all(within) {
            return Some("Give each time as at most 86400 seconds.");
        }
        if self.offers_at_once == 0 || self.offers_at_once > OFFERS_AT_ONCE_MAX {
            return Some("Offer to 1 to 50 people at once.");
        }
        None
    }
}

/// How many people a conversation may be offered to at once.
/// Source: Twilio, "TaskQueue resource", MaxReservedWorkers.
pub const OFFERS_AT_ONCE_MAX: u8 = 50;

const DAY_SECS: u32 = 86_400;

impl Preset {
    /// Returns the preset's values.
    ///
    /// Sources: Twilio, "Work with messaging transfers" and the Conversation Transfer template; Salesforce Help,
    /// "Transfer messaging sessions"; SuperOffice, "Transfer a chat"; Vivocha, "Transfer groups" and "Routing".
    pub fn policy(self) -> TransferPolicy {
        match self {
            Self::Flex => presets::flex(),
            Self::FlexPlugin => presets::flex_plugin(),
            Self::Salesforce => presets::salesforce(),
            Self::Superoffice => presets::superoffice(),
            Self::Vivocha => presets::vivocha(),
            Self::Baton => presets::baton(),
        }
    }
}

/// Which policy holds where.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Policies {
    /// The preset that the workspace's values were last taken from; single switches may have been set since.
    pub preset: Preset,
    /// What holds where nothing else is set.
    pub workspace: TransferPolicy,
    /// What queues set differently.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, PolicyOverride>))]
    pub queues: BTreeMap<QueueId, PolicyOverride>,
    /// What channels set differently.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, PolicyOverride>))]
    pub channels: BTreeMap<Channel, PolicyOverride>,
}

impl Default for Policies {
    fn default() -> Self {
        let preset = Preset::Baton;
        Self { preset, workspace: preset.policy(), queues: BTreeMap::new(), channels: BTreeMap::new() }
    }
}

impl Policies {
    /// Sets what a queue or a channel sets differently; an empty override takes it away.
    pub fn set_override(&mut self, scope: PolicyScope, set: &PolicyOverride) {
        match scope {
            PolicyScope::Queue(queue) if set.is_empty() => drop(self.queues.remove(&queue)),
            PolicyScope::Queue(queue) => drop(self.queues.insert(queue, set.clone())),
            PolicyScope::Channel(channel) if set.is_empty() => drop(self.channels.remove(&channel)),
            PolicyScope::Channel(channel) => drop(self.channels.insert(channel, set.clone())),
        }
    }

    /// Says what is wrong with any policy that holds somewhere; nothing if all can be used.
    pub fn fault(&self) -> Option<&'static str> {
        let queues = self.queues.values().map(|set| set.over(&self.workspace));
        let below: Vec<TransferPolicy> = queues.chain([self.workspace.clone()]).collect();
        let channels = self.channels.values().flat_map(|set| below.iter().map(|below| set.over(below)));
        let channels: Vec<TransferPolicy> = channels.collect();
        below.iter().chain(&channels).find_map(TransferPolicy::fault)
    }

    /// Returns the policy for a conversation of this queue and channel.
    #[inline]
    pub fn holding(&self, queue: QueueId, channel: Channel) -> Cow<'_, TransferPolicy> {
        // Where nothing is overridden, as in most workspaces, nothing has to be looked up.
        if self.queues.is_empty() && self.channels.is_empty() {
            return Cow::Borrowed(&self.workspace);
        }
        self.looked_up(queue, channel)
    }

    fn looked_up(&self, queue: QueueId, channel: Channel) -> Cow<'_, TransferPolicy> {
        match (self.queues.get(&queue), self.channels.get(&channel)) {
            (None, None) => Cow::Borrowed(&self.workspace),
            (Some(set), None) | (None, Some(set)) => Cow::Owned(set.over(&self.workspace)),
            (Some(queue), Some(channel)) => Cow::Owned(channel.over(&queue.over(&self.workspace))),
        }
    }
}

/// Where a policy is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum PolicyScope {
    /// For one queue.
    Queue(QueueId),
    /// For one channel.
    Channel(Channel),
}

/// Returns whether `agent` may be chosen under `allowed`; `member` says whether they belong to the queue.
pub fn allows_agent(allowed: &Allowed, agent: AgentId, member: bool) -> bool {
    match allowed {
        Allowed::Everything => true,
        Allowed::QueueMembers => member,
        Allowed::Only(targets) => targets.contains(&Target::Agent(agent)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_can_be_used() {
        for preset in Preset::ALL {
            assert_eq!(preset.policy().fault(), None, "{}", preset.label());
        }
    }

    #[test]
    fn the_channel_goes_before_the_queue_and_the_queue_before_the_workspace() {
        let (queue, channel) = (QueueId::from_bits(1), Channel::WebChat);
        let set = |secs| PolicyOverride { offer_secs: Some(secs), ..PolicyOverride::default() };
        let mut policies = Policies::default();
        assert_eq!(policies.holding(queue, channel).offer_secs, 30);
        policies.queues.insert(queue, set(40));
        assert_eq!(policies.holding(queue, channel).offer_secs, 40);
        policies.channels.insert(channel, set(50));
        assert_eq!(policies.holding(queue, channel).offer_secs, 50);
        assert_eq!(policies.holding(QueueId::from_bits(2), channel).offer_secs, 50);
    }

    #[test]
    fn a_switch_set_to_nothing_is_not_one_that_is_not_set() {
        let set: PolicyOverride =
            serde_json::from_str(r#"{"transfer_secs":null}"#).expect("it is an override");
        assert_eq!(set.transfer_secs, Some(None));
        assert_eq!(set.over(&TransferPolicy::default()).transfer_secs, None);
        assert!(PolicyOverride::default().over(&TransferPolicy::default()) == TransferPolicy::default());
    }

    #[test]
    fn the_28_switches_are_there() {
        let numbers: BTreeSet<u8> = SWITCHES.iter().map(|(number, _)| *number).collect();
        assert!((1..=28).all(|number| numbers.contains(&number)));
    }
}
