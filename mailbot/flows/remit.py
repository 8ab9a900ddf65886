"""The bank spoke: what came is matched with what is owed, recorded once, and asked about where it is not certain."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from mailbot.bank import Claim, Entry, Matcher, Proposal, Statement, Verdict
from mailbot.bank.entry import DIGEST
from mailbot.core.client import Client, Invoice, Standing
from mailbot.core.events import HoldAsked, PaymentReceived
from mailbot.core.matter import MatterKind, NewMatter
from mailbot.core.money import Money
from mailbot.core.reason import because
from mailbot.flows.ports import Bot
from mailbot.flows.records import JournalEntry, Payment
from mailbot.flows.review import happen

SOURCE = "bank"
_AS_OF = "bank.data_on"


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


async def propose(bot: Bot, statements: Iterable[tuple[str, Statement]]) -> list[Remittance]:
    """Match the entries of some files, the oldest first; nothing is written."""
    loaded = list(statements)
    clients = await bot.store.all_clients(closed_too=True)
    payments = await bot.store.payments()
    accounts = await _accounts(bot, [entry for _, statement in loaded for entry in statement.entries])
    memory = _Memory(*await _seen(bot, loaded))
    ids = {entry.id for _, statement in loaded for entry in statement.entries} - memory.finished
    cut_off = [payment for payment in payments if payment.source == SOURCE and payment.reference in ids]
    matcher = Matcher(_claims(clients, payments, accounts, cut_off))
    found: list[Remittance] = []
    lines = [(file, statement.format, entry) for file, statement in loaded for entry in statement.entries]
    for file, kind, entry in sorted(lines, key=lambda line: line[2].booked_on):
        if memory.knows(file, kind, entry):
            proposal = Proposal(Verdict.IGNORE, because("bank_seen_before"))
            found.append(Remittance(file, kind, entry, proposal, known=True))
            continue
        found.append(Remittance(file, kind, entry, matcher.propose(entry)))
    return found


async def settle(bot: Bot, found: Sequence[Remittance]) -> int:
    """Record what is certain and ask about what is not; gives how many payments were recorded.

    Each entry is remembered after it was dealt with, and a payment that the ledger has is not recorded again, so that
    a run that was cut off can be repeated.
    """
    recorded = {(p.invoice, p.reference) for p in await bot.store.payments() if p.source == SOURCE}
    count = 0
    for one in found:
        if one.known:
            continue
        if one.proposal.verdict is Verdict.SETTLE:
            for share in one.proposal.shares:
                client = await bot.store.client_of_invoice(share.number)
                if client is None or (share.number, one.entry.id) in recorded:
                    continue
                event = PaymentReceived(share.number, share.amount, one.entry.booked_on, SOURCE, one.entry.id)
                await happen(bot, client.id, event, also=(share.number,))
                count += 1
                await _remember_account(bot, one.entry, client)
        elif one.proposal.verdict is Verdict.ASK:
            await _ask(bot, one)
        await _remember(bot, one)
    await _note_day(bot, [one.entry.booked_on for one in found])
    return count


async def data_on(bot: Bot) -> date | None:
    """The last day of which the bank told anything, or None if it never did."""
    told = await bot.store.recall(_AS_OF)
    return date.fromisoformat(told) if told else None


# What is owed


def _claims(
    clients: Sequence[Client],
    payments: Sequence[Payment],
    accounts: dict[int, frozenset[str]],
    cut_off: Sequence[Payment],
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
    return [
        _claim(client, _before(invoice, undone), last.get(invoice.number), accounts.get(client.id, frozenset()))
        for client in clients
        for invoice in client.invoices
    ]


def _before(invoice: Invoice, undone: dict[str, Money]) -> Invoice:
    made = undone.get(invoice.number)
    if made is None:
        return invoice
    standing = Standing.OPEN if invoice.standing is Standing.SETTLED else invoice.standing
    return replace(invoice, paid=invoice.paid - made, standing=standing)


def _claim(client: Client, invoice: Invoice, paid_on: date | None, accounts: frozenset[str]) -> Claim:
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
        ibans=accounts,
        issued_on=invoice.issued_on,
        paid_on=paid_on,
        live=invoice.live,
    )


# What was seen


def _key(kind: str, text: str) -> str:
    """A fact's name that tells nothing: ids and accounts are not written in clear."""
    return f"bank.{kind}.{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def _marks(entry: Entry) -> frozenset[str]:
    """An entry's words, by which it is known again, and none of which can be read."""
    return frozenset(hashlib.sha256(word.encode()).hexdigest()[:8] for word in entry.words)


@dataclass(slots=True)
class _Memory:
    """Entries that were dealt with: by id, and by movement where two formats tell of one without a common id."""

    facts: dict[str, str]
    finished: frozenset[str]
    here: dict[str, list[tuple[str, str, Entry]]] = field(default_factory=dict)
    used: set[tuple[str, str]] = field(default_factory=set)

    def knows(self, file: str, kind: str, entry: Entry) -> bool:
        """Whether this entry was seen in an earlier import, or in another file of this one."""
        if entry.id in self.finished:
            return True
        movement = self.here.setdefault(entry.movement, [])
        if any(other.id == entry.id and name != file for name, _, other in movement):
            return True
        marks = _marks(entry)
        twins = [(name, other_kind, other.id, _marks(other)) for name, other_kind, other in movement if name != file]
        twins += [
            ("", str(old["format"]), str(old["id"]), frozenset(old["words"]))
            for old in json.loads(self.facts.get(_key("movement", entry.movement), "[]"))
        ]
        for name, other_kind, other_id, words in twins:
            comparable = other_kind == kind and not other_id.startswith(DIGEST) and not entry.id.startswith(DIGEST)
            if not comparable and words & marks and (file, other_id + name) not in self.used:
                self.used.add((file, other_id + name))
                return True
        movement.append((file, kind, entry))
        return False


async def _seen(bot: Bot, loaded: Sequence[tuple[str, Statement]]) -> tuple[dict[str, str], frozenset[str]]:
    entries = [entry for _, statement in loaded for entry in statement.entries]
    keys = {key for entry in entries for key in (_key("entry", entry.id), _key("movement", entry.movement))}
    facts = await _facts(bot, sorted(keys))
    return facts, frozenset(entry.id for entry in entries if _key("entry", entry.id) in facts)


async def _facts(bot: Bot, keys: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(keys), 500):  # databases bound the number of parameters
        found |= await bot.store.facts(*keys[start : start + 500])
    return found


async def _remember(bot: Bot, one: Remittance) -> None:
    movement = _key("movement", one.entry.movement)
    async with bot.store.begin() as tx:
        known = json.loads((await tx.facts(movement)).get(movement, "[]"))
        known.append({"id": one.entry.id, "format": one.format, "words": sorted(_marks(one.entry))})
        await tx.remember(movement, json.dumps(known))
        await tx.remember(_key("entry", one.entry.id), one.entry.booked_on.isoformat())


# Accounts from which a client paid before


async def _accounts(bot: Bot, entries: Sequence[Entry]) -> dict[int, frozenset[str]]:
    ibans = sorted({entry.payer_iban for entry in entries if entry.payer_iban})
    facts = await _facts(bot, [_key("account", iban) for iban in ibans])
    found: dict[int, set[str]] = {}
    for iban in ibans:
        client = facts.get(_key("account", iban))
        if client:
            found.setdefault(int(client), set()).add(iban)
    return {client: frozenset(theirs) for client, theirs in found.items()}


async def _remember_account(bot: Bot, entry: Entry, client: Client) -> None:
    """Whose account it is, once money from it settled something; an account that paid for two is nobody's."""
    if not entry.payer_iban:
        return
    key = _key("account", entry.payer_iban)
    async with bot.store.begin() as tx:
        known = (await tx.facts(key)).get(key)
        await tx.remember(key, str(client.id) if known in (None, str(client.id)) else "")


# Questions


async def _ask(bot: Bot, one: Remittance) -> None:
    """Put an entry before the operator; what it may have paid waits (law 5)."""
    now = bot.clock.now()
    numbers = [share.number for share in one.proposal.shares]
    client = await bot.store.client_of_invoice(numbers[0]) if numbers else None
    facts = {
        "words": f"{_told(one.entry)} ({', '.join(numbers)})",
        "amount": str(one.entry.amount),
        "payer": one.entry.payer,
        "candidates": ", ".join(numbers),
        "because": str(one.proposal.because),
    }
    subject = _key("ask", one.entry.id)
    if one.proposal.held:
        await _wait(bot, numbers, _told(one.entry))
    number = numbers[0] if numbers else None  # by which the operator answers; the words name the others
    async with bot.store.begin() as tx:
        client_id = client.id if client else None
        await tx.raise_matter(NewMatter(MatterKind.CLAIM, now, client_id, number, subject, facts=facts))
        await tx.journal([JournalEntry(now, one.proposal.because, client_id, number)])


async def _wait(bot: Bot, numbers: Sequence[str], words: str) -> None:
    for number in numbers:
        client = await bot.store.client_of_invoice(number)
        invoice = client.invoice(number) if client else None
        if client is None or invoice is None or not invoice.live:
            continue
        if all(hold.invoice != number or hold.evidence != words for hold in client.standing_holds):
            await happen(bot, client.id, HoldAsked(number, None, words), also=(number,))


def _told(entry: Entry) -> str:
    said = " / ".join(part for part in (entry.payer, entry.reference, entry.text) if part)
    return f"{entry.booked_on} {entry.amount} {said}"[:300]


async def _note_day(bot: Bot, days: Sequence[date]) -> None:
    if not days:
        return
    before = await data_on(bot)
    newest = max([*days, before] if before else days)
    async with bot.store.begin() as tx:
        await tx.remember(_AS_OF, newest.isoformat())
