"""Words to a `Reading`: weigh what each sentence says, choose the primary intent, hold unless that is needless."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from mailbot.core.intent import Intent, Reading, Scope
from mailbot.reading.amounts_meant import amounts_meant
from mailbot.reading.commitment import day_meant, odds_by_rules
from mailbot.reading.names import name_to_write_to
from mailbot.reading.numbers import invoice_numbers
from mailbot.reading.phrases import lexicon
from mailbot.reading.redirect import address_to_write_to, address_told
from mailbot.reading.returning import last_day_away
from mailbot.reading.silence import wants_silence
from mailbot.reading.weigh import HARMLESS, STRONG, Understood, scores_of, weighed
from mailbot.reading.words import Sentence, sentences_of

if TYPE_CHECKING:
    from mailbot.reading.model import Guess

Guesser = Callable[[str, Sequence[Understood]], "Guess | None"]
"""What a trained model makes of the words and their sentences; None where there is none."""

_LIKELY = 2.0
_SURELY_A_MACHINE = 3.25  # two phrases of machines; one of them a tired person may write too
_CLOSE = 1.0
_A_NAME = 4
_ADDRESSED = frozenset({"monsieur", "madame", "all", "tous", "toutes", "sir", "madam", "team", "there", "you", "vous"})
_MANY_WORDS = 12
_FEW_WORDS = 3
_MOSTLY = 0.3
_SHOWS = 0.3  # odds from which a sentence is taken to speak for an intent
_UNSURE = 0.3  # odds below which the model's choice is a mere guess
_SURE = 0.5  # odds from which it is taken for a machine: a person's word must not pass for one
_FEARED = 0.1  # odds of an emergency from which nothing is let go
_NOT_RULED_OUT = 0.02  # the same where a rule surely hears one: words of illness may be about a joke
_NO_COURT = 0.01  # and for a refusal: a lawyer may be a client of the client's
_CONTESTED = 0.05  # odds of a dispute from which nothing is let go
_AWAY = 0.4  # odds from which a machine is taken to tell of an absence
_NEARLY = 0.2  # the rules' choice may be this much less likely than the model's

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
_WHOLE_CLIENT = frozenset({Intent.PERSONAL_EMERGENCY, Intent.ABSENCE, Intent.FINANCIAL_DIFFICULTY, Intent.AUTO_REPLY})

_ELSEWHERE = frozenset({Intent.REDIRECT, Intent.ABSENCE, Intent.AUTO_REPLY})

_LAPSING = frozenset({Intent.PROMISE_TO_PAY, Intent.ABSENCE, Intent.AUTO_REPLY})
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
_MORE = "It may say more than a mere confirmation, so a person should look."


def read(
    words: str,
    *,
    subject: str = "",
    sent_on: date,
    country: str = "",
    known_numbers: Collection[str] = (),
    default_currency: str = "",
    sender: str = "",
    guesser: Guesser | None = None,
    day_weights: Mapping[str, float] | None = None,
) -> Reading:
    """What a person wrote, from the new words alone. Never raises.

    `guesser` is the trained model, by default the one that is shipped; without any the rules read alone. `day_weights`
    choose among days, by default those that are shipped. `sent_on`
    and `country` (ISO 3166) say how dates are meant, `default_currency` what a bare `$` is, `sender` whose own address
    is never proposed as a new contact. Not understood means held (law 4).
    """
    sentences = [weighed(sentence) for sentence in sentences_of(words)]
    scores = scores_of(sentences)
    machine = scores.pop(Intent.AUTO_REPLY, 0.0)
    intent, score = _primary(scores, machine)
    hold, why = _held(intent, sentences, scores)
    confidence = _confidence(intent, score, scores, sentences)
    others = _others(intent, scores)
    spoken = sentences
    guess = (guesser or _shipped)(words, sentences)
    if guess is not None:
        intent = _chosen(guess, intent, score)
        hold, why = _agreed(guess, intent, sentences)
        confidence = round(guess.intents[intent], 2)
        sentences = _spoken(sentences, guess)
        others = _others(intent, scores_of(sentences))
    best = _best(sentences, intent)
    intents = guess.intents if guess else odds_by_rules(spoken)
    parts = guess.sentences if guess else ()
    chosen = day_meant(
        words, spoken, sent_on=sent_on, country=country, intents=intents, parts=parts, weights=day_weights
    )
    amounts, roles = amounts_meant(
        words,
        spoken,
        sent_on=sent_on,
        country=country,
        default_currency=default_currency,
        intents=intents,
        parts=parts,
    )
    until = chosen.day if chosen else None
    redirect = _redirect(intent, sentences, sender, away=until is not None)
    if intent is Intent.AUTO_REPLY:
        away = max((each.weights.get(Intent.ABSENCE, 0.0) for each in sentences), default=0.0)
        told = guess is not None and guess.away >= _AWAY
        if machine < _SURELY_A_MACHINE and away < _LIKELY and not told:
            until = None  # "we get back to you within two days" is no return
        hold = bool(until or redirect) or _says_more(guess, scores, machine)
        why = _why_auto(hold=hold, until=until)
    evidence = best or (spoken[chosen.sentence].sentence if chosen else None)
    silent = hold and wants_silence(intent, others, (each.sentence for each in spoken))
    return Reading(
        intent=intent,
        hold=hold,
        scope=Scope.CLIENT if intent in _WHOLE_CLIENT or silent else Scope.INVOICE,
        until=until,
        amounts=amounts,
        roles=roles,
        redirect_to=redirect,
        invoices=invoice_numbers(words, subject, known_numbers),
        reply_text=words,
        evidence=evidence.text if evidence else "",
        confidence=confidence,
        because=why,
        others=others,
        redirect_name=name_to_write_to(words, redirect, sender) if _points(intent, others, redirect) else None,
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
    guesser: Guesser | None = None,
) -> Reading:
    """What a machine wrote: when the person is back (`until`) and who stands in (`redirect_to`). Never raises.

    Holds where it tells of an absence, a return or another contact; a mere "we got your message" holds nothing.
    """
    sentences = [weighed(sentence) for sentence in sentences_of(f"{subject}.\n{words}" if subject else words)]
    own = [weighed(sentence) for sentence in sentences_of(words)]
    scores = scores_of(sentences)
    guess = (guesser or _shipped)(words, own)
    away = scores.get(Intent.ABSENCE, 0) >= STRONG if guess is None else guess.away >= _AWAY
    chosen = day_meant(words, own, sent_on=sent_on, country=country, intents={Intent.AUTO_REPLY: 1.0})
    if chosen is None and away:
        chosen = last_day_away(words, [each.sentence for each in own], sent_on=sent_on, country=country)
    until = chosen.day if chosen else None
    redirect = _redirect(Intent.AUTO_REPLY, own, sender, away=until is not None)
    hold = bool(until or redirect) or away
    evidence = (
        (own[chosen.sentence].sentence if chosen else None)
        or _best(own, Intent.ABSENCE)
        or _best(own, Intent.AUTO_REPLY)
    )
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
        confidence=0.95 if scores.get(Intent.AUTO_REPLY, 0) >= STRONG or until else 0.8,
        because=_why_auto(hold=hold, until=until),
        others=(Intent.ABSENCE,) if Intent.ABSENCE in scores else (),
        redirect_name=name_to_write_to(words, redirect, sender) if hold else None,
    )


def _primary(scores: dict[Intent, float], machine: float) -> tuple[Intent, float]:
    if machine >= _SURELY_A_MACHINE or (machine >= STRONG and max(scores.values(), default=0) < STRONG):
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
    if intent not in HARMLESS:
        return True, why
    if not scores:
        return True, "Nothing in it was understood, so a person should look."
    if scores[intent] < _LIKELY or any(score >= _LIKELY for other, score in scores.items() if other not in HARMLESS):
        return True, _MORE
    if any(_unclear(understood) for understood in sentences):
        return True, "A part of it was not understood, so a person should look."
    return False, why


def _shipped(words: str, sentences: Sequence[Understood]) -> "Guess | None":
    """What the shipped model says, or None where it cannot be loaded."""
    try:
        from mailbot.reading.model import model  # noqa: PLC0415 - numpy and the weights only once there is a mail to read

        shipped = model()
        return shipped.guess(words, sentences) if shipped else None
    except ImportError:
        return None


def _chosen(guess: "Guess", by_rules: Intent, score: float) -> Intent:
    """The likeliest intent, unless several phrases say another that weighs more and is not far behind.

    A mere guess yields to what a rule surely hears, and starts no hold that ends by itself.
    """
    likely = [each for each in guess.intents if each is not Intent.AUTO_REPLY or guess.intents[each] >= _SURE]
    best = max(likely, key=lambda each: guess.intents[each])
    near = guess.intents[by_rules] >= _NEARLY * guess.intents[best]
    if score > STRONG and near and _RANK.get(by_rules, len(_RANK)) < _RANK.get(best, len(_RANK)):
        return by_rules
    if guess.intents[best] < _UNSURE:
        surely = score >= STRONG and by_rules not in HARMLESS
        return by_rules if surely else Intent.OTHER if best in _LAPSING else best
    return best


def _agreed(guess: "Guess", intent: Intent, sentences: list[Understood]) -> tuple[bool, str]:
    """Whether the ladder waits: it goes on only where the model is sure, surer still where a rule objects (law 4)."""
    harmless = intent in HARMLESS
    released = guess.may_release and (guess.clearly or not objects(sentences)) and not _alarming(guess, sentences)
    if not released or not _says_anything(sentences):
        return True, _MORE if harmless else _BECAUSE[intent]
    return False, _BECAUSE[intent] if harmless else "Nothing in it seems to bear on the payment."


def _says_anything(sentences: list[Understood]) -> bool:
    """Whether a rule knows a word or a sign in it, or there are words enough for a model to be sure of."""
    every = [word for each in sentences for word in each.sentence.words]
    known = lexicon()
    spoken = any(each.weights or each.pleasant for each in sentences) or any(known.has("courtesy", w) for w in every)
    return spoken or sum(len(word.text) > 1 for word in every) >= _FEW_WORDS


def _alarming(guess: "Guess", sentences: list[Understood]) -> bool:
    """Whether the model fears what harms most, or cannot rule out an emergency or a court that a rule hears."""

    def feared(intent: Intent, alone: float, heard: float) -> bool:
        hears = any(each.weights.get(intent, 0.0) >= STRONG for each in sentences)
        return guess.intents[intent] >= (heard if hears else alone)

    return (
        feared(Intent.PERSONAL_EMERGENCY, _FEARED, _NOT_RULED_OUT)
        or feared(Intent.REFUSAL, _FEARED, _NO_COURT)
        or feared(Intent.DISPUTE, _CONTESTED, _CONTESTED)
    )


def objects(sentences: list[Understood]) -> bool:
    """Whether the rules alone would hold a mail: they found something, or a part of it was not understood."""
    scores = scores_of(sentences)
    machine = scores.pop(Intent.AUTO_REPLY, 0.0)
    intent, _ = _primary(scores, machine)
    return _held(intent, sentences, scores)[0]


def _says_more(guess: "Guess | None", scores: dict[Intent, float], machine: float) -> bool:
    """Whether a machine says more than that it got the mail."""
    if guess is not None:
        return guess.away >= _AWAY
    said = max((score for each, score in scores.items() if each not in HARMLESS), default=0.0)
    return said >= _LIKELY or machine < _SURELY_A_MACHINE


def _spoken(sentences: list[Understood], guess: "Guess") -> list[Understood]:
    """The sentences with what the model hears in them; the loudest always speaks for the primary intent."""
    heard = guess.sentences[: len(sentences)]
    telling = [at for at in range(len(heard)) if not _greets(sentences[at].sentence)] or range(len(heard))
    loudest = max(telling, key=lambda at: heard[at][guess.intent]) if sentences else -1
    found = list(sentences)
    for at, odds in enumerate(heard[: len(sentences)]):
        weights = dict(sentences[at].weights)
        for intent, likely in odds.items():
            if likely >= _SHOWS or (at == loudest and intent is guess.intent):
                weights[intent] = max(weights.get(intent, 0.0), STRONG * likely)
        found[at] = replace(sentences[at], weights=weights, hits=dict.fromkeys(weights, 1) | sentences[at].hits)
    return found


def _unclear(understood: Understood) -> bool:
    """Whether a sentence may say something that no phrase caught."""
    words = understood.sentence.words
    if _open_ended(understood):
        return True
    if understood.weights:
        return len(words) > _MANY_WORDS and understood.explained < _MOSTLY
    return not understood.pleasant and len(words) > _A_NAME


def _open_ended(understood: Understood) -> bool:
    """Whether it asks for something, or takes back with a "but" what was said before."""
    known = lexicon()
    return understood.asks_for or any(known.has("but", word) for word in understood.sentence.words)


def _best(sentences: Iterable[Understood], intent: Intent) -> Sentence | None:
    speaking = [each for each in sentences if intent in each.weights]
    if not speaking:
        return None
    telling = [each for each in speaking if not _greets(each.sentence)] or speaking
    return max(telling, key=lambda each: (each.weights[intent], each.hits[intent])).sentence


def _greets(sentence: Sentence) -> bool:
    """Whether a sentence does nothing but greet: "Bonjour Monsieur,", "Hi Jean"."""
    words = sentence.words
    if not words or len(words) > _A_NAME or not lexicon().has("greeting", words[0]):
        return False
    named = (sentence.text[word.start : word.start + 1].isupper() or word.text in _ADDRESSED for word in words[1:])
    return all(named)


def _redirect(intent: Intent, sentences: Iterable[Understood], sender: str, *, away: bool) -> str | None:
    """The address that is pointed to: by words of a deputy or a redirect, else told in some other sentence.

    A machine's mere receipt tells addresses too; they count only where somebody is `away`.
    """
    known = [(each, address) for each in sentences if (address := address_to_write_to(each.sentence.text, sender))]
    for each, address in known:
        pointed = any(hit.phrase.about == "deputy" for hit in lexicon().hits(each.sentence))
        if pointed or intent is Intent.REDIRECT:
            return address
    if intent is Intent.AUTO_REPLY and not away:
        return None
    return next((found for each, _ in known if (found := address_told(each.sentence.text, sender))), None)


def _points(intent: Intent, others: Collection[Intent], address: str | None) -> bool:
    """Whether a mail points to somebody else, or its writer is away."""
    return address is not None or intent in _ELSEWHERE or Intent.REDIRECT in others


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
