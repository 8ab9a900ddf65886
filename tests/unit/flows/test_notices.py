"""A payment notice in the inbox: it settles once its sender is confirmed and all holds; all else is only reported."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from mailbot.core.client import HeldBy, Standing
from mailbot.core.events import PaymentReceived
from mailbot.core.intent import Intent
from mailbot.core.matter import MatterKind
from mailbot.core.money import Money
from mailbot.flows.command import CommandFault, paid, release
from mailbot.flows.desk import Desk, GivenRecords
from mailbot.flows.proof import Proofs, remember
from mailbot.flows.receive import sync
from mailbot.flows.report import alert
from mailbot.flows.review import happen
from mailbot.flows.trust import distrust, reconsider_hourly, trust, trusted
from tests.fakes.far_side import House
from tests.fakes.people import anna, bill
from tests.fakes.provider import records, signed, written
from tests.unit.flows.scene import codes, late, look, matters, pass_days, settled_in

STRIPE = "Stripe <notifications@stripe.com>"


def desk(home: House, keys: Mapping[str, str | None] | None = None) -> None:
    """Let the bot look up these keys; those of Stripe, PayPal and Interac unless told otherwise."""
    known = records("stripe.com", "paypal.com", "payments.interac.ca") if keys is None else keys
    plain: Desk = home.bot.desk
    home.bot = replace(home.bot, desk=replace(plain, records=GivenRecords(known)))


def notice(
    home: House, text: str = "", subject: str = "", *, sender: str = STRIPE, by: str = "stripe.com", serial: int = 1
) -> bytes:
    """Stripe says that 100 € came for F-1."""
    subject = subject or "Payment of €100.00 from Anna inc. for invoice F-1"
    text = (
        text
        or f"You received a payment of €100.00 from Anna inc.\nInvoice: F-1\nPayment ID: pi_3Pabcdefgh{serial:04}\n"
    )
    now = home.clock.now()
    plain = written(sender, subject, text, at=now, Message_ID=f"<{serial}@stripe.com>")
    return signed(plain, by, tags={"t": f"{now.timestamp():.0f}"})


async def standing(home: House, number: str = "F-1") -> Standing:
    invoice = (await home.store.client(1, also=[number])).invoice(number)
    assert invoice is not None
    return invoice.standing


async def test_a_confirmed_senders_notice_settles_its_invoice_and_thanks_once(home: House) -> None:
    desk(home)
    await settled_in(home, late())
    await trust(home.bot, "stripe")
    home.mailbox.deliver(notice(home))
    await sync(home.bot)
    assert await standing(home) is Standing.SETTLED
    (payment,) = await home.store.payments()
    assert (payment.invoice, str(payment.amount), payment.source) == ("F-1", "100.00 EUR", "notice")
    assert payment.reference == "pi_3Pabcdefgh0001"
    assert await matters(home) == []
    assert "notice_settles" in await codes(home)


async def test_the_first_notice_waits_for_a_confirmation_and_then_settles(home: House) -> None:
    desk(home)
    await settled_in(home, late())
    home.mailbox.deliver(notice(home))
    await sync(home.bot)
    assert await standing(home) is Standing.OPEN
    (hold,) = (await home.store.client(1)).standing_holds
    assert (hold.invoice, hold.by, hold.intent) == ("F-1", HeldBy.MACHINE, Intent.PAYMENT_CLAIMED)
    assert await look(home) == 0
    (matter,) = await matters(home)
    assert (matter.kind, matter.facts["notice"], matter.facts["doubt"]) == (
        MatterKind.CLAIM, "notice_reported", "lacks_sender_confirmed",
    )  # fmt: skip
    done = await trust(home.bot, "notifications@stripe.com")
    assert (done.provider, done.new, done.settled) == ("stripe", True, ("F-1",))
    assert await standing(home) is Standing.SETTLED
    assert (await home.store.client(1, also=["F-1"])).standing_holds == ()
    assert await matters(home) == []
    assert [name for name, _ in await trusted(home.bot)] == ["stripe"]


@pytest.mark.parametrize(
    ("results", "becomes"),
    [
        ("mx.studio.example; dkim=pass header.d=stripe.com", Standing.SETTLED),
        ("mx.studio.example; dkim=fail header.d=stripe.com", Standing.OPEN),
        ("", Standing.SETTLED),
    ],
    ids=["it found the signature", "it found a wrong signature", "it says nothing"],
)
async def test_our_provider_is_heard_under_the_name_that_a_probe_learnt(
    home: House, results: str, becomes: Standing
) -> None:
    desk(home)
    await settled_in(home, late())
    await trust(home.bot, "stripe")
    async with home.store.begin() as tx:
        await remember(tx, Proofs(home.clock.now(), authserv_id="mx.studio.example"))
    plain = notice(home)
    home.mailbox.deliver(f"Authentication-Results: {results}\r\n".encode() + plain if results else plain)
    await sync(home.bot)
    assert await standing(home) is becomes


async def test_the_same_payment_is_recorded_once_however_often_it_is_told(home: House) -> None:
    """The mail again, the mail anew, another mail about it, and one with nothing signed changed but its Message-ID."""
    desk(home)
    await settled_in(home, anna(bill("F-1"), bill("F-2")))
    await trust(home.bot, "stripe")
    first = notice(home)
    told_again = notice(
        home,
        "Invoice F-1 was paid by Anna inc.: €100.00.\nPayment: pi_3Pabcdefgh0001",
        "You received a payment",
        serial=1,
    )
    for octets in (first, first, first.replace(b"<1@stripe.com>", b"<2@stripe.com>"), told_again):
        home.mailbox.deliver(octets)
    await sync(home.bot)
    assert len(await home.store.payments()) == 1
    assert await standing(home, "F-2") is Standing.OPEN
    assert await matters(home) == []


async def test_a_notice_without_an_id_that_is_delivered_anew_does_not_settle_the_next_invoice(home: House) -> None:
    desk(home)
    await settled_in(home, anna(bill("F-1")))
    await trust(home.bot, "stripe")
    octets = notice(home, "You received a payment of €100.00 from Anna inc.", "Payment of €100.00 from Anna inc.")
    home.mailbox.deliver(octets)
    await sync(home.bot)
    assert await standing(home) is Standing.SETTLED
    await settled_in(home, anna(bill("F-2"), code="second", contacts=()))
    home.mailbox.deliver(octets.replace(b"<1@stripe.com>", b"<again@stripe.com>"))
    await sync(home.bot)
    assert len(await home.store.payments()) == 1


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        pytest.param("You received a payment of €60.00 from Anna inc.\nInvoice: F-1", "x", id="a part of it"),
        pytest.param("You received a payment of €160.00 from Anna inc.\nInvoice: F-1", "x", id="too much"),
        pytest.param("You received a payment of £100.00 from Anna inc.\nInvoice: F-1", "x", id="another currency"),
        pytest.param("You received a payment of €100.00", "x", id="an amount alone"),
        pytest.param("You received a payment of €100.00 from A stranger", "x", id="a stranger's amount"),
        pytest.param("You received a payment of €200.00 from Anna inc.", "x", id="two invoices at once"),
    ],
)
async def test_what_does_not_fit_exactly_one_open_invoice_is_asked(home: House, text: str, subject: str) -> None:
    desk(home)
    await settled_in(home, anna(bill("F-1"), bill("F-2")))
    await trust(home.bot, "stripe")
    home.mailbox.deliver(notice(home, text, subject))
    await sync(home.bot)
    assert await home.store.payments() == []
    (matter,) = await matters(home)
    assert (matter.kind, matter.facts["doubt"]) == (MatterKind.CLAIM, "lacks_fits_one_invoice")


async def test_money_that_waits_for_the_operator_holds_and_is_told(home: House) -> None:
    desk(home)
    await settled_in(home, late())
    text = "ANNA INC sent you $100.00 (CAD).\nMessage: F-1\nSelect a bank to deposit your money."
    octets = notice(
        home,
        text,
        "Interac e-Transfer: ANNA INC sent you money.",
        sender="ANNA INC <notify@payments.interac.ca>",
        by="payments.interac.ca",
    )
    home.mailbox.deliver(octets)
    await sync(home.bot)
    (matter,) = await matters(home)
    assert (matter.invoice, matter.facts["notice"]) == ("F-1", "notice_pending")
    assert await look(home) == 0


async def test_a_forged_notice_holds_once_for_the_banks_days_and_is_no_daily_alarm(home: House) -> None:
    """Each day another one comes; the reminder goes out when the time of the first is over."""
    desk(home)
    await settled_in(home, late())
    for day in range(12):
        home.mailbox.deliver(notice(home, by="evil.example", serial=day))
        await sync(home.bot)
        await alert(home.bot)
        await pass_days(home, 1)
    assert await home.store.payments() == []
    assert len(await matters(home)) == 1
    (matter,) = await matters(home)
    assert (matter.facts["notice"], matter.urgent) == ("notice_doubtful", False)
    assert [post for post in home.post.posted if post.key.startswith("alert")] == []
    assert any("anna@client.example" in post.recipients for post in home.post.posted)


async def test_phishing_that_names_no_invoice_is_left_alone(home: House) -> None:
    desk(home)
    await settled_in(home, late())
    octets = written(
        "PayPal <service@paypa1.com>", "You received a payment of €900.00", "You received a payment of €900.00 from X"
    )
    home.mailbox.deliver(octets)
    await sync(home.bot)
    assert await matters(home) == []
    assert (await home.store.client(1)).standing_holds == ()
    assert "notice_resembles" in await codes(home)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Refund of €100.00 to Anna inc.", "The payment for invoice F-1 was refunded."),
        ("A customer disputed a payment of €100.00", "Invoice F-1"),
        ("Payment of €100.00 from Anna inc. failed", "Invoice F-1"),
    ],
    ids=["refund", "chargeback", "failed"],
)
async def test_money_that_goes_back_is_an_alarm_and_changes_nothing(home: House, subject: str, text: str) -> None:
    desk(home)
    await settled_in(home, late())
    await trust(home.bot, "stripe")
    home.mailbox.deliver(notice(home, text, subject))
    await sync(home.bot)
    (matter,) = await matters(home)
    assert (matter.urgent, matter.invoice, matter.facts["notice"]) == (True, "F-1", "notice_alarm")
    assert (await home.store.client(1)).standing_holds == ()
    assert await home.store.payments() == []
    assert await alert(home.bot) == 1


async def test_words_that_no_template_reads_are_one_alarm_however_many_come(home: House) -> None:
    desk(home)
    await settled_in(home, late())
    await trust(home.bot, "stripe")
    for serial in range(3):
        home.mailbox.deliver(notice(home, f"Dear user, EUR 100.00 for F-1. No {serial}", "Hello", serial=serial))
    await sync(home.bot)
    (matter,) = await matters(home)
    assert (matter.urgent, matter.facts["notice"], matter.subject_key) == (
        True,
        "notice_unread",
        "notice-unread:stripe",
    )
    assert await look(home) == 0


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Your payout of €3,000.00 is on its way", "It should arrive on Monday."),
        ("New sign-in to your account", "Was it you?"),
        ("You sent a payment of €12.00 to Hosting Ltd", "Thanks"),
    ],
    ids=["a payout", "nothing about money", "money that we sent"],
)
async def test_what_is_not_about_our_invoices_is_noted_and_nothing_more(home: House, subject: str, text: str) -> None:
    desk(home)
    await settled_in(home, late())
    home.mailbox.deliver(notice(home, text, subject))
    await sync(home.bot)
    assert await matters(home) == []
    assert await home.store.payments() == []
    assert "notice_noted" in await codes(home)


async def test_while_dns_is_down_it_waits_and_settles_when_dns_is_back(home: House) -> None:
    desk(home, {})
    await settled_in(home, late())
    await trust(home.bot, "stripe")
    home.mailbox.deliver(notice(home))
    await sync(home.bot)
    await reconsider_hourly(home.bot)
    (matter,) = await matters(home)
    assert (matter.facts["doubt"], await standing(home)) == ("lacks_dns", Standing.OPEN)
    desk(home)
    await reconsider_hourly(home.bot)
    assert await standing(home) is Standing.OPEN, "it is tried again within the hour only once"
    home.clock.advance(timedelta(hours=1, minutes=1))
    await reconsider_hourly(home.bot)
    assert await standing(home) is Standing.SETTLED
    assert await matters(home) == []
    assert len(await home.store.payments()) == 1


async def test_once_the_operator_trusts_no_more_it_is_only_reported(home: House) -> None:
    desk(home)
    await settled_in(home, late())
    await trust(home.bot, "stripe.com")
    assert await distrust(home.bot, "Stripe")
    assert not await distrust(home.bot, "Stripe")
    home.mailbox.deliver(notice(home))
    await sync(home.bot)
    assert await standing(home) is Standing.OPEN
    with pytest.raises(CommandFault, match=r"it knows .*stripe"):
        await trust(home.bot, "nobody.example")


async def test_what_the_bank_told_already_is_not_recorded_again(home: House) -> None:
    from mailbot.core.events import PaymentReceived
    from mailbot.flows.review import happen

    desk(home)
    await settled_in(home, late())
    await trust(home.bot, "stripe")
    paid = PaymentReceived("F-1", Money.of(100, "EUR"), home.clock.now().date(), "bank", "b1")
    await happen(home.bot, 1, paid, also=("F-1",))
    home.mailbox.deliver(notice(home))
    await sync(home.bot)
    assert len(await home.store.payments()) == 1
    assert await matters(home) == []
    assert "notice_known" in await codes(home)


async def test_a_notice_of_a_half_that_the_bank_told_already_does_not_pay_the_other_half(home: House) -> None:
    """Its amount is just what is left: whether it is the same money, only the operator can tell."""
    desk(home)
    await settled_in(home, anna(bill("F-1", amount=200)))
    await trust(home.bot, "stripe")
    half = Money.of(100, "EUR")
    await happen(home.bot, 1, PaymentReceived("F-1", half, home.clock.now().date(), "bank", "line-1"))
    home.mailbox.deliver(notice(home))
    await sync(home.bot)
    assert [payment.source for payment in await home.store.payments()] == ["bank"]
    (matter,) = await matters(home)
    assert (matter.kind, matter.facts["doubt"]) == (MatterKind.CLAIM, "lacks_unseen")


async def test_a_notice_tells_the_operator_what_to_record_and_when(home: House) -> None:
    """90 came for an invoice of 100: "paid" about it records 90."""
    desk(home)
    await settled_in(home, anna())
    text = "You received a payment of €90.00 from Anna inc.\nInvoice: F-1\nPayment ID: pi_3Pabcdefgh0001\n"
    home.mailbox.deliver(notice(home, text, "Payment of €90.00 from Anna inc. for invoice F-1"))
    await sync(home.bot)
    (matter,) = await matters(home)
    assert (matter.facts["paid_amount"], matter.facts["paid_on"]) == ("90.00", "2026-03-02")
    await paid(home.bot, "F-1", Money.of(90, "EUR"), home.clock.now().date())
    assert await matters(home) == []  # it was answered: nobody is asked again tomorrow


async def test_a_real_second_payment_is_asked(home: House) -> None:
    desk(home)
    await settled_in(home, late())
    await trust(home.bot, "stripe")
    home.mailbox.deliver(notice(home, serial=1))
    home.mailbox.deliver(notice(home, serial=2))
    await sync(home.bot)
    assert len(await home.store.payments()) == 1
    (matter,) = await matters(home)
    assert matter.facts["doubt"] == "lacks_fits_one_invoice"


async def test_a_release_by_the_operator_ends_the_wait(home: House) -> None:
    desk(home)
    await settled_in(home, late())
    home.mailbox.deliver(notice(home))
    await sync(home.bot)
    await release(home.bot, "F-1", "")
    assert await matters(home) == []
    assert (await home.store.client(1)).standing_holds == ()
