"""The files that a mail brings, as octets: only for a sender who has proven to be the operator."""

from dataclasses import dataclass

from mailbot.mail import mime

_MOST_FILES = 10
_LONGEST_NAME = 120
_TABLES = (".csv", ".tsv", ".xml", ".sta", ".mt940", ".940", ".ofx", ".qfx", ".qbo", ".053", ".054", ".camt", ".txt")
_TYPES = frozenset(
    {"text/csv", "application/csv", "text/xml", "application/xml", "application/x-ofx", "application/vnd.intu.qfx"}
)


@dataclass(frozen=True, slots=True)
class File:
    """An attached file, its transfer encoding undone; `whole` is False where it was longer than the limit."""

    name: str
    octets: bytes
    whole: bool


def statements_in(octets: bytes, limit: int) -> tuple[File, ...]:
    """The attached files that may be bank statements, by name or type; pictures and signatures are none. Linear."""
    faults: list[str] = []
    headers, body = mime.read_fields(octets, 0, len(octets), faults)
    found: list[File] = []
    for leaf in mime.leaves(octets, headers, body, faults):
        name = "".join(char for char in leaf.filename.rpartition("/")[2].rpartition("\\")[2] if char.isprintable())
        likely = name.lower().endswith(_TABLES) or leaf.content_type in _TYPES
        if not leaf.is_attachment or not likely or len(found) == _MOST_FILES:
            continue
        content = mime.leaf_octets(octets, leaf, limit + 1)
        found.append(File(name[-_LONGEST_NAME:] or "statement", content[:limit], len(content) <= limit))
    return tuple(found)
