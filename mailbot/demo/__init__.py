"""The demo: a small mail world on loopback, and the stories that are played in it."""
