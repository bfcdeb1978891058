"""Whatever bytes a client sends, the server answers or hangs up, and goes on serving others."""

import math
import random
import socket
import struct

import msgpack
import pytest
from harness import embedded_only, serving

from simgen.server.methods.table import METHODS

pytestmark = embedded_only

TRANSFORM = [[0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]


class Raw:
    """A connection that speaks MessagePack-RPC without a client library."""

    def __init__(self, address):
        host, _, port = address.rpartition(":")
        self.socket = socket.create_connection((host, int(port)), timeout=60.0)
        self.unpacker = msgpack.Unpacker(raw=False, strict_map_key=False)
        self.calls = 0

    def send(self, name, *arguments, asynchronous=False):
        self.calls += 1
        self.socket.sendall(msgpack.packb([0, self.calls, name, [[asynchronous], *arguments]]))

    def call(self, name, *arguments):
        """Return (error, result) of a synchronous call."""
        self.send(name, *arguments)
        while True:
            for kind, number, error, result in self.unpacker:
                assert (kind, number) == (1, self.calls)
                return error, result
            data = self.socket.recv(1 << 16)
            assert data, "the server hung up"
            self.unpacker.feed(data)

    def value(self, name, *arguments):
        error, result = self.call(name, *arguments)
        assert error is None
        index, value = result[0]
        assert index == 1, value
        return value

    def refusal(self, name, *arguments):
        """Return the text with which a call is refused."""
        error, result = self.call(name, *arguments)
        if error is not None:
            return error
        kind, *rest = result[0]
        assert kind in (0, True), result
        return rest[0][0]


@pytest.fixture(scope="module")
def served():
    with serving() as (address, log):
        yield address
        text = log.read_text()
        assert "Traceback" not in text, text


@pytest.fixture
def raw(served):
    connection = Raw(served)
    yield connection
    assert connection.value("version") == "0.9.16"
    connection.socket.close()


def spawned(raw, id_="static.prop.barrel", **attributes):
    uid = next(d[0] for d in raw.value("get_actor_definitions") if d[1] == id_)
    return raw.value("spawn_actor", [uid, id_, [[k, 4, v] for k, v in attributes.items()]], TRANSFORM)[0]


def test_an_unknown_function_is_an_error(raw):
    assert "make_coffee" in raw.refusal("make_coffee", 1, 2)


def test_an_asynchronous_call_gets_no_answer(raw):
    raw.send("set_weather_parameters", [10.0] * 14, asynchronous=True)
    raw.send("make_coffee", asynchronous=True)
    raw.send("destroy_actor", 4_000_000, asynchronous=True)
    assert raw.value("get_weather_parameters") == [10.0] * 14


@pytest.mark.parametrize("name", sorted(set(METHODS) - {"tick_cue", "load_new_episode"}))
def test_every_function_survives_arguments_that_make_no_sense(raw, name):
    nonsense = [
        (),
        (None,) * 8,
        ([],) * 8,
        ("x",) * 8,
        (-1,) * 8,
        (2**63,) * 8,
        (math.nan,) * 8,
        (4_000_000,) * 8,
        ([[[]]],) * 8,
        (True,) * 8,
    ]
    for arguments in nonsense:
        raw.call(name, *arguments)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1e39, 1e300])
def test_places_that_are_none_are_refused(raw, bad):
    actor = spawned(raw)
    before = raw.value("get_actor_component_world_transform", actor, "RootComponent")
    for name, argument in (
        ("set_actor_transform", [[bad, 0.0, 0.0], [0.0, 0.0, 0.0]]),
        ("set_actor_transform", [[0.0, 0.0, 0.0], [0.0, bad, 0.0]]),
        ("set_actor_location", [0.0, bad, 0.0]),
        ("set_actor_target_velocity", [bad, 0.0, 0.0]),
        ("set_actor_target_angular_velocity", [bad, 0.0, 0.0]),
        ("add_actor_impulse", [bad, 0.0, 0.0]),
    ):
        assert raw.refusal(name, actor, argument)
    assert raw.value("get_actor_component_world_transform", actor, "RootComponent") == before
    assert raw.value("destroy_actor", actor) is True


def test_a_batch_of_garbage_answers_one_refusal_each(raw):
    commands = [None, 7, [], [[]], [[99, [1]]], [[1, []]], [[1, [4_000_000]]], [[0, [1, 2, 3]]], [[2, [1, [math.nan] * 7]]]]
    error, result = raw.call("apply_batch", commands, False)
    assert error is None
    assert [response[0][0] for response in result] == [0] * len(commands)


def test_a_vehicle_with_absurd_physics_still_ticks(raw):
    car = spawned(raw, "vehicle.tesla.model3")
    settings = raw.value("get_episode_settings")
    raw.value("set_episode_settings", [True, False, [True, 0.05], *settings[3:]])
    physics = raw.value("get_physics_control", car)
    for mass, wheels, curve in ((0.0, [], []), (-5.0, physics[15], [[0.0, -1.0]]), (1e30, physics[15][:1], [[5.0, 1e30], [1.0, -1e30]])):
        changed = [*physics]
        changed[0], changed[11], changed[15] = curve, mass, wheels
        raw.call("apply_physics_control", car, changed)
        raw.call("apply_control_to_vehicle", car, [1e30, -1e30, 5.0, True, True, True, 2**31 - 1])
        frames = [raw.value("tick_cue") for _ in range(5)]
        assert frames == list(range(frames[0], frames[0] + 5))
    raw.value("set_episode_settings", settings)
    raw.value("destroy_actor", car)


def test_pushes_beyond_reason_do_not_take_the_world_down(raw):
    car = spawned(raw, "vehicle.audi.tt")
    settings = raw.value("get_episode_settings")
    raw.value("set_episode_settings", [True, False, [True, 0.05], *settings[3:]])
    for name in ("add_actor_impulse", "add_actor_force", "add_actor_angular_impulse", "add_actor_torque"):
        raw.call(name, car, [1e11, 1e11, 1e11])
        raw.value("tick_cue")
    assert raw.refusal("set_actor_target_velocity", car, [1e6, 1e6, 1e6])
    raw.call("set_actor_target_velocity", car, [400.0, 400.0, 400.0])
    for _ in range(30):
        raw.value("tick_cue")
    raw.value("set_episode_settings", settings)
    raw.value("destroy_actor", car)


@pytest.mark.parametrize("name", ["", "/", "..", "../../etc/passwd", "Town\0", "x" * 100_000])
def test_files_and_maps_that_do_not_exist_are_refused(raw, name):
    assert raw.refusal("request_file", name)
    if name.strip("/"):
        assert raw.refusal("load_new_episode", name, True, 0)


def test_a_world_full_of_actors_takes_no_more(raw):
    uid = next(d[0] for d in raw.value("get_actor_definitions") if d[1] == "static.prop.barrel")
    spawn = [[0, [[uid, "static.prop.barrel", []], TRANSFORM, [False], 0, "", []]]]
    responses = []
    for _ in range(3):
        _, answers = raw.call("apply_batch", [spawn] * 5000, False)
        responses += answers
    good = [response[0][1] for response in responses if response[0][0] == 1]
    assert 5_000 < len(good) < 15_000
    assert "must be at most" in responses[-1][0][1][0]
    raw.call("apply_batch", [[[1, [actor]]] for actor in good], False)


def test_noise_on_the_rpc_port_ends_only_its_own_connection(served, raw):
    rng = random.Random(5)
    for _ in range(30):
        connection = Raw(served)
        connection.socket.sendall(rng.randbytes(rng.randrange(1, 3000)))
        connection.socket.close()
    assert raw.value("version") == "0.9.16"


def test_noise_on_the_stream_port_ends_only_its_own_connection(served, raw):
    host, _, port = served.rpartition(":")
    rng = random.Random(6)
    for _ in range(30):
        with socket.create_connection((host, int(port) + 1)) as connection:
            connection.sendall(rng.randbytes(rng.randrange(1, 300)))
    assert raw.value("version") == "0.9.16"


def test_a_stream_that_does_not_exist_has_no_token(raw):
    assert raw.refusal("get_sensor_token", 4_000_000)
    token = raw.value("get_sensor_token", 1)[0]
    assert struct.unpack("<I", token[:4]) == (1,)
    assert len(token) == 24
