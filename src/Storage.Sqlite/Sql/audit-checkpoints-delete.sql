delete from audit_checkpoints;
