delete from rejections where execution = $execution;
