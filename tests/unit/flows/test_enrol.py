"""An import is applied whole or not at all, once, and the ladder follows what it changed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mailbot.core.client import Client, Reachability, Role, Standing
from mailbot.core.events import DeliveryFailed
from mailbot.core.ladder import recipient
from mailbot.core.ledger import EntryKind
from mailbot.core.matter import MatterKind
from mailbot.core.policy import Policy
from mailbot.flows import command
from mailbot.flows.books import Slip, reduce
from mailbot.flows.enrol import EnrolFault, apply_plan, known
from mailbot.flows.outbound import LetterState
from mailbot.flows.ports import Conflict
from mailbot.flows.report import compile_digest
from mailbot.flows.review import happen, review
from mailbot.intake import Act, Defaults, Plan, plan, read_clients, read_invoices
from tests.fakes.far_side import House, live_house
from tests.fakes.memory_tx import MemoryTx
from tests.fakes.people import at, day, eur
from tests.unit.flows.scene import codes, letters, look, matters, pass_days

HEAD = "number,client_name,client_email,issued_on,due_on,amount,paid,status,sent_on\n"
LATE = "F-1,Anna,anna@client.example,2026-01-20,2026-02-20,100,,,2026-01-20\n"
HERE = Defaults(currency="EUR", country="CA", region="QC", language="fr", timezone="America/Toronto")


async def planned(home: House, rows: str) -> Plan:
    sheet = read_invoices((HEAD + rows).encode(), file="i.csv", today=home.clock.now().date(), defaults=HERE)
    return plan(sheet, None, await known(home.bot))


async def imported(home: House, rows: str) -> Client:
    made = await planned(home, rows)
    assert made.ok, made.faults
    await apply_plan(home.bot, made)
    (client,) = await home.store.all_clients(closed_too=True)
    return client


async def test_what_is_imported_is_looked_at_at_once(home: House) -> None:
    await imported(home, LATE)
    await look(home)
    assert [letter.template for letter in await letters(home)] == ["courtesy"]


async def test_the_same_file_again_changes_nothing(home: House) -> None:
    first = await imported(home, LATE)
    again = await planned(home, LATE)
    assert again.idle
    await apply_plan(home.bot, again)
    assert await home.store.all_clients(closed_too=True) == (first,)
    assert (await codes(home)).count("invoice_added") == 1


async def test_a_plan_with_faults_is_refused_whole(home: House) -> None:
    made = await planned(home, LATE + "F-2,Anna,anna@client.example,2026-01-20,never,100,,,\n")
    with pytest.raises(EnrolFault, match="nothing was imported"):
        await apply_plan(home.bot, made)
    assert await home.store.all_clients() == ()


async def test_a_fault_in_the_middle_leaves_nothing_behind(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await planned(home, LATE + "F-2,Anna,anna@client.example,2026-01-20,2026-02-20,100,40,,2026-01-20\n")

    async def full(*_: Any) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(MemoryTx, "post", full)
    with pytest.raises(OSError, match="no space"):
        await apply_plan(home.bot, made)
    assert await home.store.all_clients() == ()
    assert await home.store.client_of_invoice("F-1") is None


async def test_if_somebody_moves_meanwhile_the_import_looks_again(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await imported(home, LATE)
    made = await planned(home, LATE.replace("2026-02-20", "2026-04-20"))
    real = MemoryTx.save
    raised: list[bool] = []

    async def moved(tx: MemoryTx, client: Client, next_look_at: Any) -> None:
        if not raised:
            raised.append(True)
            tx.spoiled = Conflict("moved")
            raise tx.spoiled
        await real(tx, client, next_look_at)

    monkeypatch.setattr(MemoryTx, "save", moved)
    await apply_plan(home.bot, made)
    (client,) = await home.store.all_clients()
    assert client.invoices[0].due_on == day("2026-04-20")


@pytest.mark.parametrize(
    ("row", "standing", "balance"),
    [
        pytest.param("100,40,,2026-01-20", Standing.OPEN, 60, id="paid in part before it came here"),
        pytest.param("100,100,paid,2026-01-20", Standing.SETTLED, 0, id="paid before it came here"),
    ],
)
async def test_what_was_paid_before_counts_and_is_no_news(
    home: House, row: str, standing: Standing, balance: int
) -> None:
    client = await imported(home, f"F-1,Anna,anna@client.example,2026-01-20,2026-02-20,{row}\n")
    assert (client.invoices[0].standing, client.invoices[0].balance) == (standing, eur(balance))
    digest = await compile_digest(home.bot, day("2026-03-02"), None)
    assert digest.received == ()


async def test_what_the_file_says_was_paid_since_settles_and_thanks(home: House) -> None:
    await imported(home, LATE)
    await look(home)
    client = await imported(home, LATE.replace(",100,,", ",100,100,"))
    assert client.invoices[0].standing is Standing.SETTLED
    assert [payment.amount for payment in await home.store.payments()] == [eur(100)]
    assert "thanks" in [letter.template for letter in await letters(home)]
    assert (await compile_digest(home.bot, day("2026-03-02"), None)).received == (eur(100),)


async def test_what_the_file_says_was_paid_is_not_paid_again_after_a_credit_note(home: House) -> None:
    """The other program tells the whole that came, however often; what was credited since is no new money."""
    await imported(home, LATE)
    await command.paid(home.bot, "F-1", None, day("2026-03-01"))
    await reduce(home.bot, EntryKind.CREDIT_NOTE, "F-1", eur(20), Slip(day("2026-03-01")))
    for _ in range(2):
        client = await imported(home, LATE.replace(",100,,,", ",100,100,paid,"))
    assert client.credit == (eur(20),)
    assert [entry.kind for entry in await home.store.entries()] == [EntryKind.PAYMENT, EntryKind.CREDIT_NOTE]


async def test_two_payments_of_one_file_are_thanked_for_in_one_letter(home: House) -> None:
    other = LATE.replace("F-1", "F-2")
    await imported(home, LATE + other)
    await imported(home, (LATE + other).replace(",100,,,", ",100,100,paid,"))
    home.clock.advance(timedelta(hours=1))
    await look(home)
    assert [set(one.invoices) for one in await letters(home, LetterState.SENT)] == [{"F-1", "F-2"}]


async def test_an_amount_below_what_was_paid_wants_a_credit_note(home: House) -> None:
    """Even where the invoice has not gone out yet."""
    unsent = LATE.replace(",100,,,2026-01-20", ",100,,,")
    await imported(home, unsent)
    await command.paid(home.bot, "F-1", eur(40), day("2026-03-01"))
    with pytest.raises(EnrolFault, match=r"mailbot credit-note F-1 --amount 70"):
        await imported(home, unsent.replace(",100,", ",30,"))


async def test_void_in_the_file_gives_the_claim_up_and_takes_the_letter_back(home: House) -> None:
    await imported(home, LATE)
    await review(home.bot)
    client = await imported(home, LATE.replace(",100,,,", ",100,,void,"))
    assert client.invoices[0].standing is Standing.WRITTEN_OFF
    assert [letter.state for letter in await letters(home)] == [LetterState.WITHDRAWN]
    await pass_days(home, 20)
    assert home.post.posted == []


async def test_a_changed_due_date_moves_the_ladder_and_takes_back_what_said_the_old_one(home: House) -> None:
    await imported(home, LATE)
    await review(home.bot)
    assert [letter.state for letter in await letters(home)] == [LetterState.QUEUED]
    await imported(home, LATE.replace("2026-02-20", "2026-04-20"))
    await pass_days(home, 20)
    assert home.post.posted == []
    await pass_days(home, 30)
    assert home.post.posted[0].at.date() == day("2026-04-17")


async def test_a_proposal_that_says_the_old_amount_is_taken_back_with_its_question() -> None:
    ladder = tuple(replace(rung, approval=rung.chasing) for rung in Policy().ladder("default"))
    home = await live_house(at("2026-03-02"), Policy(ladders={"default": ladder}))
    await imported(home, LATE)
    await review(home.bot)
    assert [matter.kind for matter in await matters(home)] == [MatterKind.APPROVAL]
    await imported(home, LATE.replace("2026-02-20", "2026-04-20"))
    assert await matters(home) == []


async def test_an_unsent_invoice_may_change_its_currency(home: House) -> None:
    new = HEAD.replace("paid,status,sent_on", "currency") + ("F-1,Anna,a@x.example,2026-03-20,2026-04-20,100,{}\n")
    for currency in ("EUR", "CAD"):
        sheet = read_invoices(new.format(currency).encode(), file="i.csv", today=day("2026-03-02"), defaults=HERE)
        await apply_plan(home.bot, plan(sheet, None, await known(home.bot)))
    (client,) = await home.store.all_clients()
    assert str(client.invoices[0].balance) == "100.00 CAD"


async def test_an_invoice_does_not_wander_to_another_client(home: House) -> None:
    await imported(home, "F-1,Anna,anna@client.example,2026-03-20,2026-04-20,100,,,\n")
    made = await planned(home, "F-1,Bolt,b@bolt.example,2026-03-20,2026-04-20,100,,,\n")
    if made.ok:
        with pytest.raises(EnrolFault, match="nothing was imported"):
            await apply_plan(home.bot, made)
    assert [client.name for client in await home.store.all_clients()] == ["Anna"]


async def test_an_import_does_not_forget_that_an_address_is_dead(home: House) -> None:
    await imported(home, LATE)
    await happen(home.bot, 1, DeliveryFailed("anna@client.example", False, True, (), "5.1.1"))
    client = await imported(home, LATE.replace("2026-02-20", "2026-02-21"))
    assert client.contacts[0].reachability is Reachability.DEAD
    assert client.standing_holds


async def test_a_skipped_row_is_not_recorded(home: House) -> None:
    made = await planned(home, LATE + "F-2,Anna,anna@client.example,2026-01-20,2026-02-20,100,,void,\n")
    assert made.count(Act.SKIP) == 1
    await apply_plan(home.bot, made)
    assert await home.store.client_of_invoice("F-2") is None


async def test_a_number_in_small_letters_changes_the_invoice_and_adds_no_second_one(home: House) -> None:
    await imported(home, LATE)
    client = await imported(home, LATE.replace("F-1", "f-1").replace("2026-02-20", "2026-04-20"))
    assert [(one.number, one.due_on) for one in client.invoices] == [("F-1", day("2026-04-20"))]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param("anna,Anna,Anna.Roy@client.example,,", id="an address with capitals"),
        pytest.param("anna,Anna,anna@client.example,anna@client.example,", id="the billing desk is the client"),
        pytest.param("anna,Anna,a@client.example,b@client.example,B@client.example", id="the assistant is the desk"),
    ],
)
async def test_a_client_file_again_changes_nothing_however_its_addresses_are_written(home: House, row: str) -> None:
    text = f"code,name,email,billing_email,assistant_email\n{row}\n"
    sheet = read_clients(text.encode(), file="c.csv", defaults=HERE)
    await apply_plan(home.bot, plan(None, sheet, await known(home.bot)))
    again = plan(None, sheet, await known(home.bot))
    assert again.idle, again.rows()


async def test_an_amount_lowered_to_what_was_paid_settles_the_invoice_and_asks_for_nothing(home: House) -> None:
    await imported(home, "F-1,Anna,anna@client.example,2026-01-20,2026-02-20,100,40,,\n")
    client = await imported(home, "F-1,Anna,anna@client.example,2026-01-20,2026-02-20,40,40,,\n")
    assert client.invoices[0].standing is Standing.SETTLED
    await look(home)
    assert await letters(home) == []


@pytest.mark.parametrize(
    ("address", "role", "name"),
    [
        pytest.param("Anna@client.example", Role.CLIENT, "Anna Roy", id="the client's own"),
        pytest.param("max@client.example", Role.BILLING, "", id="the assistant's"),
        pytest.param("new@client.example", Role.BILLING, "", id="a new one"),
    ],
)
async def test_an_adopted_address_is_written_to_and_takes_nobody_s_name(
    home: House, address: str, role: Role, name: str
) -> None:
    text = (
        "code,name,email,contact_name,billing_email,assistant_email\n"
        "anna,Anna,anna@client.example,Anna Roy,desk@client.example,max@client.example\n"
    )
    sheet = read_clients(text.encode(), file="c.csv", defaults=HERE)
    await apply_plan(home.bot, plan(None, sheet, await known(home.bot)))
    (client,) = await home.store.all_clients()
    assert await command.adopt_address(home.bot, client, address) == "desk@client.example"
    (client,) = await home.store.all_clients()
    to = recipient(client)
    assert to is not None
    assert (to.email, to.role, to.name) == (address.lower(), role, name)
    assert [one.name for one in client.contacts if one.role is Role.CLIENT] == ["Anna Roy"]
