"""Trades, opening hours and small talk that sign a letter say nothing about the invoice; words below them still do."""

import pytest

from mailbot.mail.signature import said, says_nothing, subject_in_own_words

WORDS = "Bonjour,\n\nBien reçu, merci."


@pytest.mark.parametrize(
    "block",
    [
        "Cordialement,\n\nDr Émilie Hardy\nService des Urgences - Hôpital Saint-Roch\nAbsente le mercredi",
        "Bien à vous\nSylvie ROCHE\nService contentieux et litiges\n01 40 00 00 00",
        "Cdlt,\nM. Fabre\nNotaire - Successions, décès, divorces",
        "Kind regards,\nHelen Marsh\nInsolvency and Restructuring\n+44 20 7946 0011",
        "Best,\nGrace\nHospice & Bereavement Care",
        "Mit freundlichen Grüßen\ni. A. Sabine Wolf\nInsolvenzverwaltung",
        "Met vriendelijke groet,\n\nAnke de Vries\nSpoedeisende hulp",
        "Un saludo,\nLucía Romero\nAdministración concursal",
        "Cordiali saluti\nPaolo Ricci\nPronto soccorso",
        "Com os melhores cumprimentos,\nRui Teixeira\nHospital da Luz",
        "Bien cordialement,\nOdile Marchand\nService recettes\nCentre hospitalier de Vire",
        "Merci,\nBenoît Carlier\nMandataire judiciaire\nNos bureaux seront fermés du 1er au 15 août",
    ],
)
def test_who_signs_under_a_closing_phrase_says_nothing(block: str) -> None:
    closing = block.partition("\n")[0]
    assert said(f"{WORDS}\n\n{block}") == f"{WORDS}\n\n{closing}"


@pytest.mark.parametrize(
    ("name", "block"),
    [
        ("Paul Reese", "Paul Reese, LIT\nLicensed Insolvency Trustee | Consumer Proposals & Bankruptcy"),
        ("Amara Obi", "Dr Amara Obi\nA&E and Trauma\nI work flexibly: I do not expect a reply outside your hours."),
        ("Jenny Park", "*Jenny Park* | Director\nPark Emergency Services\nm: +1 555 010 0199"),
        ("PETIT Clémence", "Clémence Petit | Gestionnaire litiges et contentieux\nTél : 03 88 00 00 00"),
        ("", "Marie-Ève Roy\nUrgences vétérinaires"),
        ("Thierry L.", "Thierry\nPompes funèbres Lambert\nDécès, obsèques, marbrerie"),
    ],
)
def test_who_signs_with_their_own_name_says_nothing_below_it(name: str, block: str) -> None:
    assert said(f"{WORDS}\n\n{block}", name, "marie-eve.roy@client.example") == WORDS


def test_lines_about_a_firm_with_its_telephone_sign_too() -> None:
    block = "Clinique des Acacias\nUrgences 24h/24 : 05 55 00 00 00\nLa clinique sera fermée le 1er mai"
    assert said(f"Reçu.\n\n{block}", "Accueil", "contact@acacias.example") == "Reçu."


def test_lines_under_a_long_rule_sign_where_they_tell_a_site() -> None:
    block = "_____________\nL'association Entraide Deuil accueille les familles.\nFaites un don : www.entraide.example"
    assert said(f"Merci, bien reçu !\n\n\n{block}") == "Merci, bien reçu !"
    told = "Voici ce qui s'est passé\n--------\nLe toit fuit depuis mardi."
    assert said(told) == told


@pytest.mark.parametrize(
    "below",
    [
        "PS : je suis à l'hôpital jusqu'à vendredi.",
        "Virement fait ce matin.",
        "I paid on Friday.",
        "On se voit quand ?",
        "Hospitalisée depuis mardi",
        "Fermé jusqu'au 12 mai",
        "P.S. hospital until Friday",
        "En mon absence : lea.petit@client.example",
    ],
)
@pytest.mark.parametrize("signed", ["Cordialement,\nClaire Dumas", "Claire Dumas", "Merci\nClaire\n06 12 34 56 78"])
def test_what_is_said_below_a_name_is_kept(signed: str, below: str) -> None:
    kept = said(f"{WORDS}\n\n{signed}\n\n{below}", "Claire Dumas", "claire@client.example")
    assert kept.startswith(WORDS)
    assert kept.endswith(below)


@pytest.mark.parametrize(
    "words",
    [
        "Cordialement,\nClaire",
        "Claire Dumas",
        "Bonjour,\nClaire Dumas, ma mère, nous a quittés.\nLes obsèques auront lieu jeudi.",
        "Bonjour,\nClaire Dumas - elle est absente\nFermé pour travaux",
        "Claire Dumas\nHospitalisée depuis mardi",
        "Merci\nPayé",
        "Merci\nla facture est contestée",
        "Thanks\nsettled on Monday",
        "Bonjour,\nClaire est à l'hôpital.",
        "Hi\nPlease call Fatou Diallo\n06 98 76 54 32\nshe does the payments",
        "Je ne peux pas payer.\n\nMerci",
        "Hello\n\nNew number\n+33 6 12 34 56 78\nWire sent",
        "Voyez avec ma remplaçante :\n\nFatou Diallo\nResponsable\n06 98 76 54 32",
    ],
)
def test_words_of_a_person_are_never_lost(words: str) -> None:
    assert said(words, "Claire Dumas", "claire@client.example") == words


def test_a_long_letter_costs_no_more_than_its_length() -> None:
    assert said("Merci\n" * 20_000 + "Claire\n" * 20_000, "Claire Dumas").startswith("Merci")


@pytest.mark.parametrize(
    "words", ["", "Cordialement,\nClaire", "Voir objet.", "Bonjour Jean,\n\ncf. titre\n\nMerci", "See subject line"]
)
def test_a_greeting_and_a_name_say_nothing(words: str) -> None:
    assert says_nothing(words, "Claire Dumas")


@pytest.mark.parametrize("words", ["Payé", "Bonjour, c'est fait", "Claire est malade", "Bonjour je paie", "Oui"])
def test_one_word_can_say_all(words: str) -> None:
    assert not says_nothing(words, "Claire Dumas")


@pytest.mark.parametrize(
    ("subject", "own"),
    [
        ("Will pay INV-1042 on Friday [eom]", "Will pay INV-1042 on Friday"),
        ("Virement fait ce matin", "Virement fait ce matin"),
        ("Re: Facture 12", ""),
        ("RE : Facture 12", ""),
        ("[EXT] AW: Rechnung", ""),
        ("TR: Facture", ""),
        ("Rép : Facture", ""),
        ("Re[2]: Facture", ""),
        ("Règlement : fait", "Règlement : fait"),
    ],
)
def test_a_subject_speaks_where_the_writer_worded_it(subject: str, own: str) -> None:
    assert subject_in_own_words(subject) == own
