select 1 from rejections where execution = $execution and code = $code and epoch = $epoch and event_id = $event_id;
