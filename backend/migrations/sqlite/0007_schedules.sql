-- Reports that are sent again and again.
create table schedules (
    workspace_id integer not null,
    id blob not null,
    -- Whose it is: what it holds is what they may see.
    owner blob not null,
    name text not null default '',
    -- One that was removed keeps its name for what happened before, and nothing else.
    removed integer not null default 0,
    definition text,
    -- What a webhook is signed with.
    secret text,
    -- Since when it is as it is: nothing that was due before is sent.
    since_ms integer not null default 0,
    primary key (workspace_id, id)
) strict, without rowid;

-- What became of them, the last few of each.
create table schedule_runs (
    workspace_id integer not null,
    schedule blob not null,
    due_ms integer not null,
    -- Whether someone asked for it at once.
    asked integer not null,
    tries integer not null,
    at_ms integer not null,
    outcome text not null,
    primary key (workspace_id, schedule, due_ms, asked)
) strict, without rowid;

-- The history of changes tells of scheduled reports too.
drop index log_of_setup;

create index log_of_setup on log (workspace_id, name, position)
    where name in ('policy_set', 'policy_overridden', 'queue_rules_set', 'group_added', 'group_changed', 'group_removed',
        'workflow_added', 'workflow_changed', 'workflow_removed', 'flow_added', 'flow_changed', 'flow_removed',
        'external_added', 'external_changed', 'external_removed', 'schedule_added', 'schedule_changed',
        'schedule_removed');
