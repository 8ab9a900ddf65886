"""The shape of the text part: wrapped lines, no trailing space, a subject of one line."""

import re
import textwrap

WIDTH = 74
LONGEST_SUBJECT = 78  # RFC 5322 section 2.1.1: lines should be no longer

_GLUE = "\x00"  # `plain` lets no control character through, so it stands for itself only
_DATE_SPACE = re.compile(r"(?<=\b\d) (?=[^\W\d])|(?<=\b\d\d) (?=[^\W\d])|(?<=[^\W\d]) (?=\d{1,2}, \d{4}|\d{4}\b)")


def one_subject(subject: str) -> str:
    """Put a subject on one line; a long one ends at a word with an ellipsis."""
    line = " ".join(re.split(r"[ \t\r\n]+", subject.strip()))
    if len(line) <= LONGEST_SUBJECT:
        return line
    cut = line[: LONGEST_SUBJECT - 1]
    if " " in cut[40:]:
        cut = cut[: cut.rindex(" ")]
    return cut.rstrip(" ,;:-(\u2013\u2014") + "…"


def tidy(body: str) -> str:
    """Wrap long lines (an indented line stays indented), drop trailing spaces and doubled blank lines."""
    lines = [piece for line in body.split("\n") for piece in _wrapped(line.rstrip())]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def paragraphs(body: str) -> tuple[tuple[str, ...], ...]:
    """Cut unwrapped text into paragraphs of lines."""
    return tuple(tuple(block.split("\n")) for block in re.split(r"\n\s*\n", body.strip("\n")) if block.strip())


def _wrapped(line: str) -> list[str]:
    if len(line) <= WIDTH:
        return [line]
    indent = re.match(r"(?:> |- |[ ])*", line)
    lead = indent.group().replace("-", " ") if indent else ""
    bound = _DATE_SPACE.sub(_GLUE, line)
    pieces = textwrap.wrap(
        bound, WIDTH, subsequent_indent=lead, break_long_words=False, break_on_hyphens=False, drop_whitespace=True
    )
    return [piece.replace(_GLUE, " ") for piece in pieces]
