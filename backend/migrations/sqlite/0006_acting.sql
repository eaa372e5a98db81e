-- What agents wrote with the flags that they raised.
create table flags (
    workspace_id integer not null,
    conversation blob not null,
    raised_at integer not null,
    agent blob not null,
    text text not null,
    primary key (workspace_id, conversation, raised_at)
) strict, without rowid;

-- What supervisors whispered to agents, and their answers.
create table whispers (
    workspace_id integer not null,
    conversation blob not null,
    seq integer not null,
    segment blob not null,
    id blob not null,
    agent blob not null,
    text text not null,
    at_ms integer not null,
    client_key text,
    primary key (workspace_id, conversation, seq)
) strict, without rowid;
