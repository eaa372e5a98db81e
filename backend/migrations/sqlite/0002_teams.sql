create table teams (
    workspace_id integer not null,
    id blob not null,
    name text not null default '',
    body text not null,
    primary key (workspace_id, id)
) strict, without rowid;
