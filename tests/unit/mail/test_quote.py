"""What a person wrote anew, in seven languages, from text and from HTML."""

import json

import pytest

from mailbot.mail.quote import new_words
from tests.unit.mail.corpus import corpus

# What is reached today; a change that falls below is a step back.
EXACT_AS_LABELLED = 0.91
EXACT_WITH_OR_WITHOUT_SIGNATURE = 0.93
LOST_WORDS_AT_MOST = 2


def plain(text: str) -> str:
    return " ".join(text.split())


def test_the_corpus_of_replies_is_cut_where_its_labels_say() -> None:
    """Sources differ in whether a signature belongs to the reply; both figures are held."""
    cases = [json.loads(line) for line in corpus("replies/cases.jsonl").read_text("utf-8").splitlines()]
    as_labelled = either = lost = 0
    for case in cases:
        want = plain(case["reply"])
        got = plain(new_words(case["text"]))
        signed = plain(new_words(case["text"], keep_signature=True))
        as_labelled += got == want
        either += want in (got, signed)
        lost += want not in (got, signed) and len(signed) < len(want)
    assert as_labelled / len(cases) >= EXACT_AS_LABELLED
    assert either / len(cases) >= EXACT_WITH_OR_WITHOUT_SIGNATURE
    # One is a forward, whose words are someone else's; the other is labelled with the older mail of its thread.
    assert lost <= LOST_WORDS_AT_MOST


@pytest.mark.parametrize(
    "below",
    [
        "",
        "\n\nLe 03/11/2026 à 10:02, Julie <j@x.example> a écrit :\n\n> dû\n> dû",
        "\nLe 03/11/2026 à 10:02, Julie a écrit :\n> dû",
        "\nOn Tue, Nov 3, 2026 at 10:02 AM Julie <\nj@x.example> wrote:\n\n> dû",
        "\n________________________________\nDe : Julie <j@x.example>\nEnvoyé : mardi\nÀ : A\nObjet : F\n\ndû",
        "\n\nEnvoyé de mon iPhone",
        "\n\n-- \nAda",
    ],
)
def test_no_word_of_641_client_replies_is_lost_above_a_thread(below: str) -> None:
    """Whatever a client writes, on one line or wrapped at its commas, comes out whole above what programs add."""
    for line in corpus("client-replies/dev.jsonl").read_text("utf-8").splitlines():
        written = json.loads(line)["text"]
        for text in (written, written.replace(", ", ",\n")):
            assert plain(new_words(text + below)) == plain(written)


QUOTED = "\n\n> Bonjour,\n> la facture est due.\n"


@pytest.mark.parametrize(
    "announcement",
    [
        "On Tue, Nov 3, 2026 at 10:02 AM Julie <julie@studio.example> wrote:",
        "Le mar. 3 nov. 2026 à 10:02, Julie Martin <julie@studio.example> a écrit :",
        "Le 03/11/2026 à 10:02, Julie Martin a écrit\u00a0:",
        "Le mardi 3 novembre 2026 à 10 h 02 min 15 s UTC−5, Julie Martin <\njulie@studio.example> a écrit :",
        "Am 03.11.2026 um 10:02 schrieb Julie Martin:",
        "El mar, 3 nov 2026 a las 10:02, Julie Martin (<julie@studio.example>) escribió:",
        "Op di 3 nov 2026 om 10:02 schreef Julie Martin <julie@studio.example>:",
        "Il giorno mar 3 nov 2026 alle ore 10:02 Julie <julie@studio.example> ha scritto:",
        "Em ter., 3 de nov. de 2026 às 10:02, Julie <julie@studio.example> escreveu:",
        "-----Message d'origine-----",
        (
            "________________________________\nDe : Julie <julie@studio.example>\n"
            "Envoyé : mardi 3 novembre 2026 10:02\n"
            "À : Ada <ada@example.net>\nObjet : Facture 12"
        ),
        "From: Julie <julie@studio.example>\nSent: Tuesday, November 3, 2026 10:02\nTo: Ada\nSubject: Invoice",
        "Von: Julie <julie@studio.example>\nGesendet: Dienstag, 3. November 2026 10:02\nAn: Ada\nBetreff: Rechnung",
        "De: Julie <julie@studio.example>\nEnviado el: martes, 3 de noviembre de 2026\nPara: Ada\nAsunto: Factura",
        "Van: Julie <julie@studio.example>\nVerzonden: dinsdag 3 november 2026\nAan: Ada\nOnderwerp: Factuur",
        "Da: Julie <julie@studio.example>\nInviato: martedì 3 novembre 2026\nA: Ada\nOggetto: Fattura",
        "De: Julie <julie@studio.example>\nEnviada em: terça-feira, 3 de novembro\nPara: Ada\nAssunto: Fatura",
    ],
)
def test_the_thread_under_an_announcement_is_cut(announcement: str) -> None:
    assert new_words(f"Le virement part vendredi.\n\n{announcement}{QUOTED}") == "Le virement part vendredi."


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nAda\nACME",
        "Envoyé de mon iPhone",
        "Sent from my iPhone",
        "Envoyé à partir de Outlook pour Android",
        "Télécharger Outlook pour iOS <https://aka.ms/o0ukef>",
        "Gesendet von Outlook für Android<https://aka.ms/x>",
        "Ce message et toutes les pièces jointes sont confidentiels et destinés\nà leurs seuls destinataires.",
    ],
)
def test_signatures_and_small_print_go(signature: str) -> None:
    assert new_words(f"C'est payé.\n\n{signature}\n") == "C'est payé."


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("Sent from my bank account yesterday, you should have it.", id="sent from a bank"),
        pytest.param("Envoyé par virement ce matin.", id="sent by transfer"),
        pytest.param("Avis important : nous contestons la facture 12.", id="an important notice of a dispute"),
        pytest.param(
            "Virement émis\nDe : Compte ACME\nÀ : Julie Martin\nDate : 3 nov 2026\nMontant : 1 200 €", id="pasted"
        ),
        pytest.param("Le 3 novembre je vous ai écrit :\nla prestation n'est pas conforme.", id="I wrote to you"),
        pytest.param("Voici :\n---\nNous contestons.", id="a rule between words"),
        pytest.param("On wrote off 3 of them.\nOn verra lundi", id="lines that begin with On"),
    ],
)
def test_words_of_a_person_are_never_lost(words: str) -> None:
    assert new_words(f"Bonjour,\n\n{words}") == f"Bonjour,\n\n{words}"


def test_answers_between_and_under_quotes_are_kept() -> None:
    text = "Le 03/11/2026 à 10:02, Julie a écrit :\n> Quand payez-vous ?\nVendredi.\n\n> Le tout ?\nOui.\n\nAda"
    assert new_words(text) == "Vendredi.\n\nOui.\n\nAda"


def test_a_letter_that_is_all_quoted_below_a_header_is_kept() -> None:
    """With no word above the cut, what stands below may be the answer."""
    text = "De : Julie <julie@studio.example>\nEnvoyé : mardi\nÀ : Ada\nObjet : Facture\n\nJe paie vendredi."
    assert new_words(text) == "Je paie vendredi."


def test_a_server_banner_goes_and_the_words_on_its_line_stay() -> None:
    assert new_words("[EXTERNAL] Bonjour, c'est payé.") == "Bonjour, c'est payé."


@pytest.mark.parametrize(
    "html",
    [
        (
            '<div>Payé.</div><div class="gmail_quote"><div class="gmail_attr">Le 3 nov. a écrit</div>'
            '<blockquote class="gmail_quote">dû</blockquote></div>'
        ),
        '<div>Payé.</div><div class="gmail_quote">---------- Forwarded<br>dû</div>',
        '<p>Payé.</p><blockquote type="cite"><div>dû</div></blockquote>',
        '<div>Payé.</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg">De : Julie</div><div>dû</div>',
        '<div>Payé.</div><div id="x_divRplyFwdMsg"><b>De :</b> Julie</div><p>dû</p>',
        (
            "<body><div><p>Payé.</p></div><div style='border-top:solid #E1E1E1 1.0pt'>"
            "<p><b>De :</b> Julie &lt;j@x.example&gt;"
            "<br><b>Envoyé :</b> mardi 3 novembre 2026 10:02<br><b>À :</b> Ada"
            "<br><b>Objet :</b> Facture</p></div><p>dû</p>"
        ),
        '<div>Payé.</div><div class="yahoo_quoted">dû</div>',
        '<div>Payé.</div><div class="gmail_signature">Ada, 0102030405</div><blockquote type="cite">dû</blockquote>',
    ],
)
def test_cues_of_mail_programs_in_html_are_believed(html: str) -> None:
    from mailbot.mail.hypertext import text_of_html

    assert new_words(text_of_html(html), html) == "Payé."


def test_an_answer_between_two_quotes_of_gmail_is_kept() -> None:
    html = (
        '<div class="gmail_quote"><div class="gmail_attr">x</div><blockquote class="gmail_quote">Quand ?</blockquote>'
        '<div>Vendredi.</div><blockquote class="gmail_quote">Tout ?</blockquote><div>Oui.</div></div>'
    )
    assert new_words("", html).split() == ["Vendredi.", "Oui."]


def test_an_indent_drawn_by_the_writer_is_no_quote() -> None:
    html = '<p>Voici :</p><blockquote style="margin:0 0 0 40px;border:none">IBAN FR76</blockquote>'
    html += "<blockquote type=cite>q</blockquote>"
    assert plain(new_words("", html)) == "Voici : IBAN FR76"
