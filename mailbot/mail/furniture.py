"""What servers, ticket systems and signing programs put around a person's words; all patterns look at one line."""

import re

_SPACE = re.compile(r"\s+")
# A warning of the receiver's own server: that the mail came from outside, or not to touch what is in it.
_MAIL = r"(?:e-?mails?|mails?|courriels?|messages?|senders?|exp[ée]diteurs?|sources?|absender|afzender)"
_FROM_OUTSIDE = re.compile(
    rf"\b{_MAIL}(?: is| est| was)? (?:extern\w*)\b|\bextern\w* {_MAIL}\b"
    rf"|\b{_MAIL}\b.{{0,40}}\b(?:originat\w+|sent|came|comes|received|provien\w+|provenan\w+|[ée]man\w+|envoy[ée]e?"
    r"|kommt|stammt|komt|proviene)\b"
    r".{0,30}\b(?:outside|external|ext[ée]rieure?|externe|hors|au[ßs]+erhalb|extern\w*|buiten|esterno|fuera)\b"
    r"|\b(?:don't|do not) (?:often|usually) (?:get|receive) e?-?mails?\b"
    rf"|\b(?:n'obtenez|ne recevez) pas souvent (?:d'|de )?{_MAIL}\b|\bsome people who received this message\b"
)
_DO_NOT_TOUCH = re.compile(
    r"(?:\b(?:do not|don't|never|not)\b.{0,20}\b(?:click|open)|\bn(?:e |')(?:\w+ ){0,2}?(?:pas |jamais )?"
    r"(?:cliquez|ouvrez|cliquer|ouvrir)|\bklik (?:niet|nooit)|\bklicken sie nicht"
    r"|\b(?:be cautious|use caution|exercise caution|soyez prudents?|soyez vigilants?|faites preuve de prudence))"
    r".{0,80}\b(?:links|liens?|attachments|pi[èe]ces? jointes|anh[äa]nge|bijlagen)\b"
)
_A_PERSON = re.compile(
    r"^(?:bonjour|bonsoir|hello|hi|hey|dear|hallo|guten|salut|cher|ch[èe]re|beste|hola|ciao|ol[áa])\b"
)
_ANSWER_ABOVE = re.compile(
    r"\b(?:type|write|enter|add|saisi\w*|[ée]cri\w*|r[ée]pon\w*|reply|respond|antwort\w*|schreib\w*|respuesta|responda|antwoord\w*)\b"
    r".{0,40}\b(?:above|au[- ]dessus|ci-dessus|oberhalb|[üu]ber|encima|boven|sopra|acima)\b.{0,20}"
    r"\b(?:line|ligne|zeile|trait|l[íi]nea|lijn|regel|riga|linha)\b"
)
_REACTED = re.compile(
    r"^.{1,80}\b(?:reacted|a r[ée]agi|reagiert|ha reaccionado|ha reagito|reagiu|heeft gereageerd)\b"
    r".{0,30}\b(?:via|[üu]ber|a trav[ée]s de|tramite|atrav[ée]s d[eo])\b (?:gmail|outlook|google)\b"
    r"|^.{1,60}\bhat [üu]ber gmail reagiert\b"
)
_LINK = re.compile(r"[<(\[]?https?://\S*")
_ARMOUR_BEGINS = "-----BEGIN PGP SIGNED MESSAGE-----"
_ARMOUR_ENDS = "-----BEGIN PGP SIGNATURE-----"
_POINTS_TO_HTML = re.compile(
    r"\bhtml\b.{0,80}\b(?:e-?mail|mail|message|client|program|viewer|reader|browser|messagerie|logiciel|navigateur|format|anzeig\w*)\b"
    r"|\b(?:e-?mail|mail|message|client|viewer|messagerie|logiciel|format)\b.{0,80}\bhtml\b",
    re.DOTALL,
)
_PLACEHOLDER_CHARS = 240


def without_armour(lines: list[str]) -> list[str]:
    """The lines of a letter that was signed in clear (RFC 4880, section 7), without what frames them."""
    begins = next((at for at, line in enumerate(lines) if line == _ARMOUR_BEGINS), -1)
    if begins < 0:
        return lines
    body = next((at + 1 for at in range(begins, len(lines)) if not lines[at]), begins + 1)
    ends = next((at for at in range(body, len(lines)) if lines[at] == _ARMOUR_ENDS), len(lines))
    return [*lines[:begins], *(line.removeprefix("- ") for line in lines[body:ends])]


def without_notices(lines: list[str]) -> list[str]:
    """The lines without warnings above the first word of a person, and without those that only a machine writes."""
    kept: list[str] = []
    warned = False
    for line in lines:
        bare = _SPACE.sub(" ", line).strip(" *[]|-_=~\u2014\u2013#!").lower().replace("\u2019", "'")
        above = not any(character.isalnum() for each in kept for character in each)
        if (above and _warns(bare)) or _is_machines(bare):
            warned = True
            continue
        if above and warned and not bare:  # the rule under a warning
            continue
        kept.append(line)
    return kept


def _warns(bare: str) -> bool:
    return not _A_PERSON.match(bare) and bool(_FROM_OUTSIDE.search(bare[:400]) or _DO_NOT_TOUCH.search(bare[:400]))


def _is_machines(bare: str) -> bool:
    line = _LINK.sub("", bare[:300]).strip(" .")
    return len(line) < 120 and bool(_REACTED.search(line) or (_ANSWER_ABOVE.search(line) and len(line) < 80))


def points_to_html(text: str) -> bool:
    """Whether a text part says nothing but that the HTML should be looked at, or nothing at all."""
    words = _SPACE.sub(" ", text).strip().lower()
    return not words or (len(words) <= _PLACEHOLDER_CHARS and bool(_POINTS_TO_HTML.search(words)))
