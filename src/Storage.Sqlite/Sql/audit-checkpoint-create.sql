insert into audit_checkpoints (name, sequence, hash, at, signature) values ($name, $sequence, $hash, $at, $signature) on conflict do nothing;
