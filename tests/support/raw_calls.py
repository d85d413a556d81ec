# SPDX-License-Identifier: MIT
"""Calls with bytes that no generated code would send, and requests made by hand."""
import struct

import hashira_processes as processes


def varint(number):
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number, value):
    """A field of a message: an int as a varint, text and bytes with their length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, str):
        value = value.encode("utf-8")
    return varint(number << 3 | 2) + varint(len(value)) + value


def message(*fields):
    """message((1, "text"), (2, 7), (3, message(…))): the bytes of a message."""
    return b"".join(field(number, value) for number, value in fields)


def double(number, value):
    return varint(number << 3 | 1) + struct.pack("<d", value)


def call(channel, method, request, stream=False, metadata=(), limit=processes.LIMIT):
    """(status name, details or the first answer's bytes) of a call by its name, "hashira.v1.Hashira/Send"."""
    import grpc
    make = channel.unary_stream if stream else channel.unary_unary
    invoke = make("/" + method, request_serializer=None, response_deserializer=None)
    try:
        answer = invoke(request, timeout=limit, metadata=metadata)
        if not stream:
            return "OK", answer
        first = next(iter(answer), b"")
        answer.cancel()
        return "OK", first
    except grpc.RpcError as error:
        return error.code().name, error.details() or ""
