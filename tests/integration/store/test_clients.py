"""What a store promises about clients, whichever database it is."""

import asyncio
from dataclasses import replace
from datetime import date, datetime

import pytest

from mailbot.core.client import Client, Contact, Promise, Standing
from mailbot.core.ledger import payment
from mailbot.core.money import Money
from mailbot.core.reason import because
from mailbot.flows.ports import Conflict, Store
from mailbot.flows.records import JournalEntry, Payment
from tests.integration.store.values import DAY, NOW, added, client, enqueued, eur, full_client, invoice, letter


async def test_a_client_comes_back_as_it_was_put_in(store: Store) -> None:
    made = await added(store, full_client())
    assert await store.client(made.id) == made
    assert replace(made, id=0) == full_client()


async def test_what_is_saved_is_what_is_loaded(store: Store) -> None:
    """Contacts, holds and promises are changed, added and dropped; a new invoice joins."""
    old = await added(store, full_client())
    promised = replace(
        old.invoices[0], standing=Standing.OPEN, promises=(Promise(date(2026, 2, 3), date(2026, 2, 20), kept=True),)
    )
    new = replace(
        old,
        name="Acmé inc.",
        contacts=(Contact("neuf@acme.example"), replace(old.contacts[0], first_name="Z.")),
        holds=(replace(old.holds[0], lifted_at=NOW),),
        invoices=(promised, old.invoices[1], invoice("INV-9", 5, due_on=date(2026, 4, 1))),
    )
    async with store.begin() as tx:
        await tx.save(new, NOW)
    assert await store.client(old.id) == replace(new, version=old.version + 1)


async def test_saving_what_was_read_before_somebody_else_saved_is_a_conflict(store: Store) -> None:
    seen = await added(store, client())
    async with store.begin() as tx:
        await tx.save(replace(seen, name="First"), None)
    with pytest.raises(Conflict):  # noqa: PT012 - leaving the block raises
        async with store.begin() as tx:
            await tx.journal([JournalEntry(NOW, because("lost"))])
            await tx.save(replace(seen, name="Second"), None)
    assert (await store.client(seen.id)).name == "First"
    assert not await store.journal_of()


async def test_a_conflict_that_is_swallowed_inside_the_transaction_still_undoes_it(store: Store) -> None:
    seen = await added(store, client())
    async with store.begin() as tx:
        await tx.save(seen, None)
    with pytest.raises(Conflict):  # noqa: PT012 - leaving the block raises
        async with store.begin() as tx:
            await tx.remember("half", "done")
            with pytest.raises(Conflict):
                await tx.save(seen, None)
    assert await store.recall("half") is None


async def test_a_client_is_not_saved_twice_in_one_transaction(store: Store) -> None:
    """The second save would undo the first without anybody noticing."""
    seen = await added(store, client())
    with pytest.raises(RuntimeError, match="twice"):  # noqa: PT012 - leaving the block raises
        async with store.begin() as tx:
            await tx.save(replace(seen, name="First"), None)
            await tx.save(replace(seen, phone="123"), None)
    assert await store.client(seen.id) == seen


async def test_the_version_counts_transactions_whatever_the_order_of_the_calls(store: Store) -> None:
    seen = await added(store, client("acme", invoice("INV-1")))
    async with store.begin() as tx:
        await tx.enqueue(letter("k", seen, "friendly", "INV-1"))
        await tx.post(seen.id, payment("INV-1", eur(1), date(2026, 3, 1), "operator"))
        await tx.save(seen, None)
    assert (await store.client(seen.id)).version == seen.version + 1


@pytest.mark.parametrize("deed", ["enqueue", "climb", "withdraw", "post", "look_at_all"])
async def test_a_change_without_a_save_makes_an_older_look_conflict(store: Store, deed: str) -> None:
    made = await added(store, client("acme", invoice("INV-1")))
    await enqueued(store, letter("k0", made, "courtesy", "INV-1"))
    seen = await store.client(made.id)
    if deed == "look_at_all":
        await store.look_at_all(NOW)
    else:
        async with store.begin() as tx:
            match deed:
                case "enqueue":
                    await tx.enqueue(letter("k1", seen, "friendly", "INV-1"))
                case "climb":
                    await tx.climb(seen.id, "INV-1", "call", NOW)
                case "withdraw":
                    assert await tx.withdraw(seen.id, None, because("held")) == ("k0",)
                case "post":
                    await tx.post(seen.id, payment("INV-1", eur(1), date(2026, 3, 1), "operator"))
    with pytest.raises(Conflict):
        async with store.begin() as tx:
            await tx.save(seen, None)


async def test_two_tasks_that_change_one_client_lose_nothing(store: Store) -> None:
    made = await added(store, client(pay_day=0))

    async def count_up(times: int) -> None:
        for _ in range(times):
            while True:
                seen = await store.client(made.id)
                try:
                    async with store.begin() as tx:
                        await tx.save(replace(seen, pay_day=(seen.pay_day or 0) + 1), None)
                except Conflict:
                    continue
                break

    await asyncio.gather(*(count_up(10) for _ in range(3)))
    assert (await store.client(made.id)).pay_day == 30


async def test_closed_invoices_are_loaded_only_when_they_are_named(store: Store) -> None:
    paid = [invoice(f"OLD-{n}", standing=Standing.SETTLED) for n in range(3)]
    made = await added(store, client("acme", *paid, invoice("INV-1"), invoice("X", standing=Standing.WRITTEN_OFF)))

    def numbers(found: Client | None) -> list[str]:
        assert found is not None
        return [each.number for each in found.invoices]

    assert numbers(await store.client(made.id)) == ["INV-1"]
    assert numbers(await store.client(made.id, also=("OLD-1", "no such"))) == ["INV-1", "OLD-1"]
    assert numbers(await store.client_of_invoice("OLD-2")) == ["INV-1", "OLD-2"]
    assert numbers(await store.client_of_code("studio", "acme")) == ["INV-1"]
    assert numbers((await store.all_clients(closed_too=True))[0]) == ["INV-1", "OLD-0", "OLD-1", "OLD-2", "X"]


async def test_saving_a_client_leaves_the_invoices_that_were_not_loaded_alone(store: Store) -> None:
    made = await added(store, client("acme", invoice("OLD", standing=Standing.SETTLED), invoice("INV-1")))
    async with store.begin() as tx:
        await tx.save(await store.client(made.id), None)
    assert [each.number for each in (await store.client(made.id, also=["OLD"])).invoices] == ["INV-1", "OLD"]


async def test_who_is_not_there_is_not_found(store: Store) -> None:
    with pytest.raises(LookupError):
        await store.client(4711)
    assert await store.client_of_invoice("none") is None
    assert await store.client_of_code("studio", "none") is None
    assert list(await store.all_clients()) == []


@pytest.mark.parametrize("twin", [client("acme"), client("other", invoice("INV-1"))], ids=["code", "invoice number"])
async def test_a_code_or_number_that_is_taken_is_refused_and_nothing_is_stored(store: Store, twin: Client) -> None:
    await added(store, client("acme", invoice("INV-1")))
    with pytest.raises(ValueError, match=r"acme|INV-1"):
        await added(store, twin)
    assert len(await store.all_clients()) == 1


async def test_another_business_has_its_own_codes_and_numbers(store: Store) -> None:
    await added(store, client("acme", invoice("INV-1")))
    other = await added(store, client("acme", invoice("INV-1"), business="atelier"))
    assert await store.client_of_code("atelier", "acme") == other


async def test_the_longest_waiting_client_is_due_first(store: Store) -> None:
    looks: list[datetime | None] = [NOW, NOW - 2 * DAY, None, NOW + DAY, NOW - DAY, NOW - 2 * DAY]
    made = [await added(store, client(f"c{n}"), look) for n, look in enumerate(looks)]
    due = [made[n].id for n in (1, 5, 4, 0)]
    assert list(await store.due_clients(NOW, 10)) == due
    assert list(await store.due_clients(NOW, 2)) == due[:2]
    async with store.begin() as tx:
        await tx.save(made[1], NOW + DAY)
    assert list(await store.due_clients(NOW, 10)) == due[1:]
    assert list(await store.due_clients(NOW + DAY, 10)) == [*due[1:], made[1].id, made[3].id]


async def test_a_new_policy_makes_everybody_due_who_owes_something(store: Store) -> None:
    owes = await added(store, client("owes", invoice("INV-1")), NOW + DAY)
    await added(store, client("paid", invoice("INV-2", standing=Standing.SETTLED)))
    await store.look_at_all(NOW)
    assert list(await store.due_clients(NOW, 10)) == [owes.id]


async def test_what_is_paid_is_what_the_ledger_adds_up_to(store: Store) -> None:
    """A save cannot say what was paid; a correction is a negative line."""
    made = await added(store, client("acme", invoice("INV-1", 100)))
    async with store.begin() as tx:
        await tx.post(made.id, payment("INV-1", eur("60.10"), date(2026, 3, 1), "statement", "TX1"))
        await tx.save(replace(made, invoices=(replace(made.invoices[0], paid=eur(99)),)), None)
    async with store.begin() as tx:
        await tx.post(made.id, payment("INV-1", eur("-10.05"), date(2026, 2, 27), "operator"), NOW + DAY)
    loaded = (await store.client(made.id)).invoices[0]
    assert (loaded.paid, loaded.balance) == (eur("50.05"), eur("49.95"))
    assert list(await store.payments(invoice="INV-1")) == [
        Payment("INV-1", eur("-10.05"), date(2026, 2, 27), "operator", "", NOW + DAY),
        Payment("INV-1", eur("60.10"), date(2026, 3, 1), "statement", "TX1", NOW),
    ]
    assert [line.source for line in await store.payments(since=date(2026, 3, 1))] == ["statement"]


async def test_money_for_nothing_or_in_another_currency_is_refused(store: Store) -> None:
    made = await added(store, client("acme", invoice("INV-1")))
    for wrong in (
        payment("none", eur(1), date(2026, 3, 1), "x"),
        payment("INV-1", Money.of(1, "USD"), date(2026, 3, 1), "x"),
    ):
        with pytest.raises((LookupError, ValueError)):
            async with store.begin() as tx:
                await tx.post(made.id, wrong)
    with pytest.raises(ValueError, match="already paid"):
        await added(store, client("other", invoice("INV-2", paid=eur(1))))
    assert not await store.payments()


async def test_an_invoice_carries_its_pdf(store: Store) -> None:
    made = await added(store, client("acme", invoice("INV-1")))
    for octets in (b"%PDF-1", b"%PDF-2"):
        async with store.begin() as tx:
            await tx.attach(made.id, "INV-1", "facture.pdf", octets)
    assert await store.attachment("INV-1") == ("facture.pdf", b"%PDF-2")
    assert await store.attachment("INV-2") is None


async def test_a_mail_is_tied_by_our_message_ids_and_by_its_sender(store: Store) -> None:
    one = await added(store, client("acme", invoice("INV-1"), invoice("INV-2")))
    two = await added(store, client("zeta", invoice("INV-3"), contacts=(Contact("Compta@ACME.example"),)))
    await enqueued(store, letter("a", one, "friendly", "INV-1"))
    await enqueued(store, letter("b", two, "friendly", "INV-3"))
    await enqueued(store, letter("c", one, "friendly", "INV-2"))
    await enqueued(store, letter("d", one, "digest", client_id=None))
    ids = [f"<{key}@studio.example>" for key in "bacdx"]
    tie = await store.tie(ids, "COMPTA@acme.example")
    assert tie.by_letter == ((two.id, ("INV-3",)), (one.id, ("INV-1", "INV-2")))
    assert tie.by_sender == (one.id, two.id)
    assert await store.tie([], "") == await store.tie(["<x>"], "nobody@acme.example")
    assert list(await store.numbers_known(["INV-3", "inv-1", "INV-1"])) == [(two.id, "INV-3"), (one.id, "INV-1")]


async def test_an_error_in_the_block_undoes_everything(store: Store) -> None:
    made = await added(store, client("acme", invoice("INV-1")), NOW + DAY)
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - leaving the block raises
        async with store.begin() as tx:
            await tx.save(replace(made, name="Gone"), NOW)
            await tx.enqueue(letter("k", made, "friendly", "INV-1"))
            await tx.post(made.id, payment("INV-1", eur(1), date(2026, 3, 1), "x"))
            await tx.add_client(client("new"), NOW - DAY)
            raise ZeroDivisionError
    assert await store.client(made.id) == made
    assert await store.letter("k") is None
    assert list(await store.due_clients(NOW, 10)) == []
    assert not await store.payments()


async def test_a_transaction_inside_a_transaction_is_refused_instead_of_waiting_for_ever(store: Store) -> None:
    with pytest.raises(RuntimeError, match="open in this task"):
        async with store.begin(), store.begin():
            pass
