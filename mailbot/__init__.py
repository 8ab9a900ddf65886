"""mailbot gets freelancers paid, politely, by email."""
