"""The doors of the bot, all of one shape: look, think, commit."""
