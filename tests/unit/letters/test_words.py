"""Every template, in every language, with the hardest clients: what the reader sees is right, whole and kind."""

import re
from datetime import date
from decimal import Decimal
from functools import cache
from html.parser import HTMLParser

import pytest

from mailbot.letters import Letters, Rendered
from mailbot.letters.samples import invoice, letter, samples_for

LETTERS = Letters()
CLIENT_LETTERS = ("invoice", "courtesy", "friendly", "personal", "several", "thanks", "promise_ack")
CURRENCIES = ("CAD", "EUR", "GBP", "USD")
RTL = "محمد عبد الله"
LOCALES = {"fr": ("fr_CA", "fr_FR"), "en": ("en_CA", "en_GB", "en_US")}


def _named(first_name: str, **changes: object) -> dict[str, object]:
    contact = {"first_name": first_name, "name": first_name, "email": "x@example.com"}
    return letter(contact=contact, client={"name": first_name or "ACME"}, **changes)


def _in_currencies() -> dict[str, object]:
    bills = tuple(invoice(f"10{n}", value="1250.00", currency=code) for n, code in enumerate(CURRENCIES))
    return letter(invoices=bills, totals=tuple(bill["balance"] for bill in bills))


def _six() -> dict[str, object]:
    bills = tuple(
        invoice(str(1001 + n), date(2026, 12, 1 + 4 * n), paid="50.00" if n % 2 else "0.00") for n in range(6)
    )
    return letter(invoices=bills, totals=({"value": Decimal("7350.00"), "currency": "EUR"},))


CASES: dict[str, dict[str, object]] = {
    "an ordinary client": letter(),
    "no first name": _named(""),
    "a name with accents": _named("Zoé-Éléonore d'Œuvre"),
    "a name that is read from right to left": _named(RTL),
    "markup in a name": _named("<script>alert(1)</script>"),
    "a template in a name": _named("{{ 7*7 }}{% raw %}"),
    "a line break and a header in a name": _named("Ann\r\nBcc: everyone@example.com"),
    "four currencies": _in_currencies(),
    "six invoices": _six(),
    "a very long subject": letter(invoices=(invoice() | {"subject": "Refonte complète du site " * 12},)),
    "markup and an apostrophe in a subject": letter(invoices=(invoice() | {"subject": "L'<b>été</b> & l'\"hiver\""},)),
    "not due yet and no PDF": letter(invoices=(invoice(due_on=date(2027, 1, 1)),), has_pdf=False),
    "paid in part": letter(
        invoices=(invoice(paid="800.00"),),
        payment={"amount": {"value": "800", "currency": "EUR"}, "on": date(2026, 12, 1)},
    ),
    "paid in full": letter(
        invoices=(invoice(paid="1250.00"),),
        payment={"amount": {"value": Decimal(1250), "currency": "EUR"}, "on": date(2026, 12, 1)},
    ),
    "a broken promise after a hard time": letter(promise={"on": date(2026, 12, 1), "broken": True}, after_hold=True),
    "a promise with a day": letter(promise={"on": date(2026, 12, 18), "broken": False}),
    "a promise without a day": letter(promise={"on": None, "broken": False}),
    "an assistant signs": letter(signer={"name": "Marc <Roy>", "role": "adjoint", "for_name": "Noémie Gagnon"}),
    "a business with nothing but a name": letter(
        business={
            "name": "N.",
            "address_lines": (),
            "email": "n@example.com",
            "phone": "",
            "website": "",
            "registration_lines": (),
            "payment_lines": (),
        },
        signer=None,
    ),
}
# Words that have no place in a friendly letter (law 10), nor jargon that a client need not know.
UNKIND = re.compile(
    r"""\b(final|notice|legal|court|lawyer|solicitor|attorney|collection|penalt\w+|late\s+fee|interest|immediately|demand
    |overdue|outstanding|failure|must|consequence\w*|net\s+\d+|dunning|default|delinquent|asap|urgent
    |mise\s+en\s+demeure|tribunal\w*|avocat|huissier|contentieux|recouvrement|pénalit\w+|intérêts?|frais|immédiatement
    |impayée?s?|sommation|poursuites?|dernier\s+rappel|exiger|exigible|sous\s+peine|relance|retard)\b""",
    re.IGNORECASE | re.VERBOSE,
)


class _Words(HTMLParser):
    """The words of an HTML letter as a reader sees them."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._hidden += tag in ("style", "title")
        self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self.words.append(" ")
        self._hidden -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def seen(html: str) -> _Words:
    parser = _Words()
    parser.feed(html)
    return parser


def one_spaced(text: str) -> str:
    """The words on one line, every space a plain one."""
    return re.sub(r"\s+", " ", text)


def numbers(text: str) -> set[str]:
    """All numbers, with their spaces and separators taken out: 1 250,00 is 125000."""
    joined = re.sub(r"(?<=\d)[\u202f\u00a0.,](?=\d)", "", text)
    return set(re.findall(r"\d+", joined))


def every_letter() -> list[object]:
    return [
        pytest.param(template, language, locale, case, id=f"{template} in {locale} for {case}")
        for template in CLIENT_LETTERS
        for language in LETTERS_IN
        for locale in LOCALES[language]
        for case in CASES
    ]


LETTERS_IN = ("fr", "en")


@cache
def rendered(template: str, language: str, locale: str, case: str) -> Rendered:
    return LETTERS.render(template, language, CASES[case] | {"locale": locale})


@pytest.mark.parametrize(("template", "language", "locale", "case"), every_letter())
def test_a_letter_is_whole_and_kind(template: str, language: str, locale: str, case: str) -> None:
    words = rendered(template, language, locale, case)
    page = seen(words.html)
    read = "".join(page.words)
    assert "\n" not in words.subject
    assert 0 < len(words.subject) <= 78
    assert not set(page.tags) & {"script", "img", "link", "iframe"}
    assert "None" not in words.text + read
    if case != "a template in a name":
        assert not re.search(r"\{\{|\}\}|\{%|%\}", words.text + words.html.partition("<body")[2])
    assert words.text.split("\n") == [line.rstrip() for line in words.text.split("\n")]
    assert "\n\n\n" not in words.text
    assert not words.text.startswith("\n")
    assert all(len(line) <= 76 or " " not in line.strip() for line in words.text.split("\n"))
    assert not UNKIND.search(words.subject + words.text + read), UNKIND.search(words.text + read)
    for line in ("Bcc:", "bcc:"):
        assert not any(part.startswith(line) for part in words.text.split("\n"))


@pytest.mark.parametrize(("template", "language", "locale", "case"), every_letter())
def test_text_and_html_carry_the_same_numbers(template: str, language: str, locale: str, case: str) -> None:
    words = rendered(template, language, locale, case)
    assert numbers(words.text) == numbers("".join(seen(words.html).words))


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("template", CLIENT_LETTERS)
def test_french_punctuation_never_stands_alone_on_a_line(template: str, case: str) -> None:
    words = rendered(template, "fr", "fr_FR", case)
    for text in (words.subject, words.text, "".join(seen(words.html).words)):
        assert not re.search(r"[ \n][;?!»]", text)
        assert not re.search(r"[ \n]:(?=\s|$)", text)
        assert not re.search(r"\w[?!;](?=\s|$)", text)
        assert not re.search(r"« | »", text)
        assert not re.search(r"\w:(?= |$)", text.replace("Bcc:", ""))


@pytest.mark.parametrize(
    ("locale", "amount"),
    [
        ("fr_FR", "1\u202f250,00\u00a0€"),
        ("fr_CA", "1\u00a0250,00\u00a0€"),
        ("en_CA", "€1,250.00"),
        ("en_GB", "€1,250.00"),
        ("en_US", "€1,250.00"),
    ],
)
@pytest.mark.parametrize("template", ["invoice", "courtesy", "friendly", "personal", "promise_ack"])
def test_an_amount_has_the_form_of_the_readers_country(template: str, locale: str, amount: str) -> None:
    words = LETTERS.render(template, locale[:2], CASES["an ordinary client"] | {"locale": locale})
    assert amount in words.text
    assert amount in "".join(seen(words.html).words)


@pytest.mark.parametrize(
    ("locale", "day"),
    [
        ("fr_FR", "3 décembre 2026"),
        ("fr_CA", "3 décembre 2026"),
        ("en_GB", "3 December 2026"),
        ("en_US", "December 3, 2026"),
        ("en_CA", "December 3, 2026"),
    ],
)
@pytest.mark.parametrize("template", ["invoice", "courtesy", "friendly", "personal"])
def test_a_date_has_the_form_of_the_readers_country(template: str, locale: str, day: str) -> None:
    words = LETTERS.render(template, locale[:2], CASES["an ordinary client"] | {"locale": locale})
    assert day in one_spaced(words.text)


def test_a_name_from_right_to_left_is_set_apart_in_html() -> None:
    """So that it does not re-order the words around it (UAX 9)."""
    assert f"<bdi>{RTL}</bdi>" in rendered("friendly", "fr", "fr_FR", "a name that is read from right to left").html


def test_markup_in_a_name_is_shown_as_it_was_written() -> None:
    words = rendered("friendly", "en", "en_GB", "markup in a name")
    assert "Hello <script>alert(1)</script>," in words.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in words.html


def test_a_template_in_a_name_is_not_run() -> None:
    assert "{{ 7*7 }}" in rendered("courtesy", "fr", "fr_FR", "a template in a name").text


def test_four_currencies_have_four_totals() -> None:
    words = rendered("friendly", "fr", "fr_FR", "four currencies")
    assert len(re.findall(r"Total\u00a0: ", words.text)) == 4
    for sign in ("€", "$US", "$CA", "£GB"):
        assert f"Total\u00a0: 1\u202f250,00\u00a0{sign}" in words.text


def test_a_letter_about_several_invoices_names_each_of_them() -> None:
    for template in CLIENT_LETTERS:
        text = rendered(template, "en", "en_GB", "six invoices").text
        assert all(str(1001 + n) in text for n in range(6)), template


@pytest.mark.parametrize("language", LETTERS_IN)
def test_the_reminders_say_what_to_do_if_it_was_paid(language: str) -> None:
    crossed = {"fr": "compte", "en": "ignore"}[language]
    for template in ("courtesy", "friendly", "personal", "several"):
        for case in ("an ordinary client", "six invoices", "not due yet and no PDF"):
            assert crossed in rendered(template, language, LOCALES[language][0], case).text


def test_the_pdf_is_mentioned_only_where_there_is_one() -> None:
    assert "pièce jointe" in one_spaced(rendered("courtesy", "fr", "fr_CA", "an ordinary client").text)
    assert "pièce jointe" not in one_spaced(rendered("courtesy", "fr", "fr_CA", "not due yet and no PDF").text)


def test_an_assistant_signs_for_the_business() -> None:
    words = rendered("personal", "fr", "fr_CA", "an assistant signs")
    assert "Marc <Roy>\nadjoint, pour Noémie Gagnon\n" in words.text
    assert "Marc &lt;Roy&gt;" in words.html


def test_a_part_payment_is_thanked_for_and_the_rest_is_named() -> None:
    text = one_spaced(rendered("thanks", "en", "en_GB", "paid in part").text)
    assert "Your payment of €800.00 arrived on 1 December 2026." in text
    assert "€450.00 is left of €1,250.00" in text


def test_a_full_payment_leaves_nothing_to_do() -> None:
    text = one_spaced(rendered("thanks", "fr", "fr_FR", "paid in full").text)
    assert "le 1er décembre 2026" in text
    assert "entièrement réglée" in text
    assert "il reste" not in text


def test_a_promise_is_acknowledged_with_its_day_and_asked_for_without() -> None:
    assert "le vendredi 18 décembre 2026" in one_spaced(
        rendered("promise_ack", "fr", "fr_CA", "a promise with a day").text
    )
    assert "Auriez-vous une idée du jour" in one_spaced(
        rendered("promise_ack", "fr", "fr_CA", "a promise without a day").text
    )


def test_dark_mode_survives_inlining() -> None:
    html = rendered("invoice", "en", "en_GB", "an ordinary client").html
    assert "@media (prefers-color-scheme: dark)" in html
    assert '<p style="margin: 0 0 16px;">' in html


@pytest.mark.parametrize("language", LETTERS_IN)
@pytest.mark.parametrize("template", ["digest", "alert", "call_prompt", "collections"])
def test_the_operators_mails_carry_the_same_numbers_in_text_and_html(template: str, language: str) -> None:
    for sample in samples_for(language):
        words = LETTERS.render(template, language, sample)
        page = "".join(seen(words.html).words)
        listed = re.sub(r"(?m)^\d\. (?=[^«\"])", "", words.text)
        assert numbers(words.subject + "\n" + listed) == numbers(words.subject + "\n" + page)
        assert "None" not in words.text + page


def test_a_digest_with_nothing_to_say_says_so_in_one_sentence() -> None:
    words = LETTERS.render("digest", "fr", samples_for("fr")[2])
    assert one_spaced(words.text).strip() == (
        "Rien à signaler\u00a0: personne n'attend votre réponse, et aucune lettre ne part dans les deux jours.".replace(
            "\u00a0", " "
        )
    )
