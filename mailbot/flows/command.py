"""The operator spoke: paid, hold, release, cancel, note, approve, and the fate of a letter in doubt."""

from dataclasses import dataclass, replace
from datetime import date

from mailbot.core.client import Client, Contact, Reachability, Role
from mailbot.core.events import Event, HoldAsked, HoldReleased, InvoiceCancelled, PaymentReceived
from mailbot.core.ledger import credit_of
from mailbot.core.matter import MatterKind
from mailbot.core.money import Money
from mailbot.core.reason import because
from mailbot.flows.bankage import today
from mailbot.flows.banked import asked_about, cover
from mailbot.flows.commit import DRAFT, LIVE, MODE
from mailbot.flows.dispatch import finish
from mailbot.flows.outbound import LetterState
from mailbot.flows.ports import Bot, Conflict, Tx
from mailbot.flows.records import JournalEntry
from mailbot.flows.review import happen


class CommandFault(Exception):
    """A command that cannot be carried out; the message says why and what to do."""


async def client_owing(bot: Bot, number: str) -> Client:
    """The client of an invoice, or a fault that says how to find the number."""
    client = await bot.store.client_of_invoice(number)
    if client is None:
        raise CommandFault(f"there is no invoice {number}; `mailbot list` shows those there are")
    return client


async def _about(bot: Bot, subject: str) -> tuple[Client, str | None]:
    """An invoice number or a client's code."""
    client = await bot.store.client_of_invoice(subject)
    if client is not None:
        return client, subject
    client = await bot.store.client_of_code(bot.business.id, subject)
    if client is None:
        raise CommandFault(f"{subject} is neither an invoice number nor a client's code; see `mailbot list`")
    return client, None


async def paid(bot: Bot, number: str, amount: Money | None, paid_on: date, reference: str = "") -> Client:
    """The operator saw the money: record it, settle what it settles (law 5)."""
    client = await client_owing(bot, number)
    invoice = client.invoice(number)
    assert invoice is not None
    money = invoice.balance if amount is None else amount
    if money.currency != invoice.amount.currency:
        raise CommandFault(f"{number} is in {invoice.amount.currency}, not {money.currency}")
    if not money:
        wrong = (
            "owes nothing any more; give --amount to record more money" if amount is None else "gets no zero payment"
        )
        raise CommandFault(f"{number} {wrong}")
    most = invoice.paid + credit_of(client, money.currency)
    if money.amount < 0 and most.amount < -money.amount:
        raise CommandFault(f"{money} is more than was paid for {number} ({most})")
    event = PaymentReceived(number, money, paid_on, "operator", reference)
    told = await asked_about(bot, number, money)
    before = {entry.id for entry in await bot.store.entries(invoice=number)} if told else set()

    async def answered(tx: Tx) -> None:
        if told:
            await tx.close_matters(bot.clock.now(), subject_key=told)

    await happen(bot, client.id, event, also=(number,), along=answered)
    if told:
        for entry in await bot.store.entries(invoice=number):
            if entry.id not in before and entry.source == event.source:
                await cover(bot, told, entry.id, paid_on)
    return await client_owing(bot, number)


async def hold(bot: Bot, subject: str, until: date | None, note: str) -> None:
    """Silence for an invoice or a client; a day that is past would end every wait that it reaches, and is a fault."""
    client, number = await _about(bot, subject)
    if until is not None and until < today(bot, bot.clock.now()):
        raise CommandFault(f"{until} is past; give a day to come, or `mailbot release {subject}`")
    await _tell(bot, client, HoldAsked(number, until, note))


@dataclass(frozen=True, slots=True)
class Released:
    """What a release did: whether anything went on again, and which invoices a client's release took along."""

    lifted: bool
    too: tuple[str, ...] = ()


async def release(bot: Bot, subject: str, note: str) -> Released:
    """The ladder may go on."""
    client, number = await _about(bot, subject)
    await _tell(bot, client, HoldReleased(number, note))
    after, _ = await _about(bot, subject)
    still = {hold.id for hold in after.standing_holds}
    own = {h.invoice for h in client.standing_holds if h.invoice and h.id not in still and number is None}
    return Released(_stops(after) != _stops(client), tuple(sorted(own)))


def _stops(client: Client) -> object:
    return client.standing_holds, {invoice.number: invoice.standing for invoice in client.invoices}


async def cancel(bot: Bot, number: str, note: str) -> bool:
    """Give a claim up; False where there was none any more."""
    client = await client_owing(bot, number)
    invoice = client.invoice(number)
    await _tell(bot, client, InvoiceCancelled(number, note, today(bot, bot.clock.now())), number)
    return invoice is not None and invoice.live


async def note(bot: Bot, subject: str, words: str) -> None:
    """Write something down; a call that was made closes its prompt."""
    client, number = await _about(bot, subject)
    now = bot.clock.now()
    async with bot.store.begin() as tx:
        await tx.journal([JournalEntry(now, because("note", words=words), client.id, number)])
        numbers = None if number is None else (number,)
        kinds = (MatterKind.CALL, MatterKind.COLLECTIONS)
        await tx.close_matters(now, client_id=client.id, invoices=numbers, kinds=kinds)


async def approve(bot: Bot, number: str) -> int:
    """A proposed letter may leave; gives how many were approved."""
    client = await client_owing(bot, number)
    now = bot.clock.now()
    letters = await bot.store.letters([LetterState.PROPOSED], client_id=client.id, invoice=number)
    if not letters:
        raise CommandFault(f"no letter about {number} waits for approval; `mailbot why {number}` says what comes next")
    for letter in letters:
        not_before = bot.policy.calendar(client).opening_from(now)
        async with bot.store.begin() as tx:
            await tx.move_letter(letter.key, [LetterState.PROPOSED], LetterState.QUEUED, at=now, not_before=not_before)
            await tx.close_matters(now, subject_key=letter.key)
            await tx.journal([JournalEntry(now, because("approved"), client.id, number)])
    bot.wake.set()
    return len(letters)


async def resolve_doubt(bot: Bot, number: str, *, arrived: bool) -> int:
    """The operator looked: a letter in doubt had left, or it had not and the same octets may leave again (law 2)."""
    client = await client_owing(bot, number)
    letters = await bot.store.letters([LetterState.IN_DOUBT], client_id=client.id, invoice=number)
    if not letters:
        raise CommandFault(f"no letter about {number} is in doubt")
    for letter in letters:
        if arrived:
            await finish(bot, letter, LetterState.SENT, because("operator_says_sent"))
            continue
        now = bot.clock.now()
        async with bot.store.begin() as tx:
            await tx.move_letter(letter.key, [LetterState.IN_DOUBT], LetterState.DEFERRED, at=now, not_before=now)
            await tx.close_matters(now, subject_key=letter.key)
            await tx.journal([JournalEntry(now, because("operator_says_resend"), client.id, number)])
    bot.wake.set()
    return len(letters)


async def adopt_address(bot: Bot, client: Client, address: str) -> str:
    """Bills go to this address from now on; gives the billing address that it replaces, or empty.

    A contact who is known by it keeps their name; the client's own address needs no second contact, only no desk.
    """
    address = address.lower()
    while True:
        now = bot.clock.now()
        fresh = await bot.store.client(client.id)
        old = next((contact for contact in fresh.contacts if contact.role is Role.BILLING), None)
        rest = tuple(one for one in fresh.contacts if one is not old and one.email != address)
        known = next((one for one in fresh.contacts if one.email == address), Contact(address))
        main = known in fresh.contacts and known.role is Role.CLIENT
        chosen = replace(known, role=Role.CLIENT if main else Role.BILLING, reachability=Reachability.GOOD)
        after = replace(fresh, contacts=(*rest, chosen))
        try:
            async with bot.store.begin() as tx:
                await tx.save(after, now)
                await tx.journal([JournalEntry(now, because("address_adopted", address=address), client.id)])
        except Conflict:
            continue
        return old.email if old else ""


async def set_mode(bot: Bot, *, live: bool) -> None:
    """Leave draft mode, or go back to it; every client is looked at anew."""
    async with bot.store.begin() as tx:
        await tx.remember(MODE, LIVE if live else DRAFT)
    await bot.store.look_at_all(bot.clock.now())


async def _tell(bot: Bot, client: Client, event: Event, number: str | None = None) -> None:
    await happen(bot, client.id, event, also=(number,) if number else ())
