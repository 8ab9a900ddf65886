"""Pictures of every letter, to be looked at by a person."""
