"""Clients, invoices, letters and mails for the store's tests."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from mailbot.core.client import Client, Contact, HeldBy, Hold, Invoice, Promise, Reachability, Role, Standing
from mailbot.core.intent import Intent
from mailbot.core.money import Money
from mailbot.flows.inbound import RawMail
from mailbot.flows.outbound import NewLetter
from mailbot.flows.ports import Store
from mailbot.flows.records import MailNote

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def eur(amount: str | int) -> Money:
    return Money.of(amount, "EUR")


def invoice(number: str, amount: str | int = 100, **changes: Any) -> Invoice:
    plain = Invoice(number, date(2026, 1, 1), date(2026, 2, 1), eur(amount), eur(0))
    return replace(plain, **changes)


def client(code: str = "acme", *invoices: Invoice, **changes: Any) -> Client:
    plain = Client(
        0, "studio", code, code.title(), "fr", "CA", "QC", "America/Montreal",
        contacts=(Contact(f"compta@{code}.example", Role.BILLING),), invoices=invoices,
    )  # fmt: skip
    return replace(plain, **changes)


def full_client() -> Client:
    """A client that uses every field."""
    promised = invoice(
        "INV-2",
        "1250.55",
        subject="Site web",
        standing=Standing.PROMISED,
        delivered_on=date(2026, 1, 3),
        pdf="inv-2.pdf",
        promises=(
            Promise(date(2026, 2, 3), date(2026, 2, 20), kept=False),
            Promise(date(2026, 2, 21), date(2026, 3, 9)),
        ),
        auto_answers=2,
    )
    yen = replace(invoice("INV-3"), amount=Money.of(5000, "JPY"), paid=Money.of(0, "JPY"), due_on=date(2026, 2, 15))
    return replace(
        client("acme", promised, yen),
        phone="+1 514 555 0100",
        pay_day=25,
        ladder="gentle",
        contacts=(
            Contact("Zoé@acme.example", Role.CLIENT, "Zoé", "Zoé Lévesque", Reachability.DOUBTFUL),
            Contact("compta@acme.example", Role.BILLING),
        ),
        holds=(
            Hold(1, None, HeldBy.PERSON, Intent.PERSONAL_EMERGENCY, NOW, None, False, "je suis à l'hôpital", 7),
            Hold(2, "INV-2", HeldBy.MACHINE, None, NOW, date(2026, 3, 9), True, lifted_at=NOW + DAY),
        ),
        chased_at=NOW - DAY,
        answered_at=NOW - MINUTE,
    )


def letter(key: str, owner: Client, rung: str, *numbers: str, **changes: Any) -> NewLetter:
    plain = NewLetter(
        key, owner.business, owner.id, rung, numbers, tuple((number, rung) for number in numbers), True, False,
        f"Facture {', '.join(numbers)}", "me@studio.example", ("compta@acme.example",),
        f"<{key}@studio.example>", f"Subject: {key}\r\n\r\n".encode(), NOW, NOW, None,
    )  # fmt: skip
    return replace(plain, **changes)


def mail(uid: int, **changes: Any) -> MailNote:
    raw = RawMail("studio", "INBOX", 77, uid, f"Subject: {uid}\r\n\r\nBonjour".encode(), NOW)
    plain = MailNote(raw, f"sha-{uid}", f"<r{uid}@acme.example>", "compta@acme.example", f"Re: {uid}", "reply", NOW)
    return replace(plain, **changes)


async def added(store: Store, new: Client, look_at: datetime | None = None) -> Client:
    async with store.begin() as tx:
        return await tx.add_client(new, look_at)


async def enqueued(store: Store, new: NewLetter) -> None:
    async with store.begin() as tx:
        await tx.enqueue(new)
