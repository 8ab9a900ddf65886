"""A payment notice came: what it says, how far it can be believed, and which invoice it pays (law 5).

It settles only when every check holds and the operator has confirmed this sender once. All else is a reported payment.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from mailbot.bank import Claim, Entry, Matcher, Proposal, Verdict
from mailbot.core.client import Client
from mailbot.core.intent import Kind
from mailbot.core.money import Money
from mailbot.core.notice import CHECKS, Check, Notice, NoticeEvent, lacking, suspicious
from mailbot.core.reason import Reason
from mailbot.flows.desk import Desk
from mailbot.flows.ports import Bot
from mailbot.flows.proof import proofs_of
from mailbot.mail.authentic import authenticity, keys_wanted
from mailbot.mail.authres import authentication_results
from mailbot.mail.hypertext import text_of_html
from mailbot.mail.parse import ParsedMail, moment
from mailbot.notices import Catalogue, Provider, part_of, read_notice
from mailbot.notices.lines import CELL
from mailbot.notices.read import agreed

SOURCE = "notice"
TRUSTED = "notice.trusted"
_CLOCKS_DIFFER = timedelta(days=1)
_SAME_PAYMENT = timedelta(days=10)
_EXACT = frozenset({"bank_structured", "bank_number_amount", "bank_near_number", "bank_payer_amount"})


@dataclass(frozen=True, slots=True)
class Found:
    """A mail that is a notice, or wants to be taken for one. `genuine`: it shows a domain of the provider's."""

    provider: Provider
    notice: Notice
    genuine: bool
    agree: bool | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A notice with its checks. `numbers` are the invoices that it may be about, by client; `known`: recorded before.

    `keys` are the facts by which it is known again, `because` what the books say to it.
    """

    provider: Provider
    notice: Notice
    checks: Mapping[str, Check]
    on: date
    keys: tuple[str, ...] = ()
    settles: bool = False
    invoice: str = ""
    client_id: int = 0
    numbers: tuple[tuple[int, str], ...] = ()
    known: bool = False
    because: Reason | None = None

    @property
    def doubtful(self) -> bool:
        """Whether anybody may have written it."""
        return suspicious(self.checks)

    @property
    def identity(self) -> str:
        """What the ledger calls this payment."""
        return self.notice.transaction_id or self.keys[-1].rpartition(".")[2]


def find(mail: ParsedMail, kind: Kind, catalogue: Catalogue, currency: str = "") -> Found | None:
    """The notice in a mail, or None. Where persons write too, or the sender only resembles one, its words must tell."""
    if kind not in (Kind.REPLY, Kind.BULK, Kind.PAYMENT_NOTICE, Kind.AUTO_REPLY):
        return None
    domain = mail.from_email.rpartition("@")[2]
    provider = catalogue.of_domain(domain)
    genuine = provider is not None
    if provider is None and kind is Kind.PAYMENT_NOTICE:
        provider, genuine = Provider(domain, domain, frozenset({domain}), frozenset({domain})), True
    sure = provider is not None and not provider.people
    provider = provider or catalogue.resembled(domain, mail.from_name)
    if provider is None or (not sure and (mail.in_reply_to or mail.references)):
        return None
    texts = [text for text in _texts(mail) if text.strip()]
    notices = [read_notice(provider, part_of(mail.subject, text), currency) for text in texts or [""]]
    notice, agree = agreed(notices)
    if not sure and (notice.event is None or (not genuine and notice.amount is None)):
        return None
    return Found(provider, notice, genuine, agree if len(notices) > 1 else True)


def _texts(mail: ParsedMail) -> tuple[str, ...]:
    """The text and the HTML, where there are both; what was made plain from the HTML is no second witness."""
    if not mail.html.strip():
        return (mail.text,)
    if mail.text[:2000] == text_of_html(mail.html)[:2000]:
        return (text_of_html(mail.html, CELL),)
    return mail.text, text_of_html(mail.html, CELL)


async def desk_at(bot: Bot) -> Desk:
    """How notices are judged here: where no name of our provider is configured, the one that a probe learnt counts.

    Then what the provider found wrong stands in the way; that it says nothing does not.
    """
    proofs = None if bot.desk.authserv_id else await proofs_of(bot.store)
    return replace(bot.desk, authserv_id=proofs.authserv_id) if proofs is not None else bot.desk


async def examine(octets: bytes, mail: ParsedMail, found: Found, desk: Desk, at: datetime) -> Judged:
    """Everything that can be checked without our books. `at` is when the mail arrived."""
    provider, notice = found.provider, found.notice
    keys = await desk.records.txt(keys_wanted(octets, provider.signers))
    checks = authenticity(octets, domains=provider.domains, signers=provider.signers, keys=keys, at=at)
    if not found.genuine:
        checks["aligned"] = Check.FAIL
    if any("too long" in fault or "too many" in fault for fault in mail.faults):
        checks["single_headers"] = Check.FAIL  # we did not read all of it
    checks["authentication_results"] = authentication_results(mail, desk.authserv_id, provider.signers)
    checks["to_us"] = _to_us(mail, desk.addresses)
    checks["fresh"] = _fresh(mail, at, desk.fresh_days)
    checks["parts_agree"] = {True: Check.PASS, False: Check.FAIL, None: Check.UNKNOWN}[found.agree]
    checks["event_received"] = _received(notice)
    checks["amount_read"] = Check.PASS if notice.amount and notice.clear else Check.UNKNOWN
    checks |= dict.fromkeys(("unseen", "sender_confirmed", "fits_one_invoice"), Check.UNKNOWN)
    return Judged(
        provider,
        notice,
        {name: checks[name] for name in CHECKS},
        mail.sent_on or at.date(),
        _keys(octets, mail, notice),
    )


async def compare(judged: Judged, mail: ParsedMail, bot: Bot) -> Judged:
    """The checks that only our books can answer, and what they say together."""
    notice = judged.notice
    seen = await bot.store.facts(*judged.keys)
    trusted = judged.provider.name in await trusted_senders(bot)
    clients = await bot.store.all_clients(closed_too=True)
    proposal, owners = _matched(judged, mail, clients)
    exact = _exactly_one(proposal, notice.amount)
    numbers = [share.number for share in proposal.shares] if proposal and not judged.doubtful else []
    numbers += [number for _, number in await _named(judged, mail, bot)]
    checks = dict(judged.checks)
    # the same amount from another source may be this money; where it is just what is left, nobody here can tell
    recorded = not seen and await _recorded(judged, numbers, bot)
    checks["unseen"] = Check.FAIL if seen else Check.UNKNOWN if recorded else Check.PASS
    checks["sender_confirmed"] = Check.PASS if trusted else Check.UNKNOWN
    checks["fits_one_invoice"] = Check.PASS if exact else Check.FAIL
    configured = frozenset({"authentication_results"} if bot.desk.authserv_id else ())
    return replace(
        judged,
        checks=checks,
        settles=not lacking(checks, configured=configured),
        invoice=exact,
        client_id=owners.get(exact, 0),
        numbers=tuple((owners[number], number) for number in dict.fromkeys(numbers) if number in owners),
        known=bool(seen) or (recorded and not exact),
        because=proposal.because if proposal else None,
    )


async def trusted_senders(bot: Bot) -> dict[str, str]:
    """The providers that the operator confirmed, each with the moment."""
    told: dict[str, str] = json.loads(await bot.store.recall(TRUSTED) or "{}")
    return told


# The checks


def _received(notice: Notice) -> Check:
    if notice.event is None:
        return Check.UNKNOWN
    if notice.event is not NoticeEvent.RECEIVED:
        return Check.FAIL
    return Check.PASS if notice.clear else Check.UNKNOWN


def _to_us(mail: ParsedMail, addresses: Sequence[str]) -> Check:
    if not addresses:
        return Check.UNKNOWN
    ours = {address.lower() for address in addresses}
    us = [_untagged(address) in ours or address in ours for address in mail.to]
    if any(us):
        return Check.PASS if all(us) else Check.UNKNOWN  # a stranger beside us: whose money it is stays open
    return Check.FAIL


def _untagged(address: str) -> str:
    """An address without what follows the plus sign of its mailbox (RFC 5233)."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _fresh(mail: ParsedMail, at: datetime, days: int) -> Check:
    """Whether it was written, and came in, within the last days; nobody writes tomorrow's notice."""
    moments = [mail.sent_at, moment(mail.header("received").rpartition(";")[2])[0] if mail.header("received") else None]
    if moments[0] is None:
        return Check.FAIL
    good = all(-_CLOCKS_DIFFER <= at - one <= timedelta(days=days) for one in moments if one is not None)
    return Check.PASS if good else Check.FAIL


def _keys(octets: bytes, mail: ParsedMail, notice: Notice) -> tuple[str, ...]:
    """By what a notice is known again: the service's own id, and all that a signature covers."""
    body = re.split(rb"\r?\n\r?\n", octets, maxsplit=1)[1:]
    head = "\0".join((notice.provider, mail.from_email, ",".join(mail.to), mail.subject, mail.header("date")))
    content = hashlib.sha256(b"\0".join((head.encode("utf-8", "surrogatepass"), b"".join(b"".join(body).split()))))
    keys = [f"notice.content.{content.hexdigest()[:32]}"]
    if notice.transaction_id:
        told = f"{notice.provider}\0{notice.transaction_id.casefold()}"
        keys.append(f"notice.id.{hashlib.sha256(told.encode()).hexdigest()[:32]}")
    return tuple(keys)


# Our books


def _matched(judged: Judged, mail: ParsedMail, clients: Sequence[Client]) -> tuple[Proposal | None, dict[str, int]]:
    """What the money would be for, as if the bank's statement told of it."""
    owners = {invoice.number: client.id for client in clients for invoice in client.invoices}
    notice = judged.notice
    if notice.amount is None or notice.event is not NoticeEvent.RECEIVED:
        return None, owners
    claims = [
        Claim(
            number=invoice.number,
            client=client.id,
            amount=invoice.amount,
            balance=invoice.balance,
            names=(client.name,),
            people=tuple(contact.name for contact in client.contacts if contact.name),
            issued_on=invoice.issued_on,
            paid_on=None if invoice.live else invoice.issued_on,
            live=invoice.live,
        )
        for client in clients
        for invoice in client.invoices
    ]
    said = notice.detail or mail.subject
    entry = Entry(judged.identity, judged.on, notice.amount, notice.payer, reference=notice.reference, text=said)
    return Matcher(claims).propose(entry), owners


def _exactly_one(proposal: Proposal | None, amount: Money | None) -> str:
    """The one invoice whose whole balance this is, or empty."""
    if proposal is None or proposal.verdict is not Verdict.SETTLE or len(proposal.shares) != 1:
        return ""
    share = proposal.shares[0]
    return share.number if proposal.because.code in _EXACT and share.amount == amount else ""


_CANDIDATE = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_-]{1,38}[A-Za-z0-9]")


async def _named(judged: Judged, mail: ParsedMail, bot: Bot) -> Sequence[tuple[int, str]]:
    """Our invoices that the notice's own words name."""
    words = f"{mail.subject}\n{judged.notice.reference}\n{judged.notice.detail}\n{mail.text[:4000]}"
    found = [word for word in dict.fromkeys(_CANDIDATE.findall(words)) if any(c.isdigit() for c in word)]
    return await bot.store.numbers_known(found[:200])


async def _recorded(judged: Judged, numbers: Sequence[str], bot: Bot) -> bool:
    """Whether the ledger has this very payment already, told by the bank, the operator or another mail about it."""
    amount = judged.notice.amount
    if amount is None or judged.notice.event is not NoticeEvent.RECEIVED or judged.doubtful:
        return False
    for number in dict.fromkeys(numbers):
        for payment in await bot.store.payments(invoice=number):
            near = abs(payment.paid_on - judged.on) <= _SAME_PAYMENT
            other = payment.source == SOURCE and judged.notice.transaction_id and payment.reference != judged.identity
            if payment.amount == amount and near and not other:
                return True
    return False
