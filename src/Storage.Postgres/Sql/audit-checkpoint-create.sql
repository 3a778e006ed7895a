insert into audit_checkpoints (name, sequence, hash, at, signature) values ($1, $2, $3, $4, $5) on conflict do nothing returning 1;
