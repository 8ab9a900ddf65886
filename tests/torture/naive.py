"""What most scripts do: a list, a `sent` mark, and a retry on every exception. For comparison only.

`python -m tests.torture.naive FOLDER PORT`: FOLDER/letters.json holds (recipient, Message-ID) pairs.
"""

import json
import smtplib
import sqlite3
import sys
import time
from contextlib import closing, suppress
from email.message import EmailMessage
from pathlib import Path

from tests.torture.lives import serve

_PAUSE_S = 0.05
_PATIENCE_S = 1.0


def send_all(folder: Path, port: int) -> int:
    """Send what is not marked; mark it once the server said yes."""
    letters = [(recipient, name) for recipient, name in json.loads((folder / "letters.json").read_text())]
    with closing(sqlite3.connect(folder / "naive.db")) as database:
        database.execute("CREATE TABLE IF NOT EXISTS sent (name TEXT PRIMARY KEY)")
        done = {name for (name,) in database.execute("SELECT name FROM sent")}
        for recipient, name in letters:
            if name in done:
                continue
            _retried(recipient, name, port)
            with database:
                database.execute("INSERT INTO sent VALUES (?)", (name,))
    return 0


def _retried(recipient: str, name: str, port: int) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "noemie@atelier.test", recipient, "Votre facture"
    mail["Message-ID"] = name
    mail.set_content("Bonjour,\n\nVoici votre facture.\n\nNoémie\n" * 20)
    while True:
        with suppress(OSError, smtplib.SMTPException):
            smtp = smtplib.SMTP("127.0.0.1", port, timeout=_PATIENCE_S)
            smtp.send_message(mail)
            smtp.close()
            return
        time.sleep(_PAUSE_S)


if __name__ == "__main__":
    serve(lambda: send_all(Path(sys.argv[1]), int(sys.argv[2])))
