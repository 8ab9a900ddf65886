"""Octets to text: which encoding a spreadsheet program wrote."""

from dataclasses import dataclass

LARGEST = 20 * 1024 * 1024
"""The most octets that are read; a freelancer's ledger of 100,000 invoices stays below it."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file and the name of its encoding; `problem` and `mend` say why there is none."""

    text: str
    encoding: str
    problem: str = ""
    mend: str = ""


def decode(octets: bytes) -> Decoded:
    """Decode by the byte order mark, else UTF-8, else Windows-1252, else Latin-1, which never fails."""
    if len(octets) > LARGEST:
        return Decoded("", "", f"is larger than {LARGEST // 2**20} MB", "split it, or export fewer years")
    for mark, codec, name in (
        (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8 (BOM)"),
        (b"\xff\xfe", "utf-16", "UTF-16"),
        (b"\xfe\xff", "utf-16", "UTF-16"),
    ):
        if octets.startswith(mark):
            return _strictly(octets, codec, name)
    for codec, name in (("utf-8", "UTF-8"), ("cp1252", "Windows-1252"), ("latin-1", "Latin-1")):
        decoded = _strictly(octets, codec, name)
        if not decoded.problem:
            break
    return decoded


def _strictly(octets: bytes, codec: str, name: str) -> Decoded:
    try:
        text = octets.decode(codec)
    except UnicodeDecodeError:
        return Decoded("", name, f"begins as {name} and then breaks off", "save it again as CSV UTF-8")
    if "\x00" in text:
        return Decoded("", name, "holds NUL characters, so it is no text file", "save it as CSV UTF-8")
    return Decoded(text, name)
