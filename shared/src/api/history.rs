//! What administrators and supervisors changed, as the history of changes shows it.

use serde::{Deserialize, Serialize};

use crate::policy::Preset;
use crate::time::Timestamp;

/// What was done to something that is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SetupDone {
    /// It is new.
    Added,
    /// It is another since.
    Changed,
    /// It is no more.
    Removed,
}

/// What kind of thing was set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SetupThing {
    /// A queue's rules.
    QueueRules,
    /// A transfer group.
    Group,
    /// A workflow.
    Workflow,
    /// A flow.
    Flow,
    /// An external contact.
    External,
    /// A scheduled report.
    Schedule,
}

bodies! {
    /// A change of how transfers go.
    PolicyChange {
        /// When.
        at: Timestamp,
        /// Who; nothing for the server itself.
        by: Option<String>,
        /// Where: "Everywhere", a queue's name, or a channel.
        scope: String,
        /// The preset that was chosen, where it is the workspace's policy.
        preset: Option<Preset>,
        /// The switches that changed, with their values before and after.
        switches: Vec<SwitchChange>,
        /// What else was set up, where it was no switch.
        setup: Option<SetupChange>,
    }
    /// Something that transfers need was set up.
    SetupChange {
        /// What was done to it.
        done: SetupDone,
        /// What it is.
        thing: SetupThing,
        /// What it is called.
        name: String,
    }
    /// A switch that changed.
    SwitchChange {
        /// Its name.
        name: String,
        /// Its value before, as JSON; nothing where it was not set.
        from: Option<String>,
        /// Its value after, as JSON; nothing where it is not set any more.
        to: Option<String>,
    }
}
