"""`[reading]`: the second reader."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from mailbot.config.secret import READING_KEY, Secrets
from mailbot.config.settings import ReadingSection
from mailbot.config.table import Table


def reading(table: Table, secrets: Secrets) -> ReadingSection | None:
    """Where a language model listens that the user runs, or None; the key is a secret and never stands here."""
    if not table.keys():
        table.close()
        return None
    if table.has("key"):
        table.note("key", f"does not belong here; put it into {READING_KEY} ({secrets.places})")
        table.ignore("key")
    endpoint = table.text("endpoint", hint=', such as "http://127.0.0.1:8080/v1"')
    host = ""
    try:
        parts = urlsplit(endpoint)
        host = parts.hostname or ""
        sound = parts.scheme in ("http", "https") and bool(host) and (parts.port or 1) > 0
        sound = sound and not (parts.username or parts.password or parts.query or parts.fragment)
    except ValueError:
        sound = False
    if endpoint and not sound:
        table.note("endpoint", 'must be a plain URL such as "http://127.0.0.1:8080/v1", without password or query')
    section = ReadingSection(
        endpoint=endpoint,
        model=table.text("model", hint=": which model shall the endpoint use?"),
        timeout_seconds=table.integer("timeout_seconds", 20, 1, 120),
        key=secrets.get(READING_KEY),
        remote=not _here(host),
        encrypted=endpoint.lower().startswith("https:"),
    )
    table.close()
    return section


def _here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
