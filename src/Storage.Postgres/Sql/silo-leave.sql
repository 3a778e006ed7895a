update silos set gone_at = greatest(alive_at, $2) where silo_id = $1 and gone_at is null;
