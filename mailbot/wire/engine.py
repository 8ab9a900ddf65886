"""An OpenAI-compatible chat endpoint that the user runs (llama.cpp, Ollama, vLLM): one question, one answer, in time.

The text goes to that address alone: no proxy, no redirect. Nothing of it is logged.
"""

import asyncio
import json
import logging
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPException
from typing import IO

log = logging.getLogger(__name__)

_LARGEST = 256 * 1024
_CHUNK = 16 * 1024
_PATH = "/chat/completions"


@dataclass(frozen=True, slots=True)
class EngineAccount:
    """Where it listens. `endpoint` is the base URL, usually one that ends with `/v1`."""

    endpoint: str
    model: str
    timeout_s: float = 20.0
    key: str = field(default="", repr=False)


class _Stays(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the mail would leave for somewhere else."""

    def redirect_request(  # noqa: PLR0917 - the signature of urllib
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        """Never."""
        del req, fp, code, msg, headers, newurl


class Engine:
    """Asks the endpoint; after `patience` failures in a row it is left alone for `rest_s` seconds."""

    def __init__(
        self,
        account: EngineAccount,
        *,
        patience: int = 3,
        rest_s: float = 600.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.account = account
        self._patience, self._rest_s, self._monotonic = patience, rest_s, monotonic
        self._failures = 0
        self._closed_until = 0.0
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stays)

    async def answer(self, system: str, user: str) -> str | None:
        """The model's words; None where there were none in time. Never raises; other work goes on meanwhile."""
        if self._monotonic() < self._closed_until:
            return None
        try:
            async with asyncio.timeout(self.account.timeout_s):
                said = await asyncio.to_thread(self._ask, system, user)
        except (OSError, HTTPException, ValueError, RecursionError) as fault:  # a timeout is an OSError
            log.warning("the second reader gave no answer (%s)", type(fault).__name__)
            self.failed()
            return None
        return said

    def served(self) -> None:
        """The answer was of use: earlier failures are forgotten."""
        self._failures = 0

    def failed(self) -> None:
        """One failure more; too many in a row, and it is left alone for a while."""
        self._failures += 1
        if self._failures >= self._patience:
            self._failures = 0
            self._closed_until = self._monotonic() + self._rest_s
            log.warning("the second reader is left alone for %d minutes", self._rest_s // 60)

    def _ask(self, system: str, user: str) -> str:
        body = {
            "model": self.account.model,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": user}],
            "temperature": 0,
            "stream": False,
        }
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.account.key:
            headers["Authorization"] = f"Bearer {self.account.key}"
        url = self.account.endpoint.rstrip("/").removesuffix(_PATH) + _PATH
        request = urllib.request.Request(url, json.dumps(body).encode(), headers, method="POST")  # noqa: S310 - http(s) only: see [reading]
        ends_at = time.monotonic() + self.account.timeout_s
        found = bytearray()
        with self._opener.open(request, timeout=self.account.timeout_s) as response:
            while chunk := response.read1(_CHUNK):
                found += chunk
                if len(found) > _LARGEST or time.monotonic() > ends_at:
                    raise ValueError("too much, or too slow")
        told = json.loads(found)
        try:
            said = told["choices"][0]["message"]["content"]
        except (KeyError, IndexError, TypeError) as fault:
            raise ValueError("no chat completion") from fault
        if not isinstance(said, str):
            raise ValueError("no text")  # noqa: TRY004 - one kind of fault for the caller
        return said
