"""Words to word pieces: the unigram segmentation of SentencePiece (Kudo 2018, arXiv 1804.10959), in plain Python.

A vocabulary comes less the pieces that our seven languages do not need: what was a rare piece is then read as several
smaller ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

_WORD = "\u2581"
"""Stands before the first letter of each word."""

_UNLIKELY = 10.0  # below the least likely piece, as in SentencePiece
_REMEMBERED = 20_000
_LONGEST_WORD = 200
SPECIAL = 4
FIRST, LAST, UNKNOWN = 0, 2, 3
"""`<s>`, `</s>` and `<unk>` of XLM-RoBERTa; together with `<pad>` they come before all other pieces."""


@dataclass(slots=True)
class Pieces:
    """A vocabulary: the place and the log likelihood of each piece, and what stands for odd characters."""

    known: Mapping[str, tuple[int, float]]
    folded: Mapping[int, str]
    longest: int
    unknown_score: float
    unknown: int = UNKNOWN
    _words: dict[str, list[int]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        pieces: Sequence[str],
        scores: Sequence[float],
        folded: Mapping[int, str],
        *,
        special: int = SPECIAL,
        unknown: int = UNKNOWN,
    ) -> "Pieces":
        """A vocabulary from its pieces in order, `special` ones first; `folded`: its own form of NFKC."""
        known = {
            piece: (at, float(score))
            for at, (piece, score) in enumerate(zip(pieces, scores, strict=True))
            if at >= special
        }
        return cls(known, folded, max(map(len, known)), min(scores) - _UNLIKELY, unknown)

    def of_text(self, text: str) -> list[int]:
        """The places of a text's pieces, without those for its begin and end."""
        return [piece for word in text.translate(self.folded).split() for piece in self._of_word(word)]

    def _of_word(self, word: str) -> list[int]:
        found = self._words.get(word)
        if found is None:
            if len(self._words) >= _REMEMBERED:
                self._words.clear()
            found = self._words[word] = [
                piece
                for start in range(0, len(word), _LONGEST_WORD)
                for piece in self._likeliest(("" if start else _WORD) + word[start : start + _LONGEST_WORD])
            ]
        return found

    def _likeliest(self, word: str) -> list[int]:
        """The likeliest way to put a word together (Viterbi)."""
        best = [0.0] + [-inf] * len(word)
        came: list[tuple[int, int]] = [(0, self.unknown)] * (len(word) + 1)
        for start in range(len(word)):
            for end in range(start + 1, min(len(word), start + self.longest) + 1):
                piece = self.known.get(word[start:end])
                if piece is not None and best[start] + piece[1] > best[end]:
                    best[end], came[end] = best[start] + piece[1], (start, piece[0])
            if best[start] + self.unknown_score > best[start + 1]:
                best[start + 1], came[start + 1] = best[start] + self.unknown_score, (start, self.unknown)
        found: list[int] = []
        end = len(word)
        while end:
            end, piece_at = came[end]
            found.append(piece_at)
        return found[::-1]
