"""Who wants no more letters gets none, whatever they are about; who refuses one invoice is asked about that one."""

from datetime import date

import pytest

from mailbot.core.intent import Intent, Scope
from mailbot.reading import read
from mailbot.reading.silence import wants_silence
from mailbot.reading.words import sentences_of

WHOLE = {
    "en": "Stop contacting me. I am not going to pay.",
    "a lawyer's, en": "We refuse to pay. All further correspondence is to go to our solicitors.",
    "a list": "I won't pay this nonsense, delete my address from your system.",
    "fr": "Je ne paierai pas. Ne me contactez plus jamais.",
    "fr, spoken": "Lâchez l'affaire, je paierai rien, laissez-moi tranquille.",
    "a lawyer's, fr": "Nous refusons de payer ; toute correspondance passera désormais par notre avocat.",
    "de": "Ich werde nicht zahlen. Schreiben Sie mir nicht mehr.",
    "es": "No voy a pagar. No me escriban más.",
    "nl": "Ik betaal niet. Laat me met rust.",
    "it": "Non pagherò. Non scrivetemi più.",
    "pt": "Não vou pagar. Não me contactem mais.",
}
ONE = {
    "en": "I refuse to pay this invoice.",
    "this one only": "I will not pay. Stop emailing us about this invoice.",
    "fr": "Je conteste cette facture et je refuse de la payer.",
    "celle-ci": "Je refuse de payer, arrêtez les relances pour cette facture.",
}


@pytest.mark.parametrize("words", WHOLE.values(), ids=WHOLE.keys())
def test_no_more_letters_means_none_at_all(words: str) -> None:
    assert wants_silence(Intent.REFUSAL, (), sentences_of(words))
    assert wants_silence(Intent.DISPUTE, (Intent.REFUSAL,), sentences_of(words))


@pytest.mark.parametrize("words", ONE.values(), ids=ONE.keys())
def test_one_refused_invoice_says_nothing_of_the_others(words: str) -> None:
    assert not wants_silence(Intent.REFUSAL, (), sentences_of(words))


def test_reminders_that_a_payment_made_needless_are_no_such_wish() -> None:
    words = "Please stop sending reminders, I paid yesterday."
    assert not wants_silence(Intent.PAYMENT_CLAIMED, (), sentences_of(words))


@pytest.mark.parametrize(("words", "scope"), [(WHOLE["fr"], Scope.CLIENT), (ONE["fr"], Scope.INVOICE)])
def test_the_reading_says_what_is_silent(words: str, scope: Scope) -> None:
    assert read(words, sent_on=date(2026, 11, 2)).scope is scope
