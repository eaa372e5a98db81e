insert into invites (
    workspace_id, id, conversation, from_agent, target_kind, target_id, made_at, state, participant, ended_at, body
)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
on conflict (workspace_id, id) do update set
    state = excluded.state,
    participant = excluded.participant,
    ended_at = excluded.ended_at,
    body = excluded.body
