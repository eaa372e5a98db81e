-- A conversation `n` begins at :began + n * :step, waits in one of 30 queues and goes to one of 300 agents. Two of five
-- are passed on to a queue and wait again; one of five is offered in vain first; each agent's presence changes now and
-- then. Rows are made in the order of the key, kind after kind.
create temp table numbers (n integer primary key);

insert into numbers
with recursive counted (n) as (select 1 union all select n + 1 from counted where n < :conversations)
select n from counted;

insert into conversations (number, id, opened_at, closed_at, closed_by, channel, queue, agent, transfers, outcome,
    agent_messages, customer_messages, responses, response_ms, response_max_ms, customer_responses,
    customer_response_ms, customer_response_max_ms, surveyed, rated)
select n, 'cnv_' || printf('%026d', n), :began + n * :step, :began + n * :step + 600000, 'agent', 'web_chat',
    1000 + n * 7 % 30, 1 + n * 13 % 300, n % 5 < 2,
    case when n % 20 = 7 then 'abandoned' when n % 5 < 2 then 'transferred' else 'successful' end,
    6, 7, 5, 90000, 40000, 4, 120000, 60000, n % 2, n % 4 = 1
from numbers;

-- One of four customers says how good it was.
insert into rating_rows (rated_at, conversation, score, agent, queue, channel, transfers)
select closed_at, number, 1 + number % 7 * 5 / 7, agent, queue, channel, transfers from conversations where number % 4 = 0;

create temp table slices as
-- The first wait and talk, the second wait and talk, and what was offered in vain; the second ones begin later, so the
-- order is made below.
select 1 as kind, n, :began + n * :step as started_at, 2000 + n * 7919 % 90000 as lasts, 1000 + n * 7 % 30 as place, 0 as later
from numbers
union all
select 2, n, :began + n * :step + 100000, 20000 + n * 104729 % 480000, 1 + n * 13 % 300, 0 from numbers
union all
select 1, n, :began + n * :step + 600000, 2000 + n * 6007 % 120000, 1000 + n * 11 % 30, 1 from numbers where n % 5 < 2
union all
select 2, n, :began + n * :step + 730000, 20000 + n * 15485863 % 300000, 1 + n * 17 % 300, 1 from numbers where n % 5 < 2
union all
select 3 + n % 2, n, :began + n * :step + 1000, 20000, 1 + n * 19 % 300, 0 from numbers where n % 5 = 3
union all
select 8, n, :began + n * :step + 600000, 60000, 1 + n * 13 % 300, 0 from numbers where n % 5 < 2
union all
select 9, n, :began + n * :step, 3600000, 1 + n / 3 % 300, 0 from numbers where n % 3 = 0;

insert into segment_rows (kind, started_at, number, ended_at, place, queue, followed_by, target_ms, ring_ms, wrap_up_ms,
    first_response_ms, responses, response_ms, response_max_ms, agent_messages, came_from, closes, created_at,
    transfer_at, expected_ms, channel, conversation, customer_messages, transfer_type, began_from_transfer, ended_by_transfer,
    destination, destination_name, preceded_by, id, customer_responses, customer_response_ms,
    customer_response_max_ms, ahead, load_used, load_limit, reason, for_transfer)
select kind, started_at, row_number() over (), started_at + lasts, place,
    case when kind = 9 then null when later then 1000 + n * 11 % 30 else 1000 + n * 7 % 30 end,
    case kind
        when 1 then iif(n % 20 = 7, 'abandon', 'accepted')
        when 2 then iif(n % 5 < 2 and not later, 'transfer_to_queue', 'end')
        when 8 then 'successful'
        when 9 then iif(n % 6 = 0, 'available', 'away')
    end,
    iif(kind = 1, 20000, null), iif(kind = 2, 4000, null), iif(kind = 2, 15000, null), iif(kind = 2, 9000, null),
    iif(kind = 2, 5, 0), iif(kind = 2, 90000, 0), iif(kind = 2, 40000, 0), iif(kind = 2, 6, 0),
    case when kind = 2 then 1000 + n * 7 % 30 when kind = 1 and later then 1 + n * 13 % 300 end,
    kind = 2 and (later or n % 5 >= 2), :began + n * :step, iif(later, started_at, null),
    iif(kind = 1, 45000, null), iif(kind = 9, null, 'web_chat'), iif(kind = 9, null, n), iif(kind = 2, 7, 0),
    iif(kind = 8 or later, 'cold', null), later, kind = 8 or (kind = 2 and n % 5 < 2 and not later),
    iif(kind = 8 or later, 1000 + n * 11 % 30, null), iif(kind = 8 or later, 'Queue', null),
    case when kind = 1 then iif(later, 'cold_transfer', 'none') when kind = 2 then 'queue' end,
    iif(kind = 9, null, iif(kind in (3, 4), 'ofr_', 'seg_') || printf('%026d', n)),
    iif(kind = 2, 4, 0), iif(kind = 2, 120000, 0), iif(kind = 2, 60000, 0), iif(kind = 1, n % 7, null),
    iif(kind in (3, 4), 2, null), iif(kind in (3, 4), 3, null), iif(kind = 4, 1 + n % 200, null),
    iif(kind = 4, n, null)
from slices order by kind, started_at;

insert into transfer_rows (requested_at, number, conversation, ended_at, outcome, reason, transfer_type, sender,
    receiver, receiver_kind, queue, channel, hop, early, ping_pong, bounce_back, offers, offers_rejected, offers_missed,
    accepted_by, to_offer_ms, to_accept_ms, request_to_accept_ms, request_to_reply_ms, customer_messages, receiver_name,
    id)
select :began + n * :step + 600000, n, n, :began + n * :step + 660000,
    case n % 10 when 0 then 'failed' else 'successful' end, case n % 10 when 0 then 'expired' end, 'cold',
    1 + n * 13 % 300, 1000 + n * 11 % 30, 'queue', 1000 + n * 7 % 30, 'web_chat', 1, n % 3 = 0, n % 50 = 0, 0, 1, 0, 0,
    1 + n * 17 % 300, 3000, 8000, 20000, 30000, 1, 'Queue', 'trf_' || printf('%026d', n)
from numbers where n % 5 < 2;
