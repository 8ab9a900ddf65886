"""What one sentence speaks for, by its phrases: a weight per intent, unless a "not" takes it back."""

from collections.abc import Iterable
from dataclasses import dataclass

from mailbot.core.intent import Intent
from mailbot.reading.phrases import Hit, Lexicon, Phrase, lexicon
from mailbot.reading.words import Sentence

STRONG = 3.0
HARMLESS = frozenset({Intent.ACKNOWLEDGEMENT, Intent.APPROVAL, Intent.OTHER})
# A sure question may be about the next project; what a machine says is judged by itself.
_NEVER_HOLDS = HARMLESS | {Intent.AUTO_REPLY, Intent.QUESTION}

# A "not" in front of these takes them back; the others hold their own negation.
_TAKEN_BACK_BY = {
    Intent.PAYMENT_CLAIMED: ("negation", "future", "condition"),
    Intent.PROMISE_TO_PAY: ("negation",),
    Intent.APPROVAL: ("negation", "condition"),
    Intent.ACKNOWLEDGEMENT: ("negation",),
}


@dataclass(frozen=True, slots=True)
class Understood:
    """What one sentence speaks for: the weight per intent, and how much of it any phrase explains (0..1)."""

    sentence: Sentence
    weights: dict[Intent, float]
    hits: dict[Intent, int]
    pleasant: bool
    about_money: bool
    explained: float
    asks_for: bool


def weighed(sentence: Sentence) -> Understood:
    """Weigh one sentence."""
    known = lexicon()
    weights: dict[Intent, float] = {}
    hits: dict[Intent, int] = {}
    covered: set[int] = set()
    pleasant = about_money = False
    for hit in known.hits(sentence):
        about = hit.phrase.about
        if about == "money":
            about_money = True
            continue
        if about == "deputy":
            continue
        if about == "pleasantry":
            pleasant = True
            covered.update(range(hit.first, hit.last))
            continue
        intent = Intent(about)
        if _taken_back(hit, sentence, known):
            continue
        weights[intent] = max(weights.get(intent, 0.0), hit.phrase.weight)
        hits[intent] = hits.get(intent, 0) + 1
        covered.update(range(hit.first, hit.last))
    greeting = sum(known.has("greeting", word) for word in sentence.words)
    total = max(1, len(sentence.words))
    asks_for = any(known.has("request", word) for at, word in enumerate(sentence.words) if at not in covered)
    explained = min(1.0, (len(covered) + greeting) / total)
    return Understood(sentence, weights, hits, pleasant, about_money, explained, asks_for)


def _taken_back(hit: Hit, sentence: Sentence, known: Lexicon) -> bool:
    sets = _TAKEN_BACK_BY.get(Intent(hit.phrase.about), ())
    if not sets:
        return False
    first = hit.first
    while first > max(0, hit.first - 4) and not _stops(sentence, first):
        first -= 1
    inside = sentence.words[first : hit.last]
    wanted = _own_words(hit.phrase)
    return any(known.has(name, word) for name in sets for word in inside if word.text not in wanted)


def _own_words(phrase: Phrase) -> frozenset[str]:
    return frozenset().union(*(item.exact for item in phrase.items))


def _stops(sentence: Sentence, index: int) -> bool:
    """Whether a comma or the like stands between the word at `index` and the one before it."""
    between = sentence.text[sentence.words[index - 1].end : sentence.words[index].start]
    return any(mark in between for mark in ",;:!()…")


def scores_of(sentences: Iterable[Understood]) -> dict[Intent, float]:
    """The weight of each intent over the whole message: its strongest phrase, and a little for every further one."""
    best: dict[Intent, float] = {}
    count: dict[Intent, int] = {}
    for each in sentences:
        for intent, weight in each.weights.items():
            best[intent] = max(best.get(intent, 0.0), weight)
            count[intent] = count.get(intent, 0) + each.hits[intent]
    return {intent: best[intent] + 0.25 * min(4, count[intent] - 1) for intent in best}


def firm(scores: dict[Intent, float]) -> bool:
    """Whether the rules surely found something that must hold the ladder."""
    return any(score >= STRONG for intent, score in scores.items() if intent not in _NEVER_HOLDS)
