"""What an import would change: shown first, applied whole or not at all, and nothing the second time."""
# ruff: noqa: E501 - a row of a CSV file is one line

from dataclasses import replace
from datetime import date

import pytest

from mailbot.core.client import Client, Contact, Invoice, Role, Standing
from mailbot.core.money import Money
from mailbot.intake import (
    Act,
    ClientRecord,
    Defaults,
    InvoiceRecord,
    Known,
    KnownInvoice,
    Plan,
    Sheet,
    Status,
    plan,
    read_clients,
    read_invoices,
)

TODAY = date(2026, 11, 21)
HERE = Defaults(currency="EUR", country="FR", language="fr", timezone="Europe/Paris")
CLIENTS = "code,name,email,phone\nacme,Acme SARL,a@acme.example,\nbolt,Bolt,b@bolt.example,+33 1 23 45 67 89\n"
INVOICES = "number,client,issued_on,due_on,amount,paid,status,sent_on\nF-1,acme,2026-10-01,2026-10-31,100,,,2026-10-01\nF-2,Bolt,2026-10-02,2026-11-01,200,50,,\n"


def clients(text: str = CLIENTS) -> Sheet[ClientRecord]:
    return read_clients(text.encode(), file="clients.csv", defaults=HERE)


def invoices(text: str = INVOICES) -> Sheet[InvoiceRecord]:
    return read_invoices(text.encode(), file="invoices.csv", today=TODAY, defaults=HERE)


def applied(done: Plan, before: Known | None = None) -> Known:
    """What the database holds after a plan was applied."""
    before = before or Known()
    people = {**before.clients, **{s.record.code: s.record for s in done.clients}}
    bills = dict(before.invoices)
    for step in done.invoices:
        if step.act is Act.SKIP:
            continue
        r = step.record
        standing = {Status.PAID: Standing.SETTLED, Status.VOID: Standing.WRITTEN_OFF}.get(r.status, Standing.OPEN)
        bills[r.number] = KnownInvoice(
            r.number,
            step.client,
            r.issued_on,
            r.due_on,
            r.amount,
            r.paid,
            r.subject,
            r.sent_on,
            r.pdf,
            standing,
            bool(r.sent_on),
        )
    return Known(bills, people)


def test_new_clients_and_invoices_are_added() -> None:
    done = plan(invoices(), clients())
    assert done.ok
    assert not done.idle
    assert [(s.act, s.record.code) for s in done.clients] == [(Act.ADD, "acme"), (Act.ADD, "bolt")]
    assert [(s.act, s.record.number, s.client) for s in done.invoices] == [
        (Act.ADD, "F-1", "acme"),
        (Act.ADD, "F-2", "bolt"),
    ]
    assert done.rows()[2] == {
        "what": "invoice",
        "act": "add",
        "key": "F-1",
        "name": "acme, 100.00 EUR",
        "detail": "",
        "line": "2",
    }


def test_the_same_files_again_change_nothing() -> None:
    again = plan(invoices(), clients(), applied(plan(invoices(), clients())))
    assert again.ok
    assert again.idle
    assert again.count(Act.UNCHANGED) == 4


def test_a_single_file_again_changes_nothing_and_adds_no_client_twice() -> None:
    text = "number,client_name,client_email,issued_on,amount\nF-1,Café Noir,a@noir.example,2026-10-01,10\nF-2,Café Noir,a@noir.example,2026-10-02,20\n"
    first = plan(invoices(text))
    assert [s.record.code for s in first.clients] == ["cafe-noir"]
    assert {s.client for s in first.invoices} == {"cafe-noir"}
    assert plan(invoices(text), None, applied(first)).idle


def known(**changes: object) -> Known:
    base = applied(plan(invoices(), clients()))
    return replace(base, invoices={**base.invoices, "F-1": replace(base.invoices["F-1"], **changes)})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("was", "row", "act", "detail"),
    [
        pytest.param({}, "F-1,acme,2026-10-01,2026-11-15,100,,,", Act.CHANGE, "due_on: 2026-10-31 → 2026-11-15", id="a due date may move"),
        pytest.param({}, "F-1,acme,2026-10-01,2026-10-31,100,40,,", Act.CHANGE, "paid: 0.00 EUR → 40.00 EUR", id="a payment is taken over"),
        pytest.param({}, "F-1,acme,2026-10-01,2026-10-31,100,,paid,", Act.CHANGE, "paid: 0.00 EUR → 100.00 EUR", id="paid in full"),
        pytest.param({"paid": Money.of(60, "EUR")}, "F-1,acme,2026-10-01,2026-10-31,100,40,,", Act.UNCHANGED, "", id="the file is older than the ledger"),
        pytest.param({"standing": Standing.SETTLED, "paid": Money.of(99, "EUR")}, "F-1,acme,2026-10-01,2026-10-31,100,,paid,", Act.UNCHANGED, "", id="settled is settled"),
        pytest.param({"subject": "Logo", "pdf": "a.pdf"}, "F-1,acme,2026-10-01,2026-10-31,100,,,", Act.UNCHANGED, "", id="an empty cell erases nothing"),
        pytest.param({}, "F-1,acme,2026-10-01,2026-10-31,120,,,", Act.REFUSE, "was sent with 100.00 EUR, and the file says 120.00 EUR", id="a sent amount stands"),
        pytest.param({"standing": Standing.SETTLED}, "F-1,acme,2026-10-01,2026-10-31,120,,,", Act.REFUSE, "is settled with", id="a settled amount stands"),
        pytest.param({}, "F-1,bolt,2026-10-01,2026-10-31,100,,,", Act.REFUSE, "was sent to acme, and the file says bolt", id="a sent invoice keeps its client"),
        pytest.param({"sent": False, "sent_on": None}, "F-1,bolt,2026-10-01,2026-10-31,120,,,", Act.CHANGE, "client: acme → bolt, amount: 100.00 EUR → 120.00 EUR", id="before it is sent everything may change"),
        pytest.param({}, "F-1,acme,2026-10-01,2026-10-31,100,,void,", Act.CHANGE, "standing: open → written_off", id="void closes it"),
        pytest.param({"standing": Standing.WRITTEN_OFF}, "F-1,acme,2026-10-01,2026-10-31,100,,void,", Act.UNCHANGED, "", id="void twice"),
        pytest.param({"standing": Standing.SETTLED}, "F-1,acme,2026-10-01,2026-10-31,100,,void,", Act.REFUSE, "is void in the file, and settled here", id="void after settled"),
        pytest.param({"standing": Standing.WRITTEN_OFF}, "F-1,acme,2026-10-01,2026-10-31,100,,paid,", Act.REFUSE, "is written off, and the file says paid", id="paid after it was written off"),
        pytest.param({}, "F-1,acme,2026-10-01,2026-10-31,100,,draft,", Act.SKIP, "is still a draft there", id="a draft is left out"),
        pytest.param({}, "F-9,acme,2026-10-01,2026-10-31,100,,void,", Act.SKIP, "mailbot never had it", id="void and unknown"),
    ],
)  # fmt: skip
def test_a_known_invoice_changes_or_is_refused(was: dict[str, object], row: str, act: Act, detail: str) -> None:
    head = INVOICES.splitlines()[0]
    done = plan(invoices(f"{head}\n{row}\n"), None, known(**was))
    (step,) = done.invoices
    assert step.act is act
    assert detail in done.rows()[-1]["detail"]
    assert done.ok == (act is not Act.REFUSE)


def test_a_client_changes_only_where_the_file_says_something() -> None:
    before = applied(plan(invoices(), clients()))
    before = replace(
        before, clients={**before.clients, "acme": replace(before.clients["acme"], phone="+33 9", region="57")}
    )
    done = plan(None, clients("name,email\nAcme SARL,new@acme.example\n"), before)
    (step,) = done.clients
    assert (step.act, step.record.code, step.record.phone, step.record.region) == (Act.CHANGE, "acme", "+33 9", "57")
    assert [(c.field, c.old, c.new) for c in step.changes] == [("email", "a@acme.example", "new@acme.example")]


def test_any_fault_makes_the_plan_inapplicable() -> None:
    done = plan(invoices(INVOICES + "F-3,acme,never,,10,,,\n"), clients())
    assert not done.ok
    assert "line 4, column issued_on: 'never' is not a date" in str(done.faults[0])


@pytest.mark.parametrize(
    ("people", "row", "said"),
    [
        pytest.param(CLIENTS, "F-1,Acme Sarll,2026-10-01,,10,,,", "did you mean acme? Otherwise add it to clients.csv", id="nearly a known name"),
        pytest.param(CLIENTS, "F-1,Zebra,2026-10-01,,10,,,", "is a client that nobody told mailbot of; add it to clients.csv", id="an unknown name"),
        pytest.param(
            "code,name,email\na1,Twin,a@x.example\na2,Twin,b@x.example\n", "F-1,Twin,2026-10-01,,10,,,", "'Twin' may be a1, a2; write the code", id="a name of two clients"
        ),
    ],
)  # fmt: skip
def test_an_invoice_must_name_one_client(people: str, row: str, said: str) -> None:
    done = plan(invoices(f"{INVOICES.splitlines()[0]}\n{row}\n"), clients(people))
    (fault,) = done.faults
    assert "invoices.csv line 2, column client: " in str(fault)
    assert said in str(fault)
    assert not done.ok


def test_one_client_with_two_addresses_in_a_single_file_is_a_fault() -> None:
    text = "number,client_name,client_email,issued_on,amount\nF-1,Noir,a@noir.example,2026-10-01,10\nF-2,Noir,b@noir.example,2026-10-02,20\n"
    (fault,) = plan(invoices(text)).faults
    assert str(fault).startswith(
        "invoices.csv line 3, column client_email: 'b@noir.example' is another address for Noir than on line 2"
    )


def test_a_client_listed_twice_is_a_fault_and_two_new_names_get_two_codes() -> None:
    assert "is the client of line 2 again" in str(
        plan(None, clients("name,email\nA,a@x.example\nA,b@x.example\n")).faults[0]
    )
    done = plan(None, clients("name,email\nÉric,a@x.example\nEric!,b@x.example\n\u05d3,c@x.example\n"))
    assert [s.record.code for s in done.clients][-1] == "c"


def test_known_values_come_from_the_core() -> None:
    bill = Invoice(
        "F-1",
        date(2026, 10, 1),
        date(2026, 10, 31),
        Money.of(100, "EUR"),
        Money.of(0, "EUR"),
        delivered_on=date(2026, 10, 1),
    )
    people = (Contact("a@acme.example"), Contact("c@acme.example", Role.BILLING))
    client = Client(1, "me", "acme", "Acme SARL", "fr", "FR", "", "Europe/Paris", contacts=people, invoices=(bill,))
    done = plan(
        invoices(INVOICES.rsplit("F-2", 1)[0]),
        clients("code,name,email\nacme,Acme SARL,a@acme.example\n"),
        Known.of([client]),
    )
    assert done.idle
    assert done.clients[0].record.billing_email == "c@acme.example"
