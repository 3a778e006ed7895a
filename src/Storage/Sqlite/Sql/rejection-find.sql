select 1 from rejections where day = $day and execution_id = $execution_id and code = $code and event_id = $event_id;
