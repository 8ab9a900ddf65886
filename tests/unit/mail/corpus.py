"""Where the public test corpora lie, for the tests that read them where they are present."""

from pathlib import Path

import pytest

CORPORA = Path(__file__).resolve().parents[4] / "shared" / "corpora"


def corpus(name: str) -> Path:
    path = CORPORA / name
    if not path.exists():
        pytest.skip(f"the corpus {name} is not here")
    return path
