from __future__ import annotations

import contextlib
import math
from dataclasses import fields, is_dataclass
from enum import IntEnum
from typing import Any, get_args, get_origin, get_type_hints

import msgpack
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgen.errors import ProtocolError
from simgen.server import values
from simgen.server.wire import layouts
from simgen.server.wire.layouts import GREATEST_FLOAT, UInt64, pack, unpack
from simgen.server.wire.textures import unpack_texture

RECORDS = [kind for kind in vars(values).values() if isinstance(kind, type) and is_dataclass(kind)]
PEDALS = [0.0, 0.0, 0.0]
FLOATS = st.floats(-GREATEST_FLOAT, GREATEST_FLOAT)
PRIMITIVES: dict[Any, st.SearchStrategy[Any]] = {
    float: FLOATS,
    int: st.integers(-(2**31), 2**32 - 1),
    bool: st.booleans(),
    str: st.text(max_size=9),
    bytes: st.binary(max_size=9),
}


def strategy(declared: Any) -> st.SearchStrategy[Any]:
    """Draw any value of a declared type."""
    if declared in PRIMITIVES:
        return PRIMITIVES[declared]
    if is_dataclass(declared):
        hints = get_type_hints(declared)
        return st.builds(declared, **{field.name: strategy(hints[field.name]) for field in fields(declared)})
    if get_origin(declared) is tuple:
        return st.lists(strategy(get_args(declared)[0]), max_size=3).map(tuple)
    return st.none() | strategy(get_args(declared)[0])


def over_the_wire(packed: Any) -> Any:
    return msgpack.unpackb(msgpack.packb(packed), use_list=False)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
@given(data=st.data())
def test_unpacking_is_the_inverse_of_packing(record: type, data: st.DataObject) -> None:
    value = data.draw(strategy(record))
    assert unpack(record, over_the_wire(pack(value))) == value


@given(value=st.recursive(FLOATS | st.text() | st.binary() | st.none() | st.booleans(), st.lists))
def test_any_value_unpacks_or_raises_protocol_error(value: Any) -> None:
    for record in RECORDS:
        with contextlib.suppress(ProtocolError):
            assert isinstance(unpack(record, value), record)


def test_a_transform_is_two_arrays_of_three() -> None:
    pose = values.Transform(values.Vector3D(1.0, 2.0, 3.0), values.Rotation(4.0, 5.0, 6.0))
    assert pack(pose) == [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]


def test_absent_and_present_optionals() -> None:
    assert pack(values.EpisodeSettings())[2] == [False]
    assert pack(values.EpisodeSettings(fixed_delta_seconds=0.05))[2] == [True, 0.05]


def test_integers_serve_as_floats_and_longer_arrays_are_cut() -> None:
    read = unpack(values.Transform, [[1, 2, 3, 99], [4, 5, 6], "more"])
    assert read == values.Transform(values.Vector3D(1.0, 2.0, 3.0), values.Rotation(4.0, 5.0, 6.0))
    assert type(read.location.x) is float


@pytest.mark.parametrize(
    ("declared", "value", "message"),
    [
        (values.Vector3D, [1.0, math.nan, 0.0], "Vector3D.y must be a finite number, got nan (request)"),
        (values.Vector3D, [1.0, 0.0, math.inf], "Vector3D.z must be a finite number, got inf (request)"),
        (values.Vector3D, [1e39, 0.0, 0.0], "Vector3D.x must be a finite number, got 1e+39 (request)"),
        (values.Vector3D, [True, 0.0, 0.0], "Vector3D.x must be a finite number, got True (request)"),
        (values.Vector3D, [1.0, 0.0], "Vector3D must be an array of 3, got an array of 2 (request)"),
        (values.Transform, [[1.0, 2.0, 3.0], [0.0, "0", 0.0]], "Transform.rotation.yaw must be a finite number, got '0' (request)"),
        (values.VehicleControl, [*PEDALS, 1, False, False, 0], "VehicleControl.hand_brake must be a bool, got 1 (request)"),
        (values.VehicleControl, [*PEDALS, True, False, False, 1.0], "VehicleControl.gear must be a 32-bit integer, got 1.0 (request)"),
        (int, 2**32, "int must be a 32-bit integer, got 4294967296 (request)"),
        (tuple[values.Vector2D, ...], [[1.0, 2.0], [1.0, None]], "tuple[1].y must be a finite number, got None (request)"),
        (str, b"bytes", "str must be a string, got b'bytes' (request)"),
        (bytes, "text", "bytes must be binary data, got 'text' (request)"),
        (values.LightColor, 9, "LightColor must be one of [0, 1, 2, 3, 4], got 9 (request)"),
        (float | None, [True], "float | None must be [true, value], got an array of 1 (request)"),
        (float | None, None, "float | None must be [false] or [true, value], got None (request)"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_on_one_line(declared: Any, value: Any, message: str) -> None:
    with pytest.raises(ProtocolError) as raised:
        unpack(declared, value)
    assert str(raised.value) == message


def test_the_caller_may_name_the_argument() -> None:
    with pytest.raises(ProtocolError, match=r"spawn_actor, argument 2\.location must be an array of 3, got 5 \(request\)"):
        unpack(values.Transform, [5, 6], "spawn_actor, argument 2")


def test_pairs_and_64_bit_ids() -> None:
    assert unpack(tuple[str, int], ["127.0.0.1", 8000]) == ("127.0.0.1", 8000)
    assert unpack(tuple[UInt64, ...], [2**64 - 1]) == (2**64 - 1,)
    with pytest.raises(ProtocolError):
        unpack(UInt64, -1)


def test_enums_are_integers() -> None:
    assert unpack(values.LightColor, 2) is values.LightColor.GREEN
    packed = pack([values.LightColor.GREEN, values.ActorAttributeValue("id", values.AttributeType.INT, "1")])
    assert packed == [2, ["id", 2, "1"]]
    assert not any(isinstance(number, IntEnum) for number in (packed[0], packed[1][1]))


@pytest.mark.parametrize("number", [np.float32(0.5), np.float64(0.5), np.int64(3), np.uint8(3), np.bool_(True)])
def test_numpy_scalars_become_python_numbers(number: Any) -> None:
    assert type(pack(number)) in (float, int, bool)
    assert type(pack(values.Vector3D(number)).pop(0)) is float


def test_a_fraction_never_becomes_an_integer_silently() -> None:
    with pytest.raises(TypeError):
        pack(values.VehicleControl(gear=1.5))  # type: ignore[arg-type]


def test_unknown_types_are_our_mistake() -> None:
    with pytest.raises(TypeError):
        pack(object())
    with pytest.raises(TypeError):
        unpack(dict, {})


def test_huge_values_are_not_printed_whole() -> None:
    assert len(layouts.shown("x" * 10**6)) < 60
    assert layouts.shown([[0] * 10**6]) == "an array of 1"


def test_a_texture_is_rows_of_pixels() -> None:
    pixels = [[column, row, 0, 255] for row in range(2) for column in range(3)]
    texture = unpack_texture([3, 2, pixels], np.uint8)
    assert texture.shape == (2, 3, 4)
    assert texture.dtype == np.uint8
    assert texture[1, 2].tolist() == [2, 1, 0, 255]
    assert unpack_texture([0, 0, []], np.float32).shape == (0, 0, 4)


@pytest.mark.parametrize(
    "value",
    [None, [1], [1, 1, None], [1, 1, [[0, 0, 0]]], [2, 1, [[0, 0, 0, 0]]], [1, 1, [[0, 0, 0, 256]]], [1, 1, [[-1, 0, 0, 0]]],
     [1, 1, [["a", 0, 0, 0]]], [1, 1, [[math.nan, 0, 0, 0]]], [2**20, 2**20, []], [True, True, [[0, 0, 0, 0]]], [2, 1, [[0, 0, 0, 0], 1]]],
)  # fmt: skip
def test_wrong_textures_are_refused(value: Any) -> None:
    with pytest.raises(ProtocolError):
        unpack_texture(value, np.uint8)
