insert into conversations (
    workspace_id, id, contact, channel, queue, owner_kind, owner_id, epoch, priority, ranked_at, closed_at, closed_by,
    body
)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
on conflict (workspace_id, id) do update set
    queue = excluded.queue,
    owner_kind = excluded.owner_kind,
    owner_id = excluded.owner_id,
    epoch = excluded.epoch,
    priority = excluded.priority,
    ranked_at = excluded.ranked_at,
    closed_at = excluded.closed_at,
    closed_by = excluded.closed_by,
    body = excluded.body
where excluded.epoch > conversations.epoch
    -- In the same epoch the owner stays, or the conversation ends.
    or excluded.epoch = conversations.epoch and (
        excluded.owner_id is null
        or excluded.owner_kind is conversations.owner_kind and excluded.owner_id is conversations.owner_id
    )
