update audit set sequence = $sequence, hash = $hash where number = $number and sequence is null;
