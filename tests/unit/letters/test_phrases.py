"""Reasons in words: every code that the source can give has a sentence in both languages."""

import ast
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import mailbot
from mailbot.core.aging import Bucket
from mailbot.core.client import HeldBy, Leaving, Standing
from mailbot.core.intent import Intent, Kind
from mailbot.core.ledger import EntryKind
from mailbot.core.matter import MatterKind
from mailbot.core.money import Money
from mailbot.core.notice import CHECKS
from mailbot.core.policy import DEFAULT_LADDER
from mailbot.core.reason import Reason, because
from mailbot.letters import Phrases, phrase

SOURCE = Path(mailbot.__file__).parent
# What the value in `because(f"prefix_{value}")` can be.
OPEN_ENDED = {
    "closed_": [str(standing) for standing in Standing],
    "letter_": [str(state) for state in Leaving],
    "held_": [str(intent) for intent in Intent],
    "mail_": [str(kind) for kind in Kind],
    "booked_": [str(kind) for kind in EntryKind if kind is not EntryKind.PAYMENT],
    "lacks_": list(CHECKS),
}


def codes_in(tree: ast.AST) -> set[str]:
    """The codes of all `because(...)` calls, through conditions, f-strings and names set in the same function."""
    found: set[str] = set()
    for scope in [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module)
    ]:
        named = {
            target.id: node.value
            for node in ast.walk(scope)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(scope):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "because"
                and node.args
            ):
                found |= _values(node.args[0], named if not isinstance(scope, ast.Module) else {}, node)
    return found


def _values(node: ast.expr, named: dict[str, ast.expr], call: ast.Call) -> set[str]:
    match node:
        case ast.Constant(value=str() as code):
            return {code}
        case ast.IfExp(body=body, orelse=orelse):
            return _values(body, named, call) | _values(orelse, named, call)
        case ast.JoinedStr(values=[ast.Constant(value=str() as prefix), ast.FormattedValue()]):
            return {prefix + value for value in OPEN_ENDED[prefix]}
        case ast.Name(id=name) if name in named:
            return _values(named[name], named, call)
        case ast.Name():
            return set()  # seen again in the function that sets it
        case _:
            raise AssertionError(f"line {call.lineno}: this test cannot follow {ast.unparse(call)}")


def all_codes() -> set[str]:
    return {code for file in SOURCE.rglob("*.py") for code in codes_in(ast.parse(file.read_text("utf-8")))}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_reason_in_the_source_has_a_sentence(language: str) -> None:
    codes = all_codes()
    assert {"rung_due", "settled", "part_paid", "held_dispute", "promise_broken", "mail_bounce"} <= codes
    assert codes - Phrases().codes(language) == set()


def test_both_languages_have_the_same_sentences() -> None:
    assert Phrases().codes("fr") == Phrases().codes("en")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_everything_that_is_named_has_a_name(language: str) -> None:
    phrases = Phrases()
    kinds = {
        "intent": [str(intent) for intent in Intent],
        "matter": [str(kind) for kind in MatterKind],
        "bucket": [str(bucket) for bucket in Bucket],
        "rung": [rung.name for rung in DEFAULT_LADDER],
        "by": [str(by) for by in HeldBy],
    }
    for kind, keys in kinds.items():
        known = phrases._language(language)[1][kind]
        assert set(keys) <= set(known), kind


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_command_in_the_source_says_what_it_does(language: str) -> None:
    meanings = {
        node.args[1].value
        for file in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Command"
        if len(node.args) == 2 and isinstance(node.args[1], ast.Constant)
    }
    assert "release" in meanings
    assert meanings <= set(Phrases()._language(language)[1]["command"])


@pytest.mark.parametrize(
    ("reason", "language", "locale", "said"),
    [
        pytest.param(
            because("settled", amount=Money.of("1250", "EUR"), on=date(2026, 12, 1), source="operator"),
            "fr",
            "fr_FR",
            "réglée\u00a0: 1\u202f250,00\u00a0€ le 1er décembre 2026",
            id="money and days in French",
        ),
        pytest.param(
            because("settled", amount=Money.of("1250", "EUR"), on=date(2026, 12, 1), source="operator"),
            "en",
            "en_GB",
            "paid: €1,250.00 on 1 December 2026",
            id="money and days in English",
        ),
        pytest.param(
            because("rung_gap", rung="friendly", gap=1, previous=date(2026, 12, 1)),
            "en",
            "en_GB",
            "1\u00a0working day after the previous contact, on 1 December 2026",
            id="one day",
        ),
        pytest.param(
            because("rung_gap", rung="friendly", gap=5, previous=date(2026, 12, 1)),
            "fr",
            "fr_CA",
            "5\u00a0jours ouvrables après le contact précédent, du 1er décembre 2026",
            id="several days",
        ),
        pytest.param(
            because("held_dispute", by="person"),
            "fr",
            "fr_CA",
            "le client n'est pas d'accord avec la facture",
            id="no words",
        ),
        pytest.param(
            because("held_dispute", by="person", words="Page 3\nmanque {code}"),
            "fr",
            "fr_CA",
            "le client n'est pas d'accord avec la facture\u00a0: «\u00a0Page 3 manque {code}\u00a0»",
            id="the client's words are shown as they are",
        ),
        pytest.param(
            because("climbed", rung="friendly"), "fr", "", "rappel amical\u00a0: fait", id="a rung has a name"
        ),
        pytest.param(because("climbed", rung="my_rung"), "en", "", "my_rung: done", id="a rung of one's own"),
        pytest.param(
            because("never_heard_of", a=1), "fr", "", "never_heard_of", id="an unknown code stands for itself"
        ),
        pytest.param(because("settled"), "en", "", "paid: … on …", id="facts that are missing"),
        pytest.param(because("settled", amount="x", on="20261203"), "en", "", "paid: x on 20261203", id="odd facts"),
        pytest.param(
            because("climbed", rung="friendly"), "de", "de_DE", "friendly reminder: done", id="no such language"
        ),
    ],
)
def test_a_reason_is_told_in_the_readers_form(reason: Reason, language: str, locale: str, said: str) -> None:
    assert phrase(reason, language, locale) == said


def test_a_moment_is_told_in_the_readers_time_zone_or_as_its_day() -> None:
    reason = because("outside_hours", opens=datetime(2026, 12, 14, 14, 0, tzinfo=UTC))
    assert phrase(reason, "fr", "fr_CA", "America/Toronto").endswith("le 14 décembre 2026, 09\u00a0h\u00a000")
    assert phrase(reason, "en", "en_GB") == "the client's office opens on 14 December 2026"


def test_a_users_own_sentence_wins_and_the_others_stay(tmp_path: Path) -> None:
    (tmp_path / "fr").mkdir()
    (tmp_path / "fr" / "phrases.toml").write_text('settled = "payé !"\n[rung]\nmine = "le mien"\n', "utf-8")
    phrases = Phrases([tmp_path])
    assert phrases.phrase(because("settled"), "fr") == "payé\u202f!"
    assert phrases.phrase(because("climbed", rung="mine"), "fr") == "le mien\u00a0: fait"
    assert phrases.phrase(because("mail_bounce"), "fr") == "une lettre est revenue"
