"""One part of a mail -> what it tells: the event by its phrases, the facts by phrases and labels."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mailbot.core.money import Money
from mailbot.core.notice import Notice, NoticeEvent
from mailbot.notices.amounts import AMOUNT, NUMBER, amounts_in, currency_named, dollar_meant, money_in
from mailbot.notices.lines import Part, fold
from mailbot.notices.template import Provider

# Where several events are told of in one place, the first of these is what the notice is about.
_FIRST = (
    NoticeEvent.CHARGEBACK,
    NoticeEvent.REFUND,
    NoticeEvent.FAILED,
    NoticeEvent.REQUEST,
    NoticeEvent.INVOICE_SENT,
    NoticeEvent.SENT,
    NoticeEvent.PAYOUT,
    NoticeEvent.PENDING,
    NoticeEvent.RECEIVED,
)
# What a payer's name does not hold: "customers who haven't" paid your invoice.
_NO_NAME = re.compile(r"\b(?:not|never|who|when|if|once|until|may|might|can|pas|jamais|qui|quand|si|n'a|n'ont)\b|n't\b")
# What stands before "you received a payment" in a sentence that does not say that you did.
_NOT_YET = re.compile(
    r"\b(?:once|when|whenever|if|until|unless|after|before|as soon as|in case|not|never|n't|without|every time"
    r"|each time|will|would|should|des que|lorsque|lorsqu|quand|si|s'il|une fois|jusqu|apres|avant|chaque fois|pas"
    r"|jamais|sans|aucun|ne|n|sera|seront|serez|serait|recevrez|pour que|afin)\b[^.!?\n]{0,60}$"
)
_LABEL_END = re.compile(r"\s*(?:[:#]|n[°o]\.?\s*:?)?\s*$")
_CUED = re.compile(
    r"(?<![a-z0-9])(?:invoices?|inv\.?|factures?|fact\.?|rechnung|bill|n°|references?|ref\.?|motif|libelle|communication"
    r"|(?:message|note|remarque)(?: (?:from|de) [^:\n]{1,60})?)(?![a-z0-9-])"
    r"(?: number| no\.?| nr\.?| n[°o]\.?| numero| id)? ?:? ?[#(«\"]{0,2} ?"
    r"(?P<number>(?=[a-z0-9/_-]{0,30}\d)[a-z0-9][a-z0-9/_-]{1,38}[a-z0-9])"
)
_NUMBER_ALONE = re.compile(r"#?(?=[A-Za-z0-9/_.-]{0,30}\d)[A-Za-z0-9][A-Za-z0-9/_.-]{1,38}")
_TOKEN = re.compile(r"(?<![\w/-])(?=[\w/-]*\d{2})[A-Za-z]{0,6}[-/_]?\d[A-Za-z0-9/_-]{2,30}(?![\w/-])")
_ID = re.compile(r"[#]?(?=[\w/.-]{0,62}\d)[A-Za-z0-9][\w/.-]{2,63}(?![\w,$€£.])")
_SHORTENED = re.compile(r"(?:\b(?:inc|ltd|co|corp|ltee|cie|enr|jr|sr|bros|llc|gmbh)|\b[a-z])\.$", re.IGNORECASE)
_NOBODY = frozenset(
    {
        "a customer",
        "your customer",
        "customer",
        "someone",
        "un client",
        "votre client",
        "client",
        "quelqu'un",
        "you",
        "we",
    }
    | {"vous", "nous", "total", "amount", "subtotal", "montant", "invoice", "facture", "payment", "paiement"}
)
_MAILBOX = re.compile(r"\s*[(<\[]?\s*[\w.+-]{1,64}@[\w.-]{1,200}\s*[)>\]]?")
_AMOUNT = re.compile(AMOUNT)
_MONEY = ("amount", "total", "fee", "net")


@dataclass(frozen=True, slots=True)
class _Told:
    """A phrase that was found: where, and what its slots hold in the mail's own letters."""

    event: NoticeEvent
    start: int
    end: int
    slots: dict[str, str]


def read_notice(provider: Provider, part: Part, currency: str = "") -> Notice:
    """What a part tells. `currency` is the business's own, for a bare dollar sign."""
    dollar = dollar_meant(part.folded, currency, provider.dollar)
    told = _told(provider, part)
    event, clear = _event(told, len(part.subject))
    phrases = [one for one in told if one.event is event]
    labelled = _labelled(provider, part)
    amount, sure = _amount(phrases, labelled, dollar)
    if amount is None and event is not None:
        amount, sure = _only_amount(part, dollar)
    payers = [one.slots["payer"] for one in phrases if one.slots.get("payer")] + labelled.get("payer", [])
    note = next(iter(labelled.get("note", ())), "")
    said = _first(phrases, "reference") or next(iter(labelled.get("reference", ())), "")
    reference = _reference(said) or _reference(note) or _cued(part) or said or note
    return Notice(
        provider.name,
        event,
        amount,
        reference=reference[:140],
        transaction_id=_id(provider, part, phrases, labelled),
        payer=next((name for payer in payers if (name := _name(payer))), ""),
        detail=" / ".join(dict.fromkeys(text for text in (said, note) if text))[:280],
        clear=clear and sure,
    )


def agreed(notices: Sequence[Notice]) -> tuple[Notice, bool | None]:
    """One notice of what the text and the HTML tell, and whether they agree; None where only one of them tells."""
    telling = [one for one in notices if one.event or one.amount]
    if not telling:
        return (notices[0], None)
    first = telling[0]
    if len(telling) == 1:
        return first, len(notices) == 1 or None
    second = telling[1]
    same = first.event == second.event and first.amount == second.amount
    for name in ("transaction_id", "reference"):
        mine, theirs = getattr(first, name), getattr(second, name)
        same = same and (not mine or not theirs or fold(mine) == fold(theirs))
    filled = replace(
        first,
        reference=first.reference or second.reference,
        transaction_id=first.transaction_id or second.transaction_id,
        payer=first.payer or second.payer,
        detail=first.detail or second.detail,
        clear=first.clear and second.clear,
    )
    return filled, same


# The event


def _told(provider: Provider, part: Part) -> list[_Told]:
    found: list[_Told] = []
    for event, phrases in provider.says.items():
        for phrase in phrases:
            for match in phrase.pattern.finditer(part.masked):
                if event is NoticeEvent.RECEIVED and _NOT_YET.search(
                    part.folded[max(0, match.start() - 90) : match.start()]
                ):
                    continue
                if event is NoticeEvent.RECEIVED and _NO_NAME.search(match.groupdict().get("payer") or ""):
                    continue
                slots = {name: part.text[slice(*match.span(name))].strip() for name in match.groupdict() if match[name]}
                found.append(_Told(event, match.start(), match.end(), slots))
    # "X sent you 5 $ and the money was deposited" tells of the deposit, though it holds "X sent you 5 $"
    return [
        one for one in sorted(found, key=lambda one: (one.start, one.start - one.end))
        if not any(
            other.event is not one.event and other.start <= one.start and one.end <= other.end
            and other.end - other.start > one.end - one.start for other in found
        )
    ]  # fmt: skip


def _event(told: Sequence[_Told], subject_ends: int) -> tuple[NoticeEvent | None, bool]:
    """What the notice is about: the subject decides; a body that tells of something else as well makes it unclear."""
    head = {one.event for one in told if one.start < subject_ends}
    body = {one.event for one in told} - head
    for place in (head, body):
        event = next((one for one in _FIRST if one in place), None)
        if event is not None:
            also = body - {event, NoticeEvent.PAYOUT}
            return event, not (event is NoticeEvent.RECEIVED and also)
    return None, True


# The facts


def _first(phrases: Sequence[_Told], slot: str) -> str:
    return next((one.slots[slot] for one in phrases if one.slots.get(slot)), "")


def _amount(phrases: Sequence[_Told], labelled: dict[str, list[str]], dollar: str) -> tuple[Money | None, bool]:
    """The gross amount, and whether all that tells it agrees. A net amount and its fee add up to the gross one."""
    spoken = _monies((one.slots["amount"] for one in phrases if "amount" in one.slots), dollar)
    currency = next((found for text in labelled.get("currency", ()) if (found := currency_named(fold(text)))), "")
    under = {name: _monies(labelled.get(name, ()), dollar, currency) for name in _MONEY}
    told = [*spoken, *under["amount"]] or under["total"] or under["net"]
    if not told:
        return None, True
    different = set(told)
    if len(different) == 1:
        return told[0], True
    fees = {fee for fee in under["fee"] if fee.currency == told[0].currency}
    nets = set(under["net"]) | {gross - fee for gross in different for fee in fees if gross.currency == fee.currency}
    gross = different - nets
    return (gross.pop(), True) if len(gross) == 1 else (told[0], False)


def _only_amount(part: Part, dollar: str) -> tuple[Money | None, bool]:
    """The amount that stands alone in the mail, where no phrase and no label points at it."""
    found = set(amounts_in(part.folded, dollar))
    return (found.pop(), True) if len(found) == 1 else (None, True)


def _monies(texts: "Iterator[str] | Sequence[str]", dollar: str, currency: str = "") -> list[Money]:
    found: list[Money] = []
    for text in texts:
        match = _AMOUNT.search(fold(text))
        bare = re.match(NUMBER, fold(text)) if match is None and currency else None
        written = match[0] if match else f"{bare[0]} {currency}" if bare else ""
        money = money_in(written, dollar)
        if money is not None and money.amount:
            found.append(money if money.amount > 0 else Money.of(-money.amount, money.currency))
    return found


def _labelled(provider: Provider, part: Part) -> dict[str, list[str]]:
    """What stands behind each label: in the same cell, in the next one, below, or in the same column."""
    words = sorted(
        ((label, name) for name, labels in provider.labels.items() for label in labels), key=lambda one: -len(one[0])
    )
    found: dict[str, list[str]] = {}
    rows = part.rows
    for row_at, cells in enumerate(rows):
        for cell_at, cell in enumerate(cells):
            for label, name in words:
                value = _value(label, name, cell)
                if value is None:
                    continue
                if not value:
                    value = _beside(rows, row_at, cell_at, words)
                if value and _plausible(name, value):
                    found.setdefault(name, []).append(value)
                break
    return found


def _value(label: str, name: str, cell: str) -> str | None:
    """What follows a label in its own cell: empty where the cell is the label, None where it is another text."""
    folded = fold(cell)
    if not folded.startswith(label):
        return None
    rest = cell[len(label) :]
    if _LABEL_END.fullmatch(rest):
        return ""
    marked = re.match(r"\s*(?:\([^()]{1,30}\))?\s*:\s*(?P<value>.+)", rest)
    if marked:
        return marked["value"].strip()
    if name in _MONEY:
        found = re.fullmatch(rf"\s*(?P<value>{AMOUNT})\s*[.]?", fold(rest))
        return rest[slice(*found.span("value"))].strip() if found else None
    if name == "id" or (name == "reference" and rest[:1] in " #"):
        alone = re.fullmatch(r"\s*(?:[#]|[Nn][°o]\.?)?\s*(?P<value>(?=\S{0,40}\d)\S{3,64})", rest)
        return alone["value"] if alone else None
    return None


def _beside(rows: Sequence[tuple[str, ...]], row_at: int, cell_at: int, words: Sequence[tuple[str, str]]) -> str:
    cells = rows[row_at]
    if cell_at + 1 < len(cells) and not _is_label(cells[cell_at + 1], words):
        return cells[cell_at + 1]
    below = next((row for row in rows[row_at + 1 : row_at + 4] if row), ())
    if len(cells) > 1:
        return below[cell_at] if len(below) == len(cells) else ""
    return below[0] if below and not _is_label(below[0], words) else ""


def _is_label(cell: str, words: Sequence[tuple[str, str]]) -> bool:
    folded = fold(cell)
    return any(folded.startswith(label) and _LABEL_END.fullmatch(cell[len(label) :]) for label, _ in words)


def _plausible(name: str, value: str) -> bool:
    if name in _MONEY:
        return bool(re.match(AMOUNT, fold(value)) or re.match(NUMBER, fold(value)))
    if name == "id":
        return _ID.match(value) is not None or re.fullmatch(r"[A-Za-z0-9]{5,40}", value) is not None
    return len(value) <= 280


def _id(provider: Provider, part: Part, phrases: Sequence[_Told], labelled: dict[str, list[str]]) -> str:
    spoken = _first(phrases, "id")
    under = next((value.split()[0] for value in labelled.get("id", ())), "")
    under = under or _inline(part, provider.labels.get("id", ()))
    shaped = next((found[0] for shape in provider.ids if (found := shape.search(part.text))), "")
    return (under or spoken or shaped).strip("#.,;:()")[:64]


def _inline(part: Part, labels: Sequence[str]) -> str:
    """What follows a label and a colon in the middle of a line."""
    for label in labels:
        found = re.search(rf"(?<![a-z]){re.escape(label)} ?: ?[#]?(?P<value>[a-z0-9][a-z0-9_-]{{4,63}})", part.folded)
        if found:
            return part.text[slice(*found.span("value"))]
    return ""


def _reference(words: str) -> str:
    """The number that the words hold, where they hold one; empty where they are only words."""
    plain = words.strip().strip(".,;!\"'«» ")
    cued = _CUED.search(fold(plain))
    if cued:
        return plain[slice(*cued.span("number"))]
    alone = _NUMBER_ALONE.fullmatch(plain)
    if alone:
        return plain.lstrip("#")
    tokens = _TOKEN.findall(plain)
    return tokens[0] if len(tokens) == 1 else ""


def _cued(part: Part) -> str:
    found = _CUED.search(part.folded)
    return part.text[slice(*found.span("number"))] if found else ""


def _name(text: str) -> str:
    """A payer's name without the address behind it; empty for somebody without a name."""
    bare = _MAILBOX.sub("", text).strip(" ,;:\"'") or text.strip()
    if bare.endswith(".") and not _SHORTENED.search(bare):
        bare = bare.rstrip(". ")
    return "" if fold(bare) in _NOBODY else bare[:140]
