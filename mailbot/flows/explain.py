"""What one mail is and says, without any database: octets to a kind and a `Reading`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING

from mailbot.core.intent import Intent, Kind, Reading, Scope
from mailbot.core.notice import PROMISING
from mailbot.flows.desk import Desk
from mailbot.flows.notice import Found, Judged, find
from mailbot.mail.kind import kind_of
from mailbot.mail.parse import ParsedMail, parse
from mailbot.mail.quote import new_words, signs_alone
from mailbot.mail.report import report_of
from mailbot.mail.signature import said, says_nothing, subject_in_own_words
from mailbot.reading import language_of, read, read_auto
from mailbot.reading.signs import is_a_nod

if TYPE_CHECKING:
    from mailbot.reading.learned import Learned

_COUNTRY_OF_DOMAIN = {"uk": "GB"} | {
    code: code.upper() for code in ("fr", "ca", "us", "be", "ch", "lu", "ie", "au", "nz", "de", "es", "it", "nl", "pt")
}
_DOLLAR_OF = {"CA": "CAD", "AU": "AUD", "NZ": "NZD", "US": "USD"}
_AMERICAN_HOURS = range(-10, -3)
_NOD = "A sign of thanks or assent, without a word."
_TITLE = 4  # letters that may stand beside a name: Mme, Dr, Sarl


@dataclass(frozen=True, slots=True)
class Explanation:
    """What sort of mail it is and why, and what was understood of its new words."""

    kind: Kind
    kind_because: str
    reading: Reading
    from_email: str = ""
    subject: str = ""
    sent_on: date | None = None
    faults: tuple[str, ...] = ()
    mail: ParsedMail | None = None
    found: Found | None = None


def explain(
    octets: bytes,
    *,
    known_numbers: Collection[str] = (),
    today: date | None = None,
    country: str = "",
    desk: Desk | None = None,
) -> Explanation:
    """Explain one message. Never raises: what cannot be read is held for a person (law 4).

    Relative dates count from the mail's Date header, else from `today`. Without a `country` (ISO 3166) it is guessed
    from the sender's domain, then from the writer's time zone and language. With a `desk`, payment notices are found.
    """
    try:
        return _explained(octets, known_numbers, today, country, desk)
    except Exception as error:  # noqa: BLE001 - a mail that cannot be explained must still be held and shown
        return Explanation(Kind.REPLY, "unknown", _unread(f"It could not be read ({type(error).__name__})."))


def _explained(
    octets: bytes, known_numbers: Collection[str], today: date | None, country: str, desk: Desk | None
) -> Explanation:
    mail = parse(octets)
    kind, why = kind_of(mail)
    found = find(mail, kind, desk.load(), desk.currency) if desk else None
    if found is not None and kind is not Kind.PAYMENT_NOTICE:
        how = "it reads like a notice of" if found.genuine else "it wants to be taken for"
        kind, why = Kind.PAYMENT_NOTICE, f"{how} {found.provider.title}"
    sent_on = mail.sent_on or today or datetime.now(UTC).date()
    kind, why, reading = understand(mail, kind, why, sent_on=sent_on, country=country, known_numbers=known_numbers)
    if found is not None and _says_nothing_of_money(found, mail):
        event = found.notice.event or "nothing about money"
        reading = replace(reading, hold=False, because=f"A notice of {found.provider.title} ({event}).")
    return Explanation(kind, why, reading, mail.from_email, mail.subject, mail.sent_on, mail.faults, mail, found)


def _says_nothing_of_money(found: Found, mail: ParsedMail) -> bool:
    """Whether a notice tells of no money that came or may come: the reminders need not wait for it."""
    if found.notice.event is None:
        return found.notice.amount is None and "list-unsubscribe" in mail.headers
    return found.notice.event not in PROMISING


def understand(
    mail: ParsedMail,
    kind: Kind,
    why: str,
    *,
    sent_on: date,
    country: str = "",
    known_numbers: Collection[str] = (),
    default_currency: str = "",
    names: Collection[str] = (),
    learned: "Learned | None" = None,
) -> tuple[Kind, str, Reading]:
    """Read the new words of a mail of this kind; the words may show that a machine wrote them after all.

    `names` are those of the client and its people: a line that holds nothing else says nothing. `learned` is what the
    operator taught the reader of this installation.
    """
    new = new_words(mail.text, mail.html)
    words = _without_names(_spoken(mail, new) if kind is Kind.REPLY else new, names)
    country = country or country_of(mail, words)
    own = partial(read, guesser=learned.guess) if learned else read
    reader = read_auto if kind is Kind.AUTO_REPLY else own
    reading = reader(
        words,
        subject=mail.subject,
        sent_on=sent_on,
        country=country,
        known_numbers=known_numbers,
        default_currency=default_currency or _DOLLAR_OF.get(country.upper(), ""),
        sender=mail.from_email,
    )
    if learned is not None and kind is Kind.REPLY:
        reading = learned.settled(words, reading)
    reading = replace(reading, reply_text=new)
    if kind is Kind.REPLY:
        reading = _wordless(mail, new, reading)
    if kind is Kind.REPLY and reading.intent is Intent.AUTO_REPLY:
        kind, why = Kind.AUTO_REPLY, "its words are those of a machine"
    if kind not in (Kind.REPLY, Kind.AUTO_REPLY):
        reading = _of_machine(kind, mail, reading)
    return kind, why, reading


def _spoken(mail: ParsedMail, new: str) -> str:
    """What was said: the new words without who signs them, or the subject where only that says anything."""
    if says_nothing(new, mail.from_name, mail.from_email):
        return subject_in_own_words(mail.subject) or new
    return said(new, mail.from_name, mail.from_email)


def _wordless(mail: ParsedMail, new: str, reading: Reading) -> Reading:
    """The same reading, unless nobody wrote a word.

    A telephone that signs says nothing, a mere sign is a nod, and all else is for a person to look at.
    """
    if signs_alone(new) and not mail.attachments:
        return replace(_unread("", reading), hold=False, because="Only a telephone signed: nothing was said.")
    if is_a_nod(new):
        return replace(reading, intent=Intent.ACKNOWLEDGEMENT, hold=False, scope=Scope.INVOICE, because=_NOD, others=())
    if new.strip() and not any(character.isalnum() for character in new):
        return _unread("It has signs, but no words.", reading)
    told = new.strip() or reading.intent not in (Intent.OTHER, Intent.AUTO_REPLY)
    return reading if told else _unread("The mail has no words of its own.", reading)


def _without_names(words: str, names: Collection[str]) -> str:
    """The words without lines of a signature: the "Clinique du Parc" that signs is not in hospital."""
    folded = sorted((name.casefold() for name in names if len(name) > _TITLE), key=len, reverse=True)
    kept = []
    for line in words.splitlines():
        rest = line.casefold()
        for name in folded:
            rest = rest.replace(name, "")
        if rest == line.casefold() or sum(character.isalpha() for character in rest) > _TITLE:
            kept.append(line)
    return "\n".join(kept)


def _unread(why: str, reading: Reading | None = None) -> Reading:
    because = f"{why} Not understood means held, so a person should look."
    unread = reading or Reading(Intent.OTHER, hold=True, scope=Scope.INVOICE)
    return replace(unread, intent=Intent.OTHER, hold=True, scope=Scope.INVOICE, confidence=0.0, because=because)


def _of_machine(kind: Kind, mail: ParsedMail, reading: Reading) -> Reading:
    """A report, a mass mail or a payment provider's notice: its words are no answer, its kind decides."""
    report = report_of(mail)
    lost = kind is Kind.BOUNCE and (report is None or report.permanent)
    intent, hold, because = {
        Kind.BOUNCE: (
            Intent.AUTO_REPLY,
            lost,
            "The letter did not arrive and the address looks dead: nothing more goes there until it is mended."
            if lost
            else "The letter did not arrive this time; the address may work later, and nobody answered.",
        ),
        Kind.DELAY: (Intent.AUTO_REPLY, False, "The letter is late on its way; the server still tries."),
        Kind.RECEIPT: (Intent.AUTO_REPLY, False, "A receipt: it was delivered or opened, and nobody answered."),
        Kind.BULK: (Intent.OTHER, False, "Mass mail: nobody answered."),
        Kind.PAYMENT_NOTICE: (
            Intent.PAYMENT_CLAIMED,
            True,
            "A payment provider's notice: it proves nothing before it is checked, so the ladder waits.",
        ),
    }.get(kind, (reading.intent, True, reading.because))
    return replace(
        reading,
        intent=intent,
        hold=hold,
        scope=Scope.INVOICE,
        until=None,
        redirect_to=None,
        redirect_name=None,
        confidence=0.9,
        because=because,
        others=(),
    )


def country_of(mail: ParsedMail, words: str) -> str:
    """Best guess of the writer's country, or empty: the sender's domain, else an American clock and the language."""
    top = mail.from_email.rpartition(".")[2]
    if top in _COUNTRY_OF_DOMAIN:
        return _COUNTRY_OF_DOMAIN[top]
    zone = mail.header("date").partition("(")[0].split()[-1:]
    hours = zone[0][:3] if zone and len(zone[0]) == 5 and zone[0][0] in "+-" and zone[0][1:].isdigit() else ""
    if hours and int(hours) in _AMERICAN_HOURS:
        return "CA" if language_of(words) == "fr" else "US"
    return "FR" if language_of(words) == "fr" else ""


def as_json(explanation: Explanation, file: str, judged: Judged | None = None) -> dict[str, object]:
    """The explanation as plain values under the keys of `mailbot explain --json`; amounts are decimal strings.

    `roles` has one for each of `amounts`: paid, contested, offered or other.
    """
    reading = explanation.reading
    plain: Mapping[str, object] = {
        "file": file,
        "kind": str(explanation.kind),
        "intent": str(reading.intent),
        "hold": reading.hold,
        "scope": str(reading.scope),
        "until": reading.until.isoformat() if reading.until else None,
        "amounts": [{"value": str(money.amount), "currency": money.currency} for money in reading.amounts],
        "redirect_to": reading.redirect_to,
        "redirect_name": reading.redirect_name,
        "invoices": list(reading.invoices),
        "reply_text": reading.reply_text,
        "evidence": reading.evidence,
        "confidence": reading.confidence,
        "because": reading.because,
        "also": [intent.value for intent in reading.others],
        "roles": [role.value for role in reading.roles],
    }
    return dict(plain) | (_notice_json(judged) if judged else {})


def _notice_json(judged: Judged) -> dict[str, object]:
    notice = judged.notice
    return {
        "notice": {
            "provider": notice.provider,
            "event": notice.event.value if notice.event else None,
            "amount": str(notice.amount.amount) if notice.amount else None,
            "currency": notice.amount.currency if notice.amount else None,
            "reference": notice.reference or None,
            "transaction_id": notice.transaction_id or None,
            "payer": notice.payer or None,
        },
        "checks": {name: result.value for name, result in judged.checks.items()},
        "settles": judged.settles,
    }
