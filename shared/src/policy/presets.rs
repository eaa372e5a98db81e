//! The values of each preset.

use std::collections::BTreeSet;

use super::{
    AfterRelease, Age, Allowed, Cancel, Decline, Exclude, Fallback, FullTarget, Listed, Need,
    OFFERS_AT_ONCE_MAX, OnDecline, OnExpiry, OnMissed, OnNoAnswer, Release, TakeOver, TransferPolicy,
};
use crate::transfer::{Mode, TargetKind};

pub(super) fn baton() -> TransferPolicy {
    TransferPolicy {
        enabled: true,
        modes: Mode::ALL.iter().copied().collect(),
        targets: TargetKind::ALL.iter().copied().collect(),
        listed: Listed::Everyone,
        full_target: FullTarget::Refuse,
        release: Release::Accept,
        after_release: AfterRelease::Close,
        decline: Decline::AskReason,
        on_decline: OnDecline::Return,
        on_no_answer: OnNoAnswer::Return,
        misses_max: 2,
        transfer_secs: Some(60),
        on_expiry: OnExpiry::Return,
        cancel: Cancel::UntilAccepted,
        return_to_sender: true,
        exclude: Exclude::Sender,
        age: Age::Original,
        lift_secs: 30,
        offers_at_once: 1,
        note: Need::Optional,
        summary: Need::Optional,
        attributes_in_offer: true,
        wrap_up: true,
        reserve_capacity: true,
        on_missed: OnMissed::Stay,
        tell_customer: true,
        invites_max: 5,
        take_over: TakeOver::Always,
        allowed: Allowed::Everything,
        auto_accept: false,
        fallback: Fallback::Queue,
        hops_max: 20,
        idle_secs: None,
        undo_secs: 5,
        offer_secs: 30,
        consult_secs: 600,
        grace_secs: 120,
        notice_secs: 60,
        wrap_up_secs: None,
        keep_whispers: false,
    }
}

pub(super) fn flex() -> TransferPolicy {
    TransferPolicy {
        modes: BTreeSet::from([Mode::Cold]),
        targets: BTreeSet::from([TargetKind::Agent, TargetKind::Queue]),
        full_target: FullTarget::Next,
        decline: Decline::Yes,
        on_decline: OnDecline::Next,
        on_no_answer: OnNoAnswer::Next,
        misses_max: 0,
        transfer_secs: None,
        on_expiry: OnExpiry::Fallback,
        return_to_sender: false,
        lift_secs: 0,
        on_missed: OnMissed::Offline,
        tell_customer: false,
        invites_max: 0,
        take_over: TakeOver::Never,
        hops_max: 0,
        offer_secs: 120,
        ..baton()
    }
}

pub(super) fn flex_plugin() -> TransferPolicy {
    TransferPolicy {
        modes: BTreeSet::from([Mode::Cold, Mode::Invite]),
        full_target: FullTarget::Wait,
        release: Release::Request,
        cancel: Cancel::InvitesOnly,
        exclude: Exclude::Participants,
        age: Age::Restart,
        note: Need::Off,
        summary: Need::Off,
        wrap_up: false,
        invites_max: 1,
        ..flex()
    }
}

pub(super) fn salesforce() -> TransferPolicy {
    TransferPolicy {
        modes: BTreeSet::from([Mode::Cold, Mode::Invite]),
        targets: BTreeSet::from([
            TargetKind::Agent,
            TargetKind::Queue,
            TargetKind::Flow,
            TargetKind::External,
        ]),
        listed: Listed::Connected,
        full_target: FullTarget::Wait,
        release: Release::AcceptOrFull,
        decline: Decline::No,
        on_no_answer: OnNoAnswer::Keep,
        misses_max: 0,
        transfer_secs: None,
        on_expiry: OnExpiry::Fallback,
        cancel: Cancel::Never,
        return_to_sender: false,
        lift_secs: 0,
        note: Need::Off,
        summary: Need::Off,
        take_over: TakeOver::OnRequest,
        hops_max: 0,
        idle_secs: Some(30 * 60),
        ..baton()
    }
}

pub(super) fn superoffice() -> TransferPolicy {
    TransferPolicy {
        modes: BTreeSet::from([Mode::Cold]),
        targets: BTreeSet::from([TargetKind::Agent]),
        listed: Listed::Available,
        full_target: FullTarget::Offer,
        after_release: AfterRelease::Listen,
        decline: Decline::Yes,
        on_no_answer: OnNoAnswer::Keep,
        misses_max: 0,
        transfer_secs: None,
        lift_secs: 0,
        note: Need::Off,
        summary: Need::Off,
        wrap_up: false,
        reserve_capacity: false,
        invites_max: 0,
        allowed: Allowed::QueueMembers,
        fallback: Fallback::Request,
        hops_max: 0,
        ..baton()
    }
}

pub(super) fn vivocha() -> TransferPolicy {
    TransferPolicy {
        modes: BTreeSet::from([Mode::Cold]),
        targets: BTreeSet::from([TargetKind::Agent, TargetKind::Group]),
        full_target: FullTarget::Offer,
        decline: Decline::Yes,
        on_decline: OnDecline::Stay,
        misses_max: 0,
        on_expiry: OnExpiry::Request,
        lift_secs: 0,
        offers_at_once: OFFERS_AT_ONCE_MAX,
        summary: Need::Off,
        on_missed: OnMissed::AwayIfMeant,
        invites_max: 0,
        take_over: TakeOver::Never,
        fallback: Fallback::Request,
        hops_max: 0,
        idle_secs: Some(60),
        offer_secs: 12,
        ..baton()
    }
}
