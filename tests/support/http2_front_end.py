# SPDX-License-Identifier: MIT
"""A front end that is as rude as it likes: bare HTTP/2 on the daemon's Unix socket (or at a datastore's address), without a
gRPC library.

It opens a stream in well under a millisecond, and reads, or stops reading, or cuts the socket whenever the test says.
"""
import socket
import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 6, 8, 9
CANCEL = 8
END_STREAM, END_HEADERS, ACK = 1, 4, 1
INITIAL_WINDOW_SIZE = 4


def frame(kind, flags=0, stream=0, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def literal(name, value):
    """A header without indexing and without Huffman code."""
    return b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()


def headers_of(method, *more):
    """The block of a call's headers, as in headers_of("Hashira/Send", ("x-more", "words"))."""
    return b"".join(literal(*pair) for pair in (
        (":method", "POST"), (":scheme", "http"), (":path", f"/hashira.v1.{method}"), (":authority", "localhost"),
        ("content-type", "application/grpc"), ("te", "trailers"), *more))


class FrontEnd:
    """One connection, to a path or to (host, port). `window` is how much of a stream the other side may send before it is
    read."""

    def __init__(self, address, window=65535):
        on_tcp = isinstance(address, tuple)
        self.socket = socket.socket(socket.AF_INET if on_tcp else socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(30)
        self.socket.connect(address if on_tcp else str(address))
        self.socket.sendall(PREFACE + frame(SETTINGS, payload=struct.pack(">HI", INITIAL_WINDOW_SIZE, window)))
        self.last = -1
        self.buffer = b""

    def call(self, method, request=b""):
        """Starts a call; its stream's number."""
        self.last += 2
        self.socket.sendall(frame(HEADERS, END_HEADERS, self.last, headers_of(method))
                            + frame(DATA, END_STREAM, self.last, b"\0" + struct.pack(">I", len(request)) + request))
        return self.last

    def cancel(self):
        """Ends all calls, as a front end does that goes in order."""
        for stream in range(1, self.last + 1, 2):
            self.socket.sendall(frame(RST_STREAM, 0, stream, struct.pack(">I", CANCEL)))

    def open_window(self, stream, size):
        """Lets the daemon send so many bytes more, on the stream and on the connection."""
        grant = struct.pack(">I", size)
        self.socket.sendall(frame(WINDOW_UPDATE, 0, stream, grant) + frame(WINDOW_UPDATE, 0, 0, grant))

    def read_frame(self):
        """The next frame as (kind, flags, stream, payload); nothing when the daemon hung up."""
        head = self._read(9)
        if not head:
            return None
        payload = self._read(int.from_bytes(head[:3], "big"))
        kind, flags, stream = head[3], head[4], int.from_bytes(head[5:9], "big")
        if kind == SETTINGS and not flags & ACK:
            self.socket.sendall(frame(SETTINGS, ACK))
        return kind, flags, stream, payload

    def read_data(self):
        """The payload of the next DATA frame, of whichever stream."""
        while True:
            got = self.read_frame()
            assert got, "the daemon hung up"
            if got[0] == DATA and got[3]:
                return got[3]

    def close(self):
        self.socket.close()

    def _read(self, size):
        while len(self.buffer) < size:
            more = self.socket.recv(65536)
            if not more:
                return b""
            self.buffer += more
        got, self.buffer = self.buffer[:size], self.buffer[size:]
        return got
