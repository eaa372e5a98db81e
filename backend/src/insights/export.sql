drop table segment_days;

drop table kept;

drop table numbers;

drop table followed;

create view transfers as
select
    t.id,
    c.id as conversation,
    strftime('%Y-%m-%dT%H:%M:%fZ', t.requested_at / 1000.0, 'unixepoch') as requested_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', t.ended_at / 1000.0, 'unixepoch') as ended_at,
    t.transfer_type,
    sender.kind as sender_type,
    sender.id as sender_id,
    sender.name as sender,
    t.receiver_kind as destination_type,
    receiver.id as destination_id,
    t.receiver_name as destination,
    queue.id as queue_id,
    queue.name as queue,
    t.channel,
    t.outcome,
    t.reason,
    t.hop,
    t.early,
    t.ping_pong,
    t.bounce_back,
    t.offers,
    t.offers_rejected,
    t.offers_missed,
    accepted_by.id as accepted_by_id,
    accepted_by.name as accepted_by,
    t.to_offer_ms,
    t.to_accept_ms,
    t.request_to_accept_ms,
    t.request_to_reply_ms,
    t.customer_messages,
    t.unowned_messages,
    t.note,
    t.summary,
    t.edited as summary_edited,
    t.opened as note_opened
from transfer_rows t
join conversations c on c.number = t.conversation
join things sender on sender.number = t.sender
join things receiver on receiver.number = t.receiver
join things queue on queue.number = t.queue
left join things accepted_by on accepted_by.number = t.accepted_by;

create view ratings as
select
    c.id as conversation,
    strftime('%Y-%m-%dT%H:%M:%fZ', r.rated_at / 1000.0, 'unixepoch') as rated_at,
    r.score,
    agent.id as agent_id,
    agent.name as agent,
    queue.id as queue_id,
    queue.name as queue,
    r.channel,
    r.transfers
from rating_rows r
join conversations c on c.number = r.conversation
join things queue on queue.number = r.queue
left join things agent on agent.number = r.agent;

create view segments as
select
    s.id,
    c.id as conversation,
    case s.kind
        when 1 then 'queue'
        when 2 then iif(s.ended_at is null, 'conversation_in_progress', 'conversation')
        when 3 then 'missed'
        when 4 then 'rejected'
        when 5 then 'revoked'
        when 6 then 'bot'
        when 7 then 'external'
        when 8 then 'transfer'
        when 9 then iif(s.ended_at is null, 'agent_status_in_progress', 'agent_status')
    end as kind,
    strftime('%Y-%m-%dT%H:%M:%fZ', s.started_at / 1000.0, 'unixepoch') as started_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', s.ended_at / 1000.0, 'unixepoch') as ended_at,
    s.ended_at - s.started_at as lasted_ms,
    place.kind as place_type,
    place.id as place_id,
    place.name as place,
    queue.id as queue_id,
    queue.name as queue,
    s.channel,
    s.transfer_type,
    s.began_from_transfer or s.ended_by_transfer as transferred_segment,
    s.began_from_transfer,
    s.ended_by_transfer,
    destination.kind as destination_type,
    destination.id as destination_id,
    s.destination_name as destination,
    s.preceded_by,
    s.followed_by,
    s.ring_ms,
    s.first_response_ms,
    s.responses,
    s.response_ms as response_sum_ms,
    s.response_max_ms,
    s.agent_messages,
    s.customer_messages,
    s.wrap_up_ms,
    s.target_ms,
    s.ended_at - s.created_at as since_creation_ms,
    s.ended_at - s.transfer_at as since_transfer_ms,
    s.expected_ms,
    s.ahead,
    s.extensions,
    s.customer_responses,
    s.customer_response_ms as customer_response_sum_ms,
    s.customer_response_max_ms,
    s.load_used,
    s.load_limit,
    asked_for.id as transfer_id
from segment_rows s
left join conversations c on c.number = s.conversation
join things place on place.number = s.place
left join things queue on queue.number = s.queue
left join things destination on destination.number = s.destination
left join transfer_rows asked_for on asked_for.conversation = s.conversation and asked_for.number = s.for_transfer;

create view conversation_outcomes as
select
    c.id,
    strftime('%Y-%m-%dT%H:%M:%fZ', c.opened_at / 1000.0, 'unixepoch') as opened_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', c.closed_at / 1000.0, 'unixepoch') as closed_at,
    c.closed_by,
    c.channel,
    queue.id as queue_id,
    queue.name as queue,
    agent.id as agent_id,
    agent.name as agent,
    c.transfers,
    c.outcome,
    c.agent_messages,
    c.customer_messages,
    c.responses,
    c.response_ms as response_sum_ms,
    c.response_max_ms,
    c.customer_responses,
    c.customer_response_ms as customer_response_sum_ms,
    c.customer_response_max_ms,
    c.surveyed,
    c.rated
from conversations c
join things queue on queue.number = c.queue
left join things agent on agent.number = c.agent;
