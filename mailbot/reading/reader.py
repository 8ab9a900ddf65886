"""Words to a `Reading`: weigh what each sentence says, choose the primary intent, hold unless that is needless."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from mailbot.core.intent import Intent, Reading, Scope
from mailbot.reading.amounts import amounts_in
from mailbot.reading.dates import Aim, day_named
from mailbot.reading.numbers import invoice_numbers
from mailbot.reading.phrases import Hit, Lexicon, Phrase, lexicon
from mailbot.reading.redirect import address_to_write_to
from mailbot.reading.words import Sentence, sentences_of

_STRONG = 3.0
_LIKELY = 2.0
_SURELY_A_MACHINE = 3.25  # two phrases of machines; one of them a tired person may write too
_CLOSE = 1.0
_A_NAME = 4
_MANY_WORDS = 12
_MOSTLY = 0.3

# When two intents weigh about the same, the one where a wrong letter would hurt more is primary.
_PRECEDENCE = (
    Intent.PERSONAL_EMERGENCY,
    Intent.DISPUTE,
    Intent.REFUSAL,
    Intent.FINANCIAL_DIFFICULTY,
    Intent.EXTENSION_REQUEST,
    Intent.PAYMENT_CLAIMED,
    Intent.PROMISE_TO_PAY,
    Intent.REDIRECT,
    Intent.ABSENCE,
    Intent.DOCUMENT_REQUEST,
    Intent.QUESTION,
    Intent.APPROVAL,
    Intent.ACKNOWLEDGEMENT,
    Intent.OTHER,
)
_RANK = {intent: rank for rank, intent in enumerate(_PRECEDENCE)}
_HARMLESS = frozenset({Intent.ACKNOWLEDGEMENT, Intent.APPROVAL, Intent.OTHER})
_WHOLE_CLIENT = frozenset({Intent.PERSONAL_EMERGENCY, Intent.ABSENCE, Intent.FINANCIAL_DIFFICULTY, Intent.AUTO_REPLY})

# A "not" in front of these takes them back; the others hold their own negation.
_TAKEN_BACK_BY = {
    Intent.PAYMENT_CLAIMED: ("negation", "future", "condition"),
    Intent.PROMISE_TO_PAY: ("negation",),
    Intent.APPROVAL: ("negation", "condition"),
    Intent.ACKNOWLEDGEMENT: ("negation",),
}
_AIM = {
    Intent.PROMISE_TO_PAY: Aim.BY,
    Intent.EXTENSION_REQUEST: Aim.BY,
    Intent.FINANCIAL_DIFFICULTY: Aim.BY,
    Intent.ABSENCE: Aim.BACK,
    Intent.AUTO_REPLY: Aim.BACK,
}
# A lack of money has no day of its own, only one that is offered along with it.
_DAY_STANDS_IN = {
    Intent.AUTO_REPLY: frozenset({Intent.AUTO_REPLY, Intent.ABSENCE}),
    Intent.FINANCIAL_DIFFICULTY: frozenset({Intent.PROMISE_TO_PAY, Intent.EXTENSION_REQUEST}),
}
_BECAUSE = {
    Intent.PAYMENT_CLAIMED: "The writer says that it was paid; that is a claim, so the ladder waits for the money.",
    Intent.PROMISE_TO_PAY: "The writer says that it will be paid.",
    Intent.DISPUTE: "The writer contests the invoice or the work.",
    Intent.PERSONAL_EMERGENCY: "The writer tells of an illness, an accident, a loss or another emergency.",
    Intent.FINANCIAL_DIFFICULTY: "The writer says that the money is not there.",
    Intent.ABSENCE: "The person who pays is away.",
    Intent.EXTENSION_REQUEST: "The writer asks for more time, instalments or a lower price.",
    Intent.DOCUMENT_REQUEST: "The writer needs a document or a detail before paying.",
    Intent.REDIRECT: "The writer points to somebody else.",
    Intent.REFUSAL: "The writer refuses to pay or wants no more letters.",
    Intent.ACKNOWLEDGEMENT: "The writer only confirms receipt.",
    Intent.APPROVAL: "The writer approves.",
    Intent.QUESTION: "The writer asks something that a person must answer.",
    Intent.OTHER: "The message is about something else.",
    Intent.AUTO_REPLY: "A machine wrote this.",
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


def read(
    words: str,
    *,
    subject: str = "",
    sent_on: date,
    country: str = "",
    known_numbers: Collection[str] = (),
    default_currency: str = "",
    sender: str = "",
) -> Reading:
    """What a person wrote, from the new words alone. Never raises.

    `sent_on` and `country` (ISO 3166) say how dates are meant, `default_currency` what a bare `$` is, `sender` whose
    own address is never proposed as a new contact. Not understood means held (law 4).
    """
    sentences = [_understood(sentence) for sentence in sentences_of(words)]
    scores = _scores(sentences)
    machine = scores.pop(Intent.AUTO_REPLY, 0.0)
    intent, score = _primary(scores, machine)
    hold, why = _held(intent, sentences, scores)
    best = _best(sentences, intent)
    until, day_from = _until(intent, sentences, sent_on, country)
    redirect = _redirect(intent, sentences, sender)
    if intent is Intent.AUTO_REPLY:
        said = max((score for each, score in scores.items() if each not in _HARMLESS), default=0.0)
        hold = bool(until or redirect or said >= _LIKELY or score < _SURELY_A_MACHINE)
        why = _why_auto(hold=hold, until=until)
    evidence = best or day_from
    return Reading(
        intent=intent,
        hold=hold,
        scope=Scope.CLIENT if intent in _WHOLE_CLIENT else Scope.INVOICE,
        until=until,
        amounts=amounts_in(words, default_currency),
        redirect_to=redirect,
        invoices=invoice_numbers(words, subject, known_numbers),
        reply_text=words,
        evidence=evidence.text if evidence else "",
        confidence=_confidence(intent, score, scores, sentences),
        because=why,
        others=_others(intent, scores),
    )


def read_auto(
    words: str,
    *,
    subject: str = "",
    sent_on: date,
    country: str = "",
    known_numbers: Collection[str] = (),
    default_currency: str = "",  # noqa: ARG001 - the two readers are called alike
    sender: str = "",
) -> Reading:
    """What a machine wrote: when the person is back (`until`) and who stands in (`redirect_to`). Never raises.

    Holds where it tells of an absence, a return or another contact; a mere "we got your message" holds nothing.
    """
    sentences = [_understood(sentence) for sentence in sentences_of(f"{subject}.\n{words}" if subject else words)]
    own = [_understood(sentence) for sentence in sentences_of(words)]
    scores = _scores(sentences)
    until, day_from = _until(Intent.AUTO_REPLY, own, sent_on, country)
    redirect = _redirect(Intent.AUTO_REPLY, own, sender)
    hold = bool(until or redirect or scores.get(Intent.ABSENCE, 0) >= _STRONG)
    evidence = day_from or _best(own, Intent.ABSENCE) or _best(own, Intent.AUTO_REPLY)
    return Reading(
        intent=Intent.AUTO_REPLY,
        hold=hold,
        scope=Scope.CLIENT,
        until=until,
        amounts=(),
        redirect_to=redirect,
        invoices=invoice_numbers(words, subject, known_numbers),
        reply_text=words,
        evidence=evidence.text if evidence else "",
        confidence=0.95 if scores.get(Intent.AUTO_REPLY, 0) >= _STRONG or until else 0.8,
        because=_why_auto(hold=hold, until=until),
        others=(Intent.ABSENCE,) if Intent.ABSENCE in scores else (),
    )


def _understood(sentence: Sentence) -> Understood:
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


def _scores(sentences: Iterable[Understood]) -> dict[Intent, float]:
    """The weight of each intent over the whole message: its strongest phrase, and a little for every further one."""
    best: dict[Intent, float] = {}
    count: dict[Intent, int] = {}
    for understood in sentences:
        for intent, weight in understood.weights.items():
            best[intent] = max(best.get(intent, 0.0), weight)
            count[intent] = count.get(intent, 0) + understood.hits[intent]
    return {intent: best[intent] + 0.25 * min(4, count[intent] - 1) for intent in best}


def _primary(scores: dict[Intent, float], machine: float) -> tuple[Intent, float]:
    if machine >= _SURELY_A_MACHINE or (machine >= _STRONG and max(scores.values(), default=0) < _STRONG):
        return Intent.AUTO_REPLY, machine
    if not scores:
        return Intent.OTHER, 0.0
    top = max(scores.values())
    near = [intent for intent, score in scores.items() if score >= top - _CLOSE]
    intent = min(near, key=lambda each: _RANK[each])
    return intent, scores[intent]


def _held(intent: Intent, sentences: list[Understood], scores: dict[Intent, float]) -> tuple[bool, str]:
    """Whether the ladder waits, and why. It goes on only if every sentence is understood and harmless (law 4)."""
    why = _BECAUSE[intent]
    if intent not in _HARMLESS:
        return True, why
    if not scores:
        return True, "Nothing in it was understood, so a person should look."
    if scores[intent] < _LIKELY or any(score >= _LIKELY for other, score in scores.items() if other not in _HARMLESS):
        return True, "It may say more than a mere confirmation, so a person should look."
    if any(_unclear(understood) for understood in sentences):
        return True, "A part of it was not understood, so a person should look."
    return False, why


def _unclear(understood: Understood) -> bool:
    """Whether a sentence may say something that no phrase caught."""
    known = lexicon()
    words = understood.sentence.words
    if understood.asks_for or any(known.has("but", word) for word in words):
        return True
    if understood.weights:
        return len(words) > _MANY_WORDS and understood.explained < _MOSTLY
    return not understood.pleasant and len(words) > _A_NAME


def _best(sentences: Iterable[Understood], intent: Intent) -> Sentence | None:
    speaking = [each for each in sentences if intent in each.weights]
    if not speaking:
        return None
    return max(speaking, key=lambda each: (each.weights[intent], each.hits[intent])).sentence


def _until(
    intent: Intent, sentences: list[Understood], sent_on: date, country: str
) -> tuple[date | None, Sentence | None]:
    aim = _AIM.get(intent)
    if aim is None:
        return None, None
    speaking = _DAY_STANDS_IN.get(intent, frozenset({intent}))
    ordered = sorted(sentences, key=lambda each: -max((each.weights.get(i, 0.0) for i in speaking), default=0.0))
    for understood in ordered:
        commits = any(i in understood.weights for i in speaking)
        if commits or aim is Aim.BACK:
            day = day_named(understood.sentence.text, aim, sent_on=sent_on, country=country, marked=not commits)
            if day:
                return day, understood.sentence
    return None, None


def _redirect(intent: Intent, sentences: Iterable[Understood], sender: str) -> str | None:
    for understood in sentences:
        pointed = any(hit.phrase.about == "deputy" for hit in lexicon().hits(understood.sentence))
        if pointed or intent is Intent.REDIRECT:
            address = address_to_write_to(understood.sentence.text, sender)
            if address:
                return address
    return None


def _others(primary: Intent, scores: dict[Intent, float]) -> tuple[Intent, ...]:
    found = (i for i, score in scores.items() if i is not primary and score >= 2 and i is not Intent.AUTO_REPLY)
    return tuple(sorted(found, key=lambda intent: _RANK[intent]))


def _confidence(intent: Intent, score: float, scores: dict[Intent, float], sentences: list[Understood]) -> float:
    """Rough odds that the primary intent is right: its strength, its lead, and how much was understood at all."""
    if not score:
        return 0.1
    rival = max((value for other, value in scores.items() if other is not intent), default=0.0)
    explained = sum(each.explained for each in sentences) / max(1, len(sentences))
    value = 0.25 + 0.12 * min(score, 4.0) + 0.08 * max(-1.0, min(2.0, score - rival)) + 0.1 * explained
    return round(max(0.05, min(0.97, value)), 2)


def _why_auto(*, hold: bool, until: date | None) -> str:
    if until:
        return f"An automatic reply: the person is back on {until.isoformat()}."
    if hold:
        return "An automatic reply that tells of an absence or of another contact."
    return "An automatic reply that says nothing about who pays or when."
