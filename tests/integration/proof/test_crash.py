"""kill -9 at each await between claim and sent: no letter twice, none lost, none forgotten."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.servers.installation import ROOT


async def deaths(folder: Path, scene: str, witness: str) -> list[dict[str, Any]]:
    """One line for each death, the last for the run that was not killed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.integration.proof.crash", str(folder), scene, witness,
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    lines = [json.loads(line) for line in out.decode().splitlines()]
    assert [line["killed"] for line in lines] == [True] * (len(lines) - 1) + [False]
    assert len(lines) > 20, "the awaits of a whole hand-over"
    return lines


@pytest.mark.parametrize("scene", ["send", "resend"])
async def test_with_a_witness_each_letter_arrives_exactly_once_wherever_the_process_died(
    tmp_path: Path, scene: str
) -> None:
    """The provider files copies: what it filed was sent, what it did not file leaves again. Nobody has to be asked."""
    lines = await deaths(tmp_path, scene, "witness")
    assert [line for line in lines if (line["arrived"], line["state"]) != (1, "sent")] == []
    assert [line for line in lines if line["asked"]] == []
    before = {"queued"} if scene == "send" else {"in_doubt", "deferred"}
    assert {line["found"] for line in lines} == before | {"claimed", "sending", "sent"}, "each state was died in"


async def test_without_a_witness_nothing_arrives_twice_and_every_doubt_is_put_to_the_operator(tmp_path: Path) -> None:
    """Who dies before DATA sends later; who dies after it asks."""
    lines = await deaths(tmp_path, "send", "none")
    for line in lines:
        if line["found"] == "sending":
            assert (line["state"], line["asked"]) == ("in_doubt", ["doubt"]), line
            assert line["arrived"] <= 1, line
        else:
            assert (line["state"], line["arrived"], line["asked"]) == ("sent", 1, []), line
    assert {line["arrived"] for line in lines if line["found"] == "sending"} == {0, 1}, "before and after the dot"
