"""Letters tell how to pay; the money that follows is known again; changed details are told to the operator."""

from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest

from mailbot.bank import Claim, Entry, Matcher, Verdict
from mailbot.core.money import Money
from mailbot.core.payment import Paying, Ways
from mailbot.flows.details import masked
from mailbot.flows.paying import ways_to_pay
from mailbot.flows.review import review
from mailbot.letters import Letters
from tests.fakes.far_side import House
from tests.fakes.people import bill, day
from tests.unit.flows.scene import codes, late, look, only_letter, settled_in

FRENCH = Ways("Studio Noémie", "FR7630006000011234567890189", "AGRIFRPP")
OTHER = replace(FRENCH, iban="FR1420041010050500013M02606")


def with_ways(home: House, ways: Ways) -> House:
    home.bot = replace(home.bot, business=replace(home.bot.business, paying=Paying(ways)))
    return home


async def test_the_letter_says_in_words_and_in_a_picture_where_the_money_goes(home: House) -> None:
    home.bot = replace(home.bot, writer=Letters(language="fr"))
    await settled_in(with_ways(home, FRENCH), late("2026-042"))
    await look(home)
    message = message_from_bytes((await only_letter(home)).octets, policy=default)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    for words in ("FR76 3000 6000 0112 3456 7890 189", "AGRIFRPP", "RF20 2026 042", "Studio Noémie"):
        assert words in text.get_content()
        assert words in html.get_content()
    (image,) = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert f'src="cid:{image["Content-ID"].strip("<>")}"' in html.get_content()
    assert image["Content-Disposition"] == "inline"
    assert len(image.get_content()) < 3000


async def test_a_letter_whose_template_shows_no_code_carries_none(home: House) -> None:
    """An image that no page shows would look like an attachment."""
    await settled_in(with_ways(home, FRENCH), late())
    await look(home)
    assert b"image/png" not in (await only_letter(home)).octets


@pytest.mark.parametrize("number", ["2026-042", "F-2026-017", "FAC/26/9", "20260311", "7", "Facture n° É-42"])
def test_the_reference_that_a_letter_tells_settles_the_invoice(number: str) -> None:
    """What is printed in groups of four comes back from the bank in any grouping."""
    invoice = bill(number, amount="1250")
    (told,), (_image,) = ways_to_pay([invoice], Paying(FRENCH), "key")
    for quoted in (str(told["reference"]), str(told["reference"]).replace(" ", "")):
        claim = Claim(number, 1, invoice.amount, invoice.balance, ("Anna inc.",), issued_on=invoice.issued_on)
        entry = Entry("x", day("2026-03-20"), Money.of("1250", "EUR"), "SOMEBODY ELSE", "", quoted, "")
        proposal = Matcher([claim]).propose(entry)
        assert (proposal.verdict, [share.number for share in proposal.shares]) == (Verdict.SETTLE, [number])


def test_each_currency_gets_its_own_ways_and_interac_is_for_canadian_dollars() -> None:
    euros = bill("F-1")
    dollars = bill("F-2", amount=0)
    dollars = replace(dollars, amount=Money.of(50, "CAD"), paid=Money.of(0, "CAD"))
    ways = replace(FRENCH, interac="n@example.ca", link="https://pay.example/{number}/{amount}")
    told, images = ways_to_pay([euros, dollars], Paying(ways), "key")
    assert [(way["amount"], way["interac"], bool(way["qr"])) for way in told] == [
        ({"value": dollars.amount.amount, "currency": "CAD"}, "n@example.ca", False),
        ({"value": euros.amount.amount, "currency": "EUR"}, "", True),
    ]
    assert [link for way in told for link in way["links"]] == [  # type: ignore[attr-defined]
        {"number": "F-2", "url": "https://pay.example/F-2/50.00"},
        {"number": "F-1", "url": "https://pay.example/F-1/100.00"},
    ]
    assert len(images) == 1


def test_nothing_is_told_where_nothing_is_owed_or_offered() -> None:
    paid_up = bill("F-1", paid=bill().amount)
    assert ways_to_pay([paid_up], Paying(FRENCH), "key") == ((), ())
    assert ways_to_pay([bill()], Paying(), "key") == ((), ())
    assert ways_to_pay([bill()], Paying(Ways(interac="n@example.ca")), "key") == ((), ())


async def test_changed_details_are_told_to_the_operator_once(home: House) -> None:
    """Whoever changed the configuration; the first look only remembers."""
    await settled_in(with_ways(home, FRENCH), late())
    await review(home.bot)
    assert "payment_details_changed" not in await codes(home)
    with_ways(home, OTHER)
    await review(home.bot)
    await review(home.bot)
    (told,) = [e.reason for e in await home.store.journal_of() if e.reason.code == "payment_details_changed"]
    assert told.facts == {"before": "FR76…0189", "after": "FR14…2606"}


def test_an_account_is_shown_so_that_only_its_owner_knows_it() -> None:
    fields = (("Sort code", "20-00-00"), ("Account", "55779911"))
    paying = Paying(replace(FRENCH, interac="noemie@example.ca"), (("GBP", Ways("X", fields=fields)),))
    assert masked(paying) == "FR76…0189, n…@example.ca, 20-0…9911"
