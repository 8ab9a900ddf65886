"""HTML of strangers made plain text. One walk, no recursion, no style sheet, nothing fetched."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree  # type: ignore[import-untyped]  # it ships no types

from mailbot.mail.charset import storable

_HTML_CHARS = 512 * 1024
_SILENT = frozenset({"script", "style", "head", "title", "template", "object", "svg", "noscript", "meta", "link"})
_BLOCKS = frozenset(
    {
        *(
            "address",
            "article",
            "aside",
            "blockquote",
            "body",
            "center",
            "dd",
            "div",
            "dl",
            "dt",
            "fieldset",
            "footer",
        ),
        *(
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "hr",
            "li",
            "main",
            "nav",
            "ol",
            "pre",
            "section",
        ),
        *("table", "tr", "ul", "tbody", "thead"),
    }
)
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "ul", "ol", "blockquote"})
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_BREAKS = frozenset({"\n", "\n\n", "\x01", "\x02", "\x03"})
_MARKS = str.maketrans("\x01\x02\x03", "   ")
_BLANKS = re.compile(r"[ \t\r\n\f]+")


def tree_of(html: str) -> Any | None:
    """Document tree, or None where nothing can be made of it. Cut at 512 Ki characters."""
    if not html.strip():
        return None
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, recover=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(html[:_HTML_CHARS].encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def text_of_html(html: str, cell: str = " ") -> str:
    """Words of an HTML mail as plain text: blocks on lines of their own, `> ` before quotes, `cell` before cells."""
    tree = tree_of(html)
    return "" if tree is None else text_of_tree(tree, cell)


def text_of_tree(tree: Any, cell: str = " ") -> str:
    """Words below an element."""
    lines: list[str] = []
    line: list[str] = []
    depth = 0
    for piece in _pieces(tree, cell):
        if piece in _BREAKS:
            words = _BLANKS.sub(" ", "".join(line)).strip(" ")
            if words:
                lines.append("> " * min(depth, 5) + words)
            if (piece == "\n\n" or (piece == "\x03" and not words)) and lines and lines[-1]:
                lines.append("")
            depth += {"\x01": 1, "\x02": -1}.get(piece, 0)
            line.clear()
        else:
            line.append(piece)
    tail = _BLANKS.sub(" ", "".join(line)).strip(" ")
    return storable("\n".join([*lines, tail]).replace("\xa0", " ").strip("\n"))


def _pieces(tree: Any, cell: str) -> Iterator[str]:
    """Text, line ends (a newline), paragraph ends (two), start and end of a quote (SOH, STX), `br` (ETX)."""
    silent = 0
    for step, element in etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        mute = tag in _SILENT or bool(_HIDDEN.search(element.get("style") or ""))
        if step == "start":
            silent += mute
            if silent:
                continue
            yield from _opening(tag, cell)
            if element.text:
                yield _safe(element.text)
        else:
            if not silent:
                yield from _closing(tag)
            silent -= mute
            if not silent and element.tail and element is not tree:
                yield _safe(element.tail)


def _opening(tag: str, cell: str) -> Iterator[str]:
    if tag == "br":
        yield "\x03"
    elif tag in _PARAGRAPHS:
        yield "\n\n"
    elif tag in _BLOCKS:
        yield "\n"
    elif tag in ("td", "th"):
        yield cell
    if tag == "blockquote":
        yield "\x01"
    elif tag == "li":
        yield "- "


def _closing(tag: str) -> Iterator[str]:
    if tag == "blockquote":
        yield "\x02"
    if tag in _PARAGRAPHS:
        yield "\n\n"
    elif tag in _BLOCKS:
        yield "\n"


def _safe(text: str) -> str:
    return _BLANKS.sub(" ", text.translate(_MARKS))
