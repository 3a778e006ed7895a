update audit_checkpoints set sequence = $sequence, hash = $hash, at = $at, signature = $signature
where name = $name and sequence = $expected_sequence and signature = $expected_signature;
