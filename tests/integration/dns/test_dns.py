"""Keys of signatures from a real name server, and from one that does not answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import dns.asyncresolver
import dns.flags
import dns.message
import dns.rcode
import dns.rrset

from mailbot.wire.dns import DnsRecords

KEY = "v=DKIM1; k=rsa; p=" + "A" * 400


class NameServer(asyncio.DatagramProtocol):
    """Answers over UDP: one key in two strings among other texts, one name without a text, and nothing else."""

    def __init__(self, *, mute: bool = False) -> None:
        self.mute = mute
        self.asked = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, octets: bytes, sender: tuple[str, int]) -> None:
        self.asked += 1
        if self.mute:
            return
        question = dns.message.from_wire(octets)
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.RA
        name = question.question[0].name.to_text(omit_final_dot=True)
        if name == "s1._domainkey.stripe.com":
            texts = ('"hello"', f'"{KEY[:200]}" "{KEY[200:]}"')
            answer.answer.append(dns.rrset.from_text(f"{name}.", 300, "IN", "TXT", *texts))
        elif name not in ("empty._domainkey.stripe.com", "stripe.com"):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        self.transport.sendto(answer.to_wire(), sender)


@asynccontextmanager
async def server(*, mute: bool = False) -> AsyncIterator[tuple[NameServer, DnsRecords]]:
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(lambda: NameServer(mute=mute), ("127.0.0.1", 0))
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = transport.get_extra_info("sockname")[1]
    try:
        yield protocol, DnsRecords(0.3 if mute else 5, resolver)
    finally:
        transport.close()


async def test_a_key_is_put_together_and_a_missing_one_is_none() -> None:
    names = [f"{one}._domainkey.stripe.com" for one in ("s1", "empty", "gone")]
    async with server() as (_, records):
        assert await records.txt(names) == dict(zip(names, (KEY, None, None), strict=True))


async def test_a_server_that_does_not_answer_says_nothing() -> None:
    async with server(mute=True) as (asked, records):
        assert await records.txt(["s1._domainkey.stripe.com"]) == {}
        assert asked.asked >= 1


async def test_a_server_that_knows_no_domain_at_all_says_nothing() -> None:
    """Where a machine is cut off, its resolver may answer that nothing exists: no word about a key of a service."""
    async with server() as (_, records):
        assert await records.txt(["s1._domainkey.paypal.com"]) == {}


async def test_a_name_that_is_none_says_nothing() -> None:
    async with server() as (_, records):
        assert await records.txt(["." * 10, "a" * 300]) == {}
