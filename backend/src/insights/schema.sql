-- Times are milliseconds since 1970-01-01T00:00:00Z, and so are lengths of time in milliseconds. Rows are in the order
-- in which reports read them: by kind and by when they began.

-- Who and what rows name. `name` is what it was called when it was met last.
create table things (
    number integer primary key,
    kind text not null,
    id text not null unique,
    name text not null
) strict;

create table conversations (
    number integer primary key,
    id text not null unique,
    opened_at integer not null,
    closed_at integer,
    closed_by text,
    channel text not null,
    queue integer not null,
    agent integer,
    transfers integer not null,
    outcome text not null default 'in_progress',
    agent_messages integer not null default 0,
    customer_messages integer not null default 0,
    responses integer not null default 0,
    response_ms integer not null default 0,
    response_max_ms integer not null default 0,
    customer_responses integer not null default 0,
    customer_response_ms integer not null default 0,
    customer_response_max_ms integer not null default 0,
    surveyed integer not null default 0,
    rated integer not null default 0
) strict;

-- All that reports read of conversations.
create index conversations_opened on conversations (opened_at, queue, agent, channel, outcome, transfers,
    agent_messages, customer_messages, responses, response_ms, response_max_ms, customer_responses,
    customer_response_ms, customer_response_max_ms);

create index surveys on conversations (opened_at, queue, agent, channel, rated) where surveyed = 1;

-- What customers said of conversations that had ended, with what those were like then.
create table rating_rows (
    rated_at integer not null,
    conversation integer not null,
    score integer not null,
    agent integer,
    queue integer not null,
    channel text not null,
    transfers integer not null,
    primary key (rated_at, conversation)
) strict, without rowid;

create table segment_rows (
    kind integer not null,
    started_at integer not null,
    number integer not null,
    ended_at integer,
    place integer not null,
    queue integer,
    followed_by text,
    target_ms integer,
    ring_ms integer,
    wrap_up_ms integer,
    first_response_ms integer,
    responses integer not null,
    response_ms integer not null,
    response_max_ms integer not null,
    agent_messages integer not null,
    came_from integer,
    closes integer not null,
    created_at integer,
    transfer_at integer,
    expected_ms integer,
    channel text,
    conversation integer,
    customer_messages integer not null,
    transfer_type text,
    began_from_transfer integer not null,
    ended_by_transfer integer not null,
    destination integer,
    destination_name text,
    preceded_by text,
    id text,
    extensions integer not null default 0,
    customer_responses integer not null default 0,
    customer_response_ms integer not null default 0,
    customer_response_max_ms integer not null default 0,
    -- How many waited there already when it came to wait.
    ahead integer,
    -- Of offers that were not accepted: what was in use of how much, the number of the transfer they were for, and what
    -- stands for the reason of a refusal, 0 for none.
    load_used integer,
    load_limit integer,
    for_transfer integer,
    reason integer,
    primary key (kind, started_at, number)
) strict, without rowid;

create index segments_of_conversations on segment_rows (conversation) where conversation is not null;

create index segments_of_places on segment_rows (place, kind, started_at);

-- All that reports read of waits and of presences.
create index waits on segment_rows (started_at, ended_at, place, followed_by, queue, channel, target_ms, created_at,
    transfer_at, expected_ms, ahead) where kind = 1;

create index presences on segment_rows (place, started_at, ended_at, followed_by) where kind = 9;

-- What the segments of a day come to, which is a day of UTC. Where conversations came from is 0 for every agent and -1
-- for nowhere; queue and channel are 0 and empty where there is none.
create table segment_days (
    kind integer not null,
    day integer not null,
    place integer not null,
    came_from integer not null,
    queue integer not null,
    channel text not null,
    number integer not null,
    closes integer not null,
    ended integer not null,
    lasted_ms integer not null,
    accepted integer not null,
    answer_ms integer not null,
    abandoned integer not null,
    abandon_ms integer not null,
    short integer not null,
    overflowed integer not null,
    counted integer not null,
    in_target integer not null,
    filed integer not null,
    wrap_up_ms integer not null,
    rung integer not null,
    ring_ms integer not null,
    first integer not null,
    first_response_ms integer not null,
    responses integer not null,
    response_ms integer not null,
    agent_messages integer not null,
    extensions integer not null,
    routed integer not null,
    routed_response_ms integer not null,
    customer_messages integer not null,
    customer_responses integer not null,
    customer_response_ms integer not null,
    ahead integer not null,
    load_used integer not null,
    load_limit integer not null,
    answer_max_ms integer not null,
    response_max_ms integer not null,
    customer_response_max_ms integer not null,
    ahead_max integer not null,
    primary key (kind, day, place, came_from, queue, channel)
) strict, without rowid;

create table transfer_rows (
    requested_at integer not null,
    number integer not null,
    conversation integer not null,
    ended_at integer,
    outcome text not null,
    reason text,
    transfer_type text not null,
    sender integer not null,
    receiver integer not null,
    receiver_kind text not null,
    queue integer not null,
    channel text not null,
    hop integer not null,
    early integer not null,
    ping_pong integer not null,
    bounce_back integer not null,
    offers integer not null,
    offers_rejected integer not null,
    offers_missed integer not null,
    accepted_by integer,
    to_offer_ms integer,
    to_accept_ms integer,
    request_to_accept_ms integer,
    request_to_reply_ms integer,
    customer_messages integer not null,
    receiver_name text not null,
    id text not null,
    note integer not null default 0,
    summary integer not null default 0,
    edited integer,
    opened integer not null default 0,
    unowned_messages integer not null default 0,
    primary key (requested_at, number)
) strict, without rowid;

create index transfers_of_conversations on transfer_rows (conversation);

-- What is needed to go on where the log was left.
create table kept (
    id text primary key,
    body text not null
) strict, without rowid;

-- The last numbers in use: none is used again.
create table numbers (
    segment integer not null,
    conversation integer not null
) strict;

insert into numbers (segment, conversation) values (0, 0);
