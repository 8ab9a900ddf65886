"""Word pieces and what each means before its neighbours are looked at: the tuned network's eyes.

The pieces and their rows come from the multilingual Universal Sentence Encoder v3 (Apache-2.0), six bits a value as
its package has them; those of scripts and words that our seven languages do not use were left out, and what they
spelled falls apart into shorter pieces.
"""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from mailbot.reading.model_pieces import Pieces

TABLE = "pieces.npz"
TABLE_CHECKSUM = "pieces.sha256"

_UNKNOWN, _FIRST, _LAST = 0, 1, 2
_SPECIAL = 3
_UNSEEN = dict.fromkeys([*range(32), 0x7F, 0xAD, 0x200B, 0x2060, 0xFEFF], " ")


class TableMissingError(ImportError):
    """The table of word pieces is missing or not what was shipped."""


@dataclass(frozen=True, slots=True)
class Table:
    """The vocabulary, and one row of values for each piece."""

    pieces: Pieces
    rows: NDArray[np.uint8]
    scale: NDArray[np.float32]
    low: NDArray[np.float32]


def pieces_of(text: str) -> list[int]:
    """The word pieces of a text, between a first and a last one. Raises TableMissingError."""
    sound = text.encode("utf-8", "replace").decode("utf-8").translate(_UNSEEN)
    found = table().pieces.of_text(unicodedata.normalize("NFKC", sound))
    return [_FIRST, *(found or [_UNKNOWN]), _LAST]


def embedded(pieces: Sequence[int]) -> NDArray[np.float32]:
    """One row for each word piece. Raises TableMissingError."""
    known = table()
    places = np.array(pieces, dtype=np.int64)
    rows: NDArray[np.float32] = known.rows[places] * known.scale[places, None] + known.low[places, None]
    return rows


def forget() -> None:
    """Give the memory back; the next text loads the table again."""
    table.cache_clear()


@cache
def table() -> Table:
    """The table that is shipped. Raises TableMissingError."""
    folder = resources.files("mailbot.reading") / "weights"
    try:
        octets = (folder / TABLE).read_bytes()
        expected = (folder / TABLE_CHECKSUM).read_text(encoding="ascii").split()[0]
    except (OSError, IndexError) as error:
        raise TableMissingError(TABLE) from error
    if hashlib.sha256(octets).hexdigest() != expected:
        raise TableMissingError(TABLE)
    return opened(octets)


def opened(octets: bytes) -> Table:
    """A table from the octets of its npz file; nothing in it is ever executed."""
    with np.load(BytesIO(octets), allow_pickle=False) as file:
        pieces = file["pieces"].tobytes().decode("utf-8").split("\n")
        group = file["group"]
        return Table(
            Pieces.of(pieces, file["likely"].tolist(), {}, special=_SPECIAL, unknown=_UNKNOWN),
            file["rows"],
            file["scale"][group],
            file["low"][group],
        )


def packed(
    pieces: Sequence[str],
    likely: NDArray[np.float32],
    rows: NDArray[np.uint8],
    *,
    group: NDArray[np.uint8],
    scale: NDArray[np.float32],
    low: NDArray[np.float32],
) -> bytes:
    """The npz file of a table. `group` says which scale and lowest value each row has."""
    buffer = BytesIO()
    np.savez_compressed(
        buffer,
        pieces=np.frombuffer("\n".join(pieces).encode("utf-8"), dtype=np.uint8),
        likely=likely,
        rows=rows,
        group=group,
        scale=scale,
        low=low,
    )
    return buffer.getvalue()
