"""What servers, programs and ticket systems put around a person's words is not the person's."""

import pytest

from mailbot.mail.quote import new_words, signs_alone


@pytest.mark.parametrize(
    "banner",
    [
        "[EXTERNE] Ce courriel provient de l'extérieur de l'organisation. Soyez prudent avec les liens.",
        "CAUTION: This email originated from outside of the organization. Do not click links or open attachments.",
        "External Sender: be cautious with links.",
        "ATTENTION : expéditeur externe.\nNe cliquez sur aucun lien et n'ouvrez pas les pièces jointes sans raison.",
        "WARNING: this message came from an external source.\nDo not open attachments unless you know the sender.",
        "[EXT] DO NOT reply, click on links or open attachments unless you know the sender.\n________________",
        "\u26a0 Courriel externe / External email \u26a0",
        "Vorsicht: Diese E-Mail kommt von außerhalb der Organisation.",
        "Let op: deze e-mail komt van buiten de organisatie. Klik niet op links.",
        (
            "Vous n'obtenez pas souvent d'e-mail à partir de a@b.example. Pourquoi c'est important"
            "<https://aka.ms/LearnAboutSenderIdentification>"
        ),
        "You don't often get email from a@b.example. Learn why this is important",
    ],
)
def test_the_warning_of_a_server_above_the_words_goes(banner: str) -> None:
    assert new_words(f"{banner}\n\nBonjour,\n\nC'est payé.") == "Bonjour,\n\nC'est payé."


@pytest.mark.parametrize(
    "words",
    [
        "Bonjour, notre comptable externe a reçu votre mail et paie demain.",
        "Attention : le lien de paiement ne marche pas, je n'arrive pas à ouvrir la pièce jointe.",
        "Warning: we dispute the attachment to your invoice.",
        "I'm outside the office until Monday, the email from the accountant never came.",
        "Do not open a new ticket, just send me the link.",
        "Je suis à l'extérieur de Paris, je paie lundi.",
    ],
)
def test_a_person_who_writes_of_mails_and_links_is_no_banner(words: str) -> None:
    assert new_words(words + "\n\nMerci d'avance") == words + "\n\nMerci d'avance"


@pytest.mark.parametrize(
    "device",
    [
        "Envoyé de mon iPhone",
        "Sent from my Galaxy",
        "Enviado desde mi Samsung Mobile de Claro",
        "Envoyé depuis mon Huawei",
        "Télécharger Outlook pour iOS<https://aka.ms/o0ukef>",
    ],
)
def test_a_device_that_signs_alone_is_known(device: str) -> None:
    assert signs_alone(new_words(f"{device}\n\n> dû"))
    assert not signs_alone(new_words(f"{device}\n\nPayé."))


@pytest.mark.parametrize("words", ["", "Sent from my bank yesterday.", "Envoyé par virement."])
def test_who_sends_from_a_bank_is_no_device(words: str) -> None:
    assert not signs_alone(words)


def test_words_below_a_device_line_are_kept() -> None:
    assert new_words("Sent from my iPhone\n\nPaid on Friday.").endswith("Paid on Friday.")


@pytest.mark.parametrize(
    "announcement",
    [
        "Jean Martin schreef op 2026-03-09 07:14:",
        "Jean Martin schrieb am 09.03.2026 um 07:14:",
        "Jean Martin a écrit le 09/03/2026 à 07:14 :",
        "Jean Martin wrote on 2026-03-09 07:14:",
        "Jean Martin ha scritto il 09/03/2026 07:14:",
        "Jean Martin escribió el 09/03/2026 7:14:",
        "Jean Martin <jean@b.example> escreveu (terça, 9/03/2026 à(s) 07:14):",
        '----- Mail original -----\nDe: "Jean" <jean@b.example>\nObjet: Facture',
        "----- Courriel original -----",
        "Jean Martin wrote:",
        "Jean Martin a écrit :",
        "Jean Martin ---09/03/2026 09:12:11---Bonjour, la facture est due",
        "Jean Martin <jean@b.example> \n09/03/2026 09:12\n\nA\nclaire@client.example\ncc\n\nObjet\nFacture",
        "Quoting Jean Martin <jean@b.example>:",
        "Zitat von Jean Martin <jean@b.example>:",
        "Selon Jean Martin <jean@b.example>:",
        "W dniu 14.01.2014 10:02, Jean Martin pisze:",
        "Dne 14.1.2014 v 10:02 Jean Martin napsal(a):",
        "Pe 14 ian. 2014 la 10:02, Jean <jean@b.example> a scris:",
        "Jean Martin, le mar. 14 janv. 2014 10:02:03 +0100, a écrit :",
        "In a message dated 1/14/2014 10:02:03 AM Eastern Standard Time, jean@b.example writes:",
        'Message du 14/01/14 10:02\nDe : "Jean" <jean@b.example>\nA : c@d.example\nObjet : Facture',
        (
            "\u2010\u2010\u2010\u2010\u2010\u2010 Original Message \u2010\u2010\u2010\u2010\u2010\u2010\n"
            "Le mardi 14 janvier 2014 10:02, Jean <jean@b.example> a écrit :"
        ),
        "----- Mail transféré -----",
    ],
)
def test_an_announcement_that_begins_with_the_name_is_cut(announcement: str) -> None:
    assert new_words(f"Le virement part vendredi.\n\n{announcement}\n> dû") == "Le virement part vendredi."


@pytest.mark.parametrize(
    "words",
    [
        "Marie vous a écrit le 9 mars à ce sujet :\nnous contestons la ligne 2.",
        "My accountant wrote:\npaid on Friday.",
        "Ok, notre avocat vous a écrit :\nvoir sa lettre.",
        "Message du 12 mars : nous contestons.",
        "Selon moi :\nc'est payé.",
    ],
)
def test_a_person_who_tells_what_was_written_is_no_announcement(words: str) -> None:
    assert new_words(words) == words


def test_the_armour_of_a_signed_letter_goes() -> None:
    text = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nJe paie demain.\n"
        "-----BEGIN PGP SIGNATURE-----\n\niQEzBAEBCAAdFiEE\n=AbCd\n-----END PGP SIGNATURE-----\n"
    )
    assert new_words(text) == "Je paie demain."


@pytest.mark.parametrize(
    "line",
    [
        "##- Please type your reply above this line -##",
        "##- Veuillez saisir votre réponse au-dessus de cette ligne -##",
        "Reply above this line.",
        "———-—-—-— Répondez au-dessus de cette ligne ———-—-—-—",
        "-- Bitte schreiben Sie Ihre Antwort oberhalb dieser Zeile --",
    ],
)
def test_the_line_of_a_ticket_system_above_which_one_answers_goes(line: str) -> None:
    assert new_words(f"{line}\n\nNous payons le 31 mars.") == "Nous payons le 31 mars."


@pytest.mark.parametrize(
    "text",
    [
        "This message contains HTML. Please view it in an HTML-capable mail program.\n",
        "Your email client does not support HTML messages.",
        "Ce message est au format HTML. Votre logiciel de messagerie ne peut pas l'afficher.",
        "To view this message, please use an HTML compatible email viewer!",
        "   \n",
    ],
)
def test_a_text_part_that_only_points_to_the_html_gives_way_to_it(text: str) -> None:
    assert new_words(text, "<p>Il manque deux photos.</p>") == "Il manque deux photos."


@pytest.mark.parametrize(
    "line",
    [
        "Claire Dumas a réagi via Gmail",
        "Anita reacted via Gmail <https://www.google.com/gmail/about/?utm_source=gmail-in-product>",
        "Jan hat über Gmail reagiert",
        "Ana ha reaccionado a través de Gmail",
    ],
)
def test_the_line_under_a_reaction_goes_and_the_sign_stays(line: str) -> None:
    assert new_words(f"❤️\n\n{line}\n\nOn Mon, Mar 9, 2026 at 9:12 AM J <j@b.example> wrote:\n\n> dû") == "❤️"


def test_an_announcement_on_the_last_line_ends_the_letter() -> None:
    assert new_words("Payé.\n\nMessage du 14/01/14 10:02") == "Payé.\n\nMessage du 14/01/14 10:02"
    assert new_words("Payé.\n\nJean Martin wrote:") == "Payé.\n\nJean Martin wrote:"


@pytest.mark.parametrize(
    "paragraph",
    [
        "This e-mail and its attachments are confidential. If you are not the addressee, delete it.",
        "Ce courriel professionnel peut être couvert par le secret professionnel.",
        "Le présent message est réservé à ses destinataires.\nToute copie est interdite.",
        "The contents of this email are privileged.",
    ],
)
def test_small_print_about_the_letter_itself_goes(paragraph: str) -> None:
    assert new_words(f"Bien reçu.\n\n{paragraph}") == "Bien reçu."


@pytest.mark.parametrize(
    "words",
    ["This message is to tell you that we will not pay.", "Ce mail est ma dernière réponse : nous contestons."],
)
def test_a_person_who_speaks_of_their_letter_is_heard(words: str) -> None:
    assert new_words(f"Bonjour,\n\n{words}") == f"Bonjour,\n\n{words}"


@pytest.mark.parametrize(
    "line",
    [
        "Envoyé depuis mon smartphone Samsung Galaxy.",
        "-- Envoyé avec myMail pour Android",
        "Gesendet mit der GMX Mail App",
        "Sent from my Android device with K-9 Mail. Please excuse my brevity.",
        "Envoyé de mon appareil Android avec K-9 Mail. Veuillez excuser ma brièveté.",
        "Sent from a mobile device, please excuse typos.",
        "Envoyé d'un téléphone, pardonnez les fautes",
        "Von meinem Samsung Galaxy Smartphone gesendet.",
        "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
        "Get TypeApp for Android<https://x.example>",
    ],
)
def test_what_a_telephone_adds_with_an_apology_goes_too(line: str) -> None:
    assert new_words(f"Ok pour moi.\n\n{line}") == "Ok pour moi."


@pytest.mark.parametrize(
    "words",
    [
        "Sent from my phone banking this morning, please excuse the delay.",
        "Envoyé avec mon portable hier, le virement est parti.",
        "Sent via my bank's mobile app on Friday, reference 12.",
    ],
)
def test_money_that_was_sent_by_telephone_is_no_signature(words: str) -> None:
    assert new_words(f"Bonjour\n\n{words}") == f"Bonjour\n\n{words}"


def test_the_sections_that_a_program_names_as_signature_and_thread_go() -> None:
    html = (
        "<div name='messageBodySection'>Payé.</div><div name='messageSignatureSection'>Claire</div>"
        "<div name='messageReplySection'>Le 9 mars, Jean :<br>dû</div>"
    )
    assert new_words("Payé.\n\nClaire\n\nLe 9 mars, Jean :\ndû", html) == "Payé."
