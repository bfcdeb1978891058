from __future__ import annotations

import struct
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgen.server.values import Rotation, Transform, Vector3D, VehicleControl, WalkerControl
from simgen.server.wire import snapshot as s
from simgen.server.wire.snapshot import ACTOR_DTYPE, ActorRecord, snapshot_message

RECORD = ActorRecord(
    5,
    1,
    Transform(Vector3D(1.0, 2.0, 3.0), Rotation(4.0, 5.0, 6.0)),
    Vector3D(7.0, 8.0, 9.0),
    Vector3D(10.0, 11.0, 12.0),
    Vector3D(13.0, 14.0, 15.0),
    bytes(range(54)),
)


def test_a_snapshot_is_a_header_an_episode_and_119_bytes_per_actor() -> None:
    message = snapshot_message(42, 2.1, 0.05, 7, 12.5, [RECORD] * 3, map_changed=True, street_lights_changed=True)
    assert len(message) == 48 + 36 + 3 * 119
    assert struct.unpack_from("<QQd", message) == (17, 42, 2.1)
    episode, platform_s, delta_s, *origin, flags = struct.unpack_from("<Qdf3iI", message, 48)
    assert (episode, platform_s, origin, flags) == (7, 12.5, [0, 0, 0], 3)
    assert delta_s == np.float32(0.05)


def test_flags_are_off_by_default() -> None:
    assert struct.unpack_from("<I", snapshot_message(1, 0.0, 0.05, 1, 0.0, []), 80) == (0,)


def test_the_dtype_reads_what_the_packer_wrote() -> None:
    assert ACTOR_DTYPE.itemsize == s.ACTOR.size == 119
    actor = np.frombuffer(s.actor_bytes(RECORD), ACTOR_DTYPE)[0]
    assert (actor["actor_id"], actor["state"], actor["tail"].tobytes()) == (5, 1, bytes(range(54)))
    rows = np.concatenate([actor[name] for name in ("location", "rotation", "velocity", "angular_velocity", "acceleration")])
    assert rows.tolist() == list(range(1, 16))


def test_every_tail_is_54_bytes_with_its_fields_at_the_offsets_of_the_protocol() -> None:
    vehicle = s.vehicle_tail(VehicleControl(0.5, -0.25, 0.125, True, False, True, -1), 50.0, 1, True, 9, 2)
    assert struct.unpack_from("<3f3?i", vehicle) == (0.5, -0.25, 0.125, True, False, True, -1)
    assert struct.unpack_from("<fB?IB", vehicle, 19) == (50.0, 1, True, 9, 2)
    walker = s.walker_tail(WalkerControl(Vector3D(1.0, 2.0, 3.0), 1.5, True))
    assert struct.unpack_from("<4f?", walker) == (1.0, 2.0, 3.0, 1.5, True)
    light = s.light_tail("77", 10.0, 3.0, 5.0, 1.5, 4, True, 2)
    assert struct.unpack_from("<32s4fI?B", light) == (b"77" + bytes(30), 10.0, 3.0, 5.0, 1.5, 4, True, 2)
    sign = s.sign_tail("a" * 32)
    assert sign == b"a" * 32 + bytes(22)
    assert {len(tail) for tail in (vehicle, walker, light, sign, s.NO_TAIL)} == {54}


def test_a_vehicle_away_from_lights_says_unknown() -> None:
    assert struct.unpack_from("<B?IB", s.vehicle_tail(VehicleControl(), 30.0), 23) == (4, False, 0, 0)


def test_gears_beyond_32_bits_are_clamped() -> None:
    assert struct.unpack_from("<i", s.vehicle_tail(VehicleControl(gear=2**32 - 1), 30.0), 15) == (2**31 - 1,)


@pytest.mark.parametrize("broken", [{"tail": b"short"}, {"actor_id": -1}, {"actor_id": 2**32}, {"velocity": Vector3D(1e39)}])
def test_a_record_that_does_not_fit_is_our_mistake(broken: dict) -> None:
    with pytest.raises(ValueError, match="got"):
        snapshot_message(1, 0.0, 0.05, 1, 0.0, [replace(RECORD, **broken)])


def test_signal_ids_are_at_most_32_bytes() -> None:
    with pytest.raises(ValueError, match="at most 32 bytes"):
        s.sign_tail("ä" * 17)


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=15, max_size=15))
def test_motion_survives_as_float32(numbers: list[float]) -> None:
    x, y, z, pitch, yaw, roll, *rest = numbers
    vectors = [Vector3D(*rest[index : index + 3]) for index in (0, 3, 6)]
    packed = s.actor_bytes(ActorRecord(1, 1, Transform(Vector3D(x, y, z), Rotation(pitch, yaw, roll)), *vectors))
    assert list(struct.unpack_from("<15f", packed, 5)) == numbers
