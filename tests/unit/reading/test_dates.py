"""Days as people name them, in seven languages: relative to the day of writing, and to the writer's country."""

from datetime import date

import pytest

from mailbot.reading.dates import days_in, known_languages

WEDNESDAY = date(2026, 3, 4)

FRENCH_AND_ENGLISH = [
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
    ("vendredi prochain dernier délai", "FR", "2026-03-06"),
    ("jeudi prochain", "FR", "2026-03-12"),
    ("lundi 16", "FR", "2026-03-16"),
    ("le lundi 30", "FR", "2026-03-30"),
    ("d'ici fin mai", "FR", "2026-05-31"),
    ("le dernier vendredi du mois", "FR", "2026-03-27"),
    ("le dernier jour ouvré du mois", "FR", "2026-03-31"),
    ("encore deux semaines", "FR", "2026-03-18"),
    ("trois jours de plus", "FR", "2026-03-07"),
    ("le quinze avril", "FR", "2026-04-15"),
    ("à la fin de l'année", "FR", "2026-12-31"),
    ("fin de semaine prochaine", "CA", "2026-03-15"),
    ("jusqu'au 31 mai", "FR", "2026-05-31"),
    ("another ten days", "US", "2026-03-14"),
    ("a week from Tuesday", "US", "2026-03-17"),
    ("a week on Tuesday", "GB", "2026-03-17"),
    ("close of business Thursday", "AU", "2026-03-05"),
    ("Thursday's batch", "US", "2026-03-05"),
    ("the twentieth of March", "GB", "2026-03-20"),
    ("the 20th of the month following", "NZ", "2026-04-20"),
    ("the last business day of the month", "CA", "2026-03-31"),
    ("in 24 hours", "US", "2026-03-05"),
    ("tmrw", "US", "2026-03-05"),
    ("this Wednesday", "US", "2026-03-04"),
    ("12/03", "US", "2026-12-03"),
    ("3/13", "US", "2026-03-13"),
]

OTHER_LANGUAGES = [
    ("bis zum 15.", "DE", "2026-03-15"),
    ("am 25. März", "DE", "2026-03-25"),
    ("ab dem 16.3. wieder da", "DE", "2026-03-16"),
    ("Ende nächster Woche", "DE", "2026-03-13"),
    ("Ende der Woche", "AT", "2026-03-06"),
    ("in 14 Tagen", "DE", "2026-03-18"),
    ("innert 10 Tagen", "CH", "2026-03-14"),
    ("zum Monatsende", "DE", "2026-03-31"),
    ("übermorgen", "DE", "2026-03-06"),
    ("kommenden Dienstag", "DE", "2026-03-10"),
    ("nächsten Donnerstag", "DE", "2026-03-12"),
    ("Mitte April", "DE", "2026-04-15"),
    ("noch drei Wochen", "DE", "2026-03-25"),
    ("a finales de mes", "ES", "2026-03-31"),
    ("el próximo lunes", "ES", "2026-03-09"),
    ("el viernes que viene", "ES", "2026-03-06"),
    ("antes del 20 de abril", "MX", "2026-04-20"),
    ("pasado mañana", "MX", "2026-03-06"),
    ("dentro de quince días", "ES", "2026-03-19"),
    ("la semana que viene", "ES", "2026-03-13"),
    ("entro venerdì", "IT", "2026-03-06"),
    ("a fine mese", "IT", "2026-03-31"),
    ("fra due settimane", "IT", "2026-03-18"),
    ("dopodomani", "IT", "2026-03-06"),
    ("il 1º aprile", "IT", "2026-04-01"),
    ("l'8 aprile", "IT", "2026-04-08"),
    ("eind van de maand", "NL", "2026-03-31"),
    ("volgende week vrijdag", "NL", "2026-03-13"),
    ("aanstaande maandag", "NL", "2026-03-09"),
    ("uiterlijk 20 maart", "BE", "2026-03-20"),
    ("op 16-3", "NL", "2026-03-16"),
    ("over tien dagen", "NL", "2026-03-14"),
    ("overmorgen", "BE", "2026-03-06"),
    ("até sexta-feira", "PT", "2026-03-06"),
    ("até ao fim do mês", "PT", "2026-03-31"),
    ("depois de amanhã", "BR", "2026-03-06"),
    ("dia 15/06", "BR", "2026-06-15"),
    ("dia 20 de março", "BR", "2026-03-20"),
    ("daqui a duas semanas", "PT", "2026-03-18"),
]

LAST_NAMED = [
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
    ("paiement prévu semaine 13", "FR", "2026-03-27"),
    ("le virement part en semaine n°13", "FR", "2026-03-27"),
    ("wird in KW 13 angewiesen", "DE", "2026-03-27"),
    ("scheduled for week 13", "GB", "2026-03-27"),
    ("wordt betaald in week 13", "NL", "2026-03-27"),
]

NO_DAY = [
    "lundi dernier",
    "last Friday",
    "in the post since Thursday",
    "parti depuis jeudi",
    "seit Montag unterwegs",
    "à 45 jours fin de mois",
    "la semaine 9",
    "week 80",
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
    "we march on",
    "le mois prochain",
    "à 14h",
    "le 31 février",
    "version 2.4.1",
    "letzten Freitag",
    "el lunes pasado",
    "vorige week",
    "guten Morgen",
    "por la mañana",
    "la quarta fattura",
    "a segunda parcela",
]

CASES = [*FRENCH_AND_ENGLISH, *OTHER_LANGUAGES]


@pytest.mark.parametrize(("words", "country", "day"), CASES, ids=[f"{w} ({c})" for w, c, _ in CASES])
def test_a_day_is_meant_as_it_is_said(words: str, country: str, day: str) -> None:
    assert [each.day.isoformat() for each in days_in(words, sent_on=WEDNESDAY, country=country)][:1] == [day]


@pytest.mark.parametrize(("words", "country", "day"), LAST_NAMED, ids=[f"{w} ({c})" for w, c, _ in LAST_NAMED])
def test_the_last_day_that_is_named_is_the_return(words: str, country: str, day: str) -> None:
    assert days_in(words, sent_on=WEDNESDAY, country=country)[-1].day.isoformat() == day


@pytest.mark.parametrize("words", NO_DAY, ids=NO_DAY)
def test_no_day_is_found_where_none_is_named(words: str) -> None:
    assert days_in(words, sent_on=WEDNESDAY) == []


def test_a_day_that_has_passed_is_not_ahead() -> None:
    assert days_in("le 1er mars 2026", sent_on=WEDNESDAY, country="FR") == []


def test_a_day_beyond_a_year_is_too_far() -> None:
    assert days_in("le 1er mars 2031", sent_on=WEDNESDAY, country="FR") == []


def test_a_month_that_has_passed_is_next_years() -> None:
    found = days_in("le 15 janvier", sent_on=date(2026, 11, 20), country="FR")
    assert [each.day for each in found] == [date(2027, 1, 15)]


@pytest.mark.parametrize(
    ("sent_on", "friday"), [(date(2026, 3, 7), date(2026, 3, 13)), (date(2026, 3, 6), date(2026, 3, 6))]
)
def test_the_end_of_the_week_written_on_a_weekend_is_the_week_that_comes(sent_on: date, friday: date) -> None:
    assert [each.day for each in days_in("end of the week", sent_on=sent_on, country="GB")] == [friday]


def test_a_weekday_that_a_date_follows_names_one_day() -> None:
    assert len(days_in("on Tuesday, 17 March, at noon", sent_on=WEDNESDAY, country="GB")) == 1


def test_where_either_order_is_written_the_nearer_day_ahead_is_meant() -> None:
    assert [each.day for each in days_in("paid out on 04/03", sent_on=date(2026, 3, 20), country="CA")] == [
        date(2026, 4, 3)
    ]


@pytest.mark.parametrize(
    ("words", "day"), [("by 04/05 at the latest", "2026-05-04"), ("by 02/04 at the latest", "2026-04-02")]
)
def test_where_the_country_is_not_known_the_day_comes_first(words: str, day: str) -> None:
    assert [each.day.isoformat() for each in days_in(words, sent_on=WEDNESDAY)] == [day]


def test_where_the_country_is_not_known_a_day_that_has_passed_is_read_the_other_way() -> None:
    assert [each.day for each in days_in("paid by 02/03 for sure", sent_on=date(2026, 2, 10))] == [date(2026, 3, 2)]
    assert [each.day for each in days_in("paid by 04/03 for sure", sent_on=date(2026, 3, 20))] == [date(2026, 4, 3)]


def test_every_language_of_the_reader_names_days() -> None:
    assert set(known_languages()) == {"fr", "en", "de", "es", "it", "nl", "pt"}


def test_a_mail_of_hostile_length_ends() -> None:
    """Only the beginning is searched; a hang would be the failure."""
    assert days_in("le 1 le vendredi le 31/12 bis zum " * 20_000, sent_on=WEDNESDAY)


AFTER_A_RANGE = [
    ("L'étude ferme du 19 décembre au 3 janvier inclus, on rouvre le 4.", "2027-01-04"),
    ("We are closed from 20 December to 2 January and back on the 4th.", "2027-01-04"),
    ("Fermé du 10 au 20 décembre, je paie le 21.", "2026-12-21"),
]


@pytest.mark.parametrize(("words", "day"), AFTER_A_RANGE, ids=[words for words, _ in AFTER_A_RANGE])
def test_a_day_after_a_range_is_the_one_that_follows_it(words: str, day: str) -> None:
    assert days_in(words, sent_on=date(2026, 12, 1))[-1].day.isoformat() == day


@pytest.mark.parametrize("words", ["1st thing", "you're 3rd in the queue", "we came 2nd place"])
def test_a_rank_is_no_day(words: str) -> None:
    assert days_in(words, sent_on=WEDNESDAY, country="GB") == []
