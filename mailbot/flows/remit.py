"""The bank spoke: what came is matched with what is owed, recorded once, and asked about where it is not certain."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from mailbot.bank import Claim, Entry, Matcher, Proposal, Statement, StatementFault, Told, Verdict, read_statement
from mailbot.bank.headers import Columns
from mailbot.core.client import Client, Invoice, Standing
from mailbot.core.events import PaymentReceived, PaymentReported
from mailbot.core.matter import MatterKind, NewMatter
from mailbot.core.money import Money
from mailbot.core.reason import because
from mailbot.flows.bankage import note_day, today
from mailbot.flows.banked import (
    Payers,
    confirm_layout,
    covered,
    hashed,
    layouts,
    memory_of,
    named_too,
    payers_of,
    remember,
    remember_payer,
)
from mailbot.flows.enrol import OPENING
from mailbot.flows.ports import Bot, Replay, Tx
from mailbot.flows.records import JournalEntry, Payment
from mailbot.flows.review import happen

SOURCE = "bank"
_AHEAD = timedelta(days=3)  # banks post ahead over weekends
_FAR_AHEAD = timedelta(days=366)
# How the operator may book what is asked about, beside saying that it was paid.
_BOOKS = {"bank_fees": "fee", "bank_discount": "discount", "bank_money_back": "chargeback"}
__all__ = ["Remittance", "Settled", "Taken", "propose", "read", "settle", "take_in"]


@dataclass(frozen=True, slots=True)
class Remittance:
    """An entry of a file with what is proposed about it. `known` says that it was dealt with before."""

    file: str
    format: str
    entry: Entry
    proposal: Proposal
    known: bool = False

    def plain(self, words: str) -> dict[str, object]:
        """The values under the keys of `mailbot import-bank --json`; amounts are decimal strings."""
        return {
            "file": self.file,
            "id": self.entry.id,
            "booked_on": self.entry.booked_on.isoformat(),
            "amount": str(self.entry.amount.amount),
            "currency": self.entry.amount.currency,
            "payer": self.entry.payer,
            "reference": self.entry.reference,
            "decision": self.proposal.verdict.value,
            "invoices": [
                {"number": share.number, "amount": str(share.amount.amount)} for share in self.proposal.shares
            ],
            "because": words,
        }


@dataclass(frozen=True, slots=True)
class Settled:
    """What was recorded: (invoice, number of the ledger's entry), and how many questions were asked."""

    entries: tuple[tuple[str, int], ...]
    asked: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file that came by itself: by mail, or into the watched folder.

    `fault` says why it could not be read; `unconfirmed` that a table of that shape must be shown to a person first, and
    nothing was recorded. `left_out` are lines that could not be read.
    """

    file: str
    settled: Settled = Settled((), 0)
    known: int = 0
    left_out: tuple[str, ...] = ()
    fault: str = ""
    unconfirmed: bool = False


async def read(bot: Bot, octets: bytes, currency: str, told: Columns | None = None) -> Statement:
    """Read a file, with what is remembered of tables; raises StatementFault."""
    known, until = await layouts(bot), today(bot, bot.clock.now()) + _AHEAD
    clients = await bot.store.all_clients(closed_too=True)
    since = min((invoice.issued_on for client in clients for invoice in client.invoices), default=date.min)
    return await asyncio.to_thread(read_statement, octets, currency, known, told, (since, until))


async def take_in(bot: Bot, name: str, octets: bytes, currency: str) -> Taken:
    """Read a file, record what is certain and ask about the rest, without anybody at the keyboard."""
    try:
        statement = await read(bot, octets, currency)
    except StatementFault as fault:
        return Taken(name, fault=str(fault))
    if statement.layout and statement.layout not in await layouts(bot):
        return Taken(name, left_out=statement.faults, unconfirmed=True)
    found = await propose(bot, [(name, statement)])
    settled = await settle(bot, found, [statement])
    return Taken(name, settled, sum(one.known for one in found), statement.faults)


async def propose(bot: Bot, statements: Iterable[tuple[str, Statement]]) -> list[Remittance]:
    """Match the entries of some files, the oldest first; nothing is written."""
    loaded = list(statements)
    clients = await bot.store.all_clients(closed_too=True)
    payments = await bot.store.payments()
    payers = await payers_of(bot, [entry for _, statement in loaded for entry in statement.entries])
    memory = await memory_of(bot, loaded)
    ids = {entry.id for _, statement in loaded for entry in statement.entries} - memory.finished
    cut_off = [payment for payment in payments if payment.source == SOURCE and payment.reference in ids]
    matcher = Matcher(_claims(clients, payments, payers, cut_off), await _told(bot, clients, payments))
    found: list[Remittance] = []
    to_come = _to_come(bot, loaded)
    lines = [(file, statement.format, entry) for file, statement in loaded for entry in statement.entries]
    for file, kind, entry in sorted(lines, key=lambda line: line[2].booked_on):
        if memory.knows(file, kind, entry):
            proposal = Proposal(Verdict.IGNORE, because("bank_seen_before"))
            found.append(Remittance(file, kind, entry, proposal, known=True))
            continue
        found.append(Remittance(file, kind, entry, matcher.propose(entry, to_come=entry.id in to_come)))
    return found


def _to_come(bot: Bot, loaded: Iterable[tuple[str, Statement]]) -> frozenset[str]:
    """Entries of a day that is still to come; where a whole file is ahead, this clock is the odd one."""
    until = today(bot, bot.clock.now()) + _AHEAD
    found: set[str] = set()
    for _, statement in loaded:
        ahead = {entry.id: entry.booked_on for entry in statement.entries if entry.booked_on > until}
        whole = len(ahead) == len(statement.entries)
        found |= {one for one, day in ahead.items() if not whole or day > until + _FAR_AHEAD}
    return frozenset(found)


async def settle(bot: Bot, found: Sequence[Remittance], statements: Sequence[Statement] = ()) -> Settled:
    """Record what is certain and ask about what is not; `statements` are the files, which a person has seen.

    Each entry is remembered after it was dealt with, and a payment that the ledger has is not recorded again, so that
    a run that was cut off can be repeated.
    """
    for statement in statements:
        await confirm_layout(bot, statement)
    recorded = {(p.invoice, p.reference) for p in await bot.store.payments() if p.source == SOURCE}
    entries: list[tuple[str, int]] = []
    asked = 0
    for one in found:
        if one.known:
            continue
        if one.proposal.verdict is Verdict.SETTLE:
            entries += await _pay(bot, one, recorded)
        elif one.proposal.verdict is Verdict.ASK:
            await _ask(bot, one)
        asked += one.proposal.verdict is Verdict.ASK or one.proposal.short
        await remember(bot, one.format, one.entry, one.proposal.covers)
    await note_day(bot, [*(one.until for one in statements), *(one.entry.booked_on for one in found)])
    return Settled(tuple(entries), asked)


async def _pay(bot: Bot, one: Remittance, recorded: set[tuple[str, str]]) -> list[tuple[str, int]]:
    """Record an entry's shares; where it looks like fees or a discount, the operator says what the rest is."""
    made: list[tuple[str, int]] = []
    for share in one.proposal.shares:
        client = await bot.store.client_of_invoice(share.number)
        if client is None or (share.number, one.entry.id) in recorded:
            continue
        event = PaymentReceived(
            share.number, share.amount, one.entry.booked_on, SOURCE, one.entry.id, thank=not one.proposal.short
        )
        if not await happen(bot, client.id, event, also=(share.number,), along=_once(bot, share.number, one.entry)):
            continue
        written = await bot.store.entries(client_id=client.id, invoice=share.number)
        made += [(share.number, written[-1].id)] if written else []
        await remember_payer(bot, one.entry, client)
    if one.proposal.short:
        await _ask(bot, one)
    return made


def _once(bot: Bot, number: str, entry: Entry) -> Callable[[Tx], Awaitable[None]]:
    """Writes, with the payment, that it was made; raises `Replay` where another import was faster."""
    mark = hashed("paid", f"{number} {entry.id} {entry.amount}")

    async def once(tx: Tx) -> None:
        if await tx.facts(mark):
            raise Replay(f"the payment of {number} was recorded meanwhile")
        await tx.remember(mark, bot.clock.now().isoformat())

    return once


# What is owed


def _claims(
    clients: Sequence[Client], payments: Sequence[Payment], payers: Payers, cut_off: Sequence[Payment]
) -> list[Claim]:
    """Invoices as the bank's entries meet them; `cut_off` are payments whose entry was not dealt with to its end.

    Those are taken as not yet made, so that the entry is understood as it was the first time.
    """
    last: dict[str, date] = {}
    undone: dict[str, Money] = {}
    for payment in payments:
        if payment in cut_off:
            before = undone.get(payment.invoice)
            undone[payment.invoice] = payment.amount + before if before else payment.amount
            continue
        last[payment.invoice] = max(payment.paid_on, last.get(payment.invoice, payment.paid_on))
    claims = [
        _claim(client, _before(invoice, undone), last.get(invoice.number), payers)
        for client in clients
        for invoice in client.invoices
    ]
    return [replace(claim, names=named_too(claim, payers)) for claim in claims]


def _before(invoice: Invoice, undone: Mapping[str, Money]) -> Invoice:
    made = undone.get(invoice.number)
    if made is None:
        return invoice
    standing = Standing.OPEN if invoice.standing is Standing.SETTLED else invoice.standing
    return replace(invoice, paid=invoice.paid - min(made, invoice.paid), standing=standing)


def _claim(client: Client, invoice: Invoice, paid_on: date | None, payers: Payers) -> Claim:
    people = tuple(
        f"{contact.first_name} {contact.name}" if contact.first_name not in contact.name else contact.name
        for contact in client.contacts
        if contact.name
    )
    return Claim(
        number=invoice.number,
        client=client.id,
        amount=invoice.amount,
        balance=invoice.balance,
        names=(client.name,),
        people=people,
        ibans=payers.ibans.get(client.id, frozenset()),
        issued_on=invoice.issued_on,
        paid_on=paid_on,
        live=invoice.live,
    )


async def _told(bot: Bot, clients: Sequence[Client], payments: Sequence[Payment]) -> list[Told]:
    """Money on record that the bank has not told of yet."""
    owners = {invoice.number: client.id for client in clients for invoice in client.invoices}
    others = [p for p in payments if p.source not in (SOURCE, OPENING) and p.amount.amount > 0 and p.invoice in owners]
    seen = await covered(bot, [payment.entry for payment in others])
    return [
        Told(p.entry, p.invoice, owners[p.invoice], p.amount, p.paid_on, p.source)
        for p in others
        if p.entry not in seen
    ]


# Questions


async def _ask(bot: Bot, one: Remittance) -> None:
    """Put an entry before the operator; what it may have paid waits (law 5)."""
    numbers = [share.number for share in one.proposal.shares]
    clients = {number: await bot.store.client_of_invoice(number) for number in numbers}
    owners = {client.id: client for client in clients.values() if client is not None}
    client = clients[numbers[0]] if numbers else None
    words = _words(one.entry)
    held = one.proposal.held or one.proposal.short
    candidates = ", ".join(f"{share.number}: {share.amount}" for share in one.proposal.shares)
    facts = {
        **one.proposal.because.facts,
        "words": f"{words} ({candidates})" if candidates else words,
        "notice": one.proposal.because.code,
        "payer": one.entry.payer,
        "candidates": ", ".join(numbers),
        "books": _BOOKS.get(one.proposal.because.code, ""),
        "held": int(held),
        "came": str(one.entry.amount) if one.entry.credit else "",
        **_as_paid(one),
    }
    if held:
        for owner in owners.values():
            theirs = tuple(number for number, its in clients.items() if its is not None and its.id == owner.id)
            await happen(bot, owner.id, PaymentReported(theirs, words), also=theirs)
    now, number = bot.clock.now(), numbers[0] if numbers else None  # by which the operator answers
    client_id = client.id if client else None
    matter = NewMatter(MatterKind.CLAIM, now, client_id, number, hashed("ask", one.entry.id), facts=facts)
    async with bot.store.begin() as tx:
        await tx.raise_matter(matter)
        await tx.journal([JournalEntry(now, one.proposal.because, client_id, number)])


def _as_paid(one: Remittance) -> dict[str, str]:
    """What the operator would record, if the one invoice asked about is what was paid."""
    shares, amount = one.proposal.shares, one.entry.amount
    if len(shares) != 1 or not one.entry.credit or shares[0].amount.currency != amount.currency or one.proposal.short:
        return {}
    return {"paid_amount": str(amount.amount), "paid_on": one.entry.booked_on.isoformat()}


def _words(entry: Entry) -> str:
    said = " / ".join(part for part in (entry.payer, entry.reference, entry.text) if part)
    return f"{entry.booked_on} {entry.amount} {said}"[:300]
