"""Erasing for good: a client's personal data, and the words of mails that are older than they are useful."""

import re
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from mailbot.core.intent import Kind
from mailbot.flows.forget import Erased
from mailbot.flows.outbound import LetterState
from mailbot.flows.records import ACCOUNT_FACTS
from mailbot.store.loading import WAITING
from mailbot.store.tables import (
    CLIENT,
    CLIMB,
    CONTACT,
    EXAMPLE,
    HOLD,
    INBOX_MAIL,
    INVOICE,
    INVOICE_FILE,
    JOURNAL,
    LEDGER,
    MATTER,
    META,
    OUTBOX,
)

# Facts that say when, how much and which rung, and nothing about a person.
_PLAIN_FACTS = frozenset(
    {"rung", "on", "until", "due", "previous", "at", "since", "opens", "read", "gap", "offset", "hours", "days"}
    | {"letters", "limit", "answers", "amount", "code", "template", "by", "number", "intent"}
)
_TOO_SHORT = 4  # signs of a name that stands in other words too
_OVER = [str(state) for state in (LetterState.SENT, LetterState.WITHDRAWN, LetterState.REFUSED)]
_NO_WORDS = {"octets": b"", "subject": "", "reply_text": "", "from_email": "", "outcome_facts": {}, "fault": ""}
_NO_LETTER = {"octets": b"", "subject": "", "recipients": [], "response": ""}


async def count(conn: AsyncConnection, client_id: int) -> Erased:
    """How much personal data there is of a client."""

    async def many(query: Any) -> int:
        return int((await conn.execute(query)).scalar_one())

    addresses = await _addresses(conn, client_id)
    invoices = select(INVOICE.c.id).where(INVOICE.c.client_id == client_id)
    return Erased(
        contacts=len(addresses),
        mails=await many(select(func.count()).select_from(INBOX_MAIL).where(_mails(client_id, addresses))),
        letters=await many(select(func.count()).select_from(OUTBOX).where(OUTBOX.c.client_id == client_id)),
        files=await many(select(func.count()).select_from(INVOICE_FILE).where(INVOICE_FILE.c.invoice_id.in_(invoices))),
        words=await many(select(func.count()).select_from(JOURNAL).where(JOURNAL.c.client_id == client_id)),
    )


async def erase(conn: AsyncConnection, client_id: int, pseudonym: str, now: datetime) -> None:
    """Erase it. Mail to the operator that is over goes too: digests quote every client."""
    addresses = await _addresses(conn, client_id)
    words = await _own_words(conn, client_id, addresses)
    invoices = select(INVOICE.c.id).where(INVOICE.c.client_id == client_id)
    waiting = and_(OUTBOX.c.client_id == client_id, OUTBOX.c.state.in_(WAITING))
    freed = select(OUTBOX.c.id).where(waiting)
    await conn.execute(update(CLIMB).where(CLIMB.c.outbox_id.in_(freed)).values(live=False))
    await conn.execute(update(OUTBOX).where(waiting).values(state=str(LetterState.WITHDRAWN), state_at=now))
    ours = OUTBOX.c.client_id.is_(None)
    doubted = and_(ours, OUTBOX.c.state == str(LetterState.IN_DOUBT))  # nobody will ever know more about it
    await conn.execute(update(OUTBOX).where(doubted).values(state=str(LetterState.WITHDRAWN), state_at=now))
    to_operator = and_(ours, OUTBOX.c.state.in_(_OVER))
    await conn.execute(update(OUTBOX).where(OUTBOX.c.client_id == client_id).values(**_NO_LETTER))
    await conn.execute(update(OUTBOX).where(to_operator).values(**_NO_LETTER))
    await conn.execute(update(INBOX_MAIL).where(_mails(client_id, addresses)).values(**_NO_WORDS))
    await _nobodys_mails(conn, words)
    await conn.execute(delete(INVOICE_FILE).where(INVOICE_FILE.c.invoice_id.in_(invoices)))
    await conn.execute(update(INVOICE).where(INVOICE.c.client_id == client_id).values(subject="", pdf=""))
    # What an operator answered quotes digests, as those quote every client.
    answers = and_(INBOX_MAIL.c.client_id.is_(None), INBOX_MAIL.c.kind == Kind.COMMAND.value)
    await conn.execute(update(INBOX_MAIL).where(answers).values(**_NO_WORDS))
    await conn.execute(delete(EXAMPLE).where(EXAMPLE.c.client_id == client_id))
    await conn.execute(update(LEDGER).where(LEDGER.c.client_id == client_id).values(reference="", note=""))
    await _accounts(conn, client_id)
    await conn.execute(
        update(HOLD)
        .where(HOLD.c.client_id == client_id)
        .values(evidence="", lifted_at=func.coalesce(HOLD.c.lifted_at, now))
    )
    await _plain_journal(conn, client_id, words, pseudonym)
    await _plain_matters(conn, client_id, words, pseudonym, now)
    await conn.execute(delete(CONTACT).where(CONTACT.c.client_id == client_id))
    gone = {"code": pseudonym, "name": pseudonym, "phone": "", "pay_day": None, "next_look_at": None}
    await conn.execute(update(CLIENT).where(CLIENT.c.id == client_id).values(**gone, version=CLIENT.c.version + 1))


async def _addresses(conn: AsyncConnection, client_id: int) -> list[str]:
    query = select(CONTACT.c.address).where(CONTACT.c.client_id == client_id)
    return [str(address) for address in await conn.scalars(query)]


async def _accounts(conn: AsyncConnection, client_id: int) -> None:
    """Forget from which accounts and under which names the client paid, hashed as they are."""
    theirs = and_(META.c.key.startswith(ACCOUNT_FACTS, autoescape=True), META.c.value == str(client_id))
    keys = (await conn.scalars(select(META.c.key).where(theirs))).all()
    await conn.execute(delete(META).where(theirs))
    for key in keys:
        told = META.c.value.contains(key, autoescape=True)
        await conn.execute(update(META).where(told).values(value=func.replace(META.c.value, key, "")))


async def _own_words(conn: AsyncConnection, client_id: int, addresses: list[str]) -> re.Pattern[str]:
    """What names this client where no column does: addresses, and names that are not too short to tell."""
    name = (await conn.execute(select(CLIENT.c.name).where(CLIENT.c.id == client_id))).scalar_one()
    people = await conn.scalars(select(CONTACT.c.name).where(CONTACT.c.client_id == client_id))
    words = {word for word in map(str, (*addresses, name, *people)) if len(word) > _TOO_SHORT}
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first)) or '(?!)'})(?!\w)", re.IGNORECASE)


def _mails(client_id: int, addresses: list[str]) -> ColumnElement[bool]:
    """Mails of this client, and those of its addresses that no other client's are."""
    alone = and_(INBOX_MAIL.c.client_id.is_(None), func.lower(INBOX_MAIL.c.from_email).in_(addresses))
    return or_(INBOX_MAIL.c.client_id == client_id, alone)


async def _nobodys_mails(conn: AsyncConnection, words: re.Pattern[str]) -> None:
    """Mails of nobody whom we know, such as a bank, that name the client in the subject or in their outcome."""
    query = select(INBOX_MAIL.c.id, INBOX_MAIL.c.subject, INBOX_MAIL.c.outcome_facts)
    for row in (await conn.execute(query.where(INBOX_MAIL.c.client_id.is_(None)))).all():
        if words.search(row.subject) or _names(row.outcome_facts, words):
            await conn.execute(update(INBOX_MAIL).where(INBOX_MAIL.c.id == row.id).values(**_NO_WORDS))


async def _plain_journal(conn: AsyncConnection, client_id: int, words: re.Pattern[str], pseudonym: str) -> None:
    for row in (await conn.execute(select(JOURNAL.c.id, JOURNAL.c.client_id, JOURNAL.c.facts))).all():
        facts = _without(row, client_id, words, pseudonym)
        if facts != row.facts:
            await conn.execute(update(JOURNAL).where(JOURNAL.c.id == row.id).values(facts=facts))


async def _plain_matters(
    conn: AsyncConnection, client_id: int, words: re.Pattern[str], pseudonym: str, now: datetime
) -> None:
    """Their own matters end; another client's goes on, and calls them by the pseudonym."""
    query = select(MATTER.c.id, MATTER.c.client_id, MATTER.c.facts, MATTER.c.closed_at)
    for row in (await conn.execute(query)).all():
        facts = _without(row, client_id, words, pseudonym)
        theirs = row.client_id == client_id
        if not theirs and facts == row.facts:
            continue
        values: dict[str, Any] = {"facts": facts}
        if theirs or row.client_id is None:
            mark = f"forgotten:{row.id}"
            values |= {"subject_key": mark, "thing": mark, "closed_at": row.closed_at or now}
        await conn.execute(update(MATTER).where(MATTER.c.id == row.id).values(**values))


def _without(row: Any, client_id: int, words: re.Pattern[str], pseudonym: str) -> dict[str, Any]:
    """A row's facts: the plain ones where it is theirs, or nobody's and names them; else with the words replaced."""
    facts: dict[str, Any] = row.facts
    if row.client_id == client_id or (row.client_id is None and _names(facts, words)):
        return _plain(facts)
    return {key: words.sub(pseudonym, fact) if isinstance(fact, str) else fact for key, fact in facts.items()}


def _names(facts: dict[str, Any], words: re.Pattern[str]) -> bool:
    return any(isinstance(fact, str) and words.search(fact) for fact in facts.values())


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    return {key: fact for key, fact in facts.items() if key in _PLAIN_FACTS}


async def prune(conn: AsyncConnection, unrelated_before: datetime, mail_before: datetime) -> int:
    """Empty old mails and letters; a mail that an open matter is about stays."""
    asked = select(MATTER.c.mail_id).where(MATTER.c.closed_at.is_(None), MATTER.c.mail_id.is_not(None))
    old = or_(
        INBOX_MAIL.c.received_at < mail_before,
        and_(INBOX_MAIL.c.client_id.is_(None), INBOX_MAIL.c.received_at < unrelated_before),
    )
    full = func.length(INBOX_MAIL.c.octets) > 0
    ended = select(INBOX_MAIL.c.id).where(old, INBOX_MAIL.c.id.not_in(asked))
    await conn.execute(delete(EXAMPLE).where(EXAMPLE.c.mail_id.in_(ended)))
    mails = update(INBOX_MAIL).where(old, full, INBOX_MAIL.c.id.not_in(asked)).values(**_NO_WORDS)
    emptied = (await conn.execute(mails)).rowcount
    over = and_(OUTBOX.c.state.in_(_OVER), OUTBOX.c.state_at < mail_before, func.length(OUTBOX.c.octets) > 0)
    return int(emptied + (await conn.execute(update(OUTBOX).where(over).values(**_NO_LETTER))).rowcount)
