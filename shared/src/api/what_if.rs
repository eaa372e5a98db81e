//! Past days played again under a change: what is asked, and what came of it.
//!
//! Every figure is of the conversations that customers opened from `from` on and before `to`; times that last are in
//! milliseconds. A share or an average of nothing is absent.

use serde::{Deserialize, Serialize};

use super::InsightsThing;
use crate::ids::{QueueId, TeamId};
use crate::policy::{PolicyOverride, Preset};
use crate::time::Timestamp;

bodies! {
    /// Which days are to be played again, and what is to be different.
    WhatIfWish {
        /// What customers opened from then on: a time in RFC 3339, or a day or a time in `zone`.
        from: String,
        /// What they opened before then, in the same forms.
        to: String,
        /// The time zone of days, such as `Europe/Berlin`; `UTC` without it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        zone: Option<String>,
        /// Only the figures of this queue; everything is played all the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        queue: Option<QueueId>,
        /// What is to be different.
        #[serde(default)]
        change: WhatIfChange,
        /// What chance is drawn from: the same number gives the same answer; 1 without it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seed: Option<u32>,
    }
    /// More or fewer people: of one queue, of one team, or of everybody where neither is named.
    WhatIfStaffing {
        /// Those who serve this queue.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        queue: Option<QueueId>,
        /// Those of this team.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        team: Option<TeamId>,
        /// How many more, or with a minus fewer.
        #[serde(default)]
        people: i32,
        /// How many more of a hundred, or with a minus fewer; rounded to whole people.
        #[serde(default)]
        percent: i32,
    }
    /// What happened to conversations and people.
    WhatIfFigures {
        /// Conversations that customers opened.
        conversations: u64,
        /// Those that nobody had ended when the days played again were over.
        unfinished: u64,
        /// Waits that an agent ended by accepting.
        accepted: u64,
        /// Waits that the customer ended by leaving.
        abandoned: u64,
        /// The share of those who left in both.
        abandoned_share: Option<f64>,
        /// How long these waits were on average, whoever ended them, in milliseconds.
        wait_ms: Option<u64>,
        /// What half of them did not exceed, in milliseconds.
        wait_median_ms: Option<u64>,
        /// What 95 of 100 of them did not exceed, in milliseconds.
        wait_p95_ms: Option<u64>,
        /// Waits that had a target and were accepted within it.
        accepted_in_target: u64,
        /// Waits that had a target and were accepted, or abandoned not before 10 seconds.
        level_counted: u64,
        /// The share of the former in the latter.
        service_level: Option<f64>,
        /// Transfers that were asked for.
        transfers: u64,
        /// Those by which another participant became owner.
        transfers_successful: u64,
        /// Those that ended otherwise without being called off.
        transfers_failed: u64,
        /// Those that were called off.
        transfers_cancelled: u64,
        /// Failed ones after which the sender had the conversation.
        returns: u64,
        /// Offers that were made.
        offers: u64,
        /// Those that were not answered in time, or taken back.
        offers_missed: u64,
        /// Those that were refused, or whose agent went away.
        offers_rejected: u64,
        /// Offers for each conversation, on average.
        offers_per_conversation: Option<f64>,
        /// People who were there or had a conversation.
        people: u64,
        /// The share of their time in which they had a conversation or filed one: of each person, on average.
        busy_share: Option<f64>,
        /// That of whoever was busy most.
        busy_share_max: Option<f64>,
    }
    /// The figures of one queue, or of all.
    WhatIfLine {
        /// Which queue; nothing for all.
        queue: Option<InsightsThing>,
        /// What the log says.
        recorded: WhatIfFigures,
        /// What the same days give when they are played again without a change.
        as_it_was: WhatIfFigures,
        /// What they give with the change.
        what_if: WhatIfFigures,
    }
    /// What came of days that were played again.
    WhatIfReport {
        /// Since when.
        from: Timestamp,
        /// Until when.
        to: Timestamp,
        /// What chance was drawn from.
        seed: u32,
        /// What was changed, a sentence each; empty where nothing was.
        changes: Vec<String>,
        /// What the log cannot tell and was assumed, a sentence each.
        assumptions: Vec<String>,
        /// Conversations that were not played again: those that bots had alone, and questions left while nobody was there.
        not_played: u64,
        /// Altogether.
        all: WhatIfLine,
        /// Each queue in which customers waited, by name.
        queues: Vec<WhatIfLine>,
    }
}

/// What is to be different in days that are played again; nothing for days as they were.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct WhatIfChange {
    /// Whose values the workspace's policy has; nothing for those of the time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<Preset>,
    /// Switches of the workspace's policy that are set otherwise.
    #[serde(skip_serializing_if = "PolicyOverride::is_empty")]
    pub switches: PolicyOverride,
    /// More or fewer people.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub staffing: Vec<WhatIfStaffing>,
}

impl WhatIfFigures {
    /// Returns the figures of nothing.
    pub const fn none() -> Self {
        Self {
            conversations: 0,
            unfinished: 0,
            accepted: 0,
            abandoned: 0,
            abandoned_share: None,
            wait_ms: None,
            wait_median_ms: None,
            wait_p95_ms: None,
            accepted_in_target: 0,
            level_counted: 0,
            service_level: None,
            transfers: 0,
            transfers_successful: 0,
            transfers_failed: 0,
            transfers_cancelled: 0,
            returns: 0,
            offers: 0,
            offers_missed: 0,
            offers_rejected: 0,
            offers_per_conversation: None,
            people: 0,
            busy_share: None,
            busy_share_max: None,
        }
    }
}
