import math
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import pytest

from simgen.errors import ConfigError
from simgen.rng import stream
from simgen.scenario.distributions import Undrawn, distribution
from simgen.scenario.schema import Range, build


@dataclass(frozen=True)
class Inner:
    depth: Annotated[float, Range(at_least=0)] = 1.0


@dataclass(frozen=True)
class Thing:
    speed: Annotated[float, Range(at_least=0, at_most=50)] = 1.0
    count: int = 1
    color: Literal["red", "green"] = "red"
    flag: bool = False
    inner: Inner = Inner()
    triple: tuple[float, float, float] = (0.0, 0.0, 0.0)


def undrawn(**plain):
    return build(Annotated[Undrawn, Thing], plain, "thing")


def draws(plain, element=float, count=4000):
    made = distribution(plain, "x", element)
    rng = stream(1, "test")
    return [made.draw(rng) for _ in range(count)]


def test_uniform_fills_its_interval_evenly():
    values = np.array(draws({"uniform": [2, 6]}))
    assert values.min() >= 2
    assert values.max() < 6
    share, _ = np.histogram(values, bins=4, range=(2, 6))
    # 1000 expected per bin; five standard deviations of a binomial count
    assert (np.abs(share - 1000) < 5 * math.sqrt(4000 * 0.25 * 0.75)).all()


def test_uniform_whole_numbers_include_both_ends():
    assert set(draws({"uniform": [1, 3]}, int)) == {1, 2, 3}


def test_log_uniform_draws_each_decade_alike():
    decades = np.floor(np.log10(draws({"log_uniform": [0.1, 100]})))
    assert [int((decades == d).sum() > 1100) for d in (-1, 0, 1)] == [1, 1, 1]


def test_a_truncated_normal_stays_within_its_bounds_and_keeps_its_mean():
    values = np.array(draws({"normal": {"mean": 5, "stddev": 2, "low": 3, "high": 7}}))
    assert values.min() >= 3
    assert values.max() <= 7
    assert abs(values.mean() - 5) < 5 * values.std() / math.sqrt(len(values))


def test_a_weighted_choice_draws_by_weight():
    values = draws({"choice": {"a": 3, "b": 1, "never": 0}}, str)
    assert "never" not in values
    assert abs(values.count("a") / len(values) - 0.75) < 5 * math.sqrt(0.75 * 0.25 / len(values))


def test_drawing_replaces_every_distribution_and_nothing_else():
    made = undrawn(
        speed={"uniform": [3, 4]}, inner={"depth": {"choice": [7.0]}}, triple=[1, {"choice": [2]}, 3], color={"choice": ["green"]}
    )
    drawn = made.draw(5, "scenario")
    assert 3 <= drawn.speed < 4
    assert drawn == Thing(speed=drawn.speed, color="green", inner=Inner(7.0), triple=(1.0, 2.0, 3.0))


def test_draws_depend_on_seed_and_path_alone():
    made = undrawn(speed={"uniform": [0, 50]}, inner={"depth": {"uniform": [0, 1]}})
    assert made.draw(5, "a") == made.draw(5, "a")
    assert made.draw(5, "a") != made.draw(6, "a")
    assert made.draw(5, "a") != made.draw(5, "b")


def test_another_distribution_beside_it_does_not_shift_a_draw():
    alone = undrawn(speed={"uniform": [0, 50]}).draw(3, "a")
    beside = undrawn(speed={"uniform": [0, 50]}, count={"uniform": [1, 9]}).draw(3, "a")
    assert alone.speed == beside.speed


@pytest.mark.parametrize(
    ("plain", "said"),
    [
        ({"speed": {"uniform": [-1, 3]}}, "thing.speed must be at least 0 and at most 50, got {'uniform': [-1, 3]}"),
        ({"speed": {"uniform": [3, 1]}}, "thing.speed.uniform must be [low, high], got [3, 1]"),
        ({"speed": {"unifrom": [1, 3]}}, "thing.speed must be a value or a distribution, got unifrom (did you mean uniform?)"),
        ({"speed": {"uniform": [1, 3], "choice": [1]}}, "thing.speed must be a value or a mapping with one entry"),
        ({"speed": {"log_uniform": [0, 3]}}, "thing.speed.log_uniform must be above 0, got [0, 3]"),
        ({"speed": {"normal": {"mean": 1, "stddev": 0}}}, "thing.speed.normal must have stddev above 0"),
        ({"speed": {"normal": {"mean": 9, "stddev": 1, "low": 1, "high": 2}}}, "thing.speed.normal must have stddev above 0 and a mean"),
        ({"count": {"normal": {"mean": 9, "stddev": 1}}}, "thing.count.normal must stand for a real number"),
        ({"count": {"uniform": [1.5, 3]}}, "thing.count.uniform[0] must be a whole number, got 1.5"),
        ({"color": {"choice": ["red", "gren"]}}, "thing.color must be one of the choices, got gren (did you mean green?)"),
        ({"color": {"uniform": ["green", "red"]}}, "thing.color must be a value or a choice, got uniform"),
        ({"speed": {"choice": {1: -1}}}, "thing.speed.choice must have at least one value and weights"),
        ({"speed": {"choice": []}}, "thing.speed.choice must have at least one value and weights"),
        ({"inner": {"depth": {"uniform": [-2, -1]}}}, "thing.inner.depth must be at least 0"),
    ],
)
def test_a_distribution_that_could_draw_something_wrong_is_refused(plain, said):
    with pytest.raises(ConfigError) as caught:
        undrawn(**plain)
    assert str(caught.value).startswith(said)
