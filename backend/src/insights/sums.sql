-- The sums of every day, from the rows: the definitions stand with `Sums`.
delete from segment_days;

insert into segment_days
select
    s.kind,
    s.started_at / 86400000,
    s.place,
    case when s.came_from is null then -1 when came_from.kind = 'agent' then 0 else s.came_from end,
    coalesce(s.queue, 0),
    coalesce(s.channel, ''),
    count(*),
    sum(s.closes),
    count(s.ended_at),
    coalesce(sum(s.ended_at - s.started_at), 0),
    sum(s.kind = 1 and s.followed_by is 'accepted'),
    coalesce(sum(s.ended_at - s.started_at) filter (where s.kind = 1 and s.followed_by = 'accepted'), 0),
    sum(s.kind = 1 and s.followed_by is 'abandon'),
    coalesce(sum(s.ended_at - s.started_at) filter (where s.kind = 1 and s.followed_by = 'abandon'), 0),
    count(*) filter (where s.kind = 1 and s.followed_by = 'abandon' and s.ended_at - s.started_at < 10000),
    sum(s.kind = 1 and s.followed_by is 'overflow'),
    count(s.target_ms) filter (where s.kind = 1 and (s.followed_by = 'accepted'
        or (s.followed_by = 'abandon' and s.ended_at - s.started_at >= 10000))),
    count(*) filter (where s.kind = 1 and s.followed_by = 'accepted' and s.ended_at - s.started_at <= s.target_ms),
    count(s.wrap_up_ms),
    coalesce(sum(s.wrap_up_ms), 0),
    count(s.ring_ms),
    coalesce(sum(s.ring_ms), 0),
    count(s.first_response_ms),
    coalesce(sum(s.first_response_ms), 0),
    sum(s.responses),
    sum(s.response_ms),
    sum(s.agent_messages),
    sum(s.extensions),
    count(s.ring_ms + s.first_response_ms),
    coalesce(sum(s.ring_ms + s.first_response_ms), 0),
    sum(s.customer_messages),
    sum(s.customer_responses),
    sum(s.customer_response_ms),
    coalesce(sum(s.ahead), 0),
    coalesce(sum(s.load_used), 0),
    coalesce(sum(s.load_limit), 0),
    coalesce(max(s.ended_at - s.started_at) filter (where s.kind = 1 and s.followed_by = 'accepted'), 0),
    max(s.response_max_ms),
    max(s.customer_response_max_ms),
    coalesce(max(s.ahead), 0)
from segment_rows s
left join things came_from on came_from.number = s.came_from
where s.kind < 8
group by 1, 2, 3, 4, 5, 6;
