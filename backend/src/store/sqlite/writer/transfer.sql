insert into transfers (
    workspace_id, id, conversation, from_kind, from_id, target_kind, target_id, mode, requested_at, state, consulted,
    ended_at, ended_as, body
)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
on conflict (workspace_id, id) do update set
    state = excluded.state,
    consulted = excluded.consulted,
    ended_at = excluded.ended_at,
    ended_as = excluded.ended_as,
    body = excluded.body
