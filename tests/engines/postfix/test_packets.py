"""Packets of Postfix's mail filter protocol come as they were sent, however the socket cuts them."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.engines.postfix.milter import _packets

PACKETS = st.lists(st.binary(min_size=1, max_size=200), max_size=12)


async def read(chunks: Sequence[bytes]) -> list[bytes]:
    reader = asyncio.StreamReader()
    for chunk in chunks:
        reader.feed_data(chunk)
    reader.feed_eof()
    return [command + data async for command, data in _packets(reader)]


@given(PACKETS, st.integers(1, 50))
def test_packets_are_read_whole_wherever_they_are_cut(packets: list[bytes], size: int) -> None:
    wire = b"".join(len(packet).to_bytes(4) + packet for packet in packets)

    async def slowly() -> list[bytes]:
        reader = asyncio.StreamReader()
        found: list[bytes] = []

        async def feed() -> None:
            for start in range(0, len(wire), size):
                reader.feed_data(wire[start : start + size])
                await asyncio.sleep(0)
            reader.feed_eof()

        feeding = asyncio.create_task(feed())
        async for command, data in _packets(reader):
            found.append(command + data)
        await feeding
        return found

    assert asyncio.run(slowly()) == packets


def test_a_packet_cut_by_the_end_is_none() -> None:
    assert asyncio.run(read([b"\0\0\0\6LFrom"])) == []


@pytest.mark.parametrize("length", [0, 0xFFFFFFFF])
def test_a_length_that_no_packet_has_ends_the_connection(length: int) -> None:
    with pytest.raises(ValueError, match="packet"):
        asyncio.run(read([length.to_bytes(4) + b"Q"]))
