"""What notices say: event, amount, reference, transaction and payer, as providers put it in two languages."""

import pytest

from mailbot.core.intent import Kind
from mailbot.core.notice import NoticeEvent
from mailbot.flows.notice import find
from mailbot.mail.parse import parse
from tests.fakes.far_side import packaged_catalogue
from tests.fakes.provider import written
from tests.unit.notices.letters_of_providers import SAMPLES, Sample


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
