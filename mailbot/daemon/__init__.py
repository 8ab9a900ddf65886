"""The service: one supervisor, its watcher, its dispatcher, its metronome, its pulse."""
