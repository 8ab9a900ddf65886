"""Words as banks maim them: without accents, in capitals, cut and run together."""

import re
import unicodedata
from functools import lru_cache

_UNFOLDED = str.maketrans(
    {"ß": "SS", "Ø": "O", "ø": "O", "Œ": "OE", "œ": "OE", "Æ": "AE", "æ": "AE", "Ł": "L", "ł": "L"}
)


@lru_cache(maxsize=50_000)
def folded(text: str) -> str:
    """Capitals without accents; everything else stays in its place."""
    plain = unicodedata.normalize("NFKD", text.translate(_UNFOLDED))
    return "".join(c for c in plain if not unicodedata.combining(c)).upper()


@lru_cache(maxsize=50_000)
def compact(text: str, keep: str = "") -> str:
    """Letters and digits only; with `keep`, every run of other signs becomes that."""
    return re.sub(r"[^A-Z0-9]+", keep, folded(text)).strip()


def one_line(*parts: str | None) -> str:
    """Parts that say something, with single blanks."""
    return " ".join(" ".join(part.split()) for part in parts if part and part.strip())
