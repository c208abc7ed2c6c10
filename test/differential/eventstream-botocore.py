"""Reads event streams with botocore, fed in the pieces that its input gives, and prints what they hold as JSON."""

import base64
import json
import sys

from botocore.eventstream import EventStreamBuffer


def plain(value):
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def read(pieces):
    buffer = EventStreamBuffer()
    messages = []
    for piece in pieces:
        buffer.add_data(base64.b64decode(piece))
        messages.extend(
            {
                "headers": [[name, plain(value)] for name, value in message.headers.items()],
                "payload": base64.b64encode(message.payload).decode(),
            }
            for message in buffer
        )
    return messages


json.dump([read(pieces) for pieces in json.load(sys.stdin)], sys.stdout)
