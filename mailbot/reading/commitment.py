"""Which of the days in a mail its writer commits to: the day of payment, of the return, or the one that is asked for.

A linear model over named features, trained by `train_days.py`: what each day stands beside, how it is named, and what
the mail and its sentence say. Inventing a day is worse than missing one, so none is chosen where it is not likely.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp

from mailbot.core.intent import Intent
from mailbot.reading.around import Place, Surroundings, features_around, surroundings_of
from mailbot.reading.dates import Named, days_in
from mailbot.reading.linear import score, weights_in
from mailbot.reading.weigh import Understood, scores_of
from mailbot.reading.words import folded

WEIGHTS = "days.json"
LIKELY = 0.35
"""Odds from which a day is taken for the one that is meant."""

Odds = Mapping[Intent, float]
Row = dict[str, float]

_GROUPS = {
    "pays": (Intent.PROMISE_TO_PAY, Intent.PAYMENT_CLAIMED),
    "asks": (Intent.EXTENSION_REQUEST, Intent.FINANCIAL_DIFFICULTY),
    "away": (Intent.ABSENCE, Intent.AUTO_REPLY, Intent.PERSONAL_EMERGENCY),
    "mild": (Intent.ACKNOWLEDGEMENT, Intent.APPROVAL, Intent.OTHER),
}
# A mail that says one of these commits to no day; how far that is doubted, since it may say something else too.
_UNDATED = (Intent.OTHER, Intent.ACKNOWLEDGEMENT, Intent.APPROVAL, Intent.REFUSAL)
_DOUBT = 0.2
_TELLING = frozenset({"pay", "promise", "ask", "away", "back", "doc", "event", "past", "income"})
_SPANS = (0, 1, 3, 7, 14, 31, 62, 130, 400)
_SIZES = (3, 8, 19, 10_000)
_WORTH_SAYING = 0.05
_MOSTLY = 0.4
_MANY = 3
_BRIEF = 3
_LOOKED_AT = 40
_RANGE_WORDS = frozenset(
    {
        "to",
        "until",
        "till",
        "through",
        "thru",
        "au",
        "jusqu",
        "bis",
        "al",
        "ate",
        "tot",
        "a",
        "hasta",
        "t/m",
        "-",
        "\u2013",
    }
)
_GAP = 24


@dataclass(frozen=True, slots=True)
class Choice:
    """A day that is meant, the place of the sentence that names it, and how likely it is."""

    day: date
    sentence: int
    odds: float


@dataclass(frozen=True, slots=True)
class _Mail:
    """What all the days of a mail share."""

    sentences: Sequence[Understood]
    around: Surroundings
    group: str
    parts: Sequence[Odds]
    sent_on: date
    named: Sequence[Named]
    places: Sequence[Place | None]


def day_meant(
    words: str,
    sentences: Sequence[Understood],
    *,
    sent_on: date,
    country: str,
    intents: Odds,
    parts: Sequence[Odds] = (),
    weights: Mapping[str, float] | None = None,
) -> Choice | None:
    """The day that the writer commits to, or None.

    `intents` are the odds of what the whole mail says, `parts` those of its sentences as far as they are known;
    `weights` are by default those that are shipped.
    """
    named = days_in(words, sent_on=sent_on, country=country)
    if not named or not sentences:
        return None
    rows = features_of_days(sentences, named, sent_on=sent_on, country=country, intents=intents, parts=parts)
    known = weights_in(WEIGHTS).get("days", {}) if weights is None else weights
    likely = max(0.0, 1 - sum(intents.get(intent, 0.0) for intent in _UNDATED)) ** _DOUBT
    odds = [likely * each for each in odds_of([score(row, known) for row in rows])]
    by_day: dict[date, float] = {}
    for each, value in zip(named, odds, strict=True):
        by_day[each.day] = by_day.get(each.day, 0.0) + value
    day = max(by_day, key=lambda each: by_day[each])
    if by_day[day] < LIKELY:
        return None
    best = max((at for at, each in enumerate(named) if each.day == day), key=lambda at: odds[at])
    place = surroundings_of([each.sentence for each in sentences], country).place(named[best].start, named[best].end)
    return Choice(day, place.sentence if place else 0, by_day[day])


def odds_of(scores: Sequence[float]) -> list[float]:
    """The odds of each of several, against one another and against none of them."""
    top = max(0.0, *scores)
    raised = [exp(value - top) for value in scores]
    total = sum(raised) + exp(-top)
    return [each / total for each in raised]


def odds_by_rules(sentences: Sequence[Understood]) -> dict[Intent, float]:
    """What the whole mail says where no trained model speaks: the scores of the rules as shares."""
    scores = scores_of(sentences)
    total = sum(scores.values())
    return {intent: value / total for intent, value in scores.items()} if total else {Intent.OTHER: 1.0}


def features_of_days(
    sentences: Sequence[Understood],
    named: Sequence[Named],
    *,
    sent_on: date,
    country: str,
    intents: Odds,
    parts: Sequence[Odds] = (),
) -> list[Row]:
    """What speaks for and against each of the days that a mail names."""
    around = surroundings_of([each.sentence for each in sentences], country)
    shares = {name: sum(intents.get(each, 0.0) for each in members) for name, members in _GROUPS.items()}
    group = max(shares, key=lambda name: shares[name])
    places = [around.place(each.start, each.end) for each in named]
    mail = _Mail(sentences, around, group if shares[group] >= _MOSTLY else "else", parts, sent_on, named, places)
    said = {f"mail={intent}": value for intent, value in intents.items() if value >= _WORTH_SAYING}
    return [_features(at, mail) | said for at in range(len(named))]


def _features(at: int, mail: _Mail) -> Row:
    each, place, group = mail.named[at], mail.places[at], mail.group
    ahead = (each.day - mail.sent_on).days
    span = next(most for most in _SPANS if ahead <= most)
    found: Row = {"any": 1.0, f"means={each.means}": 1.0, f"in={span}": 1.0, group: 1.0}
    if place is None:
        return found
    beside = features_around(place, mail.around)
    found |= beside
    found |= {f"{group}{name}": 1.0 for name in beside if name[1] in "12"}
    if place.asks:
        found |= {"asks": 1.0, f"{group}:asks": 1.0}
    return found | _of_sentence(place, mail) | _among(at, mail)


def _of_sentence(place: Place, mail: _Mail) -> Row:
    """What the sentence says, how long it is, and the cues of the sentences beside it."""
    understood = mail.sentences[place.sentence]
    found: Row = {f"rule={intent}": weight / 3 for intent, weight in understood.weights.items()}
    if place.sentence < len(mail.parts):
        odds = mail.parts[place.sentence]
        found |= {f"part={intent}": value for intent, value in odds.items() if value >= _WORTH_SAYING}
    if understood.about_money:
        found["money"] = 1.0
    length = len(understood.sentence.words)
    found[f"size={next(at for at, most in enumerate(_SIZES) if length <= most)}"] = 1.0
    if len(mail.sentences) < _BRIEF:
        found |= {"brief": 1.0, f"{mail.group}:brief": 1.0}
    for side, at in (("before", place.sentence - 1), ("next", place.sentence + 1)):
        if 0 <= at < len(mail.sentences):
            for word in mail.sentences[at].sentence.words[:_LOOKED_AT]:
                found |= {f"{side}:{cue}": 1.0 for cue in mail.around.cues(word.text) if cue in _TELLING}
    return found


def _among(at: int, mail: _Mail) -> Row:
    """Where a day stands among the others."""
    named, group = mail.named, mail.group
    if len(named) == 1:
        return {"alone": 1.0, f"{group}:alone": 1.0}
    found: Row = {"many" if len(named) > _MANY else "few": 1.0, f"{group}:{_rank(at, range(len(named)))}": 1.0}
    own = mail.places[at]
    mates = [other for other, place in enumerate(mail.places) if own and place and place.sentence == own.sentence]
    if len(mates) > 1:
        found[f"{group}:{_rank(at, mates)} here"] = 1.0
    days = [other.day for other in named]
    found[f"{group}:{'latest' if named[at].day == max(days) else 'earlier'}"] = 1.0
    if days.count(named[at].day) > 1:
        found["twice"] = 1.0
    if at + 1 < len(named) and _range(at, mail):
        found["range begins"] = 1.0
    if at and _range(at - 1, mail):
        found["range ends"] = 1.0
    return found


def _rank(at: int, places: Sequence[int]) -> str:
    return "first" if at == places[0] else "last" if at == places[-1] else "middle"


def _range(at: int, mail: _Mail) -> bool:
    """Whether a day and the next are the ends of a range: `from 3 to 9 March`."""
    left, right = mail.places[at], mail.places[at + 1]
    if left is None or right is None or left.sentence != right.sentence:
        return False
    sentence = mail.around.sentences[left.sentence]
    end, start = (place - sentence.start for place in (mail.named[at].end, mail.named[at + 1].start))
    if start - end > _GAP:
        return False
    joint = folded(sentence.text[end : start + _GAP]).replace("'", " ")
    led = joint[: start - end].split() + joint[start - end :].split()[:1]
    return any(word in _RANGE_WORDS for word in led)
