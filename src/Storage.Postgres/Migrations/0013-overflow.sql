-- Figures of the workflows beyond the 10,000th of a namespace get a name that no workflow can have. A namespace with a workflow called "other" has had one sum
-- for both; it stays with the workflow.
update stats set workflow = chr(31) || 'other'
where span in (60, 3600) and workflow = 'other'
  and not exists (select 1 from stat_workflows as w where w.workflow in ('other', stats.namespace || chr(31) || 'other'));
update stat_durations set workflow = chr(31) || 'other'
where span in (60, 3600) and workflow = 'other'
  and not exists (select 1 from stat_workflows as w where w.workflow in ('other', stat_durations.namespace || chr(31) || 'other'));
update live_counts set workflow = chr(31) || 'other'
where workflow = 'other'
  and not exists (select 1 from stat_workflows as w where w.workflow in ('other', live_counts.namespace || chr(31) || 'other'));
