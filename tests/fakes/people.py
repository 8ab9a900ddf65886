"""Clients, invoices and words for tests of what is decided."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from mailbot.core.client import Client, Climb, Contact, Invoice
from mailbot.core.events import AutoReplied, ReplyReceived
from mailbot.core.intent import Intent, Reading, Scope
from mailbot.core.money import Money

MONTREAL = ZoneInfo("America/Toronto")


def at(day: str, hour: str = "10:00", zone: str = "America/Toronto") -> datetime:
    """An instant, told in the client's wall time."""
    return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def day(text: str) -> date:
    return date.fromisoformat(text)


def eur(amount: str | int) -> Money:
    return Money.of(amount, "EUR")


def bill(number: str = "F-1", due: str = "2026-03-31", amount: str | int = 100, **changes: Any) -> Invoice:
    """An invoice of 1 March that the client got on that day, unless told otherwise."""
    plain = Invoice(number, day("2026-03-01"), day(due), eur(amount), eur(0), delivered_on=day("2026-03-01"))
    return replace(plain, **changes)


def anna(*invoices: Invoice, **changes: Any) -> Client:
    """A client in Montréal."""
    plain = Client(
        1, "studio", "anna", "Anna inc.", "fr", "CA", "QC", "America/Toronto",
        contacts=(Contact("anna@client.example", first_name="Anna", name="Anna Roy"),),
        invoices=invoices or (bill(),),
    )  # fmt: skip
    return replace(plain, **changes)


def climbed(invoice: Invoice, /, **rungs: str) -> Invoice:
    """The invoice with these rungs climbed, each at ten o'clock on its day."""
    climbs = tuple(Climb(rung, at(on), f"key-{rung}", f"<{rung}@studio.example>") for rung, on in rungs.items())
    return replace(invoice, climbs=climbs)


def words(intent: Intent, until: str | None = None, **changes: Any) -> Reading:
    plain = Reading(
        intent,
        hold=intent is not Intent.ACKNOWLEDGEMENT,
        scope=Scope.INVOICE,
        until=day(until) if until else None,
        reply_text="ses mots",
        evidence="ses mots",
        confidence=0.9,
        because="the cue",
    )
    return replace(plain, **changes)


def said(intent: Intent, on: str, until: str | None = None, **changes: Any) -> ReplyReceived:
    """A person's mail; `about` are the invoices of the letter that it answers."""
    about = changes.pop("about", ("F-1",))
    mail_id = changes.pop("mail_id", 7)
    sender = changes.pop("sender", "anna@client.example")
    return ReplyReceived(words(intent, until, **changes), about, sender, day(on), mail_id)


def away(on: str, until: str | None = None, **changes: Any) -> AutoReplied:
    reading = words(Intent.AUTO_REPLY, until, scope=Scope.CLIENT, **changes)
    return AutoReplied(reading, "anna@client.example", day(on), 8)
