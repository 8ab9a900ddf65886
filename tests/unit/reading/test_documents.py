"""Which documents a request names, in the languages of clients."""

import pytest

from mailbot.reading.documents import documents_asked


@pytest.mark.parametrize(
    ("words", "documents"),
    [
        pytest.param("Pourriez-vous me renvoyer la facture 1042 ?", ["copy"], id="send it again, in French"),
        pytest.param("Je ne retrouve plus votre facture, une copie svp", ["copy"], id="a lost bill"),
        pytest.param("Could you please resend the invoice as a PDF?", ["copy"], id="send it again, in English"),
        pytest.param("We never received the invoice.", ["copy"], id="never received"),
        pytest.param("Können Sie mir die Rechnung noch einmal schicken?", ["copy"], id="in German"),
        pytest.param("¿Me puede reenviar la factura?", ["copy"], id="in Spanish"),
        pytest.param("Potete inviarmi una copia della fattura?", ["copy"], id="in Italian"),
        pytest.param("Kunt u de factuur opnieuw sturen?", ["copy"], id="in Dutch"),
        pytest.param("Pode mandar a segunda via da fatura?", ["copy"], id="in Portuguese"),
        pytest.param("Il me faudrait votre RIB, merci", ["bank_details"], id="a French account slip"),
        pytest.param("Where shall I send the payment?", ["bank_details"], id="where to pay"),
        pytest.param("Please share your bank details.", ["bank_details"], id="bank details"),
        pytest.param("Auriez-vous un spécimen de chèque ?", ["bank_details"], id="a specimen cheque"),
        pytest.param("Pouvez-vous m'envoyer un reçu ?", ["receipt"], id="a receipt in French"),
        pytest.param("Il me faut une facture acquittée.", ["receipt"], id="a bill marked paid"),
        pytest.param("Could you send me a receipt for my records?", ["receipt"], id="a receipt in English"),
        pytest.param("Please send us a W-9 first.", ["tax_form"], id="a tax form"),
        pytest.param("Merci de joindre l'attestation de vigilance.", ["tax_form"], id="a certificate"),
        pytest.param("Il manque le numéro de commande.", ["order_number"], id="an order number"),
        pytest.param("Which PO number is this for? Our PO 4711?", ["order_number"], id="a purchase order"),
        pytest.param("Merci de refaire la facture au bon nom.", ["corrected"], id="a wrong name"),
        pytest.param("Send a copy of the invoice and your IBAN, please.", ["copy", "bank_details"], id="two things"),
        pytest.param("Votre facture est bien reçue.", [], id="received is no receipt"),
        pytest.param("Pas besoin d'une copie de la facture.", [], id="no copy is needed"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_what_is_asked_for(words: str, documents: list[str]) -> None:
    assert [document.value for document in documents_asked(words)] == documents


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("Pouvez-vous renvoyer la facture avec notre SIRET ?", id="with another number on it"),
        pytest.param("Please resend the invoice with our address.", id="with another address on it"),
        pytest.param("Merci de renvoyer la facture par Peppol.", id="through a portal"),
        pytest.param("Send the invoice again with the timesheets please", id="with other papers"),
        pytest.param("Renvoyez-moi toutes les factures de l'année", id="all of a year"),
    ],
)
def test_what_a_bare_copy_would_not_answer_is_no_copy(words: str) -> None:
    assert [document.value for document in documents_asked(words)] != ["copy"]


def test_a_long_hostile_text_is_read_quickly_and_says_what_it_says() -> None:
    assert [d.value for d in documents_asked("une copie " * 20_000)] == ["copy"]
