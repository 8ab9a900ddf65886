"""What mail programs leave in their HTML to mark a quoted letter, and the text without it."""

import re
from typing import Any

from mailbot.mail import quote_marks as marks
from mailbot.mail.hypertext import text_of_tree, tree_of

_BAR = re.compile(r"border-left\s*:|border-inline-start\s*:", re.IGNORECASE)
_NO_BAR = re.compile(r"border\s*:\s*none", re.IGNORECASE)


def own_text(html: str) -> str:
    """Text of an HTML letter without what a cue marks as quoted; empty where the HTML has no cue at all."""
    tree = tree_of(html)
    if tree is None:
        return ""
    found = False
    gone: set[Any] = set()
    for element in list(tree.iter()):
        if element.getparent() in gone or not isinstance(element.tag, str):
            gone.add(element)
            continue
        if _begins_quote(element):
            found = True
            _cut_after(element)
            _drop(element)
            break
        if _is_quote(element):
            found = True
            _drop(element)
            gone.add(element)
        elif element.tag == "blockquote":  # an indent, drawn by the writer
            element.tag = "div"
    return text_of_tree(tree) if found else ""


def _names(element: Any, attribute: str) -> set[str]:
    return {name.removeprefix("x_").lower() for name in (element.get(attribute) or "").split()}


def _begins_quote(element: Any) -> bool:
    marked = (element.get("data-marker") or "").startswith("__QUOTED_TEXT__")
    return marked or bool(_names(element, "id") & marks.HTML_CUT_IDS)


def _is_quote(element: Any) -> bool:
    classes = _names(element, "class")
    if classes & marks.HTML_QUOTE_CLASSES or _names(element, "id") & marks.HTML_QUOTE_IDS:
        return True
    if _names(element, "name") & marks.HTML_QUOTE_NAMES:
        return True
    if element.tag == "blockquote":
        style = element.get("style") or ""
        cited = (element.get("type") or "").lower() == "cite" or "cite" in element.attrib
        return (
            cited
            or bool({"gmail_quote", "yahoo_quote"} & classes)
            or bool(_BAR.search(style) and not _NO_BAR.match(style))
        )
    # Gmail forwards in a div without a blockquote; with one, the writer may have answered between the quotes.
    return "gmail_quote" in classes and not any(True for _ in element.iter("blockquote"))


def _cut_after(element: Any) -> None:
    """Remove everything that follows an element in the document."""
    while element is not None:
        parent = element.getparent()
        if parent is None:
            return
        for sibling in list(element.itersiblings()):
            parent.remove(sibling)
        element.tail = None
        element = parent


def _drop(element: Any) -> None:
    """Remove an element and what is in it; the text after it stays."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + "\n" + element.tail
        else:
            before.tail = (before.tail or "") + "\n" + element.tail
    parent.remove(element)
