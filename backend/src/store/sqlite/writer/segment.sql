insert into segments (
    workspace_id, id, conversation, owner_kind, owner_id, started_at, preceded_by, preceded_by_id, state, ended_at,
    followed_by, followed_by_id, disposition, last_seq, body
)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
on conflict (workspace_id, id) do update set
    state = excluded.state,
    ended_at = excluded.ended_at,
    followed_by = excluded.followed_by,
    followed_by_id = excluded.followed_by_id,
    disposition = excluded.disposition,
    last_seq = excluded.last_seq,
    body = excluded.body
