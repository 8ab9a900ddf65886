"""Text cells that will stand in letters and headers: addresses, names, numbers, phone."""

import re
import unicodedata

_LOCAL = re.compile(r"[^\s@<>()\[\]\\,;:\"]+")
_LABEL = re.compile(r"(?!-)[^\W_](?:[^\W_]|-)*(?<!-)")
_SPOILT = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
_PHONE = re.compile(r"[+\d][\d\s().\-/]{4,30}(?:\s*(?:ext|poste|x|#)\.?\s*\d{1,6})?", re.IGNORECASE)


class BadTextError(ValueError):
    """The text cannot stand where it is meant to; `mend` says what to write instead."""

    def __init__(self, reason: str, mend: str) -> None:
        super().__init__(reason)
        self.mend = mend


def has_control(text: str) -> bool:
    """Whether a line end or another control character is in it."""
    return any(unicodedata.category(c) in ("Cc", "Zl", "Zp") for c in text)


def address(text: str) -> str:
    """One bare address (RFC 5321 limits its length, RFC 5322 section 3.4.1 its shape); raises BadTextError.

    Quoted local parts and address literals are legal and never what a client has, so they are refused. Nothing that
    could start a new header line passes.
    """
    if has_control(text):
        raise BadTextError("holds a line end or control character", "write one address and nothing else")
    plain = text.strip()
    if plain.count("@") > 1 and re.search(r"[,; ]", plain):
        raise BadTextError("holds several addresses", "keep one; others go to billing_email or assistant_email")
    if "<" in plain:
        raise BadTextError("holds a name as well", "write the bare address, without name and angle brackets")
    local, at, domain = plain.rpartition("@")
    labels = domain.split(".")
    if not at or not _LOCAL.fullmatch(local) or len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)):
        raise BadTextError("is not an e-mail address", "write it as name@example.com")
    if local.startswith(".") or local.endswith(".") or ".." in local:
        raise BadTextError("has a misplaced dot before the @", "write it as name@example.com")
    # RFC 5321 section 4.5.3.1: 64 octets before the @, 254 in all
    if len(local.encode()) > 64 or len(plain.encode()) > 254 or any(len(label) > 63 for label in labels):
        raise BadTextError("is longer than an e-mail address may be", "check it with the client")
    return f"{local}@{domain.casefold()}"


def phrase(text: str, longest: int) -> str:
    """A name or subject on one line: line ends become spaces; raises BadTextError on other control characters."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    if has_control(plain):
        raise BadTextError("holds control characters", "type it again by hand")
    if len(plain) > longest:
        raise BadTextError(f"is longer than {longest} characters", "shorten it")
    return plain


def invoice_number(text: str) -> str:
    """An invoice number; raises BadTextError where a spreadsheet has spoilt it."""
    if has_control(text):
        raise BadTextError("holds a line end or control character", "write the number on one line")
    plain = phrase(text, 64)
    if _SPOILT.fullmatch(plain):
        raise BadTextError("was spoilt by a spreadsheet", "format the column as text and type the number again")
    return plain


def phone_number(text: str) -> str:
    """A phone number as it was written; raises BadTextError where nobody could dial it."""
    plain = phrase(text, 60)
    if not _PHONE.fullmatch(plain):
        raise BadTextError("is not a phone number", "write digits, best as +33 1 23 45 67 89")
    return plain


def slug(name: str) -> str:
    """A short code from a name: `Studio Lumière & Cie` is `studio-lumiere-cie`; "" where no letter or digit is left."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:24].strip("-")
