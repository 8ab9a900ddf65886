"""The end of an absence that a machine tells: a day behind "until" in a mail that surely is an automatic answer."""

from collections.abc import Sequence
from datetime import date

from mailbot.reading.around import Surroundings, surroundings_of
from mailbot.reading.commitment import Choice
from mailbot.reading.dates import Named, days_in
from mailbot.reading.words import Sentence

_SURE = 1.0
_NEAR = 2
# "du 9 au 20 mars", "from 9 to 20 March": the second end of a range.
_TO = frozenset({"au", "al", "to", "bis", "tot", "ao", "hasta", "ate", "through"})
_A_DATE = frozenset({"day_and_month", "weekday_and_day", "day_of_month", "numeric", "weekday"})


def last_day_away(words: str, sentences: Sequence[Sentence], *, sent_on: date, country: str) -> Choice | None:
    """The one day that stands behind "until" or "to", or None where none or several do.

    Only for automatic answers that tell of an absence: what a person means is weighed by `commitment.day_meant`.
    """
    around = surroundings_of(sentences, country)
    found = [each for each in days_in(words, sent_on=sent_on, country=country) if _ends(each, around)]
    if len({each.day for each in found}) != 1:
        return None
    place = around.place(found[0].start, found[0].end)
    return Choice(found[0].day, place.sentence if place else 0, _SURE)


def _ends(named: Named, around: Surroundings) -> bool:
    place = around.place(named.start, named.end)
    if place is None or named.means not in _A_DATE:
        return False
    sentence = around.sentences[place.sentence]
    near = [word.text for word in place.before[: min(_NEAR, place.clause_before)]]
    own = [word.text for word in sentence.words if word.start + sentence.start >= named.start]
    return any(word in _TO or "until" in around.cues(word) for word in [*near, *own[:1]])
