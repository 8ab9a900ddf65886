"""Mails that announce other bank details, in seven languages, and harmless ones that only sound like it."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.reading.diversion import diversion, foreign_iban
from tests.unit.mail.corpus import corpus
from tests.yardstick import slowness

OURS = ("IBAN : FR76 3000 6000 0112 3456 7890 189", "BIC AGRIFRPP")

ANNOUNCED = {
    "en": [
        "Please note that our bank details have changed.",
        "Kindly update your records with our new banking information.",
        "All payments must be sent to the new account below.",
        "From now on, please pay into the following account: GB82 WEST 1234 5698 7654 32.",
        "We have switched banks, see attached letter.",
        "Please use this account for all future invoices.",
        "Our old account is under audit, do not pay to the old account.",
        "We've changed our bank account.",
        "Due to a tax audit our account is being reviewed and can no longer receive payments to this account.",
        "Find attached our updated wire instructions.",
        "Change of bank details - urgent",
        "We paid it to the new account that you emailed us on Monday.",
        "Did you change your bank? Somebody asked us to pay another IBAN.",
        "Can you confirm that your new bank details are correct?",
    ],
    "fr": [
        "Nos coordonnées bancaires ont changé.",
        "Veuillez trouver ci-joint notre nouveau RIB.",
        "Merci de virer désormais sur le compte suivant : DE89 3704 0044 0532 0130 00.",
        "Suite à un changement de banque, merci d'utiliser ce compte.",
        "Merci de ne plus utiliser l'ancien compte.",
        "Nous avons modifié notre IBAN.",
        "Mise à jour de nos coordonnées bancaires",
        "Le règlement doit être fait sur notre nouveau compte.",
        "Nous avons reçu votre nouveau RIB et avons viré dessus.",
        "Vos coordonnées bancaires ont-elles changé ?",
    ],
    "de": ["Unsere Bankverbindung hat sich geändert.", "Bitte überweisen Sie auf das neue Konto.", "Neue IBAN anbei."],
    "es": ["Hemos cambiado de banco.", "Nuestros datos bancarios han cambiado.", "Le envío la nueva cuenta bancaria."],
    "it": ["Le nostre coordinate bancarie sono cambiate.", "Vi inviamo il nuovo IBAN.", "Abbiamo cambiato banca."],
    "nl": [
        "Onze bankgegevens zijn gewijzigd.",
        "Hierbij ons nieuwe rekeningnummer.",
        "Graag op onderstaande rekening.",
    ],
    "pt": ["Os nossos dados bancários mudaram.", "Segue o novo IBAN.", "Mudamos de banco."],
}
HARMLESS = [
    "Could you send me your bank details?",
    "Please send your new bank details with the invoice.",
    "Pouvez-vous m'envoyer votre RIB ?",
    "Merci de m'envoyer vos nouvelles coordonnées bancaires.",
    "The bank transfer left yesterday.",
    "We will pay from another account.",
    "My bank account is empty this month.",
    "Our account manager has changed.",
    "The payment date has changed to Friday.",
    "Nous paierons depuis un autre compte.",
    "Le virement est parti de notre banque hier.",
    "La banque a bloqué le virement, ce sera fait demain.",
    "Notre comptable a changé, merci d'écrire à Luc.",
    "Nouvelle adresse de facturation : 12 rue des Lilas.",
    "Please send the invoice to our new address.",
    "Je vous paie sur votre compte habituel.",
    "Merci, bien reçu.",
    "",
]


@pytest.mark.parametrize("words", [words for each in ANNOUNCED.values() for words in each])
def test_other_bank_details_are_noticed(words: str) -> None:
    assert diversion(f"Bonjour,\n\n{words}\n\nA. Durand", "", OURS), words


@pytest.mark.parametrize("words", HARMLESS)
def test_harmless_words_about_money_are_not(words: str) -> None:
    assert diversion(words, "Re: Facture F-1", OURS) is None


def test_the_subject_alone_is_enough() -> None:
    assert diversion("See attached.", "New bank details") == "New bank details"


def test_the_evidence_is_the_writers_own_sentence() -> None:
    assert diversion("Hello.\n\nOur bank details have changed. Bye.") == "Our bank details have changed."


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("pay GB82 WEST 1234 5698 7654 32 please", True),
        ("pay GB82WEST12345698765432", True),
        ("pay gb82-west-1234-5698-7654-32", True),
        ("pay GB83 WEST 1234 5698 7654 32", False),
        ("FR76 3000 6000 0112 3456 7890 189", False),
        ("FR7630006000011234567890189 is right?", False),
        ("order AB12 3456 7890 1234 5678", False),
    ],
    ids=["in groups", "in one", "with dashes", "a wrong check digit", "ours", "ours in one", "an order number"],
)
def test_an_iban_that_is_not_ours_is_found(text: str, *, found: bool) -> None:
    assert bool(foreign_iban(text, OURS)) is found


def test_a_foreign_iban_counts_only_beside_a_hint() -> None:
    assert diversion("Please transfer to GB82 WEST 1234 5698 7654 32", "", OURS)
    assert diversion("Ref GB82 WEST 1234 5698 7654 32", "", OURS) is None


def test_honest_replies_of_the_corpus_are_rarely_frozen() -> None:
    mails = [json.loads(line) for line in (corpus("client-replies") / "dev.jsonl").read_text("utf-8").splitlines()]
    frozen = [words for mail in mails if diversion(words := str(mail["text"]), "", OURS)]
    assert len(frozen) <= len(mails) * 0.02, frozen


@given(st.text(max_size=3_000))
def test_any_words_can_be_looked_at(words: str) -> None:
    diversion(words, words[:100], (words[:40],))


@pytest.mark.parametrize("piece", ["new bank ", "GB82 ", "A1", "our bank details ", "\n", "change de "])
def test_long_words_take_linear_time(piece: str) -> None:
    started = time.process_time()
    diversion(piece * (64 * 1024 // len(piece)))
    assert time.process_time() - started < 2 * slowness()
