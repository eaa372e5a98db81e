-- What administrators and supervisors set up, for the history of changes: more than the policies now.
drop index log_of_policies;

create index log_of_setup on log (workspace_id, name, position)
    where name in ('policy_set', 'policy_overridden', 'queue_rules_set', 'group_added', 'group_changed', 'group_removed',
        'workflow_added', 'workflow_changed', 'workflow_removed', 'flow_added', 'flow_changed', 'flow_removed',
        'external_added', 'external_changed', 'external_removed');
