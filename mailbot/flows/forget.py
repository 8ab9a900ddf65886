"""A client's personal data is erased; what accounting law demands stays: numbers, dates, amounts, payments.

Erased: names, addresses, telephone, mails and letters octet for octet, words in the log and in matters, attachments,
references of payments. Kept: hashes and ids of mails, so that nothing is acted on twice. Not within reach: the mailbox,
the Sent folder, backups that were made before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from mailbot.core.client import Client, Invoice
from mailbot.core.money import Money
from mailbot.flows.command import CommandFault
from mailbot.flows.ports import Bot
from mailbot.flows.records import Payment


@dataclass(frozen=True, slots=True)
class Keeping:
    """A country's duty to keep books: years from the end of the calendar year, its source, when it was looked up."""

    country: str
    years: int
    source: str
    looked_up_on: date

    def until(self, last_on: date) -> date:
        """The last day on which what happened on `last_on` must be kept."""
        return date(last_on.year + self.years, 12, 31)


@dataclass(frozen=True, slots=True)
class Kept:
    """An invoice as it stays. `until` is None where the country's law is not known here."""

    number: str
    issued_on: date
    amount: Money
    paid: Money
    until: date | None


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was, or would be, erased."""

    contacts: int
    mails: int
    letters: int
    files: int
    words: int


@dataclass(frozen=True, slots=True)
class Forgetting:
    """What forgetting a client means. `pseudonym` is what it will be called."""

    client: Client
    pseudonym: str
    kept: tuple[Kept, ...]
    erased: Erased


class Eraser(Protocol):
    """What can erase: the database itself."""

    async def erase(self, client_id: int, pseudonym: str, now: datetime, *, apply: bool) -> Erased:
        """Erase a client's personal data for good, or only count it."""
        ...

    async def prune(self, *, unrelated_before: datetime, mail_before: datetime) -> int:
        """Drop the words of old mails and letters, keeping hashes and ids; gives how many were emptied."""
        ...


async def forget(bot: Bot, eraser: Eraser, code: str, keeping: Keeping | None, *, apply: bool) -> Forgetting:
    """Erase a client's personal data, or only say what that would mean; raises `CommandFault` while money is owed."""
    found = next((one for one in await bot.store.all_clients(closed_too=True) if one.code == code), None)
    if found is None:
        raise CommandFault(f"there is no client {code}; `mailbot list` shows their codes")
    if live := [invoice.number for invoice in found.invoices if invoice.live]:
        first = live[0]
        raise CommandFault(
            f"{code} still owes {', '.join(live)}: a claim needs to know whom it is against. Record the money"
            f" (`mailbot paid {first}`) or give it up (`mailbot cancel {first}`), then forget"
        )
    if found.credit:
        first_credit = found.credit[0]
        raise CommandFault(
            f"{code} has a credit of {first_credit}: it is their money. Record that you sent it back (`mailbot refund"
            f" {code} --amount {first_credit.amount}`), then forget"
        )
    kept = tuple(
        [_kept(invoice, await bot.store.payments(invoice=invoice.number), keeping) for invoice in found.invoices]
    )
    pseudonym = f"forgotten-{found.id}"
    erased = await eraser.erase(found.id, pseudonym, bot.clock.now(), apply=apply)
    return Forgetting(found, pseudonym, kept, erased)


def _kept(invoice: Invoice, payments: Sequence[Payment], keeping: Keeping | None) -> Kept:
    last_on = max([invoice.issued_on, *(payment.paid_on for payment in payments)])
    until = keeping.until(last_on) if keeping else None
    return Kept(invoice.number, invoice.issued_on, invoice.amount, invoice.paid, until)


async def prune(bot: Bot, eraser: Eraser, *, unrelated_days: int, mail_days: int) -> int:
    """Empty mails that concern no client after `unrelated_days`, and every mail and letter after `mail_days`."""
    now = bot.clock.now()
    return await eraser.prune(
        unrelated_before=now - timedelta(days=unrelated_days), mail_before=now - timedelta(days=mail_days)
    )
