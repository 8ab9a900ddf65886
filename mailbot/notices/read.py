"""One part of a mail -> what it tells: the event by its phrases, the facts by phrases and labels."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mailbot.core.money import Money
from mailbot.core.notice import Notice
from mailbot.notices.amounts import AMOUNT, NUMBER, amounts_in, currency_named, dollar_meant, money_in
from mailbot.notices.events import Told, event_of, told_by
from mailbot.notices.lines import Part, fold
from mailbot.notices.template import Provider

_LABEL_END = re.compile(r"\s*(?:[:#]|n[°o]\.?\s*:?)?\s*$")
_CUED = re.compile(
    r"(?<![a-z0-9])(?:invoices?|inv\.?|factures?|fact\.?|rechnung|bill|n°|references?|ref\.?|motif|libelle|communication"
    r"|(?:message|note|remarque)(?: (?:from|de) [^:\n]{1,60})?)(?![a-z0-9-])"
    r"(?: number| no\.?| nr\.?| n[°o]\.?| numero| id)? ?:? ?[#(«\"]{0,2} ?"
    r"(?P<number>20\d\d \d{2,5}(?![\w/-])|(?=[a-z0-9/_-]{0,30}\d)[a-z0-9][a-z0-9/_-]{1,38}[a-z0-9])"
)
# What the number of an account or a card stands behind.
_ACCOUNT = re.compile(
    r"\b(?:comptes?|account|carte|card|iban|contrat|client|ending(?: in)?|finissant par)\b[^\n:]{0,12}$"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
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
_ROLE = re.compile(r"(?:your (?:customer|client)|(?:votre|le) client|cliente?) (?=\w)", re.IGNORECASE)
_WHOSE = re.compile(r" (?:from|de|of|by) [^:]{1,60}:?")
# What stands behind a payer's name in a sentence.
_BEHIND_A_NAME = re.compile(
    r" (?:(?:et|and) (?:le|la|les|ce|cet|il|it|the|this|your|votre|vos|has|have|was|were)\b|(?:et|and) l'"
    r"|(?:sur|dans|vers|a|in|into|to|on) (?:votre|vos|your|the)\b"
    r"|(?:was|were|has|have|had|did|could|vient|viennent|n'a|n'ont|sera|seront)\b|(?:a|ont) (?:bien )?ete\b"
    r"|will (?:be|not|arrive|show|appear)\b|is (?:on|now|in|pending|held|being|available)\b"
    r"|est (?:en|arrive|disponible)\b"
    r"|(?:by|par|via|through|using|with) (?:bank|card|direct|wire|instant|faster|credit|debit|sepa|ach|interac|virement"
    r"|carte|cheque|prelevement|transfer|apple|google)\b"
    r"|(?:for|pour) (?:invoice|facture|inv\b|the |la |votre |your |#|n°|\d)|(?:today|yesterday|aujourd'hui|hier)\b|- )"
)
_AMOUNT = re.compile(AMOUNT)
_MONEY = ("amount", "total", "fee", "net")


def read_notice(provider: Provider, part: Part, currency: str = "") -> Notice:
    """What a part tells. `currency` is the business's own, for a bare dollar sign."""
    dollar = dollar_meant(part.folded, currency, provider.dollar)
    told = told_by(provider, part)
    event, clear = event_of(told, len(part.subject))
    phrases = [one for one in told if one.event is event]
    labelled = _labelled(provider, part)
    amount, sure = _amount(phrases, labelled, dollar)
    if amount is None and event is not None:
        amount, sure = _only_amount(part, dollar)
    payers = [one.slots["payer"] for one in phrases if one.slots.get("payer")] + labelled.get("payer", [])
    transaction_id = _id(provider, part, phrases, labelled)
    theirs = _Theirs(provider, transaction_id)
    note = next(iter(labelled.get("note", ())), "")
    spoken = [one.slots["reference"] for one in phrases if one.slots.get("reference")]
    said = next((text for text in (*spoken, *labelled.get("reference", ())) if not theirs.holds(text)), "")
    reference = _reference(said) or _reference(note) or _cued(part, theirs) or said or note
    return Notice(
        provider.name,
        event,
        amount,
        reference=reference[:140],
        transaction_id=transaction_id,
        payer=_best([name for payer in payers if (name := _name(payer))]),
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


# The facts


def _first(phrases: Sequence[Told], slot: str) -> str:
    return next((one.slots[slot] for one in phrases if one.slots.get(slot)), "")


def _amount(phrases: Sequence[Told], labelled: dict[str, list[str]], dollar: str) -> tuple[Money | None, bool]:
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
    if name == "note" and _WHOSE.fullmatch(fold(rest)):
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


def _id(provider: Provider, part: Part, phrases: Sequence[Told], labelled: dict[str, list[str]]) -> str:
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
    tokens = [token for token in _TOKEN.findall(plain) if not _YEAR.fullmatch(token)]
    return tokens[0] if len(tokens) == 1 else ""


def _cued(part: Part, theirs: "_Theirs") -> str:
    for found in _CUED.finditer(part.folded):
        number = part.text[slice(*found.span("number"))]
        if not theirs.holds(number) and not _ACCOUNT.search(part.folded[: found.start("number")][-40:]):
            return number
    return ""


@dataclass(frozen=True, slots=True)
class _Theirs:
    """The provider's own numbers: its id of the transaction, and all that has the shape of one."""

    provider: Provider
    id: str

    def holds(self, text: str) -> bool:
        """Whether this is such a number, and so none that names an invoice."""
        bare = text.strip("#.,;:() ")
        alike = bool(self.id) and fold(bare) == fold(self.id)
        return alike or any(shape.fullmatch(bare) for shape in self.provider.ids)


def _best(names: Sequence[str]) -> str:
    """The first that is a name; an address where there is no name."""
    return next((name for name in names if "@" not in name), next(iter(names), ""))


def _name(text: str) -> str:
    """A payer's name without the address and the words behind it; empty for somebody without a name."""
    told = _ROLE.sub("", text.strip(), count=1)
    address = _MAILBOX.match(told)
    if address and address.end():
        return address[0].strip(" ()[]<>")[:140]
    behind = _BEHIND_A_NAME.search(fold(told))
    bare = _MAILBOX.sub("", told[: behind.start()] if behind else told).strip(" ,;:\"'") or told
    if bare.endswith(".") and not _SHORTENED.search(bare):
        bare = bare.rstrip(". ")
    named = fold(bare) not in _NOBODY and any(char.isalpha() for char in bare)
    return bare[:140] if named else ""
