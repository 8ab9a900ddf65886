"""Letters through the outbox, against a bare aiosmtplib loop that hands the same octets to the same server."""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta

import aiosmtplib
import imapclient

from mailbot.flows.dispatch import dispatch, file_copies
from mailbot.flows.outbound import Letter, LetterState
from mailbot.flows.ports import Bot
from mailbot.flows.review import review
from tests.bench.farside import PASSWORD, FarSide
from tests.bench.figure import Figure, millis, proven
from tests.bench.house import NOW, OWNER, add_clients, configure, folder, opened

_COPIES = 100


async def measure(*, quick: bool) -> list[Figure]:
    """Render, compose, enqueue, claim, hand over in stages, commit; then the hand-over alone, and the Sent copies."""
    count = 100 if quick else 1000
    async with FarSide() as far:
        await far.add_user(OWNER)
        with folder() as where:
            async with opened(configure(where, far.smtp_port, far.imap_port)) as (parts, _):
                bot = parts.bot
                await add_clients(parts, count, due_on=NOW.date() + timedelta(days=30), issued_on=NOW.date())
                started = time.perf_counter()
                await review(bot)
                written = time.perf_counter()
                while await dispatch(bot):
                    pass
                sent = time.perf_counter()
                letters = await bot.store.letters([LetterState.SENT], limit=2 * count)
                _check(await far.arrived(), letters, count, "the outbox")
                bare_s = await _bare(far.smtp_port, letters)
                _check(await far.arrived(), letters, count, "the bare loop")
                copies = await _copies(bot, far, letters)
    full, staged, bare = (sent - started) / count, (sent - written) / count, bare_s / count
    peer = "bare aiosmtplib loop, one connection"
    return [
        Figure(f"{count:,} letters: write, enqueue, claim, SMTP, commit; each", millis(full), peer, millis(bare),
               full / bare),
        Figure("  of it claim, SMTP in stages, commit", millis(staged), peer, millis(bare), staged / bare),
        Figure("  of it render, compose, enqueue", millis(full - staged), peer, millis(bare), (full - staged) / bare),
        *copies,
    ]  # fmt: skip


def _check(arrived: Sequence[str], letters: Sequence[Letter], count: int, who: str) -> None:
    proven(len(letters) == count, f"{len(letters)} of {count} letters were sent")
    proven(sorted(arrived) == sorted(letter.message_id for letter in letters),
           f"{who}: {len(arrived)} letters ({len(set(arrived))} different ones) arrived, not {count}")  # fmt: skip


async def _bare(port: int, letters: Sequence[Letter]) -> float:
    smtp = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False, username=OWNER, password=PASSWORD)
    async with smtp:
        started = time.perf_counter()
        for letter in letters:
            await smtp.sendmail(letter.envelope_from, list(letter.recipients), letter.octets)
        return time.perf_counter() - started


async def _copies(bot: Bot, far: FarSide, letters: Sequence[Letter]) -> list[Figure]:
    """Our own copies in the Sent folder, against a bare APPEND of the same octets."""
    wanted = letters[:_COPIES]
    await bot.mailbox.watched()  # connected
    started = time.perf_counter()
    for _ in range(_COPIES // 20):
        await file_copies(bot)
    ours = (time.perf_counter() - started) / len(wanted)
    proven(await far.filed(OWNER, "Sent") == len(wanted), "not every copy was filed")

    def bare() -> float:
        with imapclient.IMAPClient("127.0.0.1", far.imap_port, ssl=False) as client:
            client.login(OWNER, PASSWORD)
            started = time.perf_counter()
            for letter in wanted:
                client.append("Sent", letter.octets, flags=(b"\\Seen",))
            return time.perf_counter() - started

    theirs = await asyncio.to_thread(bare) / len(wanted)
    proven(await far.filed(OWNER, "Sent") == 2 * len(wanted), "not every bare copy was filed")
    what = f"{len(wanted)} copies into Sent, each: look for it, APPEND, commit"
    return [Figure(what, millis(ours), "bare imapclient APPEND", millis(theirs), ours / theirs)]
