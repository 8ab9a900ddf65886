"""Numbers that are plainly no amounts: telephones, accounts, times, shares, measures. Linear."""

import re
from collections.abc import Iterator

GAP = " \u00a0\u202f\u2009"
"""What stands between groups of digits."""

_TIME = (
    r"(?:h|hrs?|heures?|hours?|std|stunden?|horas?|uhr|uur|min|mins|minutes?|minuten|minutos|minuti|mn|sec\w*|"
    r"am|pm|a\.m|p\.m)"
)
_MEASURE = (
    r"(?:cm|mm|km|kg|mo|mb|gb|go|kb|ko|ml|cl|m2|m²|m3|kwh|px|dpi|pages?|seiten|paginas?|páginas?|pagine|"
    r"jours?|days?|tagen?|dias?|días?|giorni|dagen|semaines?|weeks?|wochen|semanas?|settimane|weken|"
    r"mois|months?|monate?n?|meses|mesi|maanden|ans|years?|jahren?|años|anos|anni|jaar|"
    r"pers\w*|people|leute|participants?|exemplaires?|copies|copias?|copie|stück|stuks?|words|mots|"
    r"degr\w*|abonnés|followers|likes|views|vues|kids|guests|visit\w+|km/h)"
)
_PERCENT = r"(?:%|pour[ ]?cent|p\.[ ]?c\.|pct|per[ ]?cent|prozent|procent|por[ ]ciento|por[ ]cento|per[ ]cento)"
_NO_MONEY = re.compile(
    rf"(?<![\w€$£])(?:\+|00)\d{{1,3}}(?:[{GAP}.()-]{{1,2}}\d{{1,4}}){{2,6}}(?!\d)"  # +33 6 12 34 56 78
    rf"|(?<![\w€$£.,])0\d{{1,4}}(?:[{GAP}./-]\d{{2,4}}){{2,5}}(?!\d)"  # 06 12 34 56 78, 0113 496 0000
    rf"|(?<![\w€$£])\(?\d{{3}}\)?[{GAP}.-]\d{{3}}[{GAP}.-]\d{{4}}(?!\d)|(?<![\w-])\d{{3}}-\d{{4}}(?!\d)"  # 514 555-0144
    rf"|(?-i:(?<!\w)[A-Z]{{2}}\d{{2}}(?:[{GAP}]?[A-Z0-9]{{4}}){{2,7}}(?:[{GAP}]?[A-Z0-9]{{1,4}})?(?!\w))"  # ISO 13616
    rf"|(?<!\w)\d{{1,2}}[{GAP}]?[h:][{GAP}]?\d\d(?!\d)"
    rf"|(?<![\w€$£])\d{{1,4}}(?:[.,:]\d{{1,2}})?[{GAP}]?{_TIME}(?![\w'\u2019])"
    rf"|(?<![\w€$£])\d{{1,3}}(?:[{GAP}.,]?\d{{3}}){{0,3}}(?:[.,]\d{{1,2}})?[{GAP}]?(?:{_MEASURE}\b|{_PERCENT}(?!\w))",
    re.IGNORECASE,
)


def no_money(text: str) -> Iterator[tuple[int, int]]:
    """The places of such numbers."""
    for match in _NO_MONEY.finditer(text):
        yield match.span()
