"""From an effect to a letter in the outbox: words, thread, attachments, Message-ID and octets."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from mailbot.core.client import Client, Contact, Invoice, Leaving
from mailbot.core.document import Document, MailRef
from mailbot.core.effects import SendLetter
from mailbot.core.ladder import expected_on
from mailbot.core.ledger import kept_parts
from mailbot.core.money import Money, totals
from mailbot.flows.outbound import LetterState, NewLetter
from mailbot.flows.paying import ways_to_pay
from mailbot.flows.ports import Bot
from mailbot.mail.compose import Draft, FilePart, compose, mint_message_id

# Letters that carry the invoice's PDF again, when there is one.
_WITH_PDF = frozenset({"invoice", "courtesy", "friendly", "personal"})
_REFERENCES_KEPT = 10
_LONGEST_SUBJECT = 200
_ID = re.compile(r"<[!-;=?A-~]{1,200}@[!-;=?A-~]{1,200}>")
_RE = re.compile(r"^(?:(?:re|r\u00e9f|tr|fwd?|aw|sv|rv|antw)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Thread:
    """The conversation that a letter goes on with."""

    subject: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()


async def write(effect: SendLetter, client: Client, bot: Bot, now: datetime) -> NewLetter:
    """Write a client's letter. Raises what the writer raises on a broken template; nothing was sent or stored then."""
    invoices = tuple(invoice for number in effect.invoices if (invoice := client.invoice(number)) is not None)
    files = await _files(effect, invoices, bot)
    thread = answering(effect.replies_to) if effect.replies_to else await _thread(invoices, bot)
    key = letter_key(effect, client, now)
    ways, images = ways_to_pay(invoices, bot.business.paying, key)
    context = letter_context(effect, client, invoices, bot, now) | {"has_pdf": bool(files), "pay": ways}
    if effect.documents:
        context |= await document_context(effect, invoices, bot)
    words = bot.writer.render(effect.tone.template, locale_of(client), context)
    domain = bot.business.email.rpartition("@")[2]
    draft = Draft(
        message_id=mint_message_id(key, domain),
        date=now,
        sender=(sender_name(bot), bot.business.email),
        to=((effect.contact.name or client.name, effect.contact.email),),
        subject=f"Re: {thread.subject}" if thread.subject else words.subject,
        text=words.text,
        html=words.html,
        in_reply_to=thread.in_reply_to,
        references=thread.references,
        letter_key=key,
        attachments=(*files, *(FilePart(one.name, one.content_type, one.octets) for one in effect.enclosures)),
        # a template of the user's own may leave a code out, and what no page shows would look like an attachment
        inline_images=tuple(image for image in images if f"cid:{image.cid}" in words.html),
        auto_submitted="auto-replied" if effect.answer else "auto-generated",
    )
    calendar = bot.policy.calendar(client)
    # A thank-you waits a little, so that payments that come together get one.
    pause = timedelta(minutes=bot.policy.thank_delay_minutes if effect.tone.template == "thanks" else 0)
    not_before = calendar.opening_from(now + pause)
    expires = calendar.opening_on(
        calendar.add_working_days(calendar.local_day(not_before), bot.policy.letter_expires_days)
    )
    return NewLetter(
        key=key,
        business=bot.business.id,
        client_id=client.id,
        template=effect.tone.template,
        invoices=effect.invoices,
        climbs=effect.climbs,
        chasing=effect.chasing,
        automatic_answer=effect.answer,
        subject=draft.subject,
        envelope_from=bot.business.email,
        recipients=_envelope(draft, bot),
        message_id=draft.message_id,
        octets=compose(draft),
        created_at=now,
        not_before=not_before,
        expires_at=None if effect.approval else expires,
        state=LetterState.PROPOSED if effect.approval else LetterState.QUEUED,
    )


def _envelope(draft: Draft, bot: Bot) -> tuple[str, ...]:
    """Whom the letter goes to, and where it is wanted our own address: the copy is the proof that it left."""
    own = (bot.business.email,) if bot.business.bcc_self else ()
    return tuple(dict.fromkeys((*draft.recipients, *own)))


def letter_key(effect: SendLetter, client: Client, now: datetime) -> str:
    """Name a letter: what, about which invoices, when, and from which state of the client.

    A withdrawn letter that returns gets another name, and so does a second one of the same instant.
    """
    about = "+".join(effect.invoices[:3]) + ("+" if len(effect.invoices) > 3 else "")
    rungs = {rung for _, rung in effect.climbs}
    rung = rungs.pop() if len(rungs) == 1 else "several" if rungs else effect.tone.template
    exact = f"{about}.{rung}"
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_.+") else "-" for c in exact)
    # 2026/1 and 2026-1 are two invoices
    mark = f"-{hashlib.sha256(exact.encode()).hexdigest()[:8]}" if plain != exact else ""
    return f"{plain}.{now.astimezone(UTC):%Y%m%dT%H%M%S%f}-{client.id}-{client.version}{mark}"


def sender_name(bot: Bot) -> str:
    """The name in From: the business's own, an assistant never writes in another name (FIELD section 2)."""
    return bot.business.name


def locale_of(client: Client) -> str:
    """The client's language as spoken in their country: `fr_CA`."""
    return locale_named(client.language, client.country)


def locale_named(language: str, country: str) -> str:
    """A language as spoken in a country; one that names its country already (`fr_CA`) keeps it."""
    return f"{language}_{country}" if country and "_" not in language else language


def letter_context(
    effect: SendLetter, client: Client, invoices: tuple[Invoice, ...], bot: Bot, now: datetime
) -> dict[str, object]:
    """The plain values that a letter's template sees."""
    today = bot.policy.calendar(client).local_day(now)
    payment = effect.payment
    promised_on = effect.promised_on or effect.tone.broken_promise_on
    return {
        "client": {"name": client.name},
        "contact": _contact(effect.contact),
        "invoices": tuple(_invoice(invoice, client, today) for invoice in invoices),
        "totals": tuple(_money(money) for money in totals(invoice.balance for invoice in invoices)),
        "business": business_context(bot),
        "signer": signer_context(bot),
        "promise": {"on": promised_on, "broken": effect.tone.broken_promise_on is not None}
        if promised_on is not None or effect.tone.template == "promise_ack"
        else None,
        "after_hold": effect.tone.after_hold,
        "after_documents": effect.tone.after_documents,
        "tone": effect.tone.template,
        "today": today,
        "locale": locale_of(client),
        "payment": {"amount": _money(payment.amount), "on": payment.paid_on} if payment else None,
        "credit": _money(effect.credit) if effect.credit else None,
    }


def business_context(bot: Bot) -> dict[str, object]:
    """The business as a template sees it."""
    business = bot.business
    return {
        "name": business.name,
        "address_lines": business.address_lines,
        "email": business.email,
        "phone": business.phone,
        "website": business.website,
        "registration_lines": business.registration_lines,
        "payment_lines": business.payment_lines,
    }


def signer_context(bot: Bot) -> dict[str, object]:
    """Who signs: the business, or its assistant for it."""
    business = bot.business
    if not business.signer_name:
        return {"name": business.name, "role": "", "for_name": ""}
    return {"name": business.signer_name, "role": business.signer_role, "for_name": business.name}


def _contact(contact: Contact) -> dict[str, object]:
    return {"first_name": contact.first_name, "name": contact.name, "email": contact.email}


def _invoice(invoice: Invoice, client: Client, today: date) -> dict[str, object]:
    due = expected_on(client, invoice)
    return {
        "number": invoice.number,
        "subject": invoice.subject,
        "issued_on": invoice.issued_on,
        "due_on": invoice.due_on,
        "amount": _money(invoice.amount),
        "balance": _money(invoice.balance),
        "paid": _money(invoice.paid),
        "days_past_due": max(0, (today - due).days),
        "overdue": today > invoice.due_on,
    }


def _money(money: Money) -> dict[str, object]:
    return {"value": money.amount, "currency": money.currency}


async def _files(effect: SendLetter, invoices: tuple[Invoice, ...], bot: Bot) -> tuple[FilePart, ...]:
    if effect.tone.template not in _WITH_PDF and Document.COPY not in effect.documents:
        return ()
    files = [await bot.store.attachment(invoice.number) for invoice in invoices if invoice.pdf]
    return tuple(FilePart(found[0], "application/pdf", found[1]) for found in files if found is not None)


def answering(mail: MailRef) -> Thread:
    """The client's own conversation goes on: their subject, their Message-ID (RFC 5322 3.6.4)."""
    plain = "".join(char for char in mail.subject if char.isprintable())[:_LONGEST_SUBJECT]
    known = [one for one in dict.fromkeys(mail.references) if _ID.fullmatch(one)][-_REFERENCES_KEPT:]
    return Thread(
        _RE.sub("", " ".join(plain.split())), mail.message_id if _ID.fullmatch(mail.message_id) else "", tuple(known)
    )


async def document_context(effect: SendLetter, invoices: tuple[Invoice, ...], bot: Bot) -> dict[str, object]:
    """What a letter with documents says besides: which, and for a receipt how each invoice was paid."""
    receipts = []
    if Document.RECEIPT in effect.documents:
        for invoice in invoices:
            paid = kept_parts(await bot.store.entries(invoice=invoice.number))
            parts = tuple({"amount": _money(one.amount), "on": one.on, "means": one.source} for one in paid)
            reduced = _money(invoice.given_up) if invoice.given_up else None
            receipts.append({"number": invoice.number, "payments": parts, "reduced": reduced})
    return {"asked": tuple(document.value for document in effect.documents), "receipts": tuple(receipts)}


async def _thread(invoices: tuple[Invoice, ...], bot: Bot) -> Thread:
    """Go on in the invoice's own conversation: its letters so far, the first one's subject (FIELD section 4).

    Letters that have surely left only: a reply that names one that is in doubt must prove that it left.
    """
    sent = sorted(
        (climb for invoice in invoices for climb in invoice.climbs if climb.message_id and climb.state is Leaving.GONE),
        key=lambda climb: climb.at,
    )
    if not sent:
        return Thread()
    ids = tuple(dict.fromkeys(climb.message_id for climb in sent))
    references = (ids[0], *ids[1:][-_REFERENCES_KEPT:])
    first = await bot.store.letter(sent[0].letter) if len(invoices) == 1 else None
    subject = first.subject.removeprefix("Re: ") if first else ""
    return Thread(subject, ids[-1], references)


def operator_letter(
    bot: Bot,
    *,
    key: str,
    template: str,
    subject: str,
    text: str,
    html: str,
    now: datetime,
    message_id: str = "",
    invoices: tuple[str, ...] = (),
    answers: Thread | None = None,
) -> NewLetter:
    """A letter to the operator: a digest, an alert, a call prompt. It leaves at once, and tries for a day.

    `message_id` is that of a letter which can be answered; `answers`: the operator's own mail that it answers.
    """
    operator = bot.business.operator
    draft = Draft(
        message_id=message_id or mint_message_id(key, bot.business.email.rpartition("@")[2]),
        date=now,
        sender=("mailbot", bot.business.email),
        to=tuple((operator.name, email) for email in operator.emails),
        subject=subject,
        text=text,
        html=html,
        letter_key=key,
        in_reply_to=answers.in_reply_to if answers else "",
        references=answers.references if answers else (),
        auto_submitted="auto-replied" if answers else "auto-generated",
    )
    return NewLetter(
        key=key,
        business=bot.business.id,
        client_id=None,
        template=template,
        invoices=invoices,
        climbs=(),
        chasing=False,
        automatic_answer=False,
        subject=subject,
        envelope_from=bot.business.email,
        recipients=draft.recipients,
        message_id=draft.message_id,
        octets=compose(draft),
        created_at=now,
        not_before=now,
        expires_at=now + timedelta(days=1),
    )
