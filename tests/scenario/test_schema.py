from dataclasses import dataclass
from typing import Annotated, Literal

import pytest

from simgen.errors import ConfigError
from simgen.scenario.schema import OneOf, Range, build


@dataclass(frozen=True)
class Wheel:
    radius_m: Annotated[float, Range(above=0)]
    spokes: int = 5


@dataclass(frozen=True)
class Square:
    type: Literal["square"] = "square"
    side: float = 1.0


@dataclass(frozen=True)
class Circle:
    type: Literal["circle"] = "circle"
    radius: float = 1.0


@dataclass(frozen=True)
class Cart:
    wheel: Wheel
    shape: Square | Circle = Square()
    load_kg: Annotated[float, Range(at_least=0, at_most=100)] | None = None
    size_m: tuple[float, float, float] = (1.0, 1.0, 1.0)
    drive: Literal["pull", "push"] = "pull"
    wood: Annotated[str, OneOf(("oak", "ash"))] = "oak"


def test_a_mapping_becomes_the_nested_dataclasses():
    made = build(Cart, {"wheel": {"radius_m": 1, "spokes": 8}, "shape": {"type": "circle", "radius": 2}, "size_m": [1, 2, 3]}, "cart")
    assert made == Cart(Wheel(1.0, 8), Circle(radius=2.0), size_m=(1.0, 2.0, 3.0))
    assert isinstance(made.wheel.radius_m, float)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"wheel": {"radus_m": 1}}, "cart.wheel.radus_m must be a known key, got radus_m (did you mean radius_m?)"),
        ({"wheel": {}}, "cart.wheel.radius_m must be given, got nothing"),
        ({"wheel": {"radius_m": 0}}, "cart.wheel.radius_m must be above 0, got 0.0"),
        ({"wheel": {"radius_m": True}}, "cart.wheel.radius_m must be a number, got True"),
        ({"wheel": {"radius_m": float("nan")}}, "cart.wheel.radius_m must be a number, got nan"),
        ({"wheel": {"radius_m": 1, "spokes": 1.5}}, "cart.wheel.spokes must be a whole number, got 1.5"),
        ({"wheel": [1]}, "cart.wheel must be a mapping, got [1]"),
        ({"shape": {"type": "circel"}}, "cart.shape.type must be one of the choices, got circel (did you mean circle?)"),
        ({"shape": {"type": "square", "radius": 1}}, "cart.shape.radius must be a known key, got radius (one of: side, type)"),
        ({"load_kg": 101}, "cart.load_kg must be at least 0 and at most 100, got 101.0"),
        ({"size_m": [1, 2]}, "cart.size_m must have 3 entries, got [1, 2]"),
        ({"size_m": [1, 2, "x"]}, "cart.size_m[2] must be a number, got 'x'"),
        ({"drive": "haul"}, "cart.drive must be one of the choices, got haul"),
        ({"wood": "as"}, "cart.wood must be one of the choices, got as (did you mean ash?)"),
    ],
)
def test_what_is_wrong_is_named_by_its_path(change, said):
    with pytest.raises(ConfigError) as caught:
        build(Cart, {"wheel": {"radius_m": 1}} | change, "cart")
    assert str(caught.value).startswith(said)


def test_none_is_allowed_only_where_the_annotation_says_so():
    assert build(Cart, {"wheel": {"radius_m": 1}, "load_kg": None}, "cart").load_kg is None
    with pytest.raises(ConfigError):
        build(Cart, {"wheel": {"radius_m": None}}, "cart")
