"""What is shipped: the wheel, the locks, the licence."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def tracked(*folders: str) -> set[str]:
    """The files under these folders as the checkout has them, without what tools leave behind."""
    return {
        str(file.relative_to(ROOT))
        for folder in folders
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names inside a wheel that was just built, with the locked build tools."""
    if not (ROOT / "pyproject.toml").is_file():
        pytest.skip("these tests run in a checkout")
    out = tmp_path_factory.mktemp("dist")
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    built = subprocess.run(  # noqa: S603 - a fixed command
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)],
        capture_output=True, text=True, check=False, timeout=300, env=env,
    )  # fmt: skip
    assert built.returncode == 0, built.stdout + built.stderr
    [file] = out.glob("mailbot-*.whl")
    with zipfile.ZipFile(file) as archive:
        return set(archive.namelist())


def test_the_wheel_carries_every_template_configuration_file_and_unit(wheel: set[str]) -> None:
    """An installed mailbot needs nothing from a checkout."""
    wanted = {f"mailbot/_assets/{name}" for name in tracked("templates", "config", "systemd")}
    assert "mailbot/_assets/config/policy.toml" in wanted
    assert wanted - wheel == set()


def test_the_wheel_carries_every_file_of_the_package(wheel: set[str]) -> None:
    """Modules, migrations, and the data beside them."""
    assert tracked("mailbot") - wheel == set()


def test_the_wheel_carries_nothing_else(wheel: set[str]) -> None:
    """No tests, no secrets, no databases."""
    meta = {name for name in wheel if re.match(r"mailbot-[\d.]+\.dist-info/", name)}
    rest = (
        wheel
        - meta
        - tracked("mailbot")
        - {f"mailbot/_assets/{name}" for name in tracked("templates", "config", "systemd")}
    )
    assert rest == set()
    assert any(name.endswith("licenses/LICENSE") for name in meta)
    assert not [name for name in wheel if name.endswith((".env", ".db", ".pyc"))]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_pins_every_package_with_hashes_and_names_no_registry(lock: str) -> None:
    """pip refuses anything else in --require-hashes mode, and a mirror of the reader's own may serve it."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.search(r"://|--(extra-)?index|--find-links", text)
    entries = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert len(entries) > 30
    assert [entry.splitlines()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_the_developers_lock_agrees_with_the_runtime_one() -> None:
    """What is tested is what is run."""
    pins = {}
    for lock in ("requirements.lock", "requirements-dev.lock"):
        pins[lock] = set(re.findall(r"^([a-z0-9._-]+==\S+)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE))
    assert pins["requirements.lock"] - pins["requirements-dev.lock"] == set()
