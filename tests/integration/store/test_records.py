"""What a store promises about mails, cursors, matters, reasons and facts."""

from dataclasses import replace

import pytest

from mailbot.core.client import Standing
from mailbot.core.intent import Intent
from mailbot.core.ledger import Before, payment
from mailbot.core.matter import Matter, MatterKind, NewMatter
from mailbot.core.reason import because
from mailbot.flows.inbound import Cursor
from mailbot.flows.ports import Replay, Store
from mailbot.flows.records import Example, JournalEntry
from tests.integration.store.values import DAY, MINUTE, NOW, added, client, eur, invoice, mail


async def test_a_mail_its_cursor_and_its_outcome_move_together_or_not_at_all(store: Store) -> None:
    """Law 3."""
    owner = await added(store, client("acme", invoice("INV-1")))
    async with store.begin() as tx:
        await tx.note_mail(mail(7, client_id=owner.id))
        await tx.move_cursor("studio", "INBOX", Cursor(77, 7))
    with pytest.raises(Replay):  # noqa: PT012 - leaving the block raises
        async with store.begin() as tx:
            await tx.move_cursor("studio", "INBOX", Cursor(77, 8))
            await tx.save(replace(owner, name="twice"), None)
            await tx.note_mail(mail(7, sha256="another"))
    assert await store.cursor("studio", "INBOX") == Cursor(77, 7)
    assert await store.client(owner.id) == owner
    assert len(await store.mails()) == 1


async def test_cursors_are_kept_per_account_and_folder_and_move_on(store: Store) -> None:
    for account, folder, cursor in (
        ("a", "INBOX", Cursor(1, 5)),
        ("a", "Junk", Cursor(4_294_967_295, 4_294_967_294)),
        ("a", "INBOX", Cursor(2, 1)),
    ):
        async with store.begin() as tx:
            await tx.move_cursor(account, folder, cursor)
    assert await store.cursor("a", "INBOX") == Cursor(2, 1)
    assert await store.cursor("a", "Junk") == Cursor(4_294_967_295, 4_294_967_294)
    assert await store.cursor("b", "INBOX") is None


async def test_the_octets_of_a_mail_are_kept_whatever_they_are(store: Store) -> None:
    octets = bytes(range(256)) * 20
    note = mail(1, outcome=because("understood", intent="dispute"), intent="dispute", invoices=("INV-1",))
    async with store.begin() as tx:
        id_ = await tx.note_mail(replace(note, raw=replace(note.raw, octets=octets, oversize=True)))
    assert await store.mail_octets(id_) == octets
    assert await store.known_mail("sha-1")
    assert not await store.known_mail("sha-2")
    with pytest.raises(LookupError):
        await store.mail_octets(id_ + 1)


async def test_the_same_octets_may_come_again_under_another_uid(store: Store) -> None:
    async with store.begin() as tx:
        await tx.note_mail(mail(1))
        again = mail(1)
        await tx.note_mail(replace(again, raw=replace(again.raw, uidvalidity=78)))
    assert len(await store.mails()) == 2


async def test_text_that_no_database_takes_is_stored_all_the_same(store: Store) -> None:
    """NUL and lone surrogates come out of broken mails."""
    async with store.begin() as tx:
        await tx.note_mail(mail(1, subject="caf\udce9\0 é", reply_text="\ud800", from_email="\0@x", fault="\udcff"))
        await tx.journal([JournalEntry(NOW, because("odd", words="\udce9\0"))])
        await tx.raise_matter(NewMatter(MatterKind.STRANGER, NOW, facts={"words": "\udce9"}))
        await tx.remember("odd", "\0")
    (found,) = await store.mails()
    assert found.subject == "caf?\ufffd é"


async def test_mails_are_listed_newest_last(store: Store) -> None:
    owner = await added(store, client())
    async with store.begin() as tx:
        for uid, days in ((1, 0), (2, -2), (3, -1), (4, -1)):
            await tx.note_mail(mail(uid, received_at=NOW + days * DAY, client_id=owner.id if uid != 4 else None))

    def subjects(found: object) -> str:
        return " ".join(each.subject[4:] for each in found)  # type: ignore[attr-defined]

    assert subjects(await store.mails()) == "2 3 4 1"
    assert subjects(await store.mails(limit=2)) == "4 1"
    assert subjects(await store.mails(client_id=owner.id)) == "2 3 1"
    assert subjects(await store.mails(since=NOW - DAY)) == "3 4 1"


async def test_a_matter_about_the_same_thing_is_updated_and_not_doubled(store: Store) -> None:
    owner = await added(store, client("acme", invoice("INV-1")))
    first = NewMatter(MatterKind.REPLY, NOW, owner.id, "INV-1", "hold:1", facts={"words": "one", "count": 1})
    later = replace(first, at=NOW + DAY, urgent=True, facts={"words": "two"})
    ids = []
    for matter in (first, later, replace(first, subject_key="hold:2"), replace(first, kind=MatterKind.CALL)):
        async with store.begin() as tx:
            ids.append(await tx.raise_matter(matter))
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
    assert (await store.matters())[0] == Matter(
        MatterKind.REPLY, NOW, owner.id, "INV-1", "hold:1", urgent=True, facts={"words": "two"}, id=ids[0]
    )


async def test_a_matter_that_was_closed_may_be_raised_again(store: Store) -> None:
    matter = NewMatter(MatterKind.MAILBOX, NOW, urgent=True)
    ids = []
    for _ in range(2):
        async with store.begin() as tx:
            ids.append(await tx.raise_matter(matter))
            await tx.close_matters(NOW + DAY, kinds=[MatterKind.MAILBOX])
    assert ids[0] != ids[1]
    assert not await store.matters()
    assert [each.closed_at for each in await store.matters(open_only=False)] == [NOW + DAY, NOW + DAY]


@pytest.mark.parametrize(
    ("how", "left"),
    [
        ({"invoices": ["INV-1"]}, "bcd"),
        ({"kinds": ["reply"]}, "cd"),
        ({"kinds": ["reply"], "invoices": ["INV-2"]}, "acd"),
        ({"subject_key": "c"}, "abd"),
        ({"invoices": []}, "abcd"),
        ({}, "d"),
    ],
    ids=["invoice", "kind", "kind and invoice", "subject", "no invoice", "the whole client"],
)
async def test_matters_are_closed_by_all_that_is_given(store: Store, how: dict[str, object], left: str) -> None:
    owner = await added(store, client("acme", invoice("INV-1"), invoice("INV-2")))
    async with store.begin() as tx:
        await tx.raise_matter(NewMatter(MatterKind.REPLY, NOW, owner.id, "INV-1", "a"))
        await tx.raise_matter(NewMatter(MatterKind.REPLY, NOW + MINUTE, owner.id, "INV-2", "b"))
        await tx.raise_matter(NewMatter(MatterKind.CALL, NOW + 2 * MINUTE, owner.id, None, "c"))
        await tx.raise_matter(NewMatter(MatterKind.MAILBOX, NOW + 3 * MINUTE, None, None, "d"))
    async with store.begin() as tx:
        owner_id = None if how.get("subject_key") else owner.id
        await tx.close_matters(NOW + DAY, client_id=owner_id, **how)  # type: ignore[arg-type]
    assert "".join(each.subject_key for each in await store.matters()) == left


async def test_closing_matters_without_saying_which_is_a_mistake(store: Store) -> None:
    with pytest.raises(ValueError, match="which"):
        async with store.begin() as tx:
            await tx.close_matters(NOW)


async def test_matters_since_are_those_raised_or_closed_since(store: Store) -> None:
    async with store.begin() as tx:
        await tx.raise_matter(NewMatter(MatterKind.CALL, NOW - 3 * DAY, subject_key="old"))
        await tx.raise_matter(NewMatter(MatterKind.CALL, NOW - 2 * DAY, subject_key="closed"))
        await tx.raise_matter(NewMatter(MatterKind.CALL, NOW, subject_key="new"))
        await tx.close_matters(NOW, subject_key="closed")
    assert [m.subject_key for m in await store.matters(open_only=False, since=NOW - DAY)] == ["closed", "new"]
    assert [m.subject_key for m in await store.matters(since=NOW - DAY)] == ["new"]


async def test_the_reasons_of_an_invoice_are_its_own_and_its_clients(store: Store) -> None:
    one = await added(store, client("acme", invoice("INV-1"), invoice("INV-2")))
    two = await added(store, client("zeta", invoice("INV-3")))
    entries = [
        JournalEntry(NOW, because("a", days=3, words="é"), one.id, "INV-1"),
        JournalEntry(NOW + MINUTE, because("b"), one.id, "INV-2"),
        JournalEntry(NOW, because("c"), one.id),
        JournalEntry(NOW - DAY, because("d"), two.id),
        JournalEntry(NOW, because("e")),
    ]
    async with store.begin() as tx:
        await tx.journal(entries)
        await tx.journal([])

    async def codes(**how: object) -> str:
        return "".join(e.reason.code for e in await store.journal_of(**how))  # type: ignore[arg-type]

    assert await codes() == "daceb"
    assert await codes(limit=2) == "eb"
    assert await codes(client_id=one.id) == "acb"
    assert await codes(invoice="INV-1") == "ac"
    assert await codes(invoice="INV-1", client_id=two.id) == ""
    assert await codes(since=NOW) == "aceb"
    assert replace((await store.journal_of(invoice="INV-1"))[0], id=0) == entries[0]


async def test_a_fact_is_remembered_until_it_is_told_anew(store: Store) -> None:
    for value in ("draft", "live"):
        async with store.begin() as tx:
            await tx.remember("mode", value)
    assert await store.recall("mode") == "live"
    assert await store.recall("none") is None


async def test_what_a_mail_meant_is_kept_once_and_adopted_by_name(store: Store) -> None:
    """The operator's newest word about a mail replaces the older one, and counts as new."""
    owner = await added(store, client("acme", invoice("INV-1")))
    async with store.begin() as tx:
        first = await tx.note_mail(mail(7, client_id=owner.id, sha256="a"))
        other = await tx.note_mail(mail(8, client_id=owner.id, sha256="b"))
        one = Example(first, owner.id, "C'est parti \u2705", Intent.QUESTION, True, None, NOW, "other")
        await tx.keep_example(one)
        await tx.keep_example(replace(one, mail_id=other, told_at=NOW + MINUTE))
    async with store.begin() as tx:
        await tx.adopt_examples([first], NOW + DAY)
    assert [(each.mail_id, each.adopted_at) for each in await store.examples()] == [(first, NOW + DAY), (other, None)]
    later = replace(one, intent=Intent.ABSENCE, until=(NOW + DAY).date(), told_at=NOW + DAY)
    async with store.begin() as tx:
        await tx.keep_example(later)
    assert list(await store.examples())[1] == later
    async with store.begin() as tx:
        await tx.adopt_examples([first, other], None)
    assert all(each.adopted_at is None for each in await store.examples())


async def test_one_mail_is_found_by_its_number(store: Store) -> None:
    async with store.begin() as tx:
        mail_id = await tx.note_mail(mail(7))
    assert await store.mail(mail_id) == (await store.mails())[0]
    assert await store.mail(mail_id + 1) is None


async def test_what_an_entry_changed_besides_the_books_is_kept_with_it(store: Store) -> None:
    owner = await added(store, client("acme", invoice("INV-1")))
    days = (NOW.date(), (NOW + DAY).date())
    wholly = Before(Standing.PROMISED, (days,), (3, 4), NOW - MINUTE)
    for before in (wholly, replace(wholly, answered_at=None), None):
        async with store.begin() as tx:
            made = payment("INV-1", eur("0.10"), NOW.date(), "operator")
            number = await tx.post(owner.id, replace(made, before=before), NOW)
        assert [entry.before for entry in await store.entries(id_=number)] == [before]
