"""The outbox to SMTP: staged, so that no letter leaves twice and none is lost (laws 1, 2, 6)."""

import logging
import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailbot.core.client import Client, HeldBy, Hold, Leaving
from mailbot.core.ladder import next_look_at
from mailbot.core.leave import Go, Leave, Wait, Withdraw, may_leave
from mailbot.core.matter import MatterKind, NewMatter
from mailbot.core.reason import Reason, because
from mailbot.core.replies import next_hold_id
from mailbot.flows import bankage, breaker, freshness
from mailbot.flows.commit import LIVE, MODE
from mailbot.flows.outbound import Letter, LetterState
from mailbot.flows.outside import Outcome
from mailbot.flows.ports import Bot, Conflict, Tx
from mailbot.flows.proof import channels, proofs_of, remember
from mailbot.flows.records import JournalEntry

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=15)  # longer than the 600 s that RFC 5321 4.5.3.2 gives the final answer
_COPY_PAUSE = timedelta(minutes=2)
_BACKOFF = (1, 5, 15, 60, 120, 240)  # minutes between tries of a deferred letter
_RETRIED = (LetterState.QUEUED, LetterState.DEFERRED)
_MATTERS = {
    LetterState.REFUSED: MatterKind.REFUSED,
    LetterState.IN_DOUBT: MatterKind.DOUBT,
}


_UNFINISHED = (LetterState.CLAIMED, LetterState.SENDING)
_SETTLED = (LetterState.SENT, LetterState.WITHDRAWN)
# Facts of the installation that a letter's leave depends on; they are read again in the transaction that claims it.
_FACTS = (freshness.KEY, MODE, bankage.KEY, *breaker.KEYS)
_SOURCES = {
    LetterState.SENT: (*_UNFINISHED, LetterState.IN_DOUBT),
    LetterState.DEFERRED: _UNFINISHED,
    LetterState.REFUSED: _UNFINISHED,
    LetterState.IN_DOUBT: _UNFINISHED,
    LetterState.WITHDRAWN: (LetterState.PROPOSED, *_RETRIED),
}


@dataclass(frozen=True, slots=True)
class _End:
    """What became of a letter and what is said about it."""

    state: LetterState
    why: Reason
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Claim:
    """A letter is ours for a while; `client` as the claim left it."""

    client: Client | None


class AccountFault(Exception):
    """The server refuses the account itself (login, certificate): no letter can leave until that is mended."""


async def dispatch(bot: Bot, *, limit: int = 50) -> int:
    """Hand over the letters that are ready, one after the other; gives how many were accepted."""
    await recover(bot)
    accepted = 0
    for letter in await bot.store.letters(_RETRIED, ready_at=bot.clock.now(), limit=limit):
        accepted += await dispatch_one(bot, letter)
    return accepted


async def dispatch_one(bot: Bot, letter: Letter) -> bool:
    """Hand over one letter, if it may still leave; True if a server accepted it.

    Raises `AccountFault`; the letter is kept.
    """
    claimed = await _claim(bot, letter)
    return claimed is not None and (await hand_over(bot, letter, claimed.client)).verdict == "accepted"


async def hand_over(bot: Bot, letter: Letter, client: Client | None = None) -> Outcome:
    """Submit a letter that this process has claimed, and record how that ended. Raises `AccountFault`.

    `client` is the letter's client as the claim left it, to spare another look.
    """

    async def committed() -> None:
        async with bot.store.begin() as tx:
            await tx.move_letter(letter.key, [LetterState.CLAIMED], LetterState.SENDING, at=bot.clock.now())

    outcome = await bot.post.submit(
        letter.key, letter.envelope_from, letter.recipients, letter.octets, on_committed=committed
    )
    end = _end(outcome, letter, bot.clock.now())
    log.info("letter %s: %s %s", letter.key, end.state, outcome.code)
    response = f"{outcome.code} {outcome.text}"
    await finish(bot, letter, end.state, end.why, not_before=end.not_before, response=response, client=client)
    if outcome.verdict == "account":
        raise AccountFault(f"{outcome.code} {outcome.text}".strip())
    return outcome


async def _claim(bot: Bot, letter: Letter) -> _Claim | None:
    """Read everything again and take the letter under a lease (law 6); None if it stays where it is.

    In the transaction that claims it, the invoice and its holds stand as they were judged (the version of the client
    is checked), and mode, inbox and breaker are read once more.
    """
    now = bot.clock.now()
    client = await _client_of(bot, letter)
    facts = await bot.store.facts(*_FACTS)
    match _judge(bot, letter, client, facts, now):
        case Withdraw(why):
            await finish(bot, letter, LetterState.WITHDRAWN, why)
            return None
        case Wait(until, why):
            await _postpone(bot, letter, until, why)
            return None
        case Go():
            pass
    if stopped := await breaker.stops(bot, letter, facts, now):
        await _postpone(bot, letter, now + breaker.LOOK_AGAIN, stopped)
        return None
    try:
        async with bot.store.begin() as tx:
            _still_may_leave(bot, letter, client, await tx.facts(*_FACTS), now)
            if client is not None:
                client = _with_climbs(client, letter.key, Leaving.LEAVING, now)
                await _save(tx, bot, client, now)
            await tx.move_letter(
                letter.key, _RETRIED, LetterState.CLAIMED, at=now, claimed_by=bot.owner, claimed_until=now + LEASE
            )
    except Conflict:
        return None  # somebody moved: the next round looks again
    return _Claim(replace(client, version=client.version + 1) if client is not None else None)


def _still_may_leave(bot: Bot, letter: Letter, client: Client | None, facts: Mapping[str, str], now: datetime) -> None:
    """Raise `Conflict` where what is known of the installation stops the letter after all."""
    if not isinstance(_judge(bot, letter, client, facts, now), Go) or breaker.is_open(letter, facts):
        raise Conflict("the installation changed since it was looked at")


def _judge(bot: Bot, letter: Letter, client: Client | None, facts: Mapping[str, str], now: datetime) -> Leave:
    """Whether this letter may leave now. Mail to the operator always may, until it is too old to matter."""
    if client is None:
        expired = letter.expires_at is not None and letter.expires_at <= now
        return Withdraw(because("expired", at=letter.expires_at)) if expired else Go()
    if facts.get(MODE) != LIVE:
        return Withdraw(because("draft_mode", template=letter.template))
    leave = may_leave(
        client,
        letter.invoices,
        bot.policy,
        now,
        climbing=bool(letter.climbs),
        chasing=letter.chasing,
        read_at=freshness.read_in(facts),
        expires_at=letter.expires_at,
        decided_at=letter.created_at,
        thanking=letter.template == "thanks",
    )
    if isinstance(leave, Go) and (why := bankage.stops(bot, letter, client, facts, now)):
        return Wait(now + bankage.LOOK_AGAIN, why)
    return leave


async def _client_of(bot: Bot, letter: Letter) -> Client | None:
    if letter.client_id is None:
        return None
    return await bot.store.client(letter.client_id, also=letter.invoices)


async def _postpone(bot: Bot, letter: Letter, until: datetime, why: Reason) -> None:
    """Not yet: the letter stays in the outbox, and says why once per reason."""
    now = bot.clock.now()
    if letter.client_id is not None and letter.response != why.code:
        entries = [JournalEntry(now, why, letter.client_id, number) for number in letter.invoices]
    else:
        entries = []
    try:
        async with bot.store.begin() as tx:
            await tx.move_letter(letter.key, _RETRIED, letter.state, at=now, not_before=until, response=why.code)
            await tx.journal(entries)
    except Conflict:
        return


def _end(outcome: Outcome, letter: Letter, now: datetime) -> _End:
    """What the server's answer makes of a letter."""
    facts: dict[str, str | int] = {"code": outcome.code, "answer": outcome.text[:300]}
    match outcome.verdict:
        case "accepted":
            return _End(LetterState.SENT, because("sent", template=letter.template, **facts))
        case "refused":
            return _End(LetterState.REFUSED, because("refused", **facts))
        case "unknown":
            return _End(LetterState.IN_DOUBT, because("in_doubt", **facts))
        case _:  # deferred, or a fault of the account and not of the letter
            again = now + backoff(letter.attempts)
            return _End(LetterState.DEFERRED, because("deferred", until=again, **facts), again)


def backoff(attempts: int) -> timedelta:
    """How long to wait before the next try, with some jitter so that letters do not come back in step."""
    minutes = _BACKOFF[min(attempts, len(_BACKOFF) - 1)]
    return timedelta(minutes=minutes * random.uniform(0.8, 1.2))  # noqa: S311 - jitter, not a secret


async def finish(
    bot: Bot,
    letter: Letter,
    state: LetterState,
    why: Reason,
    *,
    not_before: datetime | None = None,
    response: str | None = None,
    sources: Collection[LetterState] = (),
    client: Client | None = None,
) -> None:
    """Record how a letter's step ended, with the client's next look, in one transaction.

    `client` is what was last seen of the letter's client; if it has changed since, it is read again.
    `sources` are the states that the letter may be in, where they are others than usual; in any other state it stays.
    """
    sources = sources or _SOURCES[state]
    kind = _MATTERS.get(state)
    if state is LetterState.IN_DOUBT:
        not_before = bot.clock.now() + timedelta(minutes=bot.policy.doubt_look_minutes)
        kind = None if await _settles_itself(bot, letter) else kind
    while True:
        now = bot.clock.now()
        client = client or await _client_of(bot, letter)
        try:
            async with bot.store.begin() as tx:
                if client is not None:
                    await _save(tx, bot, _after(client, letter, state, why, now), now)
                await tx.move_letter(
                    letter.key,
                    sources,
                    state,
                    at=now,
                    not_before=not_before,
                    response=response,
                    attempts=letter.attempts + (state is LetterState.DEFERRED),
                )
                if kind is not None:
                    await tx.raise_matter(matter_of(kind, letter, why, now))
                elif state in _SETTLED or LetterState.IN_DOUBT in sources:
                    await tx.close_matters(now, subject_key=letter.key)
                about: list[str | None] = [*letter.invoices] or [None]
                await tx.journal([JournalEntry(now, why, letter.client_id, number) for number in about])
        except Conflict:
            fresh = await bot.store.letter(letter.key)
            if fresh is None or fresh.state not in sources:
                return
            client = None
            continue
        return


async def _settles_itself(bot: Bot, letter: Letter) -> bool:
    """Whether a letter in doubt needs no operator yet: a known channel of proof will speak, or it is only our own."""
    grace = timedelta(hours=bot.policy.doubt_resend_hours)
    if letter.client_id is None:
        return True
    return bool(channels(letter, await proofs_of(bot.store), bot.business.email, grace))


def _after(client: Client, letter: Letter, state: LetterState, why: Reason, now: datetime) -> Client:
    match state:
        case LetterState.SENT:
            client = _with_climbs(client, letter.key, Leaving.GONE, now)
            return replace(client, chased_at=now) if letter.chasing else client
        case LetterState.REFUSED:
            return _held_after_refusal(_with_climbs(client, letter.key, None, now), letter, why, now)
        case LetterState.WITHDRAWN:
            return _with_climbs(client, letter.key, None, now)
        case LetterState.IN_DOUBT:
            return _with_climbs(client, letter.key, Leaving.LEAVING, now)
        case _:
            return _with_climbs(client, letter.key, Leaving.WAITING, now)


def _held_after_refusal(client: Client, letter: Letter, why: Reason, now: datetime) -> Client:
    """What a server refused once it refuses again: the ladder waits for the operator instead of knocking on."""
    words = str(why.facts.get("answer", ""))
    for number in dict.fromkeys(number for number, _ in letter.climbs):
        hold = Hold(next_hold_id(client), number, HeldBy.MACHINE, None, now, evidence=words)
        client = replace(client, holds=(*client.holds, hold))
    return client


def _with_climbs(client: Client, key: str, state: Leaving | None, now: datetime) -> Client:
    """The client whose climbs by this letter stand in `state`; None frees them."""
    invoices = []
    for invoice in client.invoices:
        if all(climb.letter != key for climb in invoice.climbs):
            invoices.append(invoice)
            continue
        climbs = tuple(
            replace(climb, state=state or climb.state, at=now if state is Leaving.GONE else climb.at)
            if climb.letter == key
            else climb
            for climb in invoice.climbs
            if state is not None or climb.letter != key
        )
        invoices.append(replace(invoice, climbs=climbs))
    return replace(client, invoices=tuple(invoices))


async def _save(tx: Tx, bot: Bot, client: Client, now: datetime) -> None:
    await tx.save(client, next_look_at(client, bot.policy, now))


def matter_of(kind: MatterKind, letter: Letter, why: Reason, now: datetime) -> NewMatter:
    """What the operator has to know about a letter that a server refused, or that nobody knows about."""
    about = letter.invoices[0] if len(letter.invoices) == 1 else None
    facts = {**why.facts, "letter": letter.key, "template": letter.template}
    return NewMatter(kind, now, letter.client_id, about, letter.key, urgent=kind is MatterKind.REFUSED, facts=facts)


async def recover(bot: Bot) -> None:
    """Letters whose process died: claimed ones never reached DATA and go back, sending ones are in doubt (law 2)."""
    now = bot.clock.now()
    for letter in await bot.store.letters([LetterState.CLAIMED, LetterState.SENDING]):
        # A lease that ends later than any that is given now was given before the clock was put back.
        if letter.claimed_until is None or now < letter.claimed_until <= now + LEASE:
            continue
        if letter.state is LetterState.CLAIMED:
            await finish(bot, letter, LetterState.DEFERRED, because("claim_lapsed"), not_before=now)
        else:
            await finish(bot, letter, LetterState.IN_DOUBT, because("in_doubt", code=0, answer="the process ended"))


async def file_copies(bot: Bot) -> None:
    """Put what was sent into the Sent folder, so that the user sees it in their own mail program.

    Where the provider files copies by itself it gets the time to do so; if it does not, it is no proof any more.
    """
    letters = await bot.store.unfiled()
    proofs = await proofs_of(bot.store) if letters else None
    delay_s = proofs.sent_copy_s if proofs else None
    pause = timedelta() if delay_s is None else max(_COPY_PAUSE, timedelta(seconds=delay_s * 5))
    for letter in letters:
        now = bot.clock.now()
        if letter.sent_at is not None and letter.sent_at + pause > now:
            break  # the oldest come first
        filed = await bot.mailbox.append_sent(letter.octets, letter.sent_at or now)
        async with bot.store.begin() as tx:
            await tx.move_letter(
                letter.key, [LetterState.SENT], LetterState.SENT, at=letter.sent_at or now, filed_at=now
            )
            if filed and proofs is not None and proofs.sent_copy_s is not None:
                log.warning("letter %s: the provider filed no copy; the Sent folder proves nothing now", letter.key)
                proofs = replace(proofs, sent_copy_s=None)
                await remember(tx, proofs)
