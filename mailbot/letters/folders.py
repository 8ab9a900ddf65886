"""Where templates lie: the user's own folders first, then the packaged ones."""

from collections.abc import Iterator, Sequence
from pathlib import Path

_HERE = Path(__file__).resolve()


def packaged_templates() -> Path:
    """Find the templates that come with mailbot: at the top of a checkout, or inside an installed wheel.

    Raises FileNotFoundError when the installation lacks them.
    """
    for folder in (_HERE.parents[1] / "_assets" / "templates" / "mail", _HERE.parents[2] / "templates" / "mail"):
        if (folder / "en").is_dir():
            return folder
    raise FileNotFoundError("mailbot's own mail templates are missing: install mailbot again")


def all_folders(folders: Sequence[Path]) -> tuple[Path, ...]:
    """Put the packaged folder last, once; the user's own files win."""
    packaged = packaged_templates()
    return (*(folder for folder in folders if folder != packaged), packaged)


def languages_asked(language: str, business_language: str) -> Iterator[str]:
    """Languages to try, best first: `fr_CA`, `fr`, then the business's own language, then English."""
    seen = set()
    for tag in (language, business_language, "en"):
        whole = tag.replace("-", "_")
        for name in (whole, whole.partition("_")[0].lower()):
            if name and name not in seen:
                seen.add(name)
                yield name
