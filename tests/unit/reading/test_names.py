"""The name of the person to write to instead."""

from datetime import date

import pytest

from mailbot.core.intent import Intent
from mailbot.reading import read
from mailbot.reading.names import name_to_write_to

POINTED = [
    ("Voyez avec Mme Leroy pour les factures.", None, "Mme Leroy"),
    ("Il faut voir avec mon associé Karim Benali.", None, "Karim Benali"),
    ("Sandra in accounts handles this now.", None, "Sandra"),
    ("Please contact Terrence Ocheng at tocheng@bridge.example.", "tocheng@bridge.example", "Terrence Ocheng"),
    ("Pour la suite, Éloïse : eloise.tamet@bois.example", "eloise.tamet@bois.example", "Éloïse"),
    ("Je ne suis plus trésorière, c'est Mireille Gontard maintenant.", None, "Mireille Gontard"),
    ("Her replacement, Amit, starts in March.", None, "Amit"),
    ("Zuständig ist jetzt Dilek Arslan.", None, "Dilek Arslan"),
    ("Habla con Iker de contabilidad, que es quien paga.", None, "Iker"),
    ("Mia sorella non c'entra, si rivolga a Nadia Ferlotti.", None, "Nadia Ferlotti"),
    ("Neem contact op met mevrouw De Vries.", None, "mevrouw De Vries"),
    ("Isso agora é com a Cátia, fale com a Cátia.", None, "Cátia"),
]


@pytest.mark.parametrize(("words", "address", "name"), POINTED, ids=[words for words, *_ in POINTED])
def test_the_person_whom_a_mail_points_to_is_named(words: str, address: str | None, name: str) -> None:
    assert name_to_write_to(words, address) == name


NOBODY = [
    ("Écrivez à compta@dupuis.example, merci.", "compta@dupuis.example"),
    ("Adressez-vous à la comptabilité.", None),
    ("Please contact Accounts Payable.", None),
    ("Vendor invoices go to vendors@otter.example.", "vendors@otter.example"),
    ("C'est le bureau de Sherbrooke qui paie.", None),
    ("Kelsey left the company on Friday, contact the office.", None),
    ("Bonjour Sandra, voyez avec la direction.", None),
    ("Wrong Mike.", None),
    ("Litiges, litiges@maison.example", "litiges@maison.example"),
    ("Thank you for contacting Brightwell Dental Supply.", None),
    ("Voyez avec la mairie.\n\nPaul Martin", None),
    ("", None),
]


@pytest.mark.parametrize(("words", "address"), NOBODY, ids=[words for words, _ in NOBODY])
def test_nobody_is_named_where_no_person_is_pointed_to(words: str, address: str | None) -> None:
    assert name_to_write_to(words, address) is None


def test_neither_the_writer_nor_the_reader_is_proposed() -> None:
    assert name_to_write_to("Contact Sandra Leroy.", sender="sandra.leroy@b.example") is None
    assert name_to_write_to("Dear Marie,\nask Marie.\n\nTom") is None


def test_a_mail_that_points_to_nobody_else_has_no_name() -> None:
    reading = read("Bien reçu, merci, je demande à Sandra de regarder.", sent_on=date(2026, 3, 4), country="FR")
    assert (reading.intent, reading.redirect_name) == (Intent.ACKNOWLEDGEMENT, None)


def test_a_reading_holds_the_name_beside_the_address() -> None:
    words = "I left in April. You want Josh Amadi for invoices, j.amadi@pember.example."
    reading = read(words, sent_on=date(2026, 3, 4), country="GB")
    assert (reading.redirect_name, reading.redirect_to) == ("Josh Amadi", "j.amadi@pember.example")
