-- What customers said of conversations that had ended.
create table ratings (
    workspace_id integer not null,
    conversation blob not null,
    -- From 1, very bad, to 5, very good.
    score integer not null,
    at_ms integer not null,
    comment text,
    primary key (workspace_id, conversation)
) strict, without rowid;
