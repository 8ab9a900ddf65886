"""What notices say: event, amount, reference, transaction and payer, as providers put it in two languages."""

from typing import TYPE_CHECKING

import pytest

from mailbot.config.notices import load_catalogue
from mailbot.core.intent import Kind
from mailbot.core.notice import NoticeEvent
from mailbot.flows.notice import find
from mailbot.mail.parse import parse
from mailbot.notices import part_of, read_notice
from tests.fakes.far_side import packaged_catalogue
from tests.fakes.provider import written
from tests.unit.notices.letters_of_providers import SAMPLES, Sample
from tests.unit.notices.wordings_of_banks import BANKS
from tests.unit.notices.wordings_of_services import SERVICES

if TYPE_CHECKING:
    from mailbot.config import Fault

WORDINGS = (*SERVICES, *BANKS)


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.id for sample in SAMPLES])
def test_a_notice_is_read_as_it_is_meant(sample: Sample) -> None:
    mail = parse(written(sample.sender, sample.subject, sample.text, sample.html))
    found = find(mail, Kind.PAYMENT_NOTICE, packaged_catalogue())
    assert found is not None
    notice = found.notice
    assert (found.provider.name, found.genuine) == (sample.provider, True)
    event, amount, currency, reference, transaction_id, payer = sample.told
    assert notice.event == (NoticeEvent(event) if event else None)
    assert (str(notice.amount.amount), notice.amount.currency) == (amount, currency) if notice.amount else not amount
    assert (notice.reference, notice.transaction_id, notice.payer) == (reference, transaction_id, payer)
    assert notice.clear


@pytest.mark.parametrize("wording", WORDINGS, ids=[f"{wording[0]}: {wording[1]}"[:70] for wording in WORDINGS])
def test_other_words_of_the_same_meaning_are_understood(
    wording: tuple[str, str, str, str | None, str, str, str],
) -> None:
    provider = packaged_catalogue().named(wording[0])
    assert provider is not None
    notice = read_notice(provider, part_of(wording[1], wording[2]))
    told = (notice.event, str(notice.amount or ""), notice.reference, notice.payer)
    assert told == wording[3:]


@pytest.mark.parametrize(
    "words",
    [
        "Once you received a payment of €100.00 from Acme, it shows here.",
        "You will be told when Acme paid invoice INV-1 (€100.00).",
        "Remind customers who haven't paid your invoice. €100.00 is due.",
        "Dès que vous avez reçu un paiement de 100,00 €, il figure ici.",
        "Votre client n'a pas payé la facture INV-1 de 100,00 €.",
        "Invoice INV-1 of €100.00 has not been paid.",
        "You received 3 new messages about €100.00.",
    ],
)
def test_what_only_sounds_like_a_payment_is_none(words: str) -> None:
    provider = packaged_catalogue().named("stripe")
    assert provider is not None
    assert read_notice(provider, part_of("Your account", words)).event is not NoticeEvent.RECEIVED


def test_every_packaged_template_can_be_used() -> None:
    faults: list[Fault] = []
    catalogue = load_catalogue(None, faults)
    assert faults == []
    assert len(catalogue.providers) > 30
    for provider in catalogue.providers:
        for phrases in provider.says.values():
            for phrase in phrases:
                assert phrase.pattern.search("") is None
