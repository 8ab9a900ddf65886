"""Letters whose fate is unknown: look for proof, and without any resend the same octets, or ask (law 2)."""

import logging
from datetime import datetime, timedelta

from mailbot.core.matter import MatterKind
from mailbot.core.reason import because
from mailbot.flows.dispatch import finish, matter_of
from mailbot.flows.outbound import Letter, LetterState
from mailbot.flows.ports import Bot, Conflict
from mailbot.flows.proof import Proofs, channels, names, proofs_of
from mailbot.flows.records import JournalEntry
from mailbot.mail.parse import ParsedMail

log = logging.getLogger(__name__)

# A letter that ends in doubt again and again is the operator's to judge.
_MOST_TRIES = 5
_IN_DOUBT = (LetterState.IN_DOUBT,)


async def look_for_proof(bot: Bot) -> None:
    """Look for each letter in doubt whose time has come; may raise what the mailbox raises, and nothing is lost then.

    First after `doubt_look_minutes`, then again and again. When `doubt_resend_hours` are over, a letter that a known
    channel of proof is silent about leaves again; without such a channel the operator is asked.
    """
    letters = await bot.store.letters(_IN_DOUBT, ready_at=bot.clock.now())
    if not letters:
        return
    proofs = await proofs_of(bot.store)
    for letter in letters:
        if places := await bot.mailbox.copies(letter.message_id, letter.key):
            await _proven(bot, letter, f"a copy: {', '.join(sorted(places))}")
        else:
            await _without_proof(bot, letter, proofs)


async def proven_by(bot: Bot, mail: ParsedMail) -> None:
    """Settle the doubt about a letter that this mail is a copy of, reports on or answers."""
    for letter in await bot.store.letters([LetterState.SENDING, LetterState.IN_DOUBT]):
        if names(mail, letter):
            await _proven(bot, letter, "a mail that names it")


async def _proven(bot: Bot, letter: Letter, how: str) -> None:
    log.info("letter %s had left: %s", letter.key, how)
    await finish(bot, letter, LetterState.SENT, because("proof_found"), response=f"proven by {how}")


async def _without_proof(bot: Bot, letter: Letter, proofs: Proofs | None) -> None:
    now, policy = bot.clock.now(), bot.policy
    grace = timedelta(hours=policy.doubt_resend_hours)
    since = letter.state_at or letter.created_at
    if now < since + grace:
        await _look_again(bot, letter, min(since + grace, now + timedelta(minutes=policy.doubt_look_minutes)))
        return
    silent = channels(letter, proofs, bot.business.email, grace)
    expired = letter.expires_at is not None and letter.expires_at <= now
    if silent and not expired and letter.attempts < _MOST_TRIES:
        why = because("doubt_resend", channel=silent[0])
        log.warning("letter %s left no trace (%s): it leaves again", letter.key, ", ".join(silent))
        await finish(bot, letter, LetterState.DEFERRED, why, not_before=now, sources=_IN_DOUBT)
        bot.wake.set()
    elif letter.client_id is None:
        why = because("doubt_dropped", template=letter.template)
        await finish(bot, letter, LetterState.WITHDRAWN, why, sources=_IN_DOUBT)
    else:
        await _ask(bot, letter, now, max(grace, (now - since) / 2), expired=expired)


async def _look_again(bot: Bot, letter: Letter, at: datetime) -> None:
    try:
        async with bot.store.begin() as tx:
            await tx.move_letter(letter.key, _IN_DOUBT, LetterState.IN_DOUBT, at=bot.clock.now(), not_before=at)
    except Conflict:
        return  # settled meanwhile


async def _ask(bot: Bot, letter: Letter, now: datetime, pause: timedelta, *, expired: bool) -> None:
    """The operator decides; the ladder waits, for a late letter is better than a double one. Said once."""
    why = because("doubt_expired") if expired else because("doubt_asked")
    said = letter.response == why.code
    entries = [] if said else [JournalEntry(now, why, letter.client_id, number) for number in letter.invoices]
    try:
        async with bot.store.begin() as tx:
            await tx.move_letter(
                letter.key, _IN_DOUBT, LetterState.IN_DOUBT, at=now, not_before=now + pause, response=why.code
            )
            if not said:
                await tx.raise_matter(matter_of(MatterKind.DOUBT, letter, because("in_doubt"), now))
            await tx.journal(entries)
    except Conflict:
        return  # settled meanwhile
