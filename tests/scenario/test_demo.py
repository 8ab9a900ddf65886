"""The demo as a test: played once, every story's end and every law asserted."""

import re
import shutil
from pathlib import Path

import pytest

from mailbot.cli.demo import run
from mailbot.config import ConfigFaults, packaged
from mailbot.demo.script import read_play
from mailbot.demo.stage import set_up


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str, Path]:
    """The exit code, what stood on the terminal, and the folder."""
    import argparse
    import contextlib
    import io

    out = tmp_path_factory.mktemp("demo")
    shown = io.StringIO()
    args = argparse.Namespace(out=out, stories=None, seed=1, slow=False, fast=False, list_stories=False)
    with contextlib.redirect_stdout(shown), pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "120")
        code = run(args)
    return code, shown.getvalue(), out


def test_every_law_is_kept_and_every_story_ends_as_told(demo: tuple[int, str, Path]) -> None:
    code, shown, _ = demo
    assert "✗" not in shown, shown
    assert code == 0
    kept = re.search(r"(\d+) of (\d+) laws kept", shown)
    assert kept is not None
    assert kept[1] == kept[2]
    assert int(kept[1]) >= 15


def test_at_least_twelve_stories_are_told_and_half_of_the_clients_speak_french() -> None:
    play = read_play(packaged("config/demo/stories.toml"))
    assert len(play.actors) >= 12
    rows = [line.split(",") for line in play.text_of("clients.csv").splitlines()[1:]]
    assert sum(row[6] == "fr" for row in rows) * 2 >= len(rows)
    assert all(actor.ends for actor in play.actors)


def test_the_reasons_are_told_in_plain_words(demo: tuple[int, str, Path]) -> None:
    _, shown, _ = demo
    told = " ".join(shown.split())
    for words in (
        "an automatic reply says that the client is away until October 13, 2026",
        "the client promised to pay; nothing leaves before October 14, 2026",
        "the client is going through a hard time; nothing leaves until you say so",
        "the address does not work any more",
        "call prompt 2026-115",
        "collections flag 2026-115",
        "somebody unknown wrote about an invoice; nothing changes",
        "so no reminder leaves",
        "you confirmed Stripe: its notices are recorded from now on where every check holds",
        "2026-118: Stripe says that €480.00 came for 2026-118; every check held",
        "this mail says that Stripe wrote it, and does not prove it: $2,750.00 from Northgate Media",
        "mailbot import-bank releve-octobre.csv",
    ):
        assert words in told, words


def test_a_code_never_stands_in_for_a_sentence(demo: tuple[int, str, Path]) -> None:
    """A reason without a phrase would show its code, such as `rung_due`."""
    _, shown, _ = demo
    timeline = shown.partition("How it ended")[0]
    assert re.findall(r"\b[a-z]+_[a-z_]+\b", timeline) == []


def test_every_mail_is_kept_as_it_travelled_and_as_a_page_that_runs_no_script(demo: tuple[int, str, Path]) -> None:
    _, _, out = demo
    mails, pages = sorted(out.glob("mails/*.eml")), sorted(out.glob("mails/*.html"))
    assert len(mails) == len(pages) > 100
    index = (out / "index.html").read_text("utf-8")
    for page in pages:
        html = page.read_text("utf-8")
        assert f"mails/{page.name}" in index
        assert "<script" not in html
        assert html.count("<iframe") == html.count('<iframe sandbox=""')
    assert (out / "mailbot.db").stat().st_size > 100_000


def test_the_first_invoice_carries_its_pdf(demo: tuple[int, str, Path]) -> None:
    _, _, out = demo
    first = next(file for file in sorted(out.glob("mails/*.eml")) if b"2026-101.invoice" in file.read_bytes())
    assert b"facture-2026-101.pdf" in first.read_bytes()


async def test_a_folder_that_holds_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mailbot.db").write_bytes(b"years of work")
    with pytest.raises(ConfigFaults, match="holds other files"):
        async with set_up(read_play(packaged("config/demo/stories.toml")), tmp_path, seed=1):
            pass
    assert (tmp_path / "mailbot.db").read_bytes() == b"years of work"


async def test_a_story_of_somebody_who_is_in_no_sheet_is_a_fault_and_no_trace(tmp_path: Path) -> None:
    home = tmp_path / "story"
    shutil.copytree(packaged("config/demo"), home)
    stories = home / "stories.toml"
    stories.write_text(stories.read_text("utf-8").replace('code = "boreal"', 'code = "austral"'), "utf-8")
    with pytest.raises(ConfigFaults, match=r"austral.*clients\.csv"):
        async with set_up(read_play(stories), tmp_path / "out", seed=1):
            pass


def test_a_faulty_script_is_told_with_its_place_and_all_faults_at_once(tmp_path: Path) -> None:
    file = tmp_path / "stories.toml"
    file.write_text(
        'title = "x"\nconfig = "mailbot.toml"\ntimezone = "Mars/Olympus"\nstarts = 2026-09-07\ndays = 900\n'
        '[[client]]\ncode = "a"\ntitle = "t"\nprogram = "eudora"\n'
        '[[client.writes]]\nafter = "threat"\ntxt = "hello"\n',
        "utf-8",
    )
    with pytest.raises(ConfigFaults) as caught:
        read_play(file)
    said = str(caught.value)
    for words in ("Mars/Olympus", "from 1 to 366", "eudora", "threat", "text: is missing", "txt", "mailbot.toml"):
        assert words in said, words
