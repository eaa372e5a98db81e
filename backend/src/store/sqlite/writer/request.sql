insert into requests (
    workspace_id, id, number, conversation, contact, queue, created_at, answered_at, answered_by, body
)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
on conflict (workspace_id, id) do update set
    answered_at = excluded.answered_at,
    answered_by = excluded.answered_by,
    body = excluded.body
