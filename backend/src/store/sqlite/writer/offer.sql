insert into offers (
    workspace_id, id, conversation, agent, cause, cause_id, made_at, deadline, ended_at, ended_as, body
)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
on conflict (workspace_id, id) do update set
    -- An ended offer carries its deadline no more; reports want it.
    deadline = coalesce(excluded.deadline, deadline),
    ended_at = excluded.ended_at,
    ended_as = excluded.ended_as,
    body = excluded.body
