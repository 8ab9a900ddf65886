"""The operator answered by mail: prove it, carry it out, and say what was done. Never silence, never twice.

The mail is stored first, in the transaction that moves the cursor (law 3), and put on a list. What it asks for is done
from that list, so a crash in between loses nothing; the list is shortened with the letter that confirms.
"""

import json
import logging
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from mailbot.bank.statement import LARGEST
from mailbot.core.answer import Said, Word, accepted
from mailbot.core.brief import Answered, Need
from mailbot.core.client import Client
from mailbot.core.matter import Matter, MatterKind, NewMatter
from mailbot.core.reason import Reason, because
from mailbot.flows.carry import Job, NotUnderstood, carry_out
from mailbot.flows.command import CommandFault
from mailbot.flows.door import Asked, asked_by, count_reply, open_door, remember_asked, use
from mailbot.flows.needs import need_of
from mailbot.flows.ports import Bot, Replay, StoreUnavailable, Tx
from mailbot.flows.proof import proofs_of
from mailbot.flows.records import JournalEntry
from mailbot.flows.remit import take_in
from mailbot.flows.report import operator_context, operator_day, operator_locale
from mailbot.flows.write import Thread, operator_letter
from mailbot.mail.files import statements_in
from mailbot.mail.operator import Origin, origin
from mailbot.mail.parse import ParsedMail, parse
from mailbot.mail.quote import new_words
from mailbot.reading.answers import said_in

log = logging.getLogger(__name__)

_WAITING = "answers.waiting"
_MOST_REPLIES = 20  # to the answers of one letter: two machines that write to each other come to an end
_TELLING_LINE = 25  # characters from which a line is surely our own, and quoted
_TAG = re.compile(r"\s*\[[a-z2-7]{20}\]\s*", re.IGNORECASE)
_REFERENCES_KEPT = 10
_LONGEST_SUBJECT = 200
_CLOSED_SINCE = timedelta(days=31)


class Claim(StrEnum):
    """What a mail in an operator's name, or with a token of ours, is to be taken for."""

    NONE = "none"
    ANSWER = "answer"
    STRANGE = "strange"  # it carries a token, and comes from nobody whom we know: read as any mail, and told


async def claim_of(bot: Bot, mail: ParsedMail) -> Claim:
    """Whether a mail may be an operator's answer; the proof is looked at when it is carried out."""
    if origin(mail) is Origin.MACHINE or await asked_by(bot, mail) is None:
        return Claim.NONE
    if mail.from_email in bot.business.operator.emails:
        return Claim.ANSWER
    return Claim.NONE if (await bot.store.tie([], mail.from_email)).by_sender else Claim.STRANGE


async def put_on_list(tx: Tx, mail_id: int) -> None:
    """Remember that a mail waits to be carried out, with the mail itself."""
    waiting = json.loads((await tx.facts(_WAITING)).get(_WAITING, "[]"))
    await tx.remember(_WAITING, json.dumps([*waiting, mail_id]))


async def attend(bot: Bot) -> int:
    """Carry out what operators answered, the oldest first; gives how many mails were dealt with."""
    waiting = json.loads(await bot.store.recall(_WAITING) or "[]")
    for mail_id in waiting:
        try:
            await _attend(bot, mail_id)
        except StoreUnavailable:
            raise
        except Exception as fault:
            log.exception("the operator's mail %s could not be carried out", mail_id)
            told = f"{type(fault).__name__}: {fault}"[:300]
            now, key = bot.clock.now(), f"answer:{mail_id}"
            async with bot.store.begin() as tx:
                matter = NewMatter(
                    MatterKind.UNREADABLE, now, subject_key=key, urgent=True, mail_id=mail_id, facts={"fault": told}
                )
                await tx.raise_matter(matter)
                await _off_list(tx, mail_id)
    return len(waiting)


async def _off_list(tx: Tx, mail_id: int) -> None:
    waiting = json.loads((await tx.facts(_WAITING)).get(_WAITING, "[]"))
    await tx.remember(_WAITING, json.dumps([one for one in waiting if one != mail_id]))


async def _attend(bot: Bot, mail_id: int) -> None:
    octets = await bot.store.mail_octets(mail_id)
    mail = parse(octets)
    asked = await asked_by(bot, mail)
    if asked is None:
        async with bot.store.begin() as tx:
            await _off_list(tx, mail_id)
        return
    against = await _against(bot, mail, asked)
    if against is not None:
        answered: tuple[Answered, ...] = (Answered("", against),)
    else:
        said = await _carried_out(bot, mail, asked, await _view(bot, asked), f"answer:{mail_id}")
        answered = (*said, *await _taken_in(bot, octets))
    await _confirm(bot, mail_id, mail, asked, answered, helpful=against is None)


async def _against(bot: Bot, mail: ParsedMail, asked: Asked) -> Reason | None:
    """What speaks against acting on a mail that carries a token of ours."""
    proofs = await proofs_of(bot.store)
    found = origin(mail, bot.desk.authserv_id or (proofs.authserv_id if proofs else ""))
    if mail.from_email not in bot.business.operator.emails:
        return because("answer_other_sender", address=mail.from_email)
    if found is Origin.FAILED:
        return because("answer_failed_checks", address=mail.from_email)
    if found is not Origin.GOOD:
        return because("answer_unclear_sender")
    if shared := await _client_beside(bot, mail):
        return because("answer_shared", address=shared)
    letter = await bot.store.letter(asked.letter)
    emptied = letter is not None and not letter.octets  # nothing is left to tell our own words by
    return because("answer_expired") if emptied or asked.expired(bot.clock.now()) else None


async def _client_beside(bot: Bot, mail: ParsedMail) -> str:
    """The client to whom the mail goes as well: its words may be for them. Empty where there is none."""
    own = {bot.business.email, *bot.business.operator.emails}
    for address in dict.fromkeys((*mail.to, *mail.cc)):
        if address not in own and (await bot.store.tie([], address)).by_sender:
            return address
    return ""


# What the numbers stand for


@dataclass(frozen=True, slots=True)
class _View:
    """The matters of a letter by number, those that are closed by now too, and their clients."""

    matters: Mapping[int, Matter]
    clients: Mapping[int, Client]


async def _view(bot: Bot, asked: Asked) -> _View:
    wanted = {one: number for number, one in enumerate(asked.matters, start=1)}
    since = bot.clock.now() - _CLOSED_SINCE
    known = [*await bot.store.matters(open_only=False, since=since), *await bot.store.matters()]
    matters = {wanted[one.id]: one for one in known if one.id in wanted}
    clients: dict[int, Client] = {}
    for matter in matters.values():
        if matter.client_id is not None:
            also = (matter.invoice,) if matter.invoice else ()
            known_client = clients.get(matter.client_id)
            if known_client is None or any(known_client.invoice(number) is None for number in also):
                clients[matter.client_id] = await bot.store.client(matter.client_id, also=also)
    return _View(matters, clients)


# What was said


async def _carried_out(bot: Bot, mail: ParsedMail, asked: Asked, view: _View, reference: str) -> tuple[Answered, ...]:
    found: list[Answered] = []
    used = set(asked.used)
    for place, said in enumerate(said_in(await _own_words(bot, mail, asked))):
        numbers = said.numbers or ((1,) if len(asked.matters) == 1 else ())
        if not numbers:
            if said.word is not None and not said.rest:
                found.append(Answered(said.line, because("answer_which")))
            continue
        for number in numbers:
            one = replace(said, numbers=(number,))
            mark = f"{asked.matter(number)}:{said.word}:{said.intent or ''}"
            answered = await _answer(bot, one, view, f"{reference}.{place}", again=mark in used)
            if answered.done:
                used.add(mark)
                await use(bot, asked, (mark,))
            if said.numbers or answered.done or not said.rest:
                found.append(answered)  # a sentence of prose that begins like an answer is no answer
    return tuple(found)


async def _answer(bot: Bot, said: Said, view: _View, reference: str, *, again: bool) -> Answered:
    matter = view.matters.get(said.numbers[0])
    if matter is None:
        return Answered(said.line, because("answer_no_such_number", number=said.numbers[0]))
    client = view.clients.get(matter.client_id) if matter.client_id is not None else None
    about = await _about(bot, matter, view, said.numbers[0])
    job = Job(said, matter, client, _numbers(matter, client), f"{reference}.{said.numbers[0]}")
    if said.word is None:
        return Answered(said.line, because("answer_not_understood"), about=about)
    if again:
        return Answered(said.line, because("answer_again"), about=about)
    if said.word not in accepted(matter, invoices=len(job.invoices)):
        return Answered(said.line, because("answer_unfit"), about=about)
    if matter.closed_at is not None and not _still_waits(said, client, matter):
        return Answered(said.line, because("answer_closed"), about=about)
    try:
        carried = await carry_out(bot, job)
    except NotUnderstood:
        return Answered(said.line, because("answer_not_understood"), about=about)
    except CommandFault as fault:
        return Answered(said.line, because("answer_not_done", why=str(fault)), about=about)
    return Answered(said.line, carried.what, done=True, about=about, undo=carried.undo)


def _still_waits(said: Said, client: Client | None, matter: Matter) -> bool:
    """Whether the answer changes how long letters wait, and they do: a day that was set closes what was asked."""
    holds = client.standing_holds if client is not None else ()
    return said.word in (Word.RELEASE, Word.HOLD) and any(
        not matter.invoice or hold.invoice in (None, matter.invoice) for hold in holds
    )


def _numbers(matter: Matter, client: Client | None) -> tuple[str, ...]:
    """The invoices that an answer about this matter may be about."""
    if client is None:
        return ()
    if matter.invoice:
        return (matter.invoice,)
    return tuple(invoice.number for invoice in client.invoices if invoice.live)


async def _about(bot: Bot, matter: Matter, view: _View, number: int) -> Need:
    return await need_of(matter, view.clients, bot, operator_day(bot), number=number)


async def _own_words(bot: Bot, mail: ParsedMail, asked: Asked) -> str:
    """The new words, and nothing of our letter even where a mail program quotes it without a mark.

    What a client wrote stands in that letter too, and must not pass for the operator's word (law 9).
    """
    letter = await bot.store.letter(asked.letter)
    own = _squeezed(parse(letter.octets).text) if letter is not None and letter.octets else ""
    kept: list[str] = []
    for line in new_words(mail.text, mail.html).splitlines():
        bare = _squeezed(line)
        if len(bare) >= _TELLING_LINE and bare in own:
            break
        kept.append(line)
    return "\n".join(kept)


def _squeezed(line: str) -> str:
    return "".join(line.replace(">", " ").split()).casefold()


async def _taken_in(bot: Bot, octets: bytes) -> list[Answered]:
    """Bank statements that the operator attached: what each brought, and how to take it back."""
    found: list[Answered] = []
    for file in statements_in(octets, LARGEST):
        if not file.whole:
            what = because("answer_statement_unread", file=file.name, why=f"> {LARGEST // 1024**2} MB")
            found.append(Answered(file.name, what))
            continue
        taken = await take_in(bot, file.name, file.octets, bot.desk.currency)
        entries = taken.settled.entries
        if taken.fault:
            found.append(Answered(file.name, because("answer_statement_unread", file=file.name, why=taken.fault)))
        elif taken.unconfirmed:
            what = because("answer_statement_new", file=file.name)
            found.append(Answered(file.name, what, command=f"mailbot import-bank {shlex.quote(file.name)}"))
        else:
            what = because(
                "answer_statement", file=file.name, settled=len(entries), asked=taken.settled.asked, known=taken.known
            )
            found.append(Answered(file.name, what, done=True, undo=" ; ".join(f"mailbot undo {n}" for _, n in entries)))
        if taken.left_out:
            found.append(Answered(file.name, because("answer_line_unread", file=file.name, why=taken.left_out[0])))
    return found


# What is told


async def _confirm(
    bot: Bot, mail_id: int, mail: ParsedMail, asked: Asked, answered: Sequence[Answered], *, helpful: bool
) -> None:
    """One letter for all that one mail said; it can be answered in its turn, with the same numbers."""
    now, key = bot.clock.now(), f"answered.{mail_id}"
    door = await open_door(bot, key)
    understood = bool(answered) and all(one.done for one in answered)
    open_needs: list[Need] = []
    if helpful and not understood:
        fresh = await _view(bot, asked)
        for number, matter in sorted(fresh.matters.items()):
            if matter.closed_at is None:
                need = await need_of(matter, fresh.clients, bot, operator_day(bot), number=number, door=door)
                open_needs += [need] if need.replies else []
    context = {"answered": tuple(answered), "open": tuple(open_needs), "answerable": helpful}
    words = bot.writer.render("answered", operator_locale(bot), {**operator_context(bot), **context})
    plain = "".join(char for char in mail.subject if char.isprintable())[:_LONGEST_SUBJECT]
    subject = " ".join(_TAG.sub(" ", plain).split()) or words.subject
    letter = operator_letter(
        bot, key=key, template="answered", now=now, message_id=door.message_id,
        subject=subject if subject.lower().startswith("re:") else f"Re: {subject}",
        text=words.text, html=words.html, answers=_thread(mail),
    )  # fmt: skip
    done = sum(one.done for one in answered)
    try:
        async with bot.store.begin() as tx:
            if asked.replies < _MOST_REPLIES:
                await tx.enqueue(letter)
                if helpful:
                    await remember_asked(tx, door, key, asked.matters, now)
            else:
                log.warning("the answers to one letter to the operator were answered %d times: no more", asked.replies)
            await count_reply(tx, asked)
            await tx.journal([JournalEntry(now, because("operator_answered", done=done, asked=len(answered)))])
            await _off_list(tx, mail_id)
    except Replay:
        async with bot.store.begin() as tx:
            await _off_list(tx, mail_id)
    bot.wake.set()


def _thread(mail: ParsedMail) -> Thread:
    """The conversation with the operator goes on (RFC 5322 3.6.4)."""
    known = [*mail.references, mail.in_reply_to]
    ids = [one for one in dict.fromkeys(known) if _ID.fullmatch(one)][-_REFERENCES_KEPT:]
    return Thread("", mail.message_id if _ID.fullmatch(mail.message_id) else "", tuple(ids))


_ID = re.compile(r"<[!-;=?A-~]{1,200}@[!-;=?A-~]{1,200}>")
