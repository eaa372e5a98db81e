//! Scheduled reports, as those who made them see them.

use serde::{Deserialize, Serialize};

use crate::ids::*;
use crate::schedule::{ReportSchedule, ScheduleRun};
use crate::time::Timestamp;

bodies! {
    /// Scheduled reports, and where they may go.
    SchedulesView {
        /// For supervisors their own, for administrators all, by name.
        schedules: Vec<ScheduleView>,
        /// Whether the server can send mail.
        mail: bool,
        /// The domains to which supervisors may have reports sent, beside the addresses of people who sign in.
        domains: Vec<String>,
    }
    /// A scheduled report.
    ScheduleView {
        /// Which.
        id: ScheduleId,
        /// Whose it is: what it holds is what they may see.
        owner: AgentId,
        /// What they are called.
        owner_name: String,
        /// What it is, without its secret.
        settings: ReportSchedule,
        /// When it is sent next; nothing while it is not.
        next_at: Option<Timestamp>,
        /// Why it is not sent, in a sentence; nothing if it is.
        stopped: Option<String>,
        /// What became of it last.
        last: Option<ScheduleRun>,
    }
}
