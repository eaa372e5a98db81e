-- Every key begins with the workspace. Ids are 16 bytes, times are milliseconds since 1970-01-01T00:00:00Z.
-- `body` is the thing itself as JSON and the truth when it is loaded; the columns beside it are for finding it and
-- for reports. What people wrote and who they are stands in columns of its own, never in a body and never in the log.

create table workspaces (
    workspace_id integer primary key,
    -- The writer that opened the database last; the commits of any other are refused.
    writer_epoch integer not null,
    -- The position and the time of the last event in the log.
    position integer not null,
    at_ms integer not null,
    -- The number of the last event on the streams.
    head integer not null,
    -- How transfers go, as JSON; null before it was set for the first time.
    policies text
) strict;

insert into workspaces (workspace_id, writer_epoch, position, at_ms, head) values (1, 0, 0, 0, 0);

create table secrets (
    workspace_id integer not null,
    name text not null,
    value blob not null,
    primary key (workspace_id, name)
) strict, without rowid;

create table log (
    workspace_id integer not null,
    position integer not null,
    at_ms integer not null,
    name text not null,
    version integer not null,
    body text not null,
    primary key (workspace_id, position)
) strict, without rowid;

-- What administrators changed, for its history.
create index log_of_policies on log (workspace_id, name, position)
    where name in ('policy_set', 'policy_overridden');

create table agents (
    workspace_id integer not null,
    id blob not null,
    role text not null,
    enabled integer not null,
    body text not null,
    primary key (workspace_id, id)
) strict, without rowid;

create table profiles (
    workspace_id integer not null,
    agent blob not null,
    name text not null,
    email text,
    -- The address in lower case, by which it is found.
    email_folded text,
    password_hash text,
    primary key (workspace_id, agent)
) strict, without rowid;

create unique index profiles_by_email on profiles (workspace_id, email_folded) where email_folded is not null;

create table skills (
    workspace_id integer not null,
    id blob not null,
    name text not null default '',
    primary key (workspace_id, id)
) strict, without rowid;

create table queues (
    workspace_id integer not null,
    id blob not null,
    name text not null default '',
    body text not null,
    primary key (workspace_id, id)
) strict, without rowid;

create table groups (
    workspace_id integer not null,
    id blob not null,
    name text not null default '',
    -- One that was removed keeps its name for what happened before.
    removed integer not null default 0,
    body text not null,
    primary key (workspace_id, id)
) strict, without rowid;

create table workflows (
    workspace_id integer not null,
    id blob not null,
    name text not null default '',
    -- One that was removed keeps its name for what happened before.
    removed integer not null default 0,
    -- What routing keeps of it.
    body text not null,
    -- All that is written in it: names, expressions and the rest, as JSON.
    definition text,
    primary key (workspace_id, id)
) strict, without rowid;

create table flows (
    workspace_id integer not null,
    id blob not null,
    name text not null default '',
    -- One that was removed keeps its name for what happened before.
    removed integer not null default 0,
    -- What routing keeps of it.
    body text not null,
    -- All that is written in it: texts, expressions and the rest, as JSON.
    definition text,
    primary key (workspace_id, id)
) strict, without rowid;

-- External contacts.
create table externals (
    workspace_id integer not null,
    id blob not null,
    name text not null default '',
    -- One that was removed keeps its name for what happened before, and nothing else.
    removed integer not null default 0,
    -- Where it is asked.
    url text,
    -- What both sides sign with.
    secret text,
    primary key (workspace_id, id)
) strict, without rowid;

create table contacts (
    workspace_id integer not null,
    id blob not null,
    name text not null,
    -- Where they can be reached, if they said so.
    address text,
    primary key (workspace_id, id)
) strict, without rowid;

create table conversations (
    workspace_id integer not null,
    id blob not null,
    contact blob not null,
    channel text not null,
    queue blob not null,
    -- 'agent', 'queue', 'group', 'flow' or 'external', and which; null once it is closed.
    owner_kind text,
    owner_id blob,
    epoch integer not null,
    -- A higher one goes first.
    priority integer not null,
    -- From when it counts as waiting.
    ranked_at integer not null,
    closed_at integer,
    closed_by text,
    body text not null,
    primary key (workspace_id, id)
) strict, without rowid;

-- What someone owns; for a queue, in the order in which it is offered but for the priority's direction.
create index conversations_open on conversations
    (workspace_id, owner_kind, owner_id, priority, ranked_at, id) where owner_id is not null;

-- Former owners who read on.
create table listeners (
    workspace_id integer not null,
    agent blob not null,
    conversation blob not null,
    primary key (workspace_id, agent, conversation)
) strict, without rowid;

create table attributes (
    workspace_id integer not null,
    conversation blob not null,
    name text not null,
    value text not null,
    primary key (workspace_id, conversation, name)
) strict, without rowid;

create table messages (
    workspace_id integer not null,
    conversation blob not null,
    seq integer not null,
    id blob not null,
    -- Who wrote it; null for the customer.
    agent blob,
    -- What that is, where it is no agent: 'flow' or 'external'.
    author_kind text,
    text text not null,
    at_ms integer not null,
    client_key text,
    primary key (workspace_id, conversation, seq)
) strict, without rowid;

create table read_marks (
    workspace_id integer not null,
    conversation blob not null,
    agent_read integer not null,
    customer_delivered integer not null,
    customer_read integer not null,
    primary key (workspace_id, conversation)
) strict, without rowid;

create table segments (
    workspace_id integer not null,
    id blob not null,
    conversation blob not null,
    owner_kind text not null,
    owner_id blob not null,
    started_at integer not null,
    -- 'opened', 'accepted' (and the offer), 'transferred', 'taken_back', 'parked', 'returned' or 'expired' (and the
    -- transfer), 'released', 'lost', 'left' (and the invitation), 'taken_over', 'routed' (and the workflow), 'entered' (and
    -- the flow).
    preceded_by text not null,
    preceded_by_id blob,
    -- 'active', 'wrap_up' or 'ended'.
    state text not null,
    ended_at integer,
    -- As in `preceded_by`, or 'ended_by_agent', 'ended_by_customer', 'ended_by_system'.
    followed_by text,
    followed_by_id blob,
    disposition text,
    last_seq integer not null,
    notes text,
    body text not null,
    primary key (workspace_id, id)
) strict, without rowid;

create index segments_open on segments
    (workspace_id, owner_kind, owner_id, conversation) where state <> 'ended';

create table offers (
    workspace_id integer not null,
    id blob not null,
    conversation blob not null,
    agent blob not null,
    -- 'queue', 'transfer' or 'invite', and which.
    cause text not null,
    cause_id blob not null,
    made_at integer not null,
    deadline integer,
    ended_at integer,
    ended_as text,
    reason text,
    -- What the receiver asked the sender, and what the sender answered.
    question text,
    answer text,
    body text not null,
    primary key (workspace_id, id)
) strict, without rowid;

create index offers_open on offers (workspace_id, agent, conversation) where ended_at is null;

create index offers_of_conversations on offers (workspace_id, conversation, made_at);

create index offers_of_transfers on offers (workspace_id, cause_id) where cause = 'transfer';

create table transfers (
    workspace_id integer not null,
    id blob not null,
    conversation blob not null,
    -- 'agent', 'flow' or 'external', and which.
    from_kind text not null,
    from_id blob not null,
    -- 'agent', 'group', 'queue', 'workflow', 'flow' or 'external', and which.
    target_kind text not null,
    target_id blob not null,
    -- 'cold', 'warm' or 'invite'.
    mode text not null,
    requested_at integer not null,
    -- 'requested', 'waiting', 'offered', 'enqueued', 'calling', 'consulting' or 'ended'.
    state text not null,
    -- Who is consulted at the moment.
    consulted blob,
    ended_at integer,
    ended_as text,
    note text,
    summary text,
    -- Why a partner outside did not take it.
    reason text,
    body text not null,
    primary key (workspace_id, id)
) strict, without rowid;

create index transfers_of_conversations on transfers (workspace_id, conversation, requested_at);

create index transfers_open on transfers (workspace_id, id) where ended_at is null;

create index transfers_consulting on transfers (workspace_id, consulted) where consulted is not null;

-- What is said aside while someone is consulted.
create table asides (
    workspace_id integer not null,
    transfer blob not null,
    seq integer not null,
    id blob not null,
    agent blob not null,
    text text not null,
    at_ms integer not null,
    client_key text,
    primary key (workspace_id, transfer, seq)
) strict, without rowid;

create table invites (
    workspace_id integer not null,
    id blob not null,
    conversation blob not null,
    from_agent blob not null,
    target_kind text not null,
    target_id blob not null,
    made_at integer not null,
    -- 'open', 'joined' or 'ended'.
    state text not null,
    -- Who takes part at the moment.
    participant blob,
    ended_at integer,
    note text,
    body text not null,
    primary key (workspace_id, id)
) strict, without rowid;

create index invites_open on invites (workspace_id, id) where ended_at is null;

create index invites_joined on invites (workspace_id, participant) where participant is not null;

create table requests (
    workspace_id integer not null,
    id blob not null,
    number integer not null,
    conversation blob not null,
    contact blob not null,
    queue blob not null,
    created_at integer not null,
    answered_at integer,
    answered_by blob,
    note text,
    answer text,
    body text not null,
    primary key (workspace_id, id)
) strict, without rowid;

create unique index requests_by_number on requests (workspace_id, number);

create index requests_of_conversations on requests (workspace_id, conversation);

create table answers (
    -- In the order in which they were given, so that the oldest are found without an index of their own.
    number integer primary key,
    workspace_id integer not null,
    scope text not null,
    key text not null,
    body_hash blob not null,
    answer text not null,
    at_ms integer not null,
    unique (workspace_id, scope, key)
) strict;

create table sessions (
    workspace_id integer not null,
    token_hash blob not null,
    agent blob not null,
    created_at integer not null,
    seen_at integer not null,
    primary key (workspace_id, token_hash)
) strict, without rowid;
