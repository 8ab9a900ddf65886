"""What is understood of a client's words, and whether the ladder waits."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.core.intent import Intent, Scope
from mailbot.reading import language_of, read, read_auto
from mailbot.reading.phrases import compile_phrase

WEDNESDAY = date(2026, 3, 4)

SAID = [
    ("I have NOT paid yet, end of next week, promise.", Intent.PROMISE_TO_PAY, "2026-03-13"),
    ("Pas encore payé, je vous fais le virement vendredi.", Intent.PROMISE_TO_PAY, "2026-03-06"),
    ("Le virement sera fait lundi.", Intent.PROMISE_TO_PAY, "2026-03-09"),
    ("We will pay on our next run, on the 25th.", Intent.PROMISE_TO_PAY, "2026-03-25"),
    ("Le virement est parti hier.", Intent.PAYMENT_CLAIMED, None),
    ("Paid yesterday by bank transfer.", Intent.PAYMENT_CLAIMED, None),
    ("Ma mère est décédée dimanche, je vous réponds plus tard.", Intent.PERSONAL_EMERGENCY, None),
    ("I am in hospital after an accident, please bear with me.", Intent.PERSONAL_EMERGENCY, None),
    ("Merci pour le rappel. Je suis hospitalisé depuis lundi.", Intent.PERSONAL_EMERGENCY, None),
    ("Nous contestons cette facture, les travaux ne sont pas terminés.", Intent.DISPUTE, None),
    ("The amount is wrong, we agreed on 400 and you billed 500.", Intent.DISPUTE, None),
    ("Notre trésorerie est très tendue, nous ne pouvons pas payer.", Intent.FINANCIAL_DIFFICULTY, None),
    ("We simply can't afford this right now.", Intent.FINANCIAL_DIFFICULTY, None),
    ("Je suis en congé, de retour le 16 mars.", Intent.ABSENCE, "2026-03-16"),
    ("I am on holiday, back on 12 August.", Intent.ABSENCE, "2026-08-12"),
    ("Could you give us another two weeks please?", Intent.EXTENSION_REQUEST, "2026-03-18"),
    ("Pouvez-vous nous accorder un délai jusqu'au 20 ?", Intent.EXTENSION_REQUEST, "2026-03-20"),
    ("Pouvez-vous me renvoyer votre RIB ?", Intent.DOCUMENT_REQUEST, None),
    ("Please send me a copy of the invoice.", Intent.DOCUMENT_REQUEST, None),
    ("Adressez-vous à compta@exemple.fr pour les factures.", Intent.REDIRECT, None),
    ("I refuse to pay, talk to my lawyer.", Intent.REFUSAL, None),
    ("Je ne paierai pas.", Intent.REFUSAL, None),
    ("Bien reçu, merci.", Intent.ACKNOWLEDGEMENT, None),
    ("Thanks for the reminder!", Intent.ACKNOWLEDGEMENT, None),
    ("Devis validé, vous pouvez commencer.", Intent.APPROVAL, None),
    ("À quoi correspond cette ligne ?", Intent.QUESTION, None),
]


@pytest.mark.parametrize(("words", "intent", "until"), SAID, ids=[words for words, _, _ in SAID])
def test_a_plain_sentence_is_understood(words: str, intent: Intent, until: str | None) -> None:
    reading = read(words, sent_on=WEDNESDAY, country="FR")
    assert reading.intent is intent
    assert (reading.until.isoformat() if reading.until else None) == until
    assert reading.hold is (intent not in (Intent.ACKNOWLEDGEMENT, Intent.APPROVAL))
    assert reading.evidence in words
    assert reading.because


HELD = [
    "",
    "?",
    "Zorglub frimoulette.",
    "Merci, mais je ne suis pas convaincu par tout cela.",
    "Thanks. About the thing we discussed with Peter on site, he told me otherwise.",
    "Bien reçu. Votre montant me laisse songeur et je le ferai savoir à qui de droit.",
    "Got it, however I doubt it.",
    "Pas bien reçu.",
    "Noted, thanks. My wife is in hospital.",
    "Photos ci-jointes. Pour le reste je vous laisse deviner ce que nous en pensons.",
]


@pytest.mark.parametrize("words", HELD, ids=[words or "nothing at all" for words in HELD])
def test_what_is_not_wholly_understood_is_held(words: str) -> None:
    assert read(words, sent_on=WEDNESDAY).hold


LET_GO = ["Bien reçu, merci.", "Noted, thanks!", "Bonjour Marie,\nC'est bien noté.\nBonne journée,\nPaul", "Ok merci"]


@pytest.mark.parametrize("words", LET_GO, ids=LET_GO)
def test_a_mere_thank_you_lets_the_ladder_go_on(words: str) -> None:
    reading = read(words, sent_on=WEDNESDAY)
    assert not reading.hold
    assert reading.intent is Intent.ACKNOWLEDGEMENT


def test_what_befalls_a_person_reaches_all_their_invoices_and_a_dispute_only_one() -> None:
    assert read("Je suis à l'hôpital.", sent_on=WEDNESDAY).scope is Scope.CLIENT
    assert read("Je conteste cette facture.", sent_on=WEDNESDAY).scope is Scope.INVOICE


def test_several_matters_in_one_mail_are_all_kept() -> None:
    words = "Le virement est parti hier. Par contre pouvez-vous m'envoyer une copie de la facture INV-1042 ?"
    reading = read(words, sent_on=WEDNESDAY)
    assert reading.intent is Intent.PAYMENT_CLAIMED
    assert Intent.DOCUMENT_REQUEST in reading.others
    assert reading.invoices == ("INV-1042",)


def test_an_absence_note_names_the_return_and_the_deputy() -> None:
    words = "I am out of the office until 16 March. For invoices please contact ap@example.com.\nme@example.com"
    reading = read_auto(words, subject="Automatic reply", sent_on=WEDNESDAY, country="GB", sender="me@example.com")
    assert reading.intent is Intent.AUTO_REPLY
    assert reading.hold
    assert reading.until == date(2026, 3, 16)
    assert reading.redirect_to == "ap@example.com"
    assert reading.scope is Scope.CLIENT


def test_a_word_to_call_back_is_no_promise_to_pay() -> None:
    reading = read("We will get back to you within two days.", sent_on=WEDNESDAY)
    assert reading.intent is not Intent.PROMISE_TO_PAY
    assert reading.until is None


def test_a_machines_mere_receipt_holds_nothing() -> None:
    reading = read_auto("Your request has been received. Ticket #4711.", sent_on=WEDNESDAY)
    assert not reading.hold
    assert reading.until is None


def test_an_address_in_an_ordinary_reply_is_no_redirect() -> None:
    reading = read("Paid yesterday.\nPaul Dupont\npaul@example.com", sent_on=WEDNESDAY)
    assert reading.redirect_to is None


@given(st.text(max_size=400), st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.sampled_from(["", "US", "FR", "CA"]))
@settings(max_examples=150)
def test_any_text_is_read_and_the_evidence_stands_in_it(words: str, sent_on: date, country: str) -> None:
    for reader in (read, read_auto):
        reading = reader(words, subject=words[:40], sent_on=sent_on, country=country)
        assert reading.evidence in words
        assert 0 <= reading.confidence <= 1
        assert reading.until is None or reading.until >= sent_on


_PIECES = st.lists(
    st.sampled_from(
        ["paid", "le 31", "virement", "not", "$1,2", "fin du mois", "@", "a@b.fr", "31/02", "in 999 days", "?"]
    ),
    max_size=40,
)


@given(_PIECES.map(" ".join))
@settings(max_examples=150)
def test_scraps_of_meaning_are_read_without_an_error(words: str) -> None:
    reading = read(words, sent_on=WEDNESDAY)
    assert reading.evidence in words


def test_a_mail_of_hostile_length_is_read_to_its_cap_and_held() -> None:
    """Gaps are bounded and the text is cut at 64 KiB, so that this ends; a hang would be the failure."""
    assert read("le virement pas le 1 1 1 a@a a point a arobase a invoice - " * 4_000, sent_on=WEDNESDAY).hold


def test_a_phrase_with_an_unknown_set_names_itself() -> None:
    with pytest.raises(ValueError, match=r"'pay \$nothing' names \$nothing"):
        compile_phrase("pay $nothing", "dispute", 1.0, {})


def test_a_phrase_may_not_begin_or_end_open() -> None:
    with pytest.raises(ValueError, match="must begin and end"):
        compile_phrase("pay ~", "dispute", 1.0, {})


@pytest.mark.parametrize(
    ("words", "language"), [("Bonjour, je vous paie demain", "fr"), ("I will pay you tomorrow", "en"), ("42", "")]
)
def test_the_language_shows_in_the_small_words(words: str, language: str) -> None:
    assert language_of(words) == language
