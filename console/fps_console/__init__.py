"""The console: the command fps, the pages, the French words, the generated documents."""
