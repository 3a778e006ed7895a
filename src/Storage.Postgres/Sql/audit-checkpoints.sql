select name, sequence, hash, at, signature from audit_checkpoints;
