"""Invoice numbers in what payers write: with blanks, without dashes, several in short, with a slip of the finger."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from mailbot.bank.checks import structured
from mailbot.bank.fold import compact, folded

_CUE = (
    r"(?:FACTURES?|FACT|FAC|INVOICES?|INV|RECHNUNG(?:EN)?|RECHN|RG|RE|FACTUUR|FAKTURA|BILL)"
    r"[ .:-]*(?:N[O°RU]?M?(?:ERO)?[ .:]*|# *)?"
)
_CUED = re.compile(rf"(?<![A-Z]){_CUE}([A-Z]{{0,4}}[-/ ]?\d[\dA-Z/.-]*)")
# A number that may be a day or a month proves nothing: 2026-0312, 202603, 12032026.
_DATE = re.compile(
    r"20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:20)?\d\d"
    r"|(?:0[1-9]|1[0-2])20\d\d"
)
_DAY = re.compile(
    r"\d{1,2}[-/.]\d{1,2}(?:[-/.]\d{2,4})?|20\d\d[-/.](?:0?[1-9]|1[0-2])(?:[-/.]\d{1,2})?|\d{1,2}[-/.]20\d\d"
)
_SHORTER = re.compile(
    r"(?:\s*(?:[/,+&;]|ET|AND|UND|EN)\s*(?:[/,+&;]|ET|AND|UND)?\s*-?(\d{1,6})|\s+-?(\d{2,6})(?!\s*[/.-]\d))"
    r"(?![A-Z])(?![\dA-Z.,]*\d)"
)
_RANGE = re.compile(
    r"\s*(?:A|AU|TO|BIS|JUSQU.?A|THROUGH|THRU|TILL|T/M|\s-|\.\.+)\s*(?:N[O°R]?[ .]*|# ?)?"
    r"([A-Z]{0,6}[-/ ]?\d[\d/-]{0,12})"
)
# After these words stands a number of something else: an order, a quote, a customer, a cheque.
_OF_OTHER = (
    r"\b(?:BESTELL\w*|AUFTRAG\w*|ANGEBOT\w*|KUNDE\w*|KD|ORDER|ORDRE|P ?\.?O|QUOTES?|QUOTATION|ESTIMATE|OFFRE|OFFERTE?"
    r"|DEVIS|SOUMISSION|COMMANDE|BC|BDC|CLIENT|CUSTOMER|ACCOUNT|COMPTE|CONTRA[CT]T?|VERTRAG|DOSSIER|CHEQUES?|CHQ|CHECK"
    r"|TICKET|TERMINAL|ATM|TPE|STEUERNR|STEUERNUMMER|POLICE|POLICY|MANDAT|BORDEREAU)\b[ .:/-]*"
    r"(?:N[O°R]?\.?|NUMERO|NUMMER|NUMBER|#)?[ .:-]*"
)
_AFTER_OTHER = re.compile(_OF_OTHER + "$")
_NUMBER_OF_OTHER = re.compile(_OF_OTHER + r"\d{3,}")
_MOST_IN_RANGE = 24
_ALONE = re.compile(r"(?<![\w.,/#*-])(?!(?:19|20)\d\d\b)\d{3,6}(?![\w/*-]|[.,]\d)")
_EITHER = re.compile(r"\d\W*\b(?:OU|OR|ODER)(?: BIEN)?\W+(?:[A-Z]{1,8}\W{0,3}){0,2}\d{1,}")
_NOT_THAT = re.compile(
    r"\b(?:PAS|NOT|NICHT|SAUF|EXCEPT|EXCLUDING|HORS|AUSSER|INSTEAD OF|AU LIEU DE|STATT)\b"
    r"(?:\W+(?:LA|LE|L|THE|DIE|FOR|POUR|FUR|N|NO|NR|NUM|FACT\w*|INV\w*|RECHNUNG))*\W+(?:[A-Z]{1,4}\W?)?\d{2}"
)
_READ = str.maketrans("OILSB", "01158")  # signs that an eye, or a scanner, takes for digits


@dataclass(frozen=True, slots=True)
class Named:
    """Numbers that a text names.

    `strong`: nobody writes them by chance; `near`: one slip away; `unknown`: has our shape and is not ours;
    `structured`: a reference with check digits said so; `bare`: strong ones that are digits, with no word for invoice
    before them and none of our signs between them, so that they may be another's number.
    """

    strong: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    structured: bool = False
    bare: frozenset[str] = frozenset()


@lru_cache(maxsize=20_000)
def is_strong(number: str) -> bool:
    """Whether a number is its own proof: five signs or more with a letter, or six digits; and no day or month."""
    plain = compact(number)
    digits = sum(c.isdigit() for c in plain)
    if _DATE.fullmatch(plain):
        return False
    return (len(plain) >= 5 and digits >= 3 and digits < len(plain)) or digits >= 6


def named_in(text: str, numbers: Collection[str]) -> Named:
    """Which of our numbers a text names, exactly or almost."""
    plain = folded(text)
    referred = _structured(plain, numbers)
    strong: list[str] = list(referred)
    weak: list[str] = []
    bare_ones: set[str] = set()
    rest, bare = plain, compact(text)
    for number in sorted(numbers, key=lambda one: -len(compact(one))):  # F-1234 before F-123
        found = _pattern(number).search(rest) if compact(number) in bare else None
        if found is None:
            continue
        while found is not None and not is_strong(number) and _AFTER_OTHER.search(rest[: found.start()]):
            rest = rest[: found.start()] + " ~ " + rest[found.end() :]
            found = _pattern(number).search(rest)
        if found is None:
            continue
        sure = is_strong(number) or _as_written(number, found[0])
        (strong if sure else weak).append(number)
        if compact(number).isdigit() and not _signed(number, found[0]) and not _cue_before(rest[: found.start()]):
            bare_ones.add(number)
        while found is not None:
            after = rest[found.end() :]
            also = _range(number, after, numbers) or _shorthand(number, after, numbers) if sure else []
            strong.extend(one for one in also if one not in strong)
            rest = rest[: found.start()] + " ~ " + rest[found.end() :]
            found = _pattern(number).search(rest)
    weak += [one for one in _padded(plain, numbers) if one not in {*strong, *weak}]
    taken = {*strong, *weak}
    near, unknown = _like_ours(rest, [number for number in numbers if number not in taken], numbers)
    return Named(tuple(dict.fromkeys(strong)), tuple(weak), near, unknown, bool(referred), frozenset(bare_ones))


@lru_cache(maxsize=20_000)
def _pattern(number: str) -> re.Pattern[str]:
    plain = compact(number)
    between = r"[\s\-_/.:°]*" if not plain.isdigit() else (r"[\s\-_/.]*" if not number.isdigit() else r" ?")
    body = between.join(map(re.escape, plain))
    left = r"(?<!\d)(?<!\d[.,])" if plain[:1].isdigit() else r"(?<![A-Z])"
    return re.compile(left + body + r"(?!\d)(?![.,]\d\d(?!\d))")


def _signed(number: str, found: str) -> bool:
    return not number.isdigit() and folded(number) == found


def _cue_before(text: str) -> bool:
    return re.search(rf"(?<![A-Z]){_CUE}\s*$", text) is not None


def _as_written(number: str, found: str) -> bool:
    """Whether a number that might be a day stands there with its own dashes, where no day has them."""
    shape = folded(number)
    return (
        _DATE.fullmatch(compact(number)) is not None
        and not shape.isdigit()
        and not _DAY.fullmatch(shape)
        and shape == found
    )


def _structured(plain: str, numbers: Collection[str]) -> list[str]:
    found: list[str] = []
    for reference in structured(plain):
        core = reference.lstrip("0")
        fits = [number for number in numbers if compact(number) == reference or compact(number).lstrip("0") == core]
        if not fits and core.isdigit() and len(core) >= 3:
            fits = [number for number in numbers if re.sub(r"\D", "", number).lstrip("0") == core]
        if len(fits) == 1:
            found.append(fits[0])
    return found


def _padded(plain: str, numbers: Collection[str]) -> list[str]:
    """Numbers at the end of long references, behind noughts, where a bank's own number for the creditor stands first.

    The check digits are right, and still nothing says that the tail is meant: it weighs as much as a short number.
    """
    tails = {tail[1] for one in structured(plain) if (tail := re.search(r"000([1-9]\d{3,})$", one))}
    return [one for one in numbers if re.sub(r"\D", "", one).lstrip("0") in tails]


def _without_noughts(rest: str, left: Collection[str]) -> dict[str, str]:
    """Numbers written without the noughts that fill them up: `INV 239` for INV-0239, `2026-43` for 2026-043."""
    shapes: dict[tuple[str, ...], list[str]] = {}
    for number in left:
        groups = re.findall(r"[A-Z]+|\d+", folded(number))
        if len(groups) > 1 and groups[-1].startswith("0") and len(groups[-1].lstrip("0")) > 1:
            shapes.setdefault(tuple(group.lstrip("0") or "0" for group in groups), []).append(number)
    found: dict[str, str] = {}
    for shape, numbers in shapes.items():
        written = re.search(r"(?<![A-Z0-9])" + r"[ ./_-]{0,3}0*".join(shape) + r"(?![A-Z0-9])(?![.,]\d)", rest)
        if written and len(numbers) == 1 and not _DAY.fullmatch(written[0]):
            found[compact(written[0])] = numbers[0]
    return found


def _short_slips(rest: str, left: Collection[str], numbers: Collection[str]) -> tuple[dict[str, str], list[str]]:
    """Of numbers that are four or five digits: those misread (`1O44`), and what begins as they do and is not ours.

    A digit that differs makes another number; two that are swapped may be a slip, and are nobody's word.
    """
    short = {one for one in map(compact, numbers) if one.isdigit() and len(one) in (4, 5)}
    ours = {compact(one): one for one in left}
    misread = {
        word: ours[eyed] for word in re.findall(r"(?<![A-Z0-9])[0-9OILSB]{4,5}(?![A-Z0-9])", rest)
        if not word.isdigit() and sum(c.isdigit() for c in word) >= len(word) - 1
        and (eyed := word.translate(_READ)) in short and eyed in ours
    }  # fmt: skip
    heads = {(len(one), one[:2]) for one in short}
    swapped = {one[:i] + one[i + 1] + one[i] + one[i + 2 :] for one in short for i in range(len(one) - 1)}
    other = [word for word in _ALONE.findall(rest) if (len(word), word[:2]) in heads and word not in short | swapped]
    return misread, other


def _shorthand(number: str, after: str, numbers: Collection[str]) -> list[str]:
    """`F-2024-017/018 et 19`: the tails of more numbers with the same head."""
    by_plain = {compact(one): one for one in numbers}
    plain = compact(number)
    found: list[str] = []
    while (tail := _SHORTER.match(after)) is not None:
        digits = tail[1] or tail[2]
        for width in range(len(digits), 7):
            other = by_plain.get(plain[: -width or None][: len(plain) - width] + digits.zfill(width))
            if other and other != number:
                found.append(other)
                break
        else:
            break
        after = after[tail.end() :]
    return found


def _range(number: str, after: str, numbers: Collection[str]) -> list[str]:
    """`F-2024-017 à 019`, or `à F-2024-019`: the last one, and those of ours that lie between."""
    said, first = _RANGE.match(after), _tail(number)
    if said is None or first is None:
        return []
    head, start, width = first
    same = {tail[1]: one for one in numbers if (tail := _tail(one)) is not None and tail[0] == head}
    plain = compact(said[1])
    last = next((tail for tail, one in same.items() if compact(one) == plain), None)
    if last is None and plain.isdigit() and len(plain) <= width:
        last = int(str(start).zfill(width)[: width - len(plain)] + plain)
    if last is None or last not in same or not 0 < last - start < _MOST_IN_RANGE:
        return []
    return [same[tail] for tail in range(start + 1, last + 1) if tail in same]


def _tail(number: str) -> tuple[str, int, int] | None:
    """What stands before the last digits of a number, those digits, and how many they are."""
    found = re.fullmatch(r"(.*?)(\d{1,12})\D*", number, re.DOTALL)
    return (compact(found[1]), int(found[2]), len(found[2])) if found else None


def _like_ours(rest: str, left: Collection[str], numbers: Collection[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Numbers that are one slip away from what stands there, and what has our shape and is not ours."""
    short_of_noughts = _without_noughts(rest, left)
    misread_short, unknown = _short_slips(rest, left, numbers)
    near: list[str] = [*misread_short.values(), *short_of_noughts.values()]
    sure = {compact(one): one for one in left if is_strong(one)}
    shapes = {re.sub(r"\d", "9", compact(one)) for one in numbers if is_strong(one)}
    lengths = {len(plain) for plain in sure}
    bare = {re.sub(r"\D", "", plain): one for plain, one in sure.items() if not plain.isdigit()}
    eyed = {plain.translate(_READ): one for plain, one in sure.items()}
    read_as: set[str] = {*misread_short, *short_of_noughts}
    for word in dict.fromkeys(_words(rest)):
        if word in bare:  # ours, without its letters
            near.append(bare[word])
            continue
        if (misread := eyed.get(word.translate(_READ))) and word not in sure:
            near.append(misread)
            read_as.add(word)
            continue
        shaped = re.sub(r"\d", "9", word) in shapes
        if shaped:
            unknown.append(word)
        if not any(len(word) + slip in lengths for slip in (-1, 0, 1)):
            continue
        near += [
            number
            for plain, number in sure.items()
            if number not in near and one_slip(word, plain) and not _other_year(word, plain)
        ]
    known = {compact(one) for one in numbers}
    for said in _CUED.findall(rest):
        word = compact(said)
        if _DAY.fullmatch(re.sub(r"^[A-Z]+\W+", "", said.strip(" .-/"))) or word in read_as:
            continue  # `facture du 15/09/2026`
        if sum(c.isdigit() for c in word) >= 3 and not _DATE.fullmatch(word) and not _DAY.fullmatch(said.strip(" .-/")):
            unknown += [word] if not any(one.endswith(word) for one in known) else []
    return tuple(near), tuple(unknown)


def tails_named(text: str, numbers: Collection[str]) -> tuple[str, ...]:
    """Which of a few numbers a text means by its last digits after a word for invoice: `facture 42`.

    Three digits or more may stand by themselves, where they are no year and belong to nothing longer.
    """
    plain = _NUMBER_OF_OTHER.sub(" ", folded(text))
    said = {int(digits) for word in _CUED.findall(plain) if (digits := re.sub(r"\D", "", word))}
    said |= {int(digits) for digits in _ALONE.findall(plain)}
    return tuple(number for number in numbers if (groups := re.findall(r"\d+", number)) and int(groups[-1]) in said)


def one_or_other(text: str) -> bool:
    """Whether the payer leaves it open which number is meant: `F-2026-103 ou 104`, `not 103 but the next`."""
    plain = folded(text)
    return _EITHER.search(plain) is not None or _NOT_THAT.search(plain) is not None


def _words(rest: str) -> Iterator[str]:
    """Runs of signs with digits in them, alone and joined with their neighbours."""
    parts = [part for part in re.split(r"[^A-Z0-9]+", rest) if part]
    for start in range(len(parts)):
        for end in range(start + 1, min(start + 4, len(parts)) + 1):
            word = "".join(parts[start:end])
            if 5 <= len(word) <= 24 and sum(c.isdigit() for c in word) >= 3:
                yield word


def _other_year(left: str, right: str) -> bool:
    """Whether two numbers are of two years and alike in all else: no slip, but last year's invoice of that number."""
    years = re.compile(r"20[12]\d")
    return years.search(left) is not None and years.sub("", left) == years.sub("", right)


def one_slip(left: str, right: str) -> bool:
    """Whether one sign was added, left out, changed, or swapped with its neighbour (Damerau)."""
    if left == right:
        return True
    if abs(len(left) - len(right)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    if len(left) == len(right):
        swapped = left[start : start + 2] == right[start : start + 2][::-1] and left[start + 2 :] == right[start + 2 :]
        return swapped or left[start + 1 :] == right[start + 1 :]
    longer, shorter = (left, right) if len(left) > len(right) else (right, left)
    return longer[start + 1 :] == shorter[start:]
