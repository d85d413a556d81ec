#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads the source and fails where a layer reaches up, sideways, or for what it must not know.

    app > daemon > {rpc, remote, store, engine, datastore} > wire > model > base

Front ends know the protocol, and of service/ nothing but model and base.
"""
import os
import pathlib
import re
import sys
import tempfile
import unittest

ROOT = pathlib.Path(os.environ.get("HASHIRA_SOURCE_DIR", pathlib.Path(__file__).parents[2]))

HEIGHT = {"base": 0, "model": 1, "desktop": 1, "wire": 2, "rpc": 3, "remote": 3, "store": 3, "engine": 3,
          "datastore": 3, "daemon": 4, "app": 5}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)
GRPC = re.compile(r"^(grpc|grpcpp|grpc\+\+|google/protobuf|hashira/v1)/|\.pb\.h$")
# gRPC types live here and nowhere else.
GRPC_HOMES = re.compile(r"^(service/(wire|rpc|remote)/|service/datastore/(service|broadcaster|calls|stream_reactor)[^/]*$|app/frontend/grpc_[^/]*$)")
# They use nothing but the public protocol: of service/ only what any program could have for itself.
FRONT_END = re.compile(r"^app/(frontend|hashira|hashira-board)/")
FRONT_END_MAY = {"base", "model"}
# Layers that are pure: time, ids and seeds reach them as data.
PURE = re.compile(r"^service/(engine|model)/|^service/datastore/ledger")
IMPURE = {
    "a QObject": re.compile(r"\bQ_OBJECT\b|\bQObject\b|\bQTimer\b|\bQThread\b"),
    "a clock": re.compile(r"\b(system_clock|steady_clock|high_resolution_clock|SystemClock)\b"
                          r"|\bcurrent(DateTime|Date|Time|MSecsSinceEpoch|SecsSinceEpoch)"
                          r"|(?<![\w.>])(time|clock|gettimeofday|clock_gettime)\s*\("
                          r"|\b(nowMs|steadyMs)\s*\(\s*\)"),
    "randomness": re.compile(r"\b(random_device|mt19937(_64)?|QRandomGenerator|SystemRandom|QUuid|s?rand)\b"),
    "SQL": re.compile(r"\bQSql\w+|\bsqlite3\w*"),
    "input or output": re.compile(r"\b(QFile|QDir|QSaveFile|fopen|[io]?fstream|getenv|qEnvironmentVariable\w*)\b"),
    "an unordered container": re.compile(r"\b(std::unordered_\w+|QHash|QSet)\b"),
}


def without_comments_and_texts(text):
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', " ", text, flags=re.S)


def sources(root):
    for top in ("service", "app"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in (".h", ".cpp"):
                yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")


def layer_of(path):
    parts = path.split("/")
    return "app" if parts[0] == "app" else parts[1]


def include_faults(path, text):
    layer = layer_of(path)
    if layer not in HEIGHT:
        yield f"{path}: service/{layer} is no layer"
        return
    for kind, name in INCLUDE.findall(text):
        if GRPC.search(name):
            if not GRPC_HOMES.match(path):
                yield f"{path}: includes {name}, but gRPC is for wire, rpc, remote, the datastore's service and frontend/grpc_*"
            if "Q_OBJECT" in text:
                yield f"{path}: a QObject that includes {name}; moc and gRPC keep apart"
            continue
        target = name.split("/")[0]
        if kind == "<" or "/" not in name or target not in HEIGHT:
            if ".." in name.split("/"):
                yield f"{path}: includes {name}; includes are written from service/"
            continue
        if FRONT_END.match(path) and target not in FRONT_END_MAY:
            yield f"{path}: includes {name}, but a front end has the protocol alone"
        if target != layer and HEIGHT[target] >= HEIGHT[layer]:
            direction = "sideways" if HEIGHT[target] == HEIGHT[layer] else "upward"
            yield f"{path}: includes {name}, which points {direction}"


def purity_faults(path, text):
    if not PURE.match(path):
        return
    code = without_comments_and_texts(text)
    includes = " ".join(name for _, name in INCLUDE.findall(text))
    for what, pattern in IMPURE.items():
        # Model's only source of randomness and time is what it is handed: the ports of base.
        found = pattern.search(code) or pattern.search(includes)
        if found:
            yield f"{path}: has {what} ({found.group(0).strip()}); this layer is pure"


def form_faults(path, text):
    if not text.startswith("// SPDX-License-Identifier: MIT\n"):
        yield f"{path}: does not begin with the licence line"
    if path.endswith(".h") and "#pragma once" not in text:
        yield f"{path}: has no #pragma once"


def hidden_grpc_faults(texts):
    """gRPC that comes in by way of another header of ours."""
    reached = {}

    def place(path, name):
        """The file of ours that is meant."""
        beside = path.rsplit("/", 1)[0] + "/" + name
        return next((at for at in (f"service/{name}", f"app/{name}", beside) if at in texts), "")

    def reach(path):
        if path not in reached:
            reached[path] = None  # a circle ends here
            for _, name in INCLUDE.findall(texts.get(path, "")):
                way = name if GRPC.search(name) else reach(place(path, name))
                if way:
                    reached[path] = f"{path} > {way}"
                    break
        return reached[path]

    for path in texts:
        direct = any(GRPC.search(name) for _, name in INCLUDE.findall(texts[path]))
        if not GRPC_HOMES.match(path) and not direct and reach(path):
            yield f"{reach(path)}: gRPC is for wire, rpc, remote, the datastore's service and frontend/grpc_*"


def faults(root):
    found = list(hidden_grpc_faults(dict(sources(root))))
    for path, text in sources(root):
        for check in (include_faults, purity_faults, form_faults):
            found.extend(check(path, text))
    return found


class Source(unittest.TestCase):
    def test_every_layer_keeps_its_arrows(self):
        self.assertGreater(sum(1 for _ in sources(ROOT)), 20, "there is nothing to check")
        self.assertEqual([], faults(ROOT))


class Planted(unittest.TestCase):
    """The checks find what they are for."""

    def check(self, path, body, *words):
        with tempfile.TemporaryDirectory() as top:
            file = pathlib.Path(top) / path
            file.parent.mkdir(parents=True)
            (pathlib.Path(top) / "service").mkdir(exist_ok=True)
            (pathlib.Path(top) / "app").mkdir(exist_ok=True)
            file.write_text("// SPDX-License-Identifier: MIT\n#pragma once\n" + body, encoding="utf-8")
            found = "\n".join(faults(pathlib.Path(top)))
        if not words:
            self.assertEqual("", found)
        for word in words:
            self.assertIn(word, found)

    def test_sideways(self):
        self.check("service/engine/x.h", '#include "store/outbox.h"\n', "sideways")
        self.check("service/rpc/x.h", '#  include "datastore/ledger.h"\n', "sideways")

    def test_upward(self):
        self.check("service/model/x.h", '#include "wire/snapshot.h"\n', "upward")
        self.check("service/store/x.cpp", '#include "daemon/driver.h"\n', "upward")

    def test_downward_is_fine(self):
        self.check("service/daemon/x.h", '#include "rpc/server.h"\n#include "base/result.h"\n')
        self.check("service/engine/x.h", '#include "engine/step.h"\n#include <map>\n')

    def test_unknown_layer_and_relative_paths(self):
        self.check("service/util/x.h", "", "is no layer")
        self.check("service/store/x.h", '#include "../rpc/server.h"\n', "written from service/")

    def test_grpc(self):
        for include in ("<grpcpp/grpcpp.h>", '"hashira/v1/hashira.pb.h"', "<google/protobuf/message.h>"):
            self.check("service/store/x.h", f"#include {include}\n", "gRPC is for")
            self.check("service/datastore/ledger.cpp", f"#include {include}\n", "gRPC is for")
            self.check("service/rpc/x.cpp", f"#include {include}\n")
            self.check("service/datastore/service.cpp", f"#include {include}\n")

    def test_front_ends(self):
        self.check("app/hashira-board/x.cpp", '#include "model/task.h"\n#include "base/clock.h"\n')
        for include in ('"rpc/server.h"', '"wire/snapshot.h"', '"store/outbox.h"'):
            for program in ("frontend", "hashira", "hashira-board"):
                self.check(f"app/{program}/x.h", f"#include {include}\n", "the protocol alone")
            self.check("app/hashirad/x.h", f"#include {include}\n")
        self.check("app/frontend/grpc_client.cpp", "#include <grpcpp/grpcpp.h>\n")
        for path in ("app/frontend/client.h", "app/hashira-board/session.cpp", "app/hashirad/main.cpp"):
            self.check(path, "#include <grpcpp/grpcpp.h>\n", "gRPC is for")

    def test_hidden_grpc(self):
        with tempfile.TemporaryDirectory() as top:
            for path, body in (("rpc/a.h", "#include <grpcpp/server.h>\n"), ("rpc/b.h", '#include "rpc/a.h"\n'),
                               ("daemon/c.cpp", '#include "rpc/b.h"\n')):
                file = pathlib.Path(top) / "service" / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text("// SPDX-License-Identifier: MIT\n#pragma once\n" + body, encoding="utf-8")
            self.assertEqual(1, len(faults(pathlib.Path(top))))
            self.assertIn("daemon/c.cpp > service/rpc/b.h > service/rpc/a.h > grpcpp", faults(pathlib.Path(top))[0])

    def test_qobject_with_grpc(self):
        self.check("service/rpc/x.h", "#include <grpcpp/server.h>\nclass A { Q_OBJECT };\n", "a QObject that")

    def test_purity(self):
        for body in ("class A : QObject {};", "auto n = std::chrono::steady_clock::now();", "auto t = time(nullptr);",
                     "std::random_device r;", "#include <QSqlQuery>\n", "std::unordered_map<int, int> m;",
                     "auto d = QDateTime::currentDateTimeUtc();"):
            self.check("service/engine/x.h", body, "this layer is pure")
            self.check("service/datastore/ledger_x.h", body, "this layer is pure")
            self.check("service/daemon/x.h", body)
        self.check("service/engine/x.h", "// no QObject here, and no time()\n")

    def test_form(self):
        self.check("service/base/x.h", "")
        with tempfile.TemporaryDirectory() as top:
            file = pathlib.Path(top) / "service/base/x.h"
            file.parent.mkdir(parents=True)
            file.write_text("int x;\n", encoding="utf-8")
            self.assertEqual(2, len(faults(pathlib.Path(top))))


if __name__ == "__main__":
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
