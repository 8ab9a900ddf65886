"""What networks said of mails by authors whom they had not read: kept, so that thresholds need no fine-tuning.

Mails are known by the checksum of their text; a mail that is missing here was written after the fine-tuning, so the
network that is shipped has not read it either.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mailbot.reading.model_body import Heard


@dataclass(frozen=True, slots=True)
class Unseen:
    """By the checksum of a text: odds."""

    heard: Mapping[str, Heard]

    @classmethod
    def of(cls, by_text: Mapping[str, Heard]) -> "Unseen":
        """From texts."""
        return cls({_key(text): heard for text, heard in by_text.items()})

    def said_of(self, text: str) -> Heard | None:
        """What was said of this text, if it was there."""
        return self.heard.get(_key(text))

    def write(self, path: Path) -> None:
        """Half precision, some 100 octets a mail."""
        keys = sorted(self.heard)
        np.savez_compressed(
            path,
            keys=np.array(keys),
            intents=np.array([self.heard[key].intents for key in keys], dtype=np.float16),
            inside=np.array([self.heard[key].inside for key in keys], dtype=np.float16),
            holds=np.array([self.heard[key].hold for key in keys], dtype=np.float32),
            shows=np.concatenate([self.heard[key].shows for key in keys]).astype(np.float16),
            sentences=np.array([len(self.heard[key].shows) for key in keys]),
        )

    @classmethod
    def read(cls, path: Path) -> "Unseen":
        """From a file; nothing in it is executed. Raises OSError or ValueError."""
        with np.load(path, allow_pickle=False) as file:
            shows = file["shows"].astype(np.float32)
            sentences = np.split(shows, np.cumsum(file["sentences"])[:-1])
            rows = zip(file["keys"], file["intents"], file["inside"], file["holds"], sentences, strict=True)
            return cls(
                {
                    str(key): Heard(intents.astype(np.float32), inside.astype(np.float32), float(hold), parts)
                    for key, intents, inside, hold, parts in rows
                }
            )


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
