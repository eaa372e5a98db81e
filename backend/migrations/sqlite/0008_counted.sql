-- What walls count that stands in no other row, by the time at which it ended: whoever begins to watch wants the last day.

-- The times for which agents had a conversation, the queue that it was of, and until when they were filed.
create table talks (
    workspace_id integer not null,
    ended_at integer not null,
    segment blob not null,
    queue blob not null,
    started_at integer not null,
    filed_at integer,
    primary key (workspace_id, ended_at, segment)
) strict, without rowid;

-- The offers that were missed, or else rejected, and the queue that the conversation was of.
create table unanswered (
    workspace_id integer not null,
    ended_at integer not null,
    offer blob not null,
    queue blob not null,
    agent blob not null,
    missed integer not null,
    primary key (workspace_id, ended_at, offer)
) strict, without rowid;
