-- Since when a person's presence is as it is: for whoever watches it, and for no decision.
alter table agents add column present_since integer not null default 0;
