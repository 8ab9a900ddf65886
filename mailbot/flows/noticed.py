"""What becomes of a payment notice: it settles, it is reported, it alarms, or it is only noted."""

from dataclasses import dataclass
from datetime import datetime

from mailbot.core.client import Client
from mailbot.core.doubted import doubt_facts
from mailbot.core.events import Event, PaymentReceived, PaymentReported
from mailbot.core.intent import Kind
from mailbot.core.matter import MatterKind, NewMatter
from mailbot.core.notice import ALARMING, PROMISING, Check, NoticeEvent, lacking
from mailbot.core.reason import Fact, Reason, because
from mailbot.flows.inbound import RawMail
from mailbot.flows.notice import SOURCE, Found, Judged, compare, desk_at, examine, find
from mailbot.flows.ports import Bot, Tx
from mailbot.flows.records import JournalEntry
from mailbot.mail.parse import ParsedMail
from mailbot.notices import part_of
from mailbot.notices.amounts import amounts_in

_QUIET = frozenset({NoticeEvent.PAYOUT, NoticeEvent.SENT, NoticeEvent.REQUEST, NoticeEvent.INVOICE_SENT})
_AGAIN = frozenset({"dns", "dkim", "key_strength", "sender_confirmed", "signed_headers"})
_TELLING = ("single_headers", "from_address", "dkim", "aligned", "no_length_limit", "not_expired")
AGAIN = "again"
"""The fact of a matter whose notice may be judged anew: once its keys are found, or its sender is confirmed."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """What a notice leads to: clients with the invoices that it is about, events for them, and matters of its own."""

    judged: Judged
    concerned: tuple[tuple[Client, tuple[str, ...]], ...] = ()
    outcome: Reason | None = None
    matters: tuple[NewMatter, ...] = ()
    facts: dict[str, Fact] | None = None
    key: str = ""
    words: str = ""
    urgent: bool = False

    def event(self, numbers: tuple[str, ...], mail_id: int) -> Event | None:
        """What happened to the client of these invoices."""
        judged = self.judged
        if judged.settles:
            assert judged.notice.amount is not None
            return PaymentReceived(judged.invoice, judged.notice.amount, judged.on, SOURCE, judged.identity)
        if self.facts is None:
            return None
        return PaymentReported(
            numbers, self.words, self.key, self.facts, mail_id, doubtful=judged.doubtful, urgent=self.urgent
        )

    async def remember(self, tx: Tx, mail_id: int, at: datetime) -> bool:
        """Note by what this notice is known again, once it settles something; False where another was first."""
        if not self.judged.settles:
            return True
        if await tx.facts(*self.judged.keys):
            return False
        for key in self.judged.keys:
            await tx.remember(key, str(mail_id))
        if self.outcome is not None:
            await tx.journal([JournalEntry(at, self.outcome, self.judged.client_id, self.judged.invoice)])
        return True


def notice_in(mail: ParsedMail, kind: Kind, bot: Bot, *, contact: bool) -> Found | None:
    """The notice in a mail; a client's own contact who only resembles a provider is a person."""
    found = find(mail, kind, bot.desk.load(), bot.desk.currency)
    if found is not None and contact and (not found.genuine or found.provider.people):
        return None
    return found


async def noticed(found: Found, mail: ParsedMail, raw: RawMail, bot: Bot) -> Noticed:
    """Judge a notice and say what it leads to."""
    judged = await examine(raw.octets, mail, found, await desk_at(bot), raw.arrived_at)
    judged = await compare(judged, mail, bot)
    notice, title = judged.notice, judged.provider.title
    if judged.settles:
        client = await bot.store.client(judged.client_id, also=(judged.invoice,))
        why = because("notice_settles", provider=title, number=judged.invoice, amount=notice.amount)
        return Noticed(judged, ((client, (judged.invoice,)),), why)
    if judged.known:
        return Noticed(judged, outcome=because("notice_known", provider=title, amount=notice.amount))
    if notice.event in _QUIET or (notice.event is None and not _about_money(judged, mail)):
        event = notice.event.value if notice.event else "nothing"
        return Noticed(judged, outcome=because("notice_noted", provider=title, event=event, amount=notice.amount))
    if judged.doubtful and not judged.numbers and not found.genuine:
        return Noticed(judged, outcome=because("notice_resembles", provider=title, sender=mail.from_email))
    return await _reported(judged, mail, raw, bot)


async def _reported(judged: Judged, mail: ParsedMail, raw: RawMail, bot: Bot) -> Noticed:
    notice = judged.notice
    outcome = _outcome(judged)
    facts: dict[str, Fact] = {
        "notice": outcome.code,
        "provider": judged.provider.title,
        "trust": judged.provider.name,
        "sender": mail.from_email,
        "arrived": raw.arrived_at.isoformat(),
        "checks": ", ".join(f"{name}={result}" for name, result in judged.checks.items()),
    }
    for name, value in (("amount", notice.amount), ("payer", notice.payer), ("reference", notice.reference)):
        if value:
            facts[name] = str(value)
    if notice.event is not None:
        facts["event"] = notice.event.value
    facts |= await _as_paid(judged, bot)
    missing = lacking(judged.checks)
    facts |= doubt_facts(_why_not(judged, missing))
    if notice.event is NoticeEvent.RECEIVED and missing and _AGAIN.issuperset(missing) and not judged.doubtful:
        facts[AGAIN] = "sender" if missing == ("sender_confirmed",) else "keys"
    words = _told(judged, mail)
    key = f"notice-doubt:{judged.provider.name}" if judged.doubtful else f"notice:{judged.keys[-1].rpartition('.')[2]}"
    if notice.event is None and not judged.doubtful:
        key = f"notice-unread:{judged.provider.name}"
    urgent = outcome.code in ("notice_alarm", "notice_unread")
    by_client: dict[int, list[str]] = {}
    for client_id, number in judged.numbers:
        by_client.setdefault(client_id, []).append(number)
    holds = notice.event in PROMISING or notice.event is None
    if holds and by_client:
        concerned = [(await bot.store.client(one, also=found), tuple(found)) for one, found in by_client.items()]
        return Noticed(judged, tuple(concerned), outcome, facts=facts, key=key, words=words, urgent=urgent)
    about: tuple[int | None, str | None] = judged.numbers[0] if judged.numbers else (None, None)
    matter = NewMatter(MatterKind.CLAIM, raw.arrived_at, *about, key, urgent=urgent, facts=facts | {"words": words})
    return Noticed(judged, outcome=outcome, matters=(matter,))


async def _as_paid(judged: Judged, bot: Bot) -> dict[str, Fact]:
    """What the operator would record, if the one invoice that it is about is what was paid."""
    notice = judged.notice
    if notice.event is not NoticeEvent.RECEIVED or notice.amount is None or judged.doubtful or len(judged.numbers) != 1:
        return {}
    client_id, number = judged.numbers[0]
    invoice = (await bot.store.client(client_id, also=(number,))).invoice(number)
    if invoice is None or invoice.amount.currency != notice.amount.currency or not notice.amount:
        return {}
    return {"paid_amount": str(notice.amount.amount), "paid_on": judged.on.isoformat()}


def _outcome(judged: Judged) -> Reason:
    """What the notice amounts to, in a sentence."""
    notice, title = judged.notice, judged.provider.title
    payer = notice.payer or None
    if judged.doubtful:
        return because("notice_doubtful", provider=title, amount=notice.amount, payer=payer)
    if notice.event is None:
        return because("notice_unread", provider=title, trust=judged.provider.name)
    if notice.event in ALARMING:
        event = notice.event.value
        return because("notice_alarm", provider=title, event=event, amount=notice.amount, payer=payer)
    if notice.event is NoticeEvent.PENDING:
        return because("notice_pending", provider=title, amount=notice.amount, payer=payer)
    return because("notice_reported", provider=title, amount=notice.amount, payer=payer)


def _why_not(judged: Judged, missing: tuple[str, ...]) -> Reason | None:
    """The first thing that stands in the way: what is failed weighs more than what is not known."""
    failed = [name for name in (*_TELLING, *missing) if name in missing and judged.checks[name] is Check.FAIL]
    first = next(iter([*failed, *missing]), None)
    if first is None or (judged.notice.event is not NoticeEvent.RECEIVED and not judged.doubtful):
        return None
    return because(f"lacks_{first}", provider=judged.provider.title, name=judged.provider.name)


def _about_money(judged: Judged, mail: ParsedMail) -> bool:
    if judged.notice.amount is not None or judged.numbers:
        return True
    listed = "list-unsubscribe" in mail.headers or "list-id" in mail.headers
    return not listed and next(amounts_in(part_of(mail.subject, mail.text).folded, "USD"), None) is not None


def _told(judged: Judged, mail: ParsedMail) -> str:
    """The notice in one line."""
    notice = judged.notice
    parts = (judged.provider.title, notice.amount, notice.payer, notice.reference, notice.transaction_id)
    said = " · ".join(str(part) for part in parts if part)
    return (said if notice.amount else f"{judged.provider.title} · {mail.subject}")[:300]
