vacuum full settings;
