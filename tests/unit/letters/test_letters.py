"""The template engine: a user's own files, languages, faults that name their place, and a sandbox that holds."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from mailbot.core.money import Money
from mailbot.letters import Letters, TemplateFault, packaged_templates
from mailbot.letters.formats import day_in, money_in, reader_locale, typographic
from mailbot.letters.layout import one_subject, tidy
from mailbot.letters.plain import plain
from mailbot.letters.samples import letter

OWN = (
    "Subject: {{ invoices[0].number }}\n\nCoucou {{ contact.first_name }},\n\n"
    "un mot : {{ invoices[0].balance | money }}\n"
)


def own(folder: Path, name: str, words: str) -> Letters:
    """A user's folder that holds one template."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(words, "utf-8")
    return Letters([folder])


def test_all_packaged_templates_are_sound() -> None:
    assert Letters().check() == []


def test_every_template_is_there_in_both_languages_as_text_and_html() -> None:
    found = packaged_templates()
    names = {file.name.removesuffix(".txt.j2") for file in found.glob("fr/[a-z]*.txt.j2")}
    assert names >= {"invoice", "courtesy", "friendly", "personal", "several", "thanks", "promise_ack"}
    assert names >= {"digest", "call_prompt", "alert", "collections"}
    for language in ("fr", "en"):
        for name in names:
            assert (found / language / f"{name}.txt.j2").is_file()
            assert (found / language / f"{name}.html.j2").is_file()


def test_a_users_own_text_wins_and_its_html_says_the_same(tmp_path: Path) -> None:
    words = own(tmp_path, "fr/friendly.txt.j2", OWN).render("friendly", "fr", letter())
    assert words.subject == "1042"
    assert words.text == "Coucou Camille,\n\nun mot\u00a0: 1\u00a0250,00\u00a0€\n"
    assert re.search(r"<p[^>]*>\s*Coucou Camille,\s*</p>", words.html)
    assert "jeter un œil" not in words.html


def test_a_users_own_signature_is_used_by_the_packaged_letters(tmp_path: Path) -> None:
    letters = own(tmp_path, "en/_signature.txt.j2", "Cheers, {{ business.name }}\n")
    assert letters.render("friendly", "en", letter()).text.endswith("Kind regards,\n\nCheers, Noémie Gagnon\n")


def test_a_letter_with_several_invoices_becomes_the_letter_for_several() -> None:
    bills = letter()["invoices"]
    assert isinstance(bills, tuple)
    text = Letters().render("friendly", "en", letter(invoices=bills * 2)).text
    assert "the invoices below" in " ".join(text.split())


@pytest.mark.parametrize(
    ("asked", "business", "greeting"),
    [
        pytest.param("fr_CA", "en", "Bonjour", id="the region falls back to its language"),
        pytest.param("fr-BE", "en", "Bonjour", id="a hyphen does as well"),
        pytest.param("de", "fr", "Bonjour", id="an unknown language falls back to the business's own"),
        pytest.param("de", "nl", "Hello", id="and then to English"),
        pytest.param("../fr", "nl", "Hello", id="no path is followed out of the folder"),
    ],
)
def test_a_missing_language_falls_back(asked: str, business: str, greeting: str) -> None:
    assert Letters(language=business).render("courtesy", asked, letter()).text.startswith(greeting)


def test_an_unknown_template_is_a_fault_that_says_what_to_do() -> None:
    with pytest.raises(TemplateFault, match="there is no such template"):
        Letters().render("final_warning", "en", letter())
    with pytest.raises(TemplateFault, match="no name for a template"):
        Letters().render("../secrets", "en", letter())


@pytest.mark.parametrize(
    ("words", "line", "said"),
    [
        pytest.param("Subject: x\n\n{% if %}\n", 3, "syntax", id="a broken tag"),
        pytest.param("Subject: x\n\n{{ kontakt.name }}\n", 3, "'kontakt' is undefined", id="a misspelt variable"),
        pytest.param("Subject: x\n\n\n{{ contact.nam }}\n", 4, "no attribute 'nam'", id="a misspelt part of one"),
        pytest.param("Subject: x\n{{ 1 | monny }}\n", 2, "monny", id="an unknown filter"),
        pytest.param("Subject: x\n{{ today | money }}\n", 2, "money wants an amount", id="a date shown as money"),
        pytest.param("Subject: x\n{{ contact | day }}\n", 2, "day wants a date", id="a contact shown as a day"),
        pytest.param("Hello\n", 1, "no subject", id="no subject"),
        pytest.param("Subject:\n\nHello\n", 1, "no subject", id="an empty subject"),
        pytest.param('Subject: x\n{% include "fr/nowhere" %}\n', 2, "no template fr/nowhere", id="a missing include"),
        pytest.param("Subject: x\n{{ 1 / 0 }}\n", 2, "fails", id="a division by zero"),
    ],
)
def test_a_broken_template_is_a_fault_with_its_place(tmp_path: Path, words: str, line: int, said: str) -> None:
    letters = own(tmp_path, "fr/friendly.txt.j2", words)
    with pytest.raises(TemplateFault) as caught:
        letters.render("friendly", "fr", letter())
    fault = caught.value
    assert fault.file == str(tmp_path / "fr" / "friendly.txt.j2")
    assert fault.line == line
    assert said in fault.message
    assert fault.mend.endswith(".")
    assert [str(found) for found in letters.check()] == [str(fault)]


@pytest.mark.parametrize(
    "expression",
    [
        "'a' * 10**9",
        "10**10**10",
        "'a' * 1000000000",
        "'%1000000000d' % 1",
        "'a'.ljust(1000000000)",
        "'a'.center(1000000000)",
        "'{:>1000000000}'.format(1)",
        "range(1000000000) | list",
        "''.__class__.__mro__",
        "contact.__init__",
        "contact.update({'name': 'x'})",
        "invoices.__class__",
        "'a' | center(1000000000)",
        "self.__init__.__globals__",
    ],
)
def test_the_sandbox_refuses(tmp_path: Path, expression: str) -> None:
    letters = own(tmp_path, "fr/friendly.txt.j2", f"Subject: x\n{{{{ {expression} }}}}\n")
    with pytest.raises(TemplateFault):
        letters.render("friendly", "fr", letter())


def test_only_plain_values_reach_a_template() -> None:
    with pytest.raises(TypeError, match="a letter cannot hold a PosixPath"):
        Letters().render("friendly", "fr", letter(today=Path()))


def test_values_from_outside_lose_controls_and_marks_that_reorder_text() -> None:
    assert plain("a\x00b\u202ec\u2066d\r\ne") == "abcd\ne"
    assert plain({"x": [Money.of("1", "EUR"), date(2026, 1, 1)]}) == {
        "x": ({"value": Decimal("1.00"), "currency": "EUR"}, date(2026, 1, 1))
    }


def test_an_html_template_without_its_text_is_reported(tmp_path: Path) -> None:
    letters = own(tmp_path, "fr/extra.html.j2", "<p>x</p>")
    assert [fault.message for fault in letters.check()] == ["an HTML template without its text"]


def test_unreadable_phrases_are_reported_and_do_no_harm(tmp_path: Path) -> None:
    letters = own(tmp_path, "fr/phrases.toml", "code = unquoted\n")
    assert [str(tmp_path / "fr" / "phrases.toml")] == [fault.file for fault in letters.check()]
    assert letters.phrases.word("friendly", "rung", "fr") == "rappel amical"


@pytest.mark.parametrize(
    ("language", "locale", "amount", "written"),
    [
        ("fr", "fr_FR", ("1250", "EUR"), "1\u202f250,00\u00a0€"),
        ("fr", "fr_CA", ("1250", "CAD"), "1\u00a0250,00\u00a0$"),
        ("en", "en_US", ("-1250.5", "USD"), "-$1,250.50"),
        ("en", "en_US", ("1250", "CHF"), "CHF\u00a01,250.00"),
        ("en", "de_DE", ("1250", "EUR"), "1.250,00\u00a0€"),
        ("en", "xx_YY", ("1250", "JPY"), "¥1,250"),
        ("fr", "", ("0.5", "EUR"), "0,50\u00a0€"),
    ],
)
def test_money_is_written_as_the_reader_writes_it(
    language: str, locale: str, amount: tuple[str, str], written: str
) -> None:
    value, currency = amount
    assert money_in(reader_locale(language, locale), {"value": Decimal(value), "currency": currency}) == written


@pytest.mark.parametrize(
    ("locale", "day", "written"),
    [
        ("fr_FR", date(2026, 12, 1), "le 1er décembre 2026"),
        ("fr_CA", date(2026, 8, 11), "le 11 août 2026"),
        ("en_GB", date(2026, 12, 1), "1 December 2026"),
        ("en_CA", date(2026, 12, 1), "December 1, 2026"),
    ],
)
def test_a_day_is_written_as_the_reader_writes_it(locale: str, day: date, written: str) -> None:
    assert day_in(reader_locale(locale[:2], locale), day) == written


def test_a_day_without_its_year_or_article() -> None:
    assert day_in(reader_locale("fr", "fr_FR"), date(2026, 12, 1), article=False, year=False) == "1er décembre"
    assert day_in(reader_locale("en", "en_US"), date(2026, 12, 1), year=False) == "December 1"
    assert day_in(reader_locale("en", "en_GB"), datetime(2026, 12, 1, 9, tzinfo=UTC), year=False) == "1 December"


def test_french_spaces_leave_addresses_and_times_alone() -> None:
    assert typographic("Voir https://x.fr/?a=b : oui ? « bon » ; 9:30", "fr") == (
        "Voir https://x.fr/?a=b\u00a0: oui\u202f? «\u00a0bon\u00a0»\u202f; 9:30"
    )
    assert typographic("Really ? Yes : no", "en") == "Really ? Yes : no"


def test_a_long_subject_ends_at_a_word() -> None:
    subject = one_subject("Invoice 1042 — " + "a very long name " * 9)
    assert len(subject) <= 78
    assert subject.endswith((" very…", " name…", " long…", " a…"))
    assert len(one_subject("x" * 200)) == 78


def test_text_is_wrapped_without_breaking_a_date_or_an_address() -> None:
    words = tidy("x" * 60 + " le 3 décembre 2026, " + "https://example.com/" + "y" * 80 + "\n  - " + "point " * 20)
    assert "le\n3 décembre" in words
    assert "https://example.com/" + "y" * 80 in words
    assert re.search(r"\n  - point.*\n    point", words)
