"""Mails in which hardly anything is said: a device that signs, a sign, a subject, a signature full of trades."""

from datetime import date

import pytest

from mailbot.core.intent import Intent, Reading
from mailbot.flows.explain import explain

HEAD = "From: Claire Dumas <claire@client.example>\r\nTo: j@b.example\r\nDate: Tue, 10 Mar 2026 10:00:00 +0100\r\n"
PLAIN = "Content-Type: text/plain; charset=utf-8\r\n\r\n"


def reading_of(body: str, subject: str = "Re: Facture 12", more: str = "") -> Reading:
    octets = f"{HEAD}Subject: {subject}\r\n{more}{PLAIN}{body}\r\n".encode()
    return explain(octets).reading


@pytest.mark.parametrize("device", ["Envoyé de mon iPhone", "Sent from my iPhone", "Envoyé depuis mon Huawei"])
def test_a_device_that_signs_alone_says_nothing_and_holds_nothing(device: str) -> None:
    reading = reading_of(device)
    assert (reading.intent, reading.hold) == (Intent.OTHER, False)


def test_a_picture_that_a_telephone_sends_without_a_word_is_looked_at() -> None:
    octets = (
        f'{HEAD}Subject: Re: Facture\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\n{PLAIN}'
        "Envoyé de mon iPhone\r\n--x\r\nContent-Type: image/jpeg; name=cheque.jpg\r\n"
        "Content-Disposition: attachment\r\n\r\nx\r\n--x--\r\n"
    )
    assert explain(octets.encode()).reading.hold


@pytest.mark.parametrize(
    "sign", ["\U0001f44d", "\u2764\ufe0f", "\U0001f44d\U0001f3fd\U0001f64f !", "\U0001f44d\n\nClaire a réagi via Gmail"]
)
def test_a_pleasant_sign_is_a_nod(sign: str) -> None:
    reading = reading_of(sign)
    assert (reading.intent, reading.hold) == (Intent.ACKNOWLEDGEMENT, False)


@pytest.mark.parametrize("sign", ["\U0001f44e", "\U0001f621", "\U0001f622", "\U0001f44d\U0001f622", "?", "...", ""])
def test_any_other_sign_is_looked_at(sign: str) -> None:
    assert reading_of(sign).hold


@pytest.mark.parametrize("body", ["", "Cordialement,\r\nClaire", "Voir objet."])
def test_a_subject_speaks_where_the_body_does_not(body: str) -> None:
    reading = reading_of(body, "Le virement est parti ce matin")
    assert (reading.intent, reading.hold) == (Intent.PAYMENT_CLAIMED, True)
    assert reading.reply_text == body.replace("\r\n", "\n")


def test_a_subject_names_the_day_of_a_promise() -> None:
    reading = reading_of("", "I will pay the invoice on Friday (eom)")
    assert (reading.intent, reading.until) == (Intent.PROMISE_TO_PAY, date(2026, 3, 13))


@pytest.mark.parametrize("subject", ["Facture 12", "Re: payé", "Fwd: hospital", ""])
def test_a_mail_without_words_whose_subject_says_nothing_either_is_held(subject: str) -> None:
    assert reading_of("", subject).hold


@pytest.mark.parametrize(
    "signature",
    [
        "Cordialement,\n\nDr Claire Dumas\nService des Urgences - Hôpital Saint-Roch\nAbsente le mercredi",
        "Claire Dumas\nMandataire judiciaire\nProcédures collectives, liquidations",
        "Claire Dumas, LIT\nLicensed Insolvency Trustee | Consumer Proposals & Bankruptcy",
    ],
)
def test_the_trade_of_who_signs_holds_nothing_and_stays_in_the_words(signature: str) -> None:
    reading = reading_of(f"Bien reçu, merci.\n\n{signature}")
    assert (reading.intent, reading.hold) == (Intent.ACKNOWLEDGEMENT, False)
    assert signature.splitlines()[-1] in reading.reply_text


def test_a_day_in_a_signature_is_no_promise() -> None:
    assert reading_of("Bien reçu, merci.\n\nClaire Dumas\nStandard fermé du 15 au 30 août").until is None
