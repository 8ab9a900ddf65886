"""One daemon a database: the second is told so, and the place is free as soon as the first is gone."""

import asyncio
import sys

import pytest

from mailbot.store.alone import NotAlone, alone
from mailbot.store.fault import StoreFault
from mailbot.store.store import SqlStore
from tests.integration.store.values import NOW
from tests.servers.installation import ROOT
from tests.servers.waiting import until

_HOLDER = """\
import asyncio, sys
from mailbot.store.alone import alone
async def hold():
    async with alone(sys.argv[1]):
        print("held", flush=True)
        await asyncio.sleep(600)
asyncio.run(hold())
"""


async def test_the_second_is_told_and_the_place_is_free_again_afterwards(url: str) -> None:
    async with alone(url):
        with pytest.raises(NotAlone, match=r"another mailbot already runs on .*stop that one first"):
            async with alone(url):
                pytest.fail("two in one place")
    async with alone(url):
        pass


async def test_a_process_that_is_killed_lets_go(url: str) -> None:
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _HOLDER, url, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"held\n"
    with pytest.raises(NotAlone):
        async with alone(url):
            pytest.fail("two in one place")
    holder.kill()
    await holder.communicate()

    async def free() -> bool | None:
        try:
            async with alone(url):
                return True
        except NotAlone:
            return None

    await until(free, "the place is free again: a server notices the end of a connection a moment later")


async def test_commands_work_on_the_database_of_a_running_daemon(url: str) -> None:
    async with alone(url):
        store = await SqlStore.open(url, now=lambda: NOW)
        async with store.begin() as tx:
            await tx.remember("mode", "live")
        assert await store.facts("mode") == {"mode": "live"}
        await store.close()


async def test_a_server_that_does_not_answer_is_a_fault_of_the_database() -> None:
    with pytest.raises(StoreFault, match="does not answer"):
        async with alone("postgresql://nobody@127.0.0.1:9/none"):
            pytest.fail("no server is there")
