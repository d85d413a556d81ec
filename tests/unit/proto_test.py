#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The protocol is read by strangers: it compiles without a warning, is additive in form, and says what it means."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(os.environ.get("HASHIRA_SOURCE_DIR", pathlib.Path(__file__).parents[2])) / "proto"
FILES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.proto"))
# Requests and answers say by their rpc what they are; the states of an enum's zero say nothing by design.
OBVIOUS = re.compile(r"(Request|Response)$")


def uncommented(descriptors):
    """Names of the rpcs and messages without a comment, and of enums and messages of which nothing is told."""
    for file in descriptors.file:
        told = {tuple(where.path) for where in file.source_code_info.location
                if where.leading_comments.strip() or where.trailing_comments.strip()}
        for s, service in enumerate(file.service):
            calls = [(6, s, 2, m) in told for m in range(len(service.method))]
            for m, method in enumerate(service.method):
                # Resume and Pause stand together under one comment.
                if not calls[m] and not (m and calls[m - 1]):
                    yield f"rpc {service.name}.{method.name}"
        for e, enum in enumerate(file.enum_type):
            if (5, e) not in told:
                # The same enum may be told of in the file of the front ends.
                values = sum((5, e, 2, v) in told for v in range(len(enum.value)))
                if not values and enum.name != "CommandWhat":
                    yield f"enum {enum.name}"
        for m, message in enumerate(file.message_type):
            fields = sum((4, m, 2, f) in told for f in range(len(message.field)))
            if (4, m) not in told and not fields and not OBVIOUS.search(message.name):
                yield f"message {message.name}"


class Protocol(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        from google.protobuf import descriptor_pb2
        with tempfile.TemporaryDirectory() as top:
            out = os.path.join(top, "all.pb")
            cls.told = subprocess.run(
                ["protoc", f"-I{ROOT}", "--include_source_info", f"--descriptor_set_out={out}", *FILES],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True).stdout
            with open(out, "rb") as file:
                cls.descriptors = descriptor_pb2.FileDescriptorSet.FromString(file.read())

    def test_compiles_without_a_warning(self):
        self.assertEqual("", self.told)

    def test_is_told(self):
        self.assertEqual([], list(uncommented(self.descriptors)))

    def test_has_no_bare_answers(self):
        for file in self.descriptors.file:
            for service in file.service:
                for method in service.method:
                    self.assertFalse(method.input_type.startswith(".google."), method.name)
                    self.assertFalse(method.output_type.startswith(".google."), method.name)

    def test_every_enum_begins_with_unspecified(self):
        for file in self.descriptors.file:
            for enum in file.enum_type:
                self.assertEqual(0, enum.value[0].number)
                self.assertTrue(enum.value[0].name.endswith("_UNSPECIFIED"), enum.name)


if __name__ == "__main__":
    if not shutil.which("protoc"):
        print("protoc is missing")
        sys.exit(77)
    try:
        import google.protobuf  # noqa: F401
    except ImportError:
        print("python3-protobuf is missing")
        sys.exit(77)
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
