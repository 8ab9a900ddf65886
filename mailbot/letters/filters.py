"""Filters that a template has besides Jinja's own: money, day, weekday, listed, phrase, word, quoted, short."""

from collections.abc import Iterable, Mapping

from babel import Locale
from jinja2 import pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from mailbot.core.reason import Reason
from mailbot.letters.formats import day_in, listed_in, money_in, reader_locale, weekday_in
from mailbot.letters.phrases import Phrases


class Lines(str):
    """Text of several lines that may stay so in the text part: each line was quoted or indented."""

    __slots__ = ()


def _locale(context: Context) -> Locale:
    return reader_locale(str(context.get("language", "en")), str(context.get("locale", "")))


@pass_context
def _money(context: Context, amount: object) -> str:
    return money_in(_locale(context), amount)


@pass_context
def _day(context: Context, day: object, article: bool = True, year: bool = True) -> str:
    return day_in(_locale(context), day, article=article, year=year)


@pass_context
def _weekday(context: Context, day: object) -> str:
    return weekday_in(_locale(context), day)


@pass_context
def _listed(context: Context, items: Iterable[object]) -> str:
    return listed_in(_locale(context), items)


@pass_context
def _quoted(context: Context, words: object) -> str:
    """Show somebody's own words: `> ` before each line of text, or a block of lines in HTML."""
    lines = [line.rstrip() for line in str(words).strip().split("\n")]
    if context.eval_ctx.autoescape:
        return Markup("<br>").join(escape(line) for line in lines)
    return Lines("\n".join(f"> {line}".rstrip() for line in lines))


def _short(text: object, length: int = 48) -> str:
    """Shorten at a word."""
    words = " ".join(str(text).split())
    if len(words) <= length:
        return words
    return words[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:-\u2013\u2014") + "…"


def _sentence(words: object) -> str:
    """Begin with a capital and end with a full stop."""
    said = _capital(words)
    return said + ("" if said.endswith((".", "!", "?", "…")) else ".")


def _capital(words: object) -> str:
    """Begin with a capital and leave the rest alone."""
    said = str(words)
    return said[:1].upper() + said[1:]


def _bar(row: Mapping[str, object]) -> str:
    """Draw an aging row's bar for the text part, ten characters wide."""
    share = row["share"]
    assert isinstance(share, int)
    full = -(-share // 10)
    return "\u2588" * full + "\u2591" * (10 - full)


def add_filters(made: ImmutableSandboxedEnvironment, phrases: Phrases) -> ImmutableSandboxedEnvironment:
    """Give an environment the filters that letters need."""

    @pass_context
    def _phrase(context: Context, reason: Mapping[str, object]) -> str:
        facts = reason["facts"]
        assert isinstance(facts, Mapping)
        language, locale = str(context.get("language", "en")), str(context.get("locale", ""))
        timezone = str(context.get("timezone", ""))
        return phrases.phrase(Reason(str(reason["code"]), dict(facts)), language, locale, timezone)

    @pass_context
    def _word(context: Context, key: str, kind: str) -> str:
        return phrases.word(key, kind, str(context.get("language", "en")))

    made.filters |= {
        "money": _money,
        "day": _day,
        "weekday": _weekday,
        "listed": _listed,
        "quoted": _quoted,
        "short": _short,
        "phrase": _phrase,
        "word": _word,
        "bar": _bar,
        "capital": _capital,
        "sentence": _sentence,
    }
    return made
