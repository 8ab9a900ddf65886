"""What the operator may answer to a matter, in one word; and how far each word reaches."""

from dataclasses import dataclass
from enum import StrEnum

from mailbot.core.document import OWN
from mailbot.core.intent import Intent
from mailbot.core.matter import Matter, MatterKind


class Word(StrEnum):
    """What the operator says about a matter."""

    PAID = "paid"  # the money is there, all of it or an amount
    RELEASE = "release"  # the ladder may go on
    HOLD = "hold"  # wait, until a day if one is named
    YES = "yes"  # the letter may leave
    NO = "no"  # the letter shall not leave
    DONE = "done"  # the call was made, the task is dealt with
    SEEN = "seen"  # nothing is to be done
    CANCEL = "cancel"  # the claim is given up
    ACCEPT = "accept"  # what is missing is a bank's fee or a discount, and the invoice is settled
    TRUST = "trust"  # notices of this sender prove payments from now on
    ARRIVED = "arrived"  # the letter in doubt had left
    RESEND = "resend"  # it had not
    ADOPT = "adopt"  # write to the proposed address
    MEANT = "meant"  # the mail meant this intent


@dataclass(frozen=True, slots=True)
class Said:
    """One answer as it was typed: for which matters, what, and what follows the word (a day, an amount, a note)."""

    line: str
    numbers: tuple[int, ...]
    word: Word | None
    intent: Intent | None = None
    rest: str = ""


_OFFERED: dict[MatterKind, tuple[Word, ...]] = {
    MatterKind.REPLY: (Word.RELEASE, Word.HOLD, Word.PAID, Word.MEANT),
    MatterKind.CALL: (Word.DONE, Word.PAID, Word.HOLD),
    MatterKind.COLLECTIONS: (Word.DONE, Word.PAID, Word.HOLD, Word.CANCEL),
    MatterKind.APPROVAL: (Word.YES, Word.NO),
    MatterKind.BOUNCE: (Word.RELEASE, Word.HOLD),
    MatterKind.REFUSED: (Word.SEEN,),
    MatterKind.DOUBT: (Word.ARRIVED, Word.RESEND),
    MatterKind.CLAIM: (Word.PAID, Word.RELEASE, Word.HOLD),
    MatterKind.STRANGER: (Word.SEEN, Word.HOLD),
    MatterKind.DIVERSION: (Word.RELEASE, Word.HOLD),
    MatterKind.UNREADABLE: (Word.SEEN,),
}
_OF_ONE_CLIENT = frozenset(Word) - {Word.SEEN, Word.TRUST}
_OF_INVOICES = frozenset({Word.PAID, Word.ACCEPT, Word.CANCEL, Word.YES, Word.NO, Word.ARRIVED, Word.RESEND})
# Understood although not offered: the operator knows best, and each of them can be undone.
_ALSO: dict[MatterKind, frozenset[Word]] = {
    MatterKind.REPLY: frozenset({Word.CANCEL, Word.SEEN}),
    MatterKind.CLAIM: frozenset({Word.CANCEL, Word.SEEN}),
    MatterKind.CALL: frozenset({Word.CANCEL, Word.SEEN}),
    MatterKind.COLLECTIONS: frozenset({Word.SEEN}),
    MatterKind.APPROVAL: frozenset({Word.HOLD}),
    MatterKind.STRANGER: frozenset({Word.RELEASE, Word.PAID}),
    MatterKind.DIVERSION: frozenset({Word.PAID}),
    MatterKind.BOUNCE: frozenset({Word.PAID, Word.CANCEL}),
}
# Differences that can be accepted as what they look like, under the name of the ledger's entry.
_DIFFERENCES = frozenset({"fee", "discount"})
# Money that went back, or may: nothing was paid.
_GOES_BACK = frozenset({"notice_alarm", "bank_money_back"})


def proposed_address(matter: Matter) -> str:
    """The address that a matter proposes to write to, or empty."""
    key = {MatterKind.REPLY: "address", MatterKind.BOUNCE: "other"}.get(matter.kind)
    return str(matter.facts.get(key, "")) if key else ""


def trusted_sender(matter: Matter) -> str:
    """The sender of payment notices whom the operator may confirm, all else being good; or empty."""
    return str(matter.facts.get("trust", "")) if matter.facts.get("again") == "sender" else ""


def answerable(matter: Matter) -> bool:
    """Whether an answer to the client is ready that needs nothing but a yes."""
    asks = {name for name in str(matter.facts.get("asks", "")).split(",") if name}
    return matter.kind is MatterKind.REPLY and "doubt" not in matter.facts and bool(asks) and OWN.issuperset(asks)


def offered(matter: Matter, *, invoices: int) -> tuple[Word, ...]:
    """The words that a mail about this matter shows, the most likely first; `invoices`: how many it is about."""
    words = list(_OFFERED.get(matter.kind, ()))
    if deputy(matter):
        words = [Word.SEEN]
    if answerable(matter):
        words.insert(0, Word.YES)
    if proposed_address(matter) and matter.client_id is not None:
        words.insert(0, Word.ADOPT)
    if trusted_sender(matter):
        words.insert(0, Word.TRUST)
    if accepted_as(matter):
        words.insert(0, Word.ACCEPT)
    if matter.kind is MatterKind.CLAIM:
        words.append(Word.SEEN)
    return tuple(word for word in words if _possible(word, matter, invoices))


def accepted(matter: Matter, *, invoices: int) -> frozenset[Word]:
    """The words that are understood about this matter."""
    also = (word for word in _ALSO.get(matter.kind, ()) if _possible(word, matter, invoices))
    return frozenset((*offered(matter, invoices=invoices), *also))


def deputy(matter: Matter) -> bool:
    """Whether somebody who is away named another person: an address is proposed, and nothing is asked."""
    away = (Intent.AUTO_REPLY.value, Intent.ABSENCE.value)
    return matter.kind is MatterKind.REPLY and matter.facts.get("intent") in away and bool(matter.facts.get("address"))


def accepted_as(matter: Matter) -> str:
    """What a difference would be booked as: `fee` or `discount`, or empty."""
    kind = str(matter.facts.get("books", ""))
    return kind if kind in _DIFFERENCES else ""


def candidates(matter: Matter) -> tuple[str, ...]:
    """The invoices that a transfer may have paid, where there are several: an answer must name one."""
    found = tuple(one for one in str(matter.facts.get("candidates", "")).split(", ") if one)
    return found if matter.kind is MatterKind.CLAIM and len(found) > 1 else ()


def _holds(matter: Matter) -> bool:
    """Whether letters wait for an answer to this matter, so that it cannot just be put aside."""
    if matter.kind is MatterKind.CLAIM and "held" in matter.facts:
        return bool(matter.facts["held"])
    return matter.kind in (MatterKind.REPLY, MatterKind.CLAIM) and not deputy(matter)


def _possible(word: Word, matter: Matter, invoices: int) -> bool:
    if word is Word.MEANT:
        return matter.mail_id is not None and matter.client_id is not None
    if word is Word.SEEN and _holds(matter):
        return False
    if word in (Word.PAID, Word.ACCEPT) and str(matter.facts.get("notice", "")) in _GOES_BACK:
        return False
    if word in _OF_INVOICES:
        return invoices > 0
    return word not in _OF_ONE_CLIENT or matter.client_id is not None
