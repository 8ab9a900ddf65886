"""Days as people name them: relative to the day of writing, and to the writer's country."""

from datetime import date

import pytest

from mailbot.reading.dates import Aim, day_named

WEDNESDAY = date(2026, 3, 4)

COMMITMENTS = [
    ("je vous paie vendredi", "FR", "2026-03-06"),
    ("ce sera réglé vendredi prochain", "FR", "2026-03-06"),
    ("lundi en huit", "FR", "2026-03-16"),
    ("virement fin du mois", "FR", "2026-03-31"),
    ("fin de mois", "FR", "2026-03-31"),
    ("fin mars", "FR", "2026-03-31"),
    ("fin du mois prochain", "FR", "2026-04-30"),
    ("d'ici le 15", "FR", "2026-03-15"),
    ("le 2", "FR", "2026-04-02"),
    ("sous huitaine", "FR", "2026-03-12"),
    ("sous quinzaine", "FR", "2026-03-19"),
    ("en fin de semaine", "FR", "2026-03-06"),
    ("en fin de semaine", "CA", "2026-03-08"),
    ("fin de la semaine prochaine", "FR", "2026-03-13"),
    ("la semaine prochaine", "FR", "2026-03-13"),
    ("d'ici 10 jours", "FR", "2026-03-14"),
    ("sous 48h", "FR", "2026-03-06"),
    ("sous 5 jours ouvrés", "FR", "2026-03-11"),
    ("après-demain", "FR", "2026-03-06"),
    ("demain matin à la première heure", "FR", "2026-03-05"),
    ("aujourd’hui", "FR", "2026-03-04"),
    ("le 12 août", "FR", "2026-08-12"),
    ("1er avril", "FR", "2026-04-01"),
    ("mardi 17 mars 2026", "FR", "2026-03-17"),
    ("mardi 17", "FR", "2026-03-17"),
    ("le 04/05", "FR", "2026-05-04"),
    ("on 04/05", "US", "2026-04-05"),
    ("on 04/05", "GB", "2026-05-04"),
    ("le 04/05", "CA", "2026-05-04"),
    ("2026-04-01", "CA", "2026-04-01"),
    ("le 15.04.2026", "CH", "2026-04-15"),
    ("le 15 du mois prochain", "FR", "2026-04-15"),
    ("EOW", "US", "2026-03-06"),
    ("by end of the week", "GB", "2026-03-06"),
    ("in a fortnight", "GB", "2026-03-18"),
    ("our next pay run is the 25th", "GB", "2026-03-25"),
    ("tomorrow", "US", "2026-03-05"),
    ("first thing Monday", "US", "2026-03-09"),
    ("next Friday", "GB", "2026-03-13"),
    ("Friday week", "GB", "2026-03-13"),
    ("Monday week", "GB", "2026-03-16"),
    ("within 10 days", "US", "2026-03-14"),
    ("in two weeks", "US", "2026-03-18"),
    ("in a couple of weeks", "US", "2026-03-18"),
    ("in the next five business days", "US", "2026-03-11"),
    ("within 5 working days", "US", "2026-03-11"),
    ("by March 15", "US", "2026-03-15"),
    ("by the 15th of March", "GB", "2026-03-15"),
    ("on Mar 15, 2026", "US", "2026-03-15"),
    ("end of next week", "US", "2026-03-13"),
    ("end of next month", "US", "2026-04-30"),
    ("month end", "US", "2026-03-31"),
    ("in 3 weeks' time", "GB", "2026-03-25"),
    ("two weeks from now", "US", "2026-03-18"),
    ("tonight", "US", "2026-03-04"),
    ("5 days from today", "US", "2026-03-09"),
    ("avant le week-end", "FR", "2026-03-06"),
    ("this weekend", "US", "2026-03-08"),
    ("ce soir", "FR", "2026-03-04"),
    ("dans une dizaine de jours", "FR", "2026-03-14"),
    ("dans 15 jours", "FR", "2026-03-19"),
    ("mi-avril", "FR", "2026-04-15"),
    ("mid-April", "GB", "2026-04-15"),
    ("mercredi", "FR", "2026-03-11"),
]

RETURNS = [
    ("back on 12 August", "GB", "2026-08-12"),
    ("le temps que je rentre le 12", "FR", "2026-03-12"),
    ("de retour lundi", "FR", "2026-03-09"),
    ("fermé du 24 décembre au 2 janvier", "FR", "2027-01-02"),
    ("absent jusqu'au 19 mars inclus", "FR", "2026-03-19"),
    ("out of office until Monday 16 March", "US", "2026-03-16"),
    ("from 2 March to 20 March", "GB", "2026-03-20"),
    ("en congé du 2 au 20 mars", "FR", "2026-03-20"),
    ("away until next Thursday", "GB", "2026-03-12"),
    ("je ne serai de retour que le 3 novembre", "FR", "2026-11-03"),
]

NO_COMMITMENT = [
    "votre facture du 12 mars",
    "your invoice dated 12 March",
    "reçue le 28/02",
    "lundi dernier",
    "last Friday",
    "il y a trois semaines",
    "two weeks ago",
    "I may pay you",
    "les 12 cartons",
    "call 0113 496 0000",
    "24/7",
    "le 06 12 34 56 78",
    "12,50 €",
    "F-2026-104",
    "le 3 rue des Lilas",
    "quand je pourrai",
    "depuis le 2 mars",
    "we march on",
    "the 3rd reminder",
    "le mois prochain",
    "every Friday",
    "tous les vendredis",
    "à 14h",
    "votre mail du 2",
    "le 31 février",
]


@pytest.mark.parametrize(("words", "country", "day"), COMMITMENTS, ids=[f"{w} ({c})" for w, c, _ in COMMITMENTS])
def test_a_day_is_meant_as_it_is_said(words: str, country: str, day: str) -> None:
    found = day_named(words, Aim.BY, sent_on=WEDNESDAY, country=country)
    assert found is not None
    assert found.isoformat() == day


@pytest.mark.parametrize(("words", "country", "day"), RETURNS, ids=[f"{w} ({c})" for w, c, _ in RETURNS])
def test_a_return_is_the_last_day_that_the_words_lead_to(words: str, country: str, day: str) -> None:
    found = day_named(words, Aim.BACK, sent_on=WEDNESDAY, country=country)
    assert found is not None
    assert found.isoformat() == day


@pytest.mark.parametrize("words", NO_COMMITMENT, ids=NO_COMMITMENT)
def test_no_day_is_invented(words: str) -> None:
    assert day_named(words, Aim.BY, sent_on=WEDNESDAY, country="FR") is None


def test_a_day_in_the_past_is_no_commitment() -> None:
    assert day_named("le 1er mars 2026", Aim.BY, sent_on=WEDNESDAY, country="FR") is None


def test_a_day_beyond_a_year_is_no_commitment() -> None:
    assert day_named("le 1er mars 2031", Aim.BY, sent_on=WEDNESDAY, country="FR") is None


def test_a_month_that_has_passed_is_next_years() -> None:
    assert day_named("le 15 janvier", Aim.BY, sent_on=date(2026, 11, 20), country="FR") == date(2027, 1, 15)


@pytest.mark.parametrize(
    ("sent_on", "friday"), [(date(2026, 3, 7), date(2026, 3, 13)), (date(2026, 3, 6), date(2026, 3, 6))]
)
def test_the_end_of_the_week_written_on_a_weekend_is_the_week_that_comes(sent_on: date, friday: date) -> None:
    assert day_named("end of the week", Aim.BY, sent_on=sent_on, country="GB") == friday
