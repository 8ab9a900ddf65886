"""Which phrases of a provider a part holds, and what the notice is about."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailbot.core.notice import NoticeEvent
from mailbot.notices.lines import Part
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
_NO_NAME = re.compile(
    r"\b(?:not|never|who|when|if|once|until|may|might|can|will be|pas|jamais|qui|quand|si|n'a|n'ont)\b|n't\b"
)
# Nobody is called so: "your transfer to your bank account" has no payee, "a payment was reversed" no payer.
_NOBODY = re.compile(
    r"(?:your|our|votre|vos|notre) (?:[a-z]+ )?(?:bank|account|balance|card|wallet|compte|banque|solde|carte|argent"
    r"|money|payment|transfer|paiement|virement)\b"
    r"|(?:an?|the|this|un|une|le|la|ce|cette|l') ?(?:payment|transfer|transaction|money"
    r"|paiement|virement|versement|argent|facture|invoice)\b"
)
# What stands before "you received a payment" in a sentence that does not say that you did.
_NOT_YET = re.compile(
    r"\b(?:once|when|whenever|if|until|unless|after|before|as soon as|in case|not|never|n't|without|every time"
    r"|each time|will|would|should|des que|lorsque|lorsqu|quand|si|s'il|une fois|jusqu|apres|avant|chaque fois|pas"
    r"|jamais|sans|aucun|ne|n|sera|seront|serez|serait|recevrez"
    r"|allez|prevue?|upcoming|expected|reminder|rappel|warning|fraude?|pour que|afin)\b[^.!?\n]{0,60}$"
)
# What stands behind it in such a sentence: the money never came, waits, or went back.
_DONE = (
    r"(?:collected|completed|processed|received|paid|deposited|credited|made|confirmed|accepted|successful|approved"
    r"|arrived|cleared|available|settled|authori[sz]ed|go through|come through)"
)
_UNDONE = re.compile(
    rf"\b(?:(?:not|never)|\w{{2,6}}n't)(?: (?:yet|been|be|[a-z]{{2,12}}ly)){{0,3}} {_DONE}\b"
    r"|\b(?:will|to|going to) be (?:re-?tried|re-?attempted|re-?submitted|collected|charged|debited|taken|reviewed)\b"
    r"|\b(?:on hold|being held|held (?:for|by|until|while)|is pending|still pending|and pending|under review"
    r"|being (?:reviewed|processed))\b"
    r"|\b(?:is|was|been|being) (?:incomplete|overdue|due|expected|scheduled|blocked|flagged|created|submitted|open)\b"
    r"|\b(?:requires? action|action required|flagged|blocked|but not captured|prevue?s?|a venir|en cours)\b"
    r"|\b(?:was|been|is|being|were|got) (?:reversed|returned|refunded|recalled|disputed|contested|charged back"
    r"|cancell?ed|declined|rejected|refused)\b|\b(?:has|have)? ?failed\b"
    r"|\b(?:n'a|n'ont|n'est|ne sera|ne peut) (?:pas|jamais|pu)\b|\ben attente\b|\best (?:bloque|suspendu|retenu)e?\b"
    r"|\bsera (?:represente|retente|presente|preleve|annule|rejete|verifie)e?\b|\ba echoue\b"
    r"|\b(?:a|ont) (?:bien )?ete (?:refuse|rejete|annule|conteste|rembourse|extourne|retourne|retenu|bloque)"
)
_SENTENCE_ENDS = re.compile(
    r"[!?\n]|\.\s+(?=[A-ZÀ-Ý])|(?<!\b[Ii]nc)(?<!\b[Ll]td)(?<!\b[Ll]tee)(?<!\b[Cc]orp)(?<!\b[Cc]o)\.(?:\s|$)"
)
# Words of a mail that only shows what a notice will look like.
_NO_MONEY = re.compile(
    r"\b(?:test mode|mode test|test (?:payment|transaction|notification|transfer)|sandbox"
    r"|(?:paiement|transaction|virement) (?:de )?test|no (?:real )?(?:money|funds) (?:was|were|has|have|is|will|moved)"
    r"|aucun (?:argent|fonds|mouvement de fonds) n'|this is (?:only |just )?(?:a test|an example)"
    r"|ceci est un (?:test|exemple))\b"
)


@dataclass(frozen=True, slots=True)
class Told:
    """A phrase that was found: where, and what its slots hold in the mail's own letters.

    `weak`: its words name a payment, and do not say that it came.
    """

    event: NoticeEvent
    start: int
    end: int
    slots: dict[str, str]
    weak: bool = False


def told_by(provider: Provider, part: Part) -> list[Told]:
    """Every phrase that the part holds, in order; those inside a longer one of another event are left out."""
    found: list[Told] = []
    play = _NO_MONEY.search(part.folded) is not None
    for event, phrases in provider.says.items():
        for phrase in phrases:
            for match in phrase.pattern.finditer(part.masked):
                payer = match.groupdict().get("payer") or ""
                if _NOBODY.match(payer) or _NO_NAME.search(payer):
                    continue
                if event is NoticeEvent.RECEIVED and (play or _taken_back(part, match)):
                    continue
                slots = {name: part.text[slice(*match.span(name))].strip() for name in match.groupdict() if match[name]}
                found.append(Told(event, match.start(), match.end(), slots, phrase.weak))
    # "X sent you 5 $ and the money was deposited" tells of the deposit, though it holds "X sent you 5 $"
    return [
        one for one in sorted(found, key=lambda one: (one.start, one.start - one.end))
        if not any(
            other.event is not one.event and other.start <= one.start and one.end <= other.end
            and other.end - other.start > one.end - one.start for other in found
        )
    ]  # fmt: skip


def _taken_back(part: Part, match: re.Match[str]) -> bool:
    """Whether the sentence around a phrase says that the money is not there: not yet, not any more, or never."""
    if _NOT_YET.search(part.folded[max(0, match.start() - 90) : match.start()]):
        return True
    last = match.end() + 120
    end = _SENTENCE_ENDS.search(part.text, match.end(), last)
    sentence = part.folded[match.start() : end.start() if end else last]
    return _UNDONE.search(sentence) is not None


def event_of(told: Sequence[Told], subject_ends: int) -> tuple[NoticeEvent | None, bool]:
    """What the notice is about: the subject decides; a body that tells of something else as well makes it unclear."""
    head = {one.event for one in told if one.start < subject_ends}
    body = {one.event for one in told} - head
    for place in (head, body):
        event = next((one for one in _FIRST if one in place), None)
        if event is not None:
            also = body - {event, NoticeEvent.PAYOUT}
            weak = all(one.weak for one in told if one.event is event)
            return event, not (event is NoticeEvent.RECEIVED and (also or weak))
    return None, True
