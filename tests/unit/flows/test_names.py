"""A firm's name in a signature says nothing about the health of the person who signs."""

from datetime import date

import pytest

from mailbot.core.intent import Intent, Kind
from mailbot.flows.explain import understand
from mailbot.mail.parse import parse

NAMES = ("Clinique vétérinaire du Parc", "Josée Morin")


def intent_of(body: str, names: tuple[str, ...]) -> Intent:
    octets = f"From: josee@veto.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n".encode()
    return understand(parse(octets), Kind.REPLY, "", sent_on=date(2026, 10, 7), country="CA", names=names)[2].intent


@pytest.mark.parametrize(
    "signature", ["Dre Josée Morin\r\nClinique vétérinaire du Parc", "CLINIQUE VÉTÉRINAIRE DU PARC"]
)
def test_a_clinic_that_signs_is_not_in_hospital(signature: str) -> None:
    body = f"Bonjour,\r\n\r\nLa facture 2026-116 a été payée lundi.\r\n\r\nMerci,\r\n\r\n{signature}"
    assert intent_of(body, NAMES) is Intent.PAYMENT_CLAIMED


def test_a_person_who_is_in_hospital_is_heard_even_where_the_firm_is_a_clinic() -> None:
    assert intent_of("Je suis à l'hôpital depuis dimanche.\r\n\r\nJosée Morin", NAMES) is Intent.PERSONAL_EMERGENCY
