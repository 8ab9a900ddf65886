"""The network: SMTP out, IMAP in. Nothing here decides anything."""
