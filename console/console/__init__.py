"""The console: the four services in one process, the pilot, the pages, the command fps."""
