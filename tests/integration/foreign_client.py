#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A front end by a stranger: it knows nothing but what the daemon's reflection tells, and is served or refused properly."""
import json
import sys
import tempfile
import unittest
import uuid

import hashira_processes as processes

# The standard protocols that a stranger has, as far as they are needed here.
REFLECTION = """
syntax = "proto3";
package grpc.reflection.v1alpha;
service ServerReflection {
  rpc ServerReflectionInfo(stream ServerReflectionRequest) returns (stream ServerReflectionResponse);
}
message ServerReflectionRequest {
  oneof message_request { string file_containing_symbol = 4; string list_services = 7; }
}
message ServerReflectionResponse {
  oneof message_response {
    FileDescriptorResponse file_descriptor_response = 4;
    ListServiceResponse list_services_response = 6;
  }
}
message FileDescriptorResponse { repeated bytes file_descriptor_proto = 1; }
message ListServiceResponse { repeated ServiceResponse service = 1; }
message ServiceResponse { string name = 1; }
"""
HEALTH = """
syntax = "proto3";
package grpc.health.v1;
service Health {
  rpc Check(HealthCheckRequest) returns (HealthCheckResponse);
}
message HealthCheckRequest { string service = 1; }
message HealthCheckResponse {
  enum ServingStatus { UNKNOWN = 0; SERVING = 1; NOT_SERVING = 2; SERVICE_UNKNOWN = 3; }
  ServingStatus status = 1;
}
"""
LIMIT = processes.LIMIT


def standard_protocols():
    with tempfile.TemporaryDirectory() as top:
        for name, text in (("reflection", REFLECTION), ("health", HEALTH)):
            with open(f"{top}/{name}.proto", "w", encoding="utf-8") as file:
                file.write(text)
        processes.compile_protos(top, top, "reflection.proto", "health.proto")
        sys.path.insert(0, top)
        import health_pb2
        import health_pb2_grpc
        import reflection_pb2
        import reflection_pb2_grpc
        sys.path.remove(top)
    return reflection_pb2, reflection_pb2_grpc, health_pb2, health_pb2_grpc


class Foreign:
    """Calls made from reflected descriptors alone."""

    def __init__(self, target, metadata=()):
        self.metadata = metadata
        self.channel = grpc.insecure_channel(target)
        self.pool = descriptor_pool.DescriptorPool()
        self.services = {}

    def ask(self, **request):
        stub = reflection_grpc.ServerReflectionStub(self.channel)
        answers = stub.ServerReflectionInfo(iter([reflection.ServerReflectionRequest(**request)]), timeout=LIMIT,
                                            metadata=self.metadata)
        return next(iter(answers))

    def learn(self):
        names = [service.name for service in self.ask(list_services="*").list_services_response.service]
        files = {}
        for name in names:
            for text in self.ask(file_containing_symbol=name).file_descriptor_response.file_descriptor_proto:
                file = descriptor_pb2.FileDescriptorProto.FromString(text)
                files[file.name] = file
        added = set()

        def add(name):
            if name not in added:
                added.add(name)
                for needed in files[name].dependency:
                    add(needed)
                self.pool.Add(files[name])

        for name in files:
            add(name)
        # gRPC's own health service is listed, but has no descriptor to reflect.
        self.services = {name: self.pool.FindServiceByName(name) if name.startswith("hashira.") else None
                         for name in names}
        self.factory = message_factory.MessageFactory(self.pool)
        return self

    def message(self, name):
        return self.factory.GetPrototype(self.pool.FindMessageTypeByName(f"hashira.v1.{name}"))

    def call(self, method, timeout=LIMIT, **fields):
        service, name = method.split(".")
        found = self.services[f"hashira.v1.{service}"].methods_by_name[name]
        request = self.factory.GetPrototype(found.input_type)
        answer = self.factory.GetPrototype(found.output_type)
        # Which calls stream is in the descriptor's proto alone in this version of protobuf.
        proto = descriptor_pb2.MethodDescriptorProto()
        found.CopyToProto(proto)
        kind = self.channel.unary_stream if proto.server_streaming else self.channel.unary_unary
        return kind(f"/hashira.v1.{service}/{name}", request_serializer=request.SerializeToString,
                    response_deserializer=answer.FromString)(request(**fields), timeout=timeout,
                                                             metadata=self.metadata)

    def command(self, what, payload, command_id=""):
        text = payload if isinstance(payload, str) else json.dumps(payload)
        return self.message("Command")(id=command_id, what=what, payload=text)

    def send(self, *commands):
        return self.call("Hashira.Send", commands=[self.command(*command) for command in commands])

    def tasks(self, **options):
        pieces = list(self.call("Hashira.Retrieve", **options))
        return {task.id: task for piece in pieces for task in piece.tasks}, pieces


NEW, UPDATE, DELETE = 1, 2, 3
TODO = 2


class OnASocket(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scene = processes.Scene()
        cls.addClassCleanup(cls.scene.__exit__, None, None, None)
        cls.front = Foreign(cls.scene.daemon().target).learn()

    def refused(self, code, *words, call):
        with self.assertRaises(grpc.RpcError) as caught:
            result = call()
            if hasattr(result, "__iter__"):
                list(result)
        self.assertEqual(code, caught.exception.code(), caught.exception.details())
        for word in words:
            self.assertIn(word, caught.exception.details())

    def test_reflection_names_the_services(self):
        self.assertLessEqual({"hashira.v1.Hashira", "hashira.v1.Daemon", "grpc.health.v1.Health"},
                             set(self.front.services))

    def test_health(self):
        stub = health_grpc.HealthStub(self.front.channel)
        for service in ("", "hashira.v1.Hashira", "hashira.v1.Daemon"):
            self.assertEqual(1, stub.Check(health.HealthCheckRequest(service=service), timeout=LIMIT).status, service)
        self.refused(grpc.StatusCode.NOT_FOUND,
                     call=lambda: stub.Check(health.HealthCheckRequest(service="no.Such"), timeout=LIMIT))

    def test_a_task_from_send_to_retrieve(self):
        reply = self.front.send((NEW, '{"name": "Water the plants", "place": "todo", "labels": ["home"],'
                                      ' "due": "2026-12-01", "x-colour": {"b": 1.50, "a": "\\u00e9"}}'))
        self.assertEqual(1, len(reply.receipts))
        receipt = reply.receipts[0]
        self.assertEqual(str(uuid.UUID(receipt.command_id)), receipt.command_id)
        self.assertEqual((1, False), (receipt.level, receipt.rejected))
        self.assertGreater(receipt.number, 0)
        tasks, pieces = self.front.tasks()
        task = tasks[receipt.task_id]
        self.assertEqual(("Water the plants", TODO, ["home"], "2026-12-01"),
                         (task.name, task.place, list(task.labels), task.due))
        self.assertEqual('{"x-colour":{"a":"é","b":1.50}}', task.extra_json)
        self.assertTrue(task.rank and task.created)
        self.assertFalse(task.HasField("done") or task.deleted)
        self.assertTrue(all(piece.full and piece.offset == 0 for piece in pieces))
        self.assertTrue(pieces[-1].last)

    def test_a_retry_has_no_second_effect(self):
        command = (NEW, {"name": "Once"}, str(uuid.uuid4()))
        first = self.front.send(command)
        second = self.front.send(command)
        self.assertEqual(first.receipts, second.receipts)
        tasks, _ = self.front.tasks()
        self.assertEqual(1, sum(task.name == "Once" for task in tasks.values()))

    def test_a_change_is_heard_and_read_alone(self):
        stream = self.front.call("Hashira.Subscribe")
        self.addCleanup(stream.cancel)
        now = next(stream)
        self.assertTrue(now.revision.epoch)
        since = self.front.tasks()[1][-1].revision
        receipt = self.front.send((NEW, {"name": "Heard"})).receipts[0]
        for note in stream:
            self.assertEqual(now.revision.epoch, note.revision.epoch)
            if note.revision.number > now.revision.number and 0 in note.weeks:
                break
        tasks, pieces = self.front.tasks(changed_since=since)
        self.assertEqual({receipt.task_id}, set(tasks))
        self.assertFalse(any(piece.full for piece in pieces))
        nothing, _ = self.front.tasks(changed_since=pieces[-1].revision)
        self.assertEqual({}, nothing)
        self.front.send((DELETE, {"id": receipt.task_id}))
        _, pieces = self.front.tasks(changed_since=pieces[-1].revision)
        self.assertIn(receipt.task_id, [gone for piece in pieces for gone in piece.removed_ids])

    def test_a_foreign_epoch_gets_all(self):
        self.front.send((NEW, {"name": "All of it"}))
        _, pieces = self.front.tasks(changed_since=self.front.message("Revision")(epoch="another", number=7))
        self.assertTrue(all(piece.full for piece in pieces))

    def test_place_order_undo(self):
        first, second = self.front.send((NEW, {"name": "first", "place": "doing"}),
                                        (NEW, {"name": "second", "place": "doing"})).receipts
        self.front.send((UPDATE, {"id": second.task_id, "before": first.task_id}))
        tasks, _ = self.front.tasks()
        self.assertLess(tasks[second.task_id].rank, tasks[first.task_id].rank)
        self.front.send((UPDATE, {"id": first.task_id, "place": "done"}))
        tasks, _ = self.front.tasks()
        self.assertTrue(tasks[first.task_id].HasField("done"))
        self.front.send((DELETE, {"id": first.task_id}))
        self.assertNotIn(first.task_id, self.front.tasks()[0])
        self.assertTrue(self.front.tasks(include_deleted=True)[0][first.task_id].deleted)
        self.front.send((UPDATE, {"id": first.task_id, "deleted": False}))
        self.assertIn(first.task_id, self.front.tasks()[0])

    def test_bad_commands_are_refused_by_index_and_field(self):
        good = (NEW, {"name": "must not be kept"})
        for bad, word in (((NEW, "{"), "payload"), ((NEW, "[]"), "payload"), ((NEW, {"note": "x"}), "name"),
                          ((NEW, {"name": ""}), "name"), ((9, {"name": "x"}), "what"), ((0, {"name": "x"}), "what"),
                          ((NEW, {"name": "x", "place": "later"}), "place"), ((UPDATE, {"name": "x"}), "id"),
                          ((NEW, {"name": "x"}, "7"), "id"), ((NEW, '{"name":"a","name":"b"}'), "name")):
            self.refused(grpc.StatusCode.INVALID_ARGUMENT, "1", word, call=lambda bad=bad: self.front.send(good, bad))
        names = [task.name for task in self.front.tasks()[0].values()]
        self.assertNotIn("must not be kept", names)

    def test_bad_weeks_are_refused(self):
        for options in ({"from": 2, "to": 1}, {"from": -1, "to": 1}, {"from": 0, "to": 10_001}):
            self.refused(grpc.StatusCode.INVALID_ARGUMENT, call=lambda o=options: self.front.call("Hashira.Retrieve", **o))

    def test_too_many_commands(self):
        commands = [(NEW, {"name": "x"})] * 20_001
        self.refused(grpc.StatusCode.RESOURCE_EXHAUSTED, "20", call=lambda: self.front.send(*commands))

    def test_waiting_and_status(self):
        receipt = self.front.send((NEW, {"name": "Wait"})).receipts[0]
        answer = self.front.call("Daemon.WaitFor", command_id=receipt.command_id, level=1)
        self.assertEqual(receipt.command_id, answer.receipt.command_id)
        # There is no datastore: the next level is never reached, and the caller's deadline says so.
        self.refused(grpc.StatusCode.DEADLINE_EXCEEDED,
                     call=lambda: self.front.call("Daemon.WaitFor", timeout=0.2, command_id=receipt.command_id, level=2))
        self.refused(grpc.StatusCode.NOT_FOUND,
                     call=lambda: self.front.call("Daemon.WaitFor", command_id=str(uuid.uuid4()), level=1))
        status = self.front.call("Daemon.GetStatus").status
        self.assertEqual(1, status.connectivity)
        self.assertGreater(status.pending, 0)
        self.assertEqual(status.revision.epoch, self.front.tasks()[1][-1].revision.epoch)
        self.refused(grpc.StatusCode.INVALID_ARGUMENT, call=lambda: self.front.call("Daemon.SignIn"))
        self.refused(grpc.StatusCode.FAILED_PRECONDITION, call=lambda: self.front.call("Daemon.SyncNow"))


class OnAPort(unittest.TestCase):
    def test_every_call_needs_the_token(self):
        with processes.Scene() as scene:
            daemon = scene.daemon(listen="tcp:127.0.0.1:0")
            file = daemon.data_dir / "local-token"
            self.assertEqual(0o600, file.stat().st_mode & 0o777)
            token = file.read_text(encoding="utf-8").strip()
            for metadata in ((), (("authorization", "Bearer wrong"),), (("authorization", token),)):
                front = Foreign(daemon.target, metadata)
                stub = health_grpc.HealthStub(front.channel)
                raw = front.channel.unary_unary("/hashira.v1.Hashira/Send")
                for call in (lambda: front.ask(list_services="*"), lambda: raw(b"", timeout=LIMIT, metadata=metadata),
                             lambda: stub.Check(health.HealthCheckRequest(), timeout=LIMIT, metadata=metadata)):
                    with self.assertRaises(grpc.RpcError) as caught:
                        call()
                    self.assertEqual(grpc.StatusCode.UNAUTHENTICATED, caught.exception.code())
            front = Foreign(daemon.target, (("authorization", f"Bearer {token}"),)).learn()
            receipt = front.send((NEW, {"name": "By token"})).receipts[0]
            self.assertIn(receipt.task_id, front.tasks()[0])


if __name__ == "__main__":
    processes.need_grpc()
    processes.need_programs("hashirad")
    import grpc
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
    reflection, reflection_grpc, health, health_grpc = standard_protocols()
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
