"""Which documents a mail asks for. The phrases are data (`documents.toml`); whether it asks at all is its intent."""

import tomllib
from functools import cache
from importlib import resources

from mailbot.core.document import Document
from mailbot.reading.phrases import Lexicon, compile_phrase
from mailbot.reading.words import sentences_of

_NOT = "not"
# What is more exact than a bare copy: "a copy of the corrected invoice", "the invoice with our order number".
_INSTEAD_OF_COPY = frozenset({Document.CORRECTED, Document.ORDER_NUMBER, Document.RECEIPT, Document.TAX_FORM})


def documents_asked(words: str) -> tuple[Document, ...]:
    """The documents and details that the new words of a request name, in a fixed order. Never raises; linear."""
    found: set[Document] = set()
    for sentence in sentences_of(words):
        named = {hit.phrase.about for hit in _lexicon().hits(sentence)}
        if _NOT in named:
            continue
        here = {Document(name) for name in named}
        if here & _INSTEAD_OF_COPY:
            here.discard(Document.COPY)
        if Document.ORDER_NUMBER in here:
            here.discard(Document.CORRECTED)
        found |= here
    return tuple(document for document in Document if document in found)


@cache
def _lexicon() -> Lexicon:
    text = (resources.files("mailbot.reading") / "documents.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    found = Lexicon()
    for about, lines in table["documents"].items():
        if about != _NOT:
            Document(about)
        for line in filter(None, map(str.strip, lines.splitlines())):
            found.add(compile_phrase(line, about, 1.0, table["sets"]))
    return found
