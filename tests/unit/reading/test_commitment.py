"""Which day of a mail is the one that its writer means, and that none is invented."""

from datetime import date

import pytest

from mailbot.reading import read, read_auto
from mailbot.reading.choice_fit import Offer, choice_weights
from mailbot.reading.commitment import odds_of
from mailbot.reading.linear import score, weights_in

WEDNESDAY = date(2026, 3, 4)

MEANT = [
    ("Sorry, I can't do it Friday. I will pay you on Monday, promise.", "GB", "2026-03-09"),
    ("Votre facture du 12 février est validée, le virement partira le 20 mars.", "FR", "2026-03-20"),
    ("Je suis en congé du 9 au 20 mars, de retour le lundi 23.", "FR", "2026-03-23"),
    ("Pourriez-vous patienter jusqu'au 31 mars ? Nous sommes juste en ce moment.", "FR", "2026-03-31"),
    ("Ich überweise das Geld bis zum 15. März, versprochen.", "DE", "2026-03-15"),
    ("Le hago la transferencia el viernes sin falta.", "ES", "2026-03-06"),
    ("Facciamo il bonifico entro il 20 marzo.", "IT", "2026-03-20"),
    ("Ik betaal uw factuur uiterlijk 20 maart.", "NL", "2026-03-20"),
    ("Le paiement est prévu semaine 13.", "FR", "2026-03-27"),
    ("Der Betrag wird in KW 13 angewiesen.", "DE", "2026-03-27"),
    ("Faço o pagamento até sexta-feira, prometo.", "PT", "2026-03-06"),
]

NONE_MEANT = [
    ("We received your invoice dated 12 March, thank you.", "GB"),
    ("Bonjour, c'est payé depuis lundi.", "FR"),
    ("Das Meeting ist am Freitag um 10 Uhr, bis dann!", "DE"),
    ("Thanks, have a lovely weekend!", "GB"),
    ("Les heures de la semaine 12 sont validées.", "FR"),
    ("Bien reçu. Nos factures se règlent à 45 jours fin de mois.", "FR"),
    ("La commande a été livrée avec trois semaines de retard.", "FR"),
]


@pytest.mark.parametrize(("words", "country", "day"), MEANT, ids=[words for words, *_ in MEANT])
def test_the_day_that_the_commitment_hangs_on_is_meant(words: str, country: str, day: str) -> None:
    found = read(words, sent_on=WEDNESDAY, country=country).until
    assert (found.isoformat() if found else None) == day


@pytest.mark.parametrize(("words", "country"), NONE_MEANT, ids=[words for words, _ in NONE_MEANT])
def test_a_day_that_nobody_commits_to_is_not_meant(words: str, country: str) -> None:
    assert read(words, sent_on=WEDNESDAY, country=country).until is None


def test_the_rules_alone_find_the_day_too() -> None:
    reading = read("Je vous paie vendredi.", sent_on=WEDNESDAY, country="FR", guesser=lambda _words, _sentences: None)
    assert reading.until == date(2026, 3, 6)


def test_a_machine_names_the_return_and_not_the_first_day_away() -> None:
    reading = read_auto("I am away from 9 March to 20 March and back on 23 March.", sent_on=WEDNESDAY, country="GB")
    assert reading.until == date(2026, 3, 23)


def test_a_choice_is_learned_from_what_is_right_and_from_where_nothing_is() -> None:
    right = Offer("a", ({"by": 1.0}, {"dated": 1.0}), (True, False))
    none = Offer("a", ({"dated": 1.0},), (False,))
    weights = choice_weights([right, none] * 5, penalty=0.1)
    good, bad = odds_of([score({"by": 1.0}, weights), score({"dated": 1.0}, weights)])
    assert good > 0.5 > bad
    assert odds_of([score({"dated": 1.0}, weights)])[0] < 0.5


def test_weights_that_are_missing_are_none() -> None:
    assert weights_in("nothing.json") == {}
