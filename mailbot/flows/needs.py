"""A matter with all that the operator needs to deal with it: whose it is, the words, the history, and what to type."""

import shlex
from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from mailbot.core.brief import Command, Happening, Need, Owed
from mailbot.core.client import Client, Invoice
from mailbot.core.doubted import doubt_in
from mailbot.core.intent import Intent
from mailbot.core.ladder import recipient
from mailbot.core.matter import Matter, MatterKind
from mailbot.core.money import totals
from mailbot.core.reason import Reason, because
from mailbot.flows.documents import asked_in, ready_answer, wants_file
from mailbot.flows.door import Door
from mailbot.flows.invite import replies
from mailbot.flows.ports import Bot

_HISTORY_CODES = frozenset(
    {"sent", "reply_noted", "promise_broken", "part_paid", "note", "released", "delivery_delayed"}
)

_OF_THE_WHOLE = {
    MatterKind.BREAKER: (Command("mailbot resume", "resume"),),
    MatterKind.RESTORED: (
        Command("mailbot list", "list"),
        Command("mailbot next", "next"),
        Command("mailbot go-live", "go_live"),
    ),
}


async def need_of(
    matter: Matter, clients: Mapping[int, Client], bot: Bot, today: date, *, number: int = 0, door: Door | None = None
) -> Need:
    """A matter as the operator sees it; with a `door`, also what can be answered by mail under its `number`."""
    client = await _client(matter, clients, bot)
    invoices = _invoices(matter, client)
    answers, meanings = (
        replies(matter, client, bot, invoices=len(invoices), today=today, number=number, door=door)
        if door
        else ((), ())
    )
    contact = recipient(client) if client else None
    intent = str(matter.facts.get("intent", ""))
    named = str(matter.facts.get("until", ""))
    letter = await bot.store.letter(str(matter.facts["letter"])) if "letter" in matter.facts else None
    return Need(
        kind=matter.kind,
        on=matter.at.astimezone(ZoneInfo(bot.business.operator.timezone)).date(),
        client=client.name if client else "",
        contact=contact.name or contact.first_name if contact else "",
        email=contact.email if contact else str(matter.facts.get("sender", "")),
        phone=client.phone if client else "",
        language=client.language if client else "",
        invoices=tuple(_owed(invoice, today) for invoice in invoices),
        whole_client=matter.invoice is None,
        owed=totals(invoice.balance for invoice in invoices),
        intent=intent,
        words=_words(matter),
        answer=await ready_answer(matter, client, bot) if client is not None else "",
        until=date.fromisoformat(named) if named else None,
        address=_address(matter),
        person=str(matter.facts.get("person", "")),
        letter_subject=letter.subject if letter else "",
        would=_would(matter),
        warning=_warning(matter),
        doubt=doubt_in(matter.facts),
        commands=_commands(matter, client, invoices),
        history=await _history(matter, client, bot),
        id=matter.id,
        number=number,
        replies=answers,
        meanings=meanings,
    )


async def _client(matter: Matter, clients: Mapping[int, Client], bot: Bot) -> Client | None:
    if matter.client_id is None:
        return None
    client = clients.get(matter.client_id)
    if client is None or (matter.invoice and client.invoice(matter.invoice) is None):
        client = await bot.store.client(matter.client_id, also=[matter.invoice] if matter.invoice else [])
    return client


def _invoices(matter: Matter, client: Client | None) -> tuple[Invoice, ...]:
    if client is None:
        return ()
    if matter.invoice is not None:
        return tuple(invoice for invoice in client.invoices if invoice.number == matter.invoice)
    return tuple(invoice for invoice in client.invoices if invoice.live)


def _owed(invoice: Invoice, today: date) -> Owed:
    late_days = max(0, (today - invoice.due_on).days)
    return Owed(invoice.number, invoice.balance, invoice.due_on, late_days, invoice.subject)


def _words(matter: Matter) -> str:
    for fact in ("words", "diagnostic", "answer", "fault"):
        if matter.facts.get(fact):
            return str(matter.facts[fact])
    return ""


def _address(matter: Matter) -> str:
    if matter.kind is MatterKind.STRANGER:
        return str(matter.facts.get("sender", ""))
    return str(matter.facts.get("address", ""))


def _warning(matter: Matter) -> Reason | None:
    match matter.kind:
        case MatterKind.DIVERSION:
            return because("beware_of_diversion")
        case MatterKind.CLAIM if matter.facts.get("notice"):
            return Reason(str(matter.facts["notice"]), matter.facts)
        case MatterKind.BREAKER:
            return because("breaker_tripped", **matter.facts)
        case MatterKind.RESTORED if matter.facts.get("untracked"):
            return because("restored_untracked")
        case MatterKind.RESTORED:
            return because("restored", **matter.facts)
        case _:
            return None


def _would(matter: Matter) -> Reason | None:
    """What happens if the operator says nothing."""
    match matter.kind:
        case MatterKind.REPLY if matter.facts.get("intent") == Intent.AUTO_REPLY.value:
            return because("would_wait_for_return")
        case MatterKind.CLAIM if matter.facts.get("lapses_on"):
            return because("would_lapse", until=matter.facts["lapses_on"])
        case MatterKind.CLAIM | MatterKind.STRANGER | MatterKind.UNREADABLE if _holds_nothing(matter):
            return because("would_change_nothing")
        case MatterKind.REPLY | MatterKind.CLAIM | MatterKind.BOUNCE | MatterKind.DIVERSION:
            return because("would_stay_held")
        case MatterKind.BREAKER:
            return because("would_stay_stopped")
        case MatterKind.RESTORED:
            return because("would_stay_in_draft")
        case MatterKind.APPROVAL:
            return because("would_not_leave")
        case MatterKind.DOUBT:
            return because("would_not_resend")
        case MatterKind.CALL | MatterKind.COLLECTIONS:
            return because("would_do_nothing")
        case _:
            return None


def _holds_nothing(matter: Matter) -> bool:
    """Whether word of money waits for an answer while the reminders go on."""
    facts = matter.facts
    if matter.kind is not MatterKind.CLAIM:
        return True
    return matter.client_id is None or facts.get("notice") == "notice_alarm" or facts.get("held") == 0


def _commands(matter: Matter, client: Client | None, invoices: tuple[Invoice, ...]) -> tuple[Command, ...]:
    if matter.kind in _OF_THE_WHOLE:
        return _OF_THE_WHOLE[matter.kind]
    about = matter.invoice or (client.code if client else "")
    if not about or client is None:
        return _trust_command(matter)
    number = matter.invoice or (invoices[0].number if len(invoices) == 1 else "NUMBER")
    release = Command(_line("release", about), "release")
    hold = Command(f"{_line('hold', about)} --until {'YYYY-MM-DD'}", "hold")
    settle = Command(_line("paid", number, *_as_booked(matter)), "paid")
    match matter.kind:
        case MatterKind.DIVERSION:
            return (hold, release)
        case MatterKind.REPLY | MatterKind.BOUNCE:
            extra = (*_answer_command(matter), *_contact_command(matter, client))
            return (*extra, release, hold, settle) if invoices else extra
        case MatterKind.CLAIM:
            return (*_trust_command(matter), *_books_command(matter), settle, release, hold)
        case MatterKind.CALL | MatterKind.COLLECTIONS:
            return (Command(f'{_line("note", about)} "…"', "note"), settle, hold)
        case MatterKind.APPROVAL:
            return (Command(_line("approve", number), "approve"), hold)
        case MatterKind.DOUBT:
            return (
                Command(f"{_line('doubt', number)} --arrived", "arrived"),
                Command(f"{_line('doubt', number)} --resend", "resend"),
            )
        case MatterKind.STRANGER:
            return (release, hold, settle)
        case _:
            return (Command(_line("why", number), "why"),) if invoices else ()


def _trust_command(matter: Matter) -> tuple[Command, ...]:
    """A sender of payment notices is confirmed once, and only where all else was found good."""
    if matter.facts.get("again") != "sender":
        return ()
    return (Command(_line("trust", str(matter.facts["trust"])), "trust"),)


def _as_booked(matter: Matter) -> tuple[str, ...]:
    """The bank's own amount and day, where one invoice is asked about in its currency."""
    amount, day = (str(matter.facts.get(key, "")) for key in ("paid_amount", "paid_on"))
    return ("--amount", amount, "--on", day) if amount and day else ()


def _books_command(matter: Matter) -> tuple[Command, ...]:
    """How to book what the bank told of: a difference that is accepted, money that went back."""
    kind, number = str(matter.facts.get("books", "")), matter.invoice or ""
    if not kind or not number:
        return ()
    if kind == "chargeback":
        return (Command(_line("chargeback", number), "chargeback"),)
    return (Command(_line("write-off", number, "--as", kind), "accept_short"),)


def _answer_command(matter: Matter) -> tuple[Command, ...]:
    """The answer to a request for documents, made ready."""
    documents = asked_in(matter)
    if not documents:
        return ()
    line = f"mailbot send-answer {matter.id}"
    return (Command(f"{line} --attach FILE" if wants_file(documents) else line, "send_answer"),)


def _contact_command(matter: Matter, client: Client) -> tuple[Command, ...]:
    """A new address is proposed, never adopted."""
    address = str(matter.facts.get("address" if matter.kind is MatterKind.REPLY else "other", ""))
    if not address:
        return ()
    return (
        Command(f"{_line('client', 'contact', client.code)} --billing-email {shlex.quote(address)}", "adopt_address"),
    )


def _line(*words: str) -> str:
    """A command line to copy: what came from outside cannot break out of its word (POSIX sh 2.2.2)."""
    return " ".join(("mailbot", *map(shlex.quote, words)))


async def _history(matter: Matter, client: Client | None, bot: Bot) -> tuple[Happening, ...]:
    if client is None or matter.kind not in (MatterKind.CALL, MatterKind.COLLECTIONS):
        return ()
    entries = await bot.store.journal_of(client_id=client.id, invoice=matter.invoice)
    zone = ZoneInfo(bot.business.operator.timezone)
    return tuple(
        Happening(entry.at.astimezone(zone).date(), entry.reason, client.name, entry.invoice or "")
        for entry in entries
        if entry.reason.code in _HISTORY_CODES or entry.reason.code.startswith("held")
    )[-12:]
