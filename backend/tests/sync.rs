//! For every command: a snapshot and the events after its cursor give the same as a fresh snapshot, for everyone who
//! looks, from every cut point.
//!
//! The idea is that of Zulip's `verify_action` (docs/subsystems/events-system.md): the same code that a browser runs
//! applies the events, and the same code that serves a fresh page says what should have come out.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "sync/acting.rs"]
mod acting;
#[path = "sync/bots.rs"]
mod bots;
#[path = "sync/counts.rs"]
mod counts;
#[path = "sync/lines.rs"]
mod lines;
#[path = "sync/play.rs"]
mod play;
#[path = "sync/random.rs"]
mod random;
#[path = "sync/schedules.rs"]
mod schedules;
#[path = "sync/stage.rs"]
mod stage;
#[path = "sync/together.rs"]
mod together;
#[path = "sync/workflows.rs"]
mod workflows;

use std::collections::BTreeSet;

use baton_shared::policy::TakeOver;
use baton_shared::segment::OwnerCause;
use baton_shared::*;
use random::Random;
use stage::Stage;

/// Says which command it is; a new command does not compile until it is named here and played below.
fn command_name(command: &Command) -> &'static str {
    match command {
        Command::StartConversation { .. } => "start_conversation",
        Command::LeaveRequest { .. } => "leave_request",
        Command::SendMessage { .. } => "send_message",
        Command::EndConversation { .. } => "end_conversation",
        Command::SetStatus { .. } => "set_status",
        Command::AcceptOffer { .. } => "accept_offer",
        Command::RejectOffer { .. } => "reject_offer",
        Command::ReplyToOffer { .. } => "reply_to_offer",
        Command::AskSender { .. } => "ask_sender",
        Command::AnswerReceiver { .. } => "answer_receiver",
        Command::RequestTransfer { .. } => "request_transfer",
        Command::CancelTransfer { .. } => "cancel_transfer",
        Command::CompleteWrapUp { .. } => "complete_wrap_up",
        Command::ExtendWrapUp { .. } => "extend_wrap_up",
        Command::Mark { .. } => "mark",
        Command::AddPerson { .. } => "add_person",
        Command::ChangePerson { .. } => "change_person",
        Command::AddSkill { .. } => "add_skill",
        Command::GrantSkill { .. } => "grant_skill",
        Command::RevokeSkill { .. } => "revoke_skill",
        Command::AddQueue { .. } => "add_queue",
        Command::ChangeQueue { .. } => "change_queue",
        Command::AddMember { .. } => "add_member",
        Command::RemoveMember { .. } => "remove_member",
        Command::AddGroup { .. } => "add_group",
        Command::ChangeGroup { .. } => "change_group",
        Command::RemoveGroup { .. } => "remove_group",
        Command::AddWorkflow { .. } => "add_workflow",
        Command::ChangeWorkflow { .. } => "change_workflow",
        Command::RemoveWorkflow { .. } => "remove_workflow",
        Command::AddFlow { .. } => "add_flow",
        Command::ChangeFlow { .. } => "change_flow",
        Command::RemoveFlow { .. } => "remove_flow",
        Command::AddExternal { .. } => "add_external",
        Command::ChangeExternal { .. } => "change_external",
        Command::RemoveExternal { .. } => "remove_external",
        Command::AddSchedule { .. } => "add_schedule",
        Command::ChangeSchedule { .. } => "change_schedule",
        Command::RemoveSchedule { .. } => "remove_schedule",
        Command::AddTeam { .. } => "add_team",
        Command::ChangeTeam { .. } => "change_team",
        Command::RemoveTeam { .. } => "remove_team",
        Command::AnswerCall { .. } => "answer_call",
        Command::ReturnConversation { .. } => "return_conversation",
        Command::SetPolicy { .. } => "set_policy",
        Command::OverridePolicy { .. } => "override_policy",
        Command::HandOver { .. } => "hand_over",
        Command::LeaveConsult { .. } => "leave_consult",
        Command::SendAside { .. } => "send_aside",
        Command::StopListening { .. } => "stop_listening",
        Command::Invite { .. } => "invite",
        Command::CancelInvite { .. } => "cancel_invite",
        Command::LeaveConversation { .. } => "leave_conversation",
        Command::TakeOver { .. } => "take_over",
        Command::ListenIn { .. } => "listen_in",
        Command::Whisper { .. } => "whisper",
        Command::Join { .. } => "join",
        Command::Redirect { .. } => "redirect",
        Command::RaiseFlag { .. } => "raise_flag",
        Command::LowerFlag { .. } => "lower_flag",
        Command::SetStatusOf { .. } => "set_status_of",
        Command::SignOut { .. } => "sign_out",
        Command::CreateRequest { .. } => "create_request",
        Command::AnswerRequest { .. } => "answer_request",
        Command::LeaveAddress { .. } => "leave_address",
        Command::BeginLease { .. } => "begin_lease",
        Command::EndLease { .. } => "end_lease",
        Command::RateConversation { .. } => "rate_conversation",
    }
}

/// How many names [`command_name`] knows.
const COMMANDS: usize = 68;

/// Says which event it is; a new event does not compile until it is named here and happens below.
fn event_name(event: &Event) -> &'static str {
    match event {
        Event::ServerStarted { .. }
        | Event::PersonAdded { .. }
        | Event::PersonChanged { .. }
        | Event::SkillAdded { .. }
        | Event::SkillGranted { .. }
        | Event::SkillRevoked { .. }
        | Event::QueueAdded { .. }
        | Event::QueueChanged { .. }
        | Event::QueueRulesSet { .. }
        | Event::QueueOpened { .. }
        | Event::QueueClosed { .. }
        | Event::MemberAdded { .. }
        | Event::MemberRemoved { .. }
        | Event::GroupAdded { .. }
        | Event::GroupChanged { .. }
        | Event::GroupRemoved { .. }
        | Event::WorkflowAdded { .. }
        | Event::WorkflowChanged { .. }
        | Event::WorkflowRemoved { .. }
        | Event::FlowAdded { .. }
        | Event::FlowChanged { .. }
        | Event::FlowRemoved { .. }
        | Event::ExternalAdded { .. }
        | Event::ExternalChanged { .. }
        | Event::ExternalRemoved { .. }
        | Event::ScheduleAdded { .. }
        | Event::ScheduleChanged { .. }
        | Event::ScheduleRemoved { .. }
        | Event::TeamAdded { .. }
        | Event::TeamChanged { .. }
        | Event::TeamRemoved { .. }
        | Event::FlowAsked { .. }
        | Event::FlowEnded { .. }
        | Event::PolicySet { .. }
        | Event::PolicyOverridden { .. }
        | Event::StatusChanged { .. }
        | Event::AgentReached { .. }
        | Event::AgentLost { .. }
        | Event::ConversationOpened { .. }
        | Event::MessageSent { .. }
        | Event::OfferMade { .. }
        | Event::OfferEnded { .. }
        | Event::OfferReplied { .. }
        | Event::TransferRequested { .. }
        | Event::TransferEnqueued { .. }
        | Event::WorkflowEntered { .. }
        | Event::StepEntered { .. }
        | Event::SkillsDropped { .. }
        | Event::SkillsLowered { .. }
        | Event::QueueRelaxed { .. }
        | Event::StepsEnded { .. }
        | Event::LimitLifted { .. }
        | Event::ConversationIdled { .. }
        | Event::LastAgentAsked { .. }
        | Event::EveryoneAsked { .. }
        | Event::TransferRerouted { .. }
        | Event::ConsultBegan { .. }
        | Event::AsideSent { .. }
        | Event::InviteMade { .. }
        | Event::ParticipantJoined { .. }
        | Event::InviteEnded { .. }
        | Event::ListenedIn { .. }
        | Event::Whispered { .. }
        | Event::Redirected { .. }
        | Event::TransferDirected { .. }
        | Event::FlagRaised { .. }
        | Event::FlagLowered { .. }
        | Event::PersonDirected { .. }
        | Event::ListeningBegan { .. }
        | Event::ListeningEnded { .. }
        | Event::RequestCreated { .. }
        | Event::RequestAnswered { .. }
        | Event::TransferEnded { .. }
        | Event::OwnerChanged { .. }
        | Event::ConversationClosed { .. }
        | Event::WrapUpExtended { .. }
        | Event::WrapUpEnded { .. }
        | Event::ConversationRated { .. } => event.name(),
    }
}

/// How many names [`event_name`] knows.
const EVENTS: usize = 78;

/// Says which change of a desk it is; a new one does not compile until it is named here and happens below.
fn desk_event_name(event: &DeskEvent) -> &'static str {
    match event {
        DeskEvent::ThreadShown { .. } => "thread_shown",
        DeskEvent::ThreadHidden { .. } => "thread_hidden",
        DeskEvent::MessageAdded { .. } => "message_added",
        DeskEvent::MarksChanged { .. } => "marks_changed",
        DeskEvent::OfferShown { .. } => "offer_shown",
        DeskEvent::OfferHidden { .. } => "offer_hidden",
        DeskEvent::ConsultShown { .. } => "consult_shown",
        DeskEvent::ConsultHidden { .. } => "consult_hidden",
        DeskEvent::AsideAdded { .. } => "aside_added",
        DeskEvent::JoinedShown { .. } => "joined_shown",
        DeskEvent::JoinedHidden { .. } => "joined_hidden",
        DeskEvent::ListeningShown { .. } => "listening_shown",
        DeskEvent::ListeningHidden { .. } => "listening_hidden",
        DeskEvent::WhisperAdded { .. } => "whisper_added",
        DeskEvent::WrapUpShown { .. } => "wrap_up_shown",
        DeskEvent::WrapUpHidden { .. } => "wrap_up_hidden",
        DeskEvent::PersonShown { .. } => "person_shown",
        DeskEvent::MeChanged { .. } => "me_changed",
    }
}

/// Says which change of a wall it is; a new one does not compile until it is named here and happens below.
fn wall_event_name(event: &WallEvent) -> &'static str {
    match event {
        WallEvent::QueueShown { .. } => "queue_shown",
        WallEvent::AllQueuesShown { .. } => "all_queues_shown",
        WallEvent::AgentShown { .. } => "agent_shown",
        WallEvent::ConversationShown { .. } => "conversation_shown",
        WallEvent::ConversationHidden { .. } => "conversation_hidden",
        WallEvent::TransferShown { .. } => "transfer_shown",
        WallEvent::TransferHidden { .. } => "transfer_hidden",
        WallEvent::OwnerlessCounted { .. } => "ownerless_counted",
    }
}

/// How many names [`wall_event_name`] knows, but for that of what never happens: a conversation without an owner.
const WALL_EVENTS: usize = 7;

/// How many names [`desk_event_name`] knows.
const DESK_EVENTS: usize = 18;

#[test]
fn every_command_leaves_every_desk_as_a_fresh_snapshot_shows_it() {
    let mut stage = Stage::new();
    play::everything(&mut stage);
    stage.check_every_cut_point();
    counts::check(&stage);

    let commands: BTreeSet<_> = stage.given.iter().map(command_name).collect();
    assert_eq!(commands.len(), COMMANDS, "every command was played: {commands:?}");
    let events: BTreeSet<_> = stage.log().iter().map(|recorded| event_name(&recorded.event)).collect();
    assert_eq!(events.len(), EVENTS, "every event happened: {events:?}");
    let changes: BTreeSet<_> = stage.seen.iter().map(desk_event_name).collect();
    let walls: BTreeSet<_> = stage.wall_seen.iter().map(wall_event_name).collect();
    assert_eq!(walls.len(), WALL_EVENTS, "every change of a wall was seen: {walls:?}");
    assert!(!walls.contains("ownerless_counted"), "every conversation has an owner");
    assert_eq!(changes.len(), DESK_EVENTS, "every change of a desk was seen: {changes:?}");
}

#[test]
fn whatever_people_do_every_desk_stays_as_a_fresh_snapshot_shows_it() {
    // Under the policies that differ most in who owns what when; a change of policy begins every stream anew.
    for (seed, preset) in (1..).zip(Preset::ALL) {
        play_at_random(seed, *preset, 80, |_| {}, |_| {});
    }
}

#[test]
fn whatever_people_do_together_every_desk_stays_as_a_fresh_snapshot_shows_it() {
    // Most presets know no invitations and no taking over, so both are allowed here beside what the preset says.
    let mut happened = BTreeSet::new();
    for (seed, preset) in (111..).zip(Preset::ALL) {
        let change = |policy: &mut TransferPolicy| {
            policy.modes.insert(Mode::Invite);
            policy.invites_max = policy.invites_max.max(3);
            policy.take_over = TakeOver::Always;
            policy.wrap_up_secs = Some(90);
        };
        let log = play_at_random(seed, *preset, 300, change, |_| {});
        happened.extend(log.iter().map(|recorded| detailed_name(&recorded.event)));
    }
    for expected in [
        "participant_joined",
        "Left",
        "Cancelled",
        "TookOver",
        "TakenOver",
        "left to a participant",
        "Finishing",
        "wrap_up_extended",
    ] {
        assert!(happened.contains(expected), "`{expected}` happened nowhere: {happened:?}");
    }
}

#[test]
fn whatever_people_do_in_workflows_every_desk_stays_as_a_fresh_snapshot_shows_it() {
    let mut happened = BTreeSet::new();
    for (seed, preset) in (201..).zip(Preset::ALL) {
        let change = |policy: &mut TransferPolicy| policy.targets.extend(TargetKind::ALL);
        let log = play_at_random(seed, *preset, 100, change, |stage| {
            let (billing, sales) = (stage.queue, play::add_queue(stage, "Sales"));
            for agent in stage.everyone() {
                stage.give(command::Actor::System, Command::AddMember { queue: sales, agent }).unwrap();
            }
            workflows::add(stage, Some(Channel::WebChat), sales, billing);
        });
        happened.extend(log.iter().map(|recorded| detailed_name(&recorded.event)));
    }
    for expected in ["skills_lowered", "skills_dropped", "Routed", "steps_ended", "transferred to a workflow"]
    {
        assert!(happened.contains(expected), "`{expected}` happened nowhere: {happened:?}");
    }
}

#[test]
fn whatever_people_do_with_bots_every_desk_stays_as_a_fresh_snapshot_shows_it() {
    let mut happened = BTreeSet::new();
    for (seed, preset) in (301..).zip(Preset::ALL) {
        let change = |policy: &mut TransferPolicy| policy.targets.extend(TargetKind::ALL);
        let log = play_at_random(seed, *preset, 100, change, |stage| {
            let external = bots::add_external(stage);
            let billing = stage.queue;
            let to = |target: Target| serde_json::json!([{"name": "on", "does": {"kind": "transfer", "target": target}}]);
            let on = bots::add_flow(stage, "Partner first", None, billing, &to(Target::External(external)));
            let asks = serde_json::json!({"kind": "ask", "text": "Who are you?", "attribute": "who"});
            let mut steps = to(Target::Flow(on));
            steps.as_array_mut().unwrap().insert(0, serde_json::json!({"name": "who", "does": asks}));
            bots::add_flow(stage, "Reception", Some(Channel::WebChat), billing, &steps);
        });
        happened.extend(log.iter().map(|recorded| detailed_name(&recorded.event)));
    }
    for expected in ["flow_asked", "flow_ended", "begun in a flow", "to a partner"] {
        assert!(happened.contains(expected), "`{expected}` happened nowhere: {happened:?}");
    }
}

/// Says which event it is, and of those about several people what came of it.
fn detailed_name(event: &Event) -> String {
    if let Event::InviteEnded { end, .. } = event {
        format!("{end:?}")
    } else if let Event::OwnerChanged { cause: OwnerCause::TakenOver(_), .. } = event {
        "TakenOver".to_owned()
    } else if let Event::OwnerChanged { cause: OwnerCause::Left(_), .. } = event {
        "left to a participant".to_owned()
    } else if let Event::OwnerChanged { cause: OwnerCause::Routed(_), .. } = event {
        "Routed".to_owned()
    } else if let Event::OwnerChanged { cause: OwnerCause::Entered(_), .. } = event {
        "begun in a flow".to_owned()
    } else if let Event::OwnerChanged { to: Owner::External(_), .. } = event {
        "to a partner".to_owned()
    } else if let Event::TransferRequested { target: Target::Workflow(_), .. } = event {
        "transferred to a workflow".to_owned()
    } else if let Event::StatusChanged { status, .. } = event {
        format!("{status:?}")
    } else {
        event_name(event).to_owned()
    }
}

/// Plays under a preset with some values changed and after some more is set up, and returns the log.
fn play_at_random(
    seed: u64,
    preset: Preset,
    steps: usize,
    change: impl FnOnce(&mut TransferPolicy),
    set_up: impl FnOnce(&mut Stage),
) -> Vec<Recorded> {
    eprintln!("seed {seed}, {}", preset.label());
    let mut stage = Stage::new();
    let mut random = Random(seed);
    play::reachable(&mut stage);
    play::lead_is_available(&mut stage);
    play::add_group(&mut stage, "Everyone");
    play::set_policy(&mut stage, preset, change);
    set_up(&mut stage);
    for _ in 0..steps {
        random::play(&mut stage, &mut random);
    }
    stage.check_every_cut_point();
    counts::check(&stage);
    stage.log()
}
