"""Erasing and emptying, on both databases."""

from dataclasses import replace
from datetime import timedelta

from mailbot.core.ledger import payment
from mailbot.core.matter import MatterKind, NewMatter
from mailbot.core.reason import because
from mailbot.flows.outbound import LetterState
from mailbot.flows.records import JournalEntry
from mailbot.store.store import SqlStore
from tests.integration.store.values import DAY, NOW, added, client, eur, full_client, letter, mail


async def opened(url: str) -> SqlStore:
    return await SqlStore.open(url, now=lambda: NOW)


async def test_a_client_is_erased_and_another_one_is_not(url: str) -> None:
    store = await opened(url)
    gone, stays = await added(store, full_client()), await added(store, client("ben"))
    async with store.begin() as tx:
        await tx.enqueue(letter("k1", gone, "thanks", "INV-2", climbs=()))
        await tx.enqueue(letter("k2", stays, "thanks", climbs=()))
        await tx.post(gone.id, payment("INV-2", eur("1250.55"), NOW.date(), "operator", "Zoé's transfer"))
        first = await tx.note_mail(mail(1, client_id=gone.id, reply_text="Zoé"))
        await tx.note_mail(mail(2, from_email="Zoé@ACME.example"))
        kept = await tx.note_mail(mail(3, client_id=stays.id, from_email="compta@acme.example", reply_text="Ben"))
        await tx.raise_matter(
            NewMatter(MatterKind.REPLY, NOW, gone.id, None, "x", mail_id=first, facts={"words": "Zoé"})
        )
        await tx.raise_matter(NewMatter(MatterKind.STRANGER, NOW, subject_key="compta@acme.example"))
        await tx.journal([JournalEntry(NOW, because("note", words="Zoé", on=NOW.date()), gone.id)])
        await tx.journal([JournalEntry(NOW, because("from", address="compta@acme.example"))])
        await tx.journal([JournalEntry(NOW, because("note", words="Ben"), stays.id)])
        await tx.attach(gone.id, "INV-2", "zoé.pdf", b"%PDF")
    counted = await store.erase(gone.id, "forgotten", NOW, apply=False)
    assert (counted.contacts, counted.mails, counted.letters, counted.files, counted.words) == (2, 2, 1, 1, 1)
    assert (await store.client(gone.id)).name == gone.name
    await store.erase(gone.id, "forgotten", NOW, apply=True)

    after = await store.client(gone.id, also=["INV-2"])
    assert (after.name, after.code, after.phone, after.contacts) == ("forgotten", "forgotten", "", ())
    assert [(i.number, i.amount, i.paid, i.subject) for i in after.invoices if i.number == "INV-2"] == [
        ("INV-2", eur("1250.55"), eur("1250.55"), "")
    ]
    assert all(not hold.evidence and hold.lifted_at for hold in after.holds)
    assert [payment.reference for payment in await store.payments()] == [""]
    mails = {m.id: m for m in await store.mails()}
    assert [(m.from_email, m.reply_text) for m in mails.values() if m.id != kept] == [("", "")] * 2
    assert mails[kept].reply_text == "Ben"
    assert await store.known_mail("sha-1")
    first_letter, second = await store.letter("k1"), await store.letter("k2")
    assert first_letter is not None
    assert second is not None
    assert (first_letter.state, first_letter.octets, first_letter.recipients) == (LetterState.WITHDRAWN, b"", ())
    assert (second.state, second.octets) == (LetterState.QUEUED, b"Subject: k2\r\n\r\n")
    assert await store.attachment("INV-2") is None
    said = [dict(entry.reason.facts) for entry in await store.journal_of()]
    assert said == [{"on": "2026-03-02"}, {}, {"words": "Ben"}]
    assert [matter.client_id for matter in await store.matters()] == [None]
    assert await store.client(stays.id) == stays
    await store.close()


async def test_old_mails_are_emptied_but_for_those_that_wait_for_the_operator(url: str) -> None:
    store = await opened(url)
    owner = await added(store, client("ben"))
    async with store.begin() as tx:
        await tx.note_mail(mail(1, received_at=NOW - 40 * DAY))
        waits = await tx.note_mail(mail(2, received_at=NOW - 40 * DAY))
        await tx.note_mail(mail(3, received_at=NOW - 40 * DAY, client_id=owner.id))
        await tx.note_mail(mail(4, received_at=NOW - 20 * DAY))
        await tx.raise_matter(NewMatter(MatterKind.STRANGER, NOW, mail_id=waits))
    old = timedelta(days=3650)
    assert await store.prune(unrelated_before=NOW - 30 * DAY, mail_before=NOW - old) == 1
    assert [m.subject for m in await store.mails()] == ["", "Re: 2", "Re: 3", "Re: 4"]
    assert await store.prune(unrelated_before=NOW - 30 * DAY, mail_before=NOW - old) == 0
    assert await store.known_mail("sha-1")
    assert await store.prune(unrelated_before=NOW - 30 * DAY, mail_before=NOW - 30 * DAY) == 1
    await store.close()


async def test_what_others_matters_and_the_log_say_of_a_forgotten_client_is_rewritten(url: str) -> None:
    """A transfer that may have paid either of two clients names its payer; so do quotes and accents."""
    store = await opened(url)
    name = 'Café "Chez Zoé" & Fils'
    gone = await added(store, replace(full_client(), name=name))
    stays = await added(store, client("ben"))
    asked = {"words": f"2026-03-01 100.00 EUR {name} / Zoé Lévesque / ZOÉ@acme.example", "candidates": "B-1, INV-2"}
    async with store.begin() as tx:
        await tx.raise_matter(NewMatter(MatterKind.CLAIM, NOW, stays.id, None, "bank.ask.1", facts=asked))
        await tx.raise_matter(NewMatter(MatterKind.UNREADABLE, NOW, None, None, "look", facts={"fault": f"{name}: ?"}))
        await tx.journal([JournalEntry(NOW, because("bank_stranger", payer=name, amount=eur(100)))])
        await tx.journal([JournalEntry(NOW, because("note", words="Zoé Lévesque called, Ben answered"), stays.id)])
    await store.erase(gone.id, "forgotten-1", NOW, apply=True)
    (kept,) = await store.matters()
    assert (kept.subject_key, kept.facts["candidates"]) == ("bank.ask.1", "B-1, INV-2")
    left = str(
        [*[m.facts for m in await store.matters(open_only=False)], *[e.reason for e in await store.journal_of()]]
    )
    assert [one for one in ("Zoé", "ZOÉ", "Chez", "Lévesque", "@acme") if one in left] == []
    assert "Ben answered" in left
    await store.close()


async def test_a_letter_to_the_operator_whose_fate_is_unknown_quotes_a_forgotten_client_no_more(url: str) -> None:
    store = await opened(url)
    gone = await added(store, full_client())
    async with store.begin() as tx:
        digest = replace(letter("d1", gone, "digest", climbs=()), client_id=None)
        await tx.enqueue(replace(digest, state=LetterState.QUEUED))
    async with store.begin() as tx:
        await tx.move_letter("d1", [LetterState.QUEUED], LetterState.CLAIMED, at=NOW, claimed_by="x", claimed_until=NOW)
        await tx.move_letter("d1", [LetterState.CLAIMED], LetterState.SENDING, at=NOW)
        await tx.move_letter("d1", [LetterState.SENDING], LetterState.IN_DOUBT, at=NOW)
    await store.erase(gone.id, "forgotten-1", NOW, apply=True)
    found = await store.letter("d1")
    assert found is not None
    assert (found.octets, found.state) == (b"", LetterState.WITHDRAWN)
    await store.close()
