insert into deletions (execution, last_history, last_step)
select number, last_history, last_step from executions where number = $execution;
