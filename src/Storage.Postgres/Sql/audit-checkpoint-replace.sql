update audit_checkpoints set sequence = $2, hash = $3, at = $4, signature = $5 where name = $1 and sequence = $6 and signature = $7 returning 1;
