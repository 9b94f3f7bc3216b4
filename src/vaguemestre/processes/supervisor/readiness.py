"""Check whether a service is ready, without blocking the supervisor."""

import asyncio
import contextlib
import ssl
from pathlib import Path

from vaguemestre.processes.supervisor.plan import Ask, Question

_PATIENCE = 2.0  # seconds
_HOST = "127.0.0.1"


async def answers(question: Question, *, since: float, host: str = _HOST) -> bool:
    """Whether the service answers as expected now. A heartbeat counts if later than `since` (Unix time)."""
    if question.ask is Ask.HEARTBEAT:
        try:
            return Path(question.expect).stat().st_mtime >= since
        except OSError:
            return False
    try:
        async with asyncio.timeout(_PATIENCE):
            return await _answers_on_wire(question, host)
    except (OSError, TimeoutError):
        return False


def _tls_for(question: Question) -> ssl.SSLContext | None:
    """TLS without verification: on the loopback, the certificate has another name."""
    if question.ask is not Ask.SECURE_PAGE:
        return None
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def _answers_on_wire(question: Question, host: str) -> bool:
    if question.socket:
        reader, writer = await asyncio.open_unix_connection(question.socket)
    else:
        reader, writer = await asyncio.open_connection(host, question.port, ssl=_tls_for(question))
    try:
        if question.ask is Ask.SOCKET:
            return True
        if question.ask is Ask.GREETING:
            expected = question.expect.encode()
            return await reader.read(len(expected)) == expected
        writer.write(f"GET {question.expect} HTTP/1.0\r\nHost: localhost:{question.port}\r\n\r\n".encode())
        await writer.drain()
        status = await reader.readline()
        return b" 200 " in status
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
