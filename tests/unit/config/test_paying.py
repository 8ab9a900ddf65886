"""`[payment]`: every digit that can be checked is checked before a letter tells it."""

import pytest

from mailbot.core.payment import Ways
from tests.unit.config.conftest import Folder

IBAN = "FR76 3000 6000 0112 3456 7890 189"


def test_everything_about_paying_is_read_and_tidied(folder: Folder) -> None:
    folder.add(f"""
[payment]
iban = "{IBAN.lower()}"
bic = "agrifrpp"
bank = "Crédit Agricole"
link = "https://pay.example.com/lea?n={{number}}&a={{amount}}"
cheque_to = "Léa"
cheque_address = ["1 rue X", "Québec"]

[payment.CAD]
interac = "lea@atelier.example"
account = {{ "Transit" = "12345", "Compte" = "678" }}
reference = "number"
""")
    paying = folder.load().owner.paying
    usual, dollars = paying.ways("EUR"), paying.ways("CAD")
    assert (usual.holder, usual.iban, usual.bic) == ("Atelier Léa", "FR7630006000011234567890189", "AGRIFRPP")
    assert (usual.link, usual.cheque_lines) == (
        "https://pay.example.com/lea?n={number}&a={amount}",
        ("1 rue X", "Québec"),
    )
    assert dollars == Ways(
        "Atelier Léa", fields=(("Transit", "12345"), ("Compte", "678")), interac="lea@atelier.example", rf=False
    )


def test_nothing_has_to_be_said(folder: Folder) -> None:
    assert not folder.load().owner.paying.usual.offered


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(f'iban = "{IBAN[:-1]}8"', "payment.iban: its check digits do not fit", id="a digit is wrong"),
        pytest.param('iban = "FR76 3000"', "payment.iban: is no IBAN", id="an IBAN is cut off"),
        pytest.param('iban = "12345678"', "payment.iban: is no IBAN", id="an account number is no IBAN"),
        pytest.param(f'iban = "{IBAN}"\nbic = "AGRI"', "payment.bic: must be 8 or 11", id="a BIC is cut off"),
        pytest.param('bic = "AGRIFRPP"', "payment.bic: says nothing without an iban", id="a BIC stands alone"),
        pytest.param(f'iban = "{IBAN}"\naccount = {{ A = "1" }}', "payment.account: an IBAN and", id="two accounts"),
        pytest.param("account = {}", "payment.account: must name its parts", id="an account of nothing"),
        pytest.param(f'iban = "{IBAN}"\nholder = "{"x" * 71}"', "payment.holder: banks know", id="a long name"),
        pytest.param('interac = "lea"', "payment.interac: must be the email address", id="no address"),
        pytest.param('[payment.EUR]\ninterac = "l@e.org"', "payment.EUR.interac: Interac moves", id="Interac in euros"),
        pytest.param('link = "http://pay.example/"', 'payment.link: must begin with "https://"', id="an open link"),
        pytest.param('link = "javascript:alert(1)"', 'payment.link: must begin with "https://"', id="a script"),
        pytest.param('link = "https://a@b.example/"', 'payment.link: must begin with "https://"', id="a hidden host"),
        pytest.param('link = "https://{number}.example/"', "payment.link: must begin with", id="a host of any name"),
        pytest.param('link = "https://p.example/{nr}"', "payment.link: knows {number}", id="an unknown blank"),
        pytest.param('link = "https://p.example/ x"', "payment.link: holds a sign", id="a blank in a link"),
        pytest.param('cheque_address = ["1 rue X"]', "payment.cheque_to: is missing", id="a cheque to nobody"),
        pytest.param('reference = "qrr"', "payment.reference: must be one of rf, number", id="another reference"),
        pytest.param('ibna = "x"', 'payment.ibna: is not known here; did you mean "iban"', id="a slip of the pen"),
    ],
)
def test_what_is_wrong_is_told_with_its_key(folder: Folder, text: str, words: str) -> None:
    folder.add(f"\n[payment]\n{text}\n")
    (fault,) = folder.faults()
    assert words in fault
    assert fault.startswith("mailbot.toml")
