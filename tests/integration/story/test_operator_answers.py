"""The operator answers a digest or an alert by mail, on real SMTP and IMAP servers."""

from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from mailbot.core.client import HeldBy, Standing
from mailbot.core.intent import Intent
from mailbot.core.matter import MatterKind
from tests.fakes.far_side import ProcessDied
from tests.integration.story import studio as stage
from tests.integration.story.studio import MONTREAL, Studio, read
from tests.servers.waiting import until


def words(letter: EmailMessage) -> str:
    """The plain text as it is read, wherever its lines end."""
    return " ".join(stage.words(letter).split())


async def held_reply(studio: Studio, number: str = "F-201") -> EmailMessage:
    """An invoice letter went out, Julie asked something, and the operator has the digest that says so."""
    people = studio.post.people
    await studio.bring_in(f"{number},30,{people.julie},1250.00,Site web")
    await studio.turn()
    letter = read((await studio.post.inbox(people.julie, 1))[0])
    await studio.answer(letter, "Bonjour Noémie,\n\nQue veut dire la deuxième ligne ?", people.julie)
    await studio.turn_once_read(people.julie)
    await studio.to_next_morning()
    await studio.turn()
    return (await studio.told("digest.", 1))[-1]


async def say(studio: Studio, letter: EmailMessage, text: str, **fields: str | None) -> EmailMessage:
    """The operator's mail program answers a letter, which it quotes; `fields` change or (None) drop header fields."""
    people = studio.post.people
    said = EmailMessage(policy=SMTP)
    quoted = "\n".join(f"> {line}" for line in stage.words(letter).splitlines())
    plain = {
        "From": f"Noémie <{people.operator}>",
        "To": people.bot,
        "Subject": f"Re: {letter['Subject']}",
        "Date": format_datetime(studio.clock.now().astimezone(MONTREAL)),
        "Message-ID": make_msgid(domain="example.test"),
        "In-Reply-To": str(letter["Message-ID"]),
        "References": f"{letter['References'] or ''} {letter['Message-ID']}".strip(),
    }
    for name, value in (plain | {name.replace("_", "-"): value for name, value in fields.items()}).items():
        if value is not None:
            said[name] = value
    said.set_content(f"{text}\n\nNoémie\n\nLe lun. à 9 h 05, mailbot <{people.bot}> a écrit :\n\n{quoted}\n")
    await studio.post.send(people.operator, people.bot, said.as_bytes())
    return said


async def tell(studio: Studio, letter: EmailMessage, text: str, **fields: str | None) -> None:
    """The same, read by the bot, and what follows from it."""
    before = len(await studio.parts.store.mails(limit=1000))
    await say(studio, letter, text, **fields)

    async def came() -> bool | None:
        await studio.turn(0)
        return True if len(await studio.parts.store.mails(limit=1000)) > before else None

    await until(came, "the operator's mail")
    await studio.turn(0)


async def confirmed(studio: Studio, count: int) -> EmailMessage:
    """The newest confirmation, once there are so many."""
    return (await studio.told("answered.", count))[-1]


async def test_one_word_in_a_reply_lets_the_reminders_go_on(studio: Studio) -> None:
    """The digest shows the words with a number; one of them, typed with the digest quoted below, lifts the hold."""
    digest = await held_reply(studio)
    assert "« 1 reprendre »" in words(digest)
    await tell(studio, digest, "1 Reprendre, merci !")
    client = await studio.parts.store.client_of_invoice("F-201")
    assert client is not None
    assert client.standing_holds == ()
    answer = await confirmed(studio, 1)
    assert "Les rappels reprennent pour F-201" in words(answer)
    assert "mailbot hold F-201" in words(answer), "how to take it back"
    assert answer["In-Reply-To"] is not None


async def test_paid_by_mail_settles_once_however_often_the_mail_comes(studio: Studio) -> None:
    """Law 5: the operator's word settles; the same words again do nothing, and are told so."""
    digest = await held_reply(studio)
    await tell(studio, digest, "1 PAYE")
    client = await studio.parts.store.client_of_invoice("F-201")
    assert client is not None
    invoice = client.invoice("F-201")
    assert invoice is not None
    assert invoice.standing is Standing.SETTLED
    await tell(studio, digest, "1 payé")
    assert len(await studio.parts.store.payments(invoice="F-201")) == 1
    assert "déjà" in words(await confirmed(studio, 2))


async def test_a_day_in_the_answer_is_how_long_to_wait(studio: Studio) -> None:
    """`1 attendre 15/12`, English words and a correction in answer to the confirmation are all understood."""
    digest = await held_reply(studio)
    day = studio.clock.now().astimezone(MONTREAL).date() + timedelta(days=20)
    await tell(studio, digest, f"1 wait until {day:%Y-%m-%d}")
    client = await studio.parts.store.client_of_invoice("F-201")
    assert client is not None
    held = [hold for hold in client.standing_holds if hold.by is HeldBy.OPERATOR]
    assert [hold.until for hold in held] == [day]
    await tell(studio, await confirmed(studio, 1), "1 reprendre")
    client = await studio.parts.store.client_of_invoice("F-201")
    assert client is not None
    assert client.standing_holds == ()


async def test_one_click_on_a_link_is_an_answer(studio: Studio) -> None:
    """The mailto link fills in the subject with the token and the body with the word; no thread is needed."""
    digest = await held_reply(studio)
    html = digest.get_body(("html",))
    assert html is not None
    links = [part.partition('"')[0] for part in str(html.get_content()).split('href="mailto:')[1:]]
    link = next(link for link in links if "reprendre" in unquote(link)).replace("&amp;", "&")
    fields = parse_qs(urlsplit(f"mailto:{link}").query)
    assert unquote(link.partition("?")[0]) == studio.post.people.bot
    await tell(studio, digest, fields["body"][0], Subject=fields["subject"][0], In_Reply_To=None, References=None)
    client = await studio.parts.store.client_of_invoice("F-201")
    assert client is not None
    assert client.standing_holds == ()


async def test_what_is_not_understood_is_answered_with_what_can_be_said(studio: Studio) -> None:
    """Never silence: the words that fit each open matter come back, and nothing was done."""
    digest = await held_reply(studio)
    await tell(studio, digest, "Peux-tu lui dire que je l'appelle demain ?")
    answer = words(await confirmed(studio, 1))
    assert "rien n'a été fait" in answer
    assert "« 1 reprendre »" in answer
    client = await studio.parts.store.client_of_invoice("F-201")
    assert client is not None
    assert len(client.standing_holds) == 1


FORGERIES: dict[str, dict[str, str | None]] = {
    "no thread and no token": {"In_Reply_To": None, "References": None},
    "a Message-ID that was guessed": {"In_Reply_To": "<mailbot-aaaaaaaaaaaaaaaaaaaa@example.test>", "References": None},
    "a token that was guessed": {"In_Reply_To": None, "References": None, "Subject": "1 payé [aaaaaaaaaaaaaaaaaaaa]"},
    "an automatic answer": {"Auto_Submitted": "auto-replied"},
    "an out-of-office": {"X_Autoreply": "yes"},
    "another person's address": {"From": "Noémie <mallory@evil.example>"},
    "the operator's address as a name only": {"From": '"op@example.test" <mallory@evil.example>'},
    "two senders": {"From": "op@example.test, mallory@evil.example"},
}


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_forged_answer_does_nothing(studio: Studio, forgery: str) -> None:
    """Without the operator's address, the thread and the token of a letter of ours, nothing is settled or lifted."""
    digest = await held_reply(studio)
    fields = dict(FORGERIES[forgery])
    if "From" in fields:
        fields["From"] = str(fields["From"]).replace("op@example.test", studio.post.people.operator)
    await tell(studio, digest, "1 payé", **fields)
    client = await studio.parts.store.client_of_invoice("F-201")
    assert client is not None
    assert [invoice.standing for invoice in client.invoices] == [Standing.OPEN]
    assert len(client.standing_holds) >= 1
    assert await studio.parts.store.payments(invoice="F-201") == ()


async def test_a_client_who_quotes_a_digest_orders_nothing(studio: Studio) -> None:
    """Somebody forwarded the digest: the client's "1 payé" is a client's word, and holds."""
    digest = await held_reply(studio)
    people = studio.post.people
    await tell(studio, digest, "1 payé", From=f"Julie <{people.julie}>")
    assert await studio.parts.store.payments(invoice="F-201") == ()
    client = await studio.parts.store.client_of_invoice("F-201")
    assert client is not None
    assert [invoice.standing for invoice in client.invoices] == [Standing.OPEN]
    assert client.standing_holds


async def test_a_failed_check_of_the_provider_is_told_and_nothing_is_done(studio: Studio) -> None:
    """The token is right, yet the provider says that the sender's domain did not send it: perhaps a stolen digest."""
    await studio.learn_authserv("mx.example.test")
    digest = await held_reply(studio)
    results = "mx.example.test; dmarc=fail header.from=example.test; spf=pass"
    await tell(studio, digest, "1 payé", Authentication_Results=results)
    assert await studio.parts.store.payments(invoice="F-201") == ()
    assert "contrôles de votre fournisseur" in words(await confirmed(studio, 1))


async def test_an_answer_to_an_old_letter_does_nothing(studio: Studio) -> None:
    """After thirty days the numbers stand for nothing any more."""
    digest = await held_reply(studio)
    studio.clock.advance(timedelta(days=31))
    await tell(studio, digest, "1 payé")
    assert await studio.parts.store.payments(invoice="F-201") == ()
    assert "trente jours" in words(await confirmed(studio, 1))


async def test_an_answer_that_waits_when_the_daemon_dies_is_carried_out_by_the_next(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mail is stored first and carried out from a list: what is cut off between the two is not lost."""
    digest = await held_reply(studio)
    before = len(await studio.parts.store.mails(limit=1000))
    await say(studio, digest, "1 reprendre")

    async def dies(bot: object) -> int:
        raise ProcessDied

    async def died_with_it() -> bool | None:
        with pytest.raises(ProcessDied):
            await studio.turn(0)
        return True if len(await studio.parts.store.mails(limit=1000)) > before else None

    with monkeypatch.context() as patched:
        patched.setattr("mailbot.flows.receive.attend", dies)
        await until(died_with_it, "the mail")
    held = await studio.parts.store.client_of_invoice("F-201")
    assert held is not None
    assert held.standing_holds, "nothing was done yet"
    await studio.turn(0)
    client = await studio.parts.store.client_of_invoice("F-201")
    assert client is not None
    assert client.standing_holds == ()


async def test_the_operator_says_what_a_mail_meant(studio: Studio) -> None:
    """`1 absence 15/12`: the hold becomes that of an absence, the mail an example, and nothing asks any more."""
    digest = await held_reply(studio)
    assert "« 1 merci »" in words(digest)
    day = studio.clock.now().astimezone(MONTREAL).date() + timedelta(days=20)
    await tell(studio, digest, f"1 absence {day:%d/%m/%Y}")
    client = await studio.parts.store.client_of_invoice("F-201")
    assert client is not None
    (hold,) = client.standing_holds
    assert (hold.intent, hold.lapses) == (Intent.ABSENCE, True)
    assert hold.until is not None
    assert hold.until > day
    (example,) = await studio.parts.store.examples()
    assert (example.intent, example.hold, example.until) == (Intent.ABSENCE, True, day)
    assert "deuxième ligne" in example.text
    assert await studio.parts.store.matters() == ()
    assert "gardé comme exemple" in words(await confirmed(studio, 1))


async def test_an_unclear_letter_is_not_sent_by_a_sentence(studio: Studio) -> None:
    """`1 payé ?` asks, `1 pas payé` denies, `1 payé par qui` is no plain word: none of them settles anything."""
    digest = await held_reply(studio)
    await tell(studio, digest, "1 payé ?\n1 pas payé\n1 payé par qui\n1 reprendre seulement si elle écrit")
    client = await studio.parts.store.client_of_invoice("F-201")
    assert client is not None
    assert len(client.standing_holds) == 1
    assert await studio.parts.store.payments(invoice="F-201") == ()
    assert words(await confirmed(studio, 1)).count("pas compris") == 4
    assert [m.kind for m in await studio.parts.store.matters()] == [MatterKind.REPLY]
