"""What agent and supervisor say to each other: frames of named values.

A frame is eight digits of length and then `name NUL value NUL name NUL value`. Program arguments and paths, which
are what travels here, cannot hold a NUL by their nature.
"""

HEADER = 8

Fields = list[tuple[str, bytes]]


def frame(fields: Fields) -> bytes:
    """The fields as one frame. Names may repeat; values must not hold a NUL."""
    body = b"\0".join(part for name, value in fields for part in (name.encode(), value))
    return b"%08d" % len(body) + body


def parse(body: bytes) -> Fields:
    """The fields of a frame's body."""
    parts = body.split(b"\0")
    return [(name.decode(), value) for name, value in zip(parts[::2], parts[1::2], strict=True)]


def take(buffer: bytearray) -> Fields | None:
    """Remove the first frame from the buffer; None while it is incomplete."""
    if len(buffer) < HEADER:
        return None
    end = HEADER + int(buffer[:HEADER])
    if len(buffer) < end:
        return None
    body = bytes(buffer[HEADER:end])
    del buffer[:end]
    return parse(body)
