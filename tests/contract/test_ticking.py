"""Frames, steps and time, in synchronous and asynchronous mode."""

import time

import carla
import pytest
from harness import asynchronous, synchronous


def test_a_tick_is_one_frame_and_one_step(world):
    before = world.get_snapshot()
    frames = [world.tick() for _ in range(5)]
    after = world.get_snapshot()
    assert frames == list(range(before.frame + 1, before.frame + 6))
    assert after.frame == frames[-1]
    assert after.delta_seconds == pytest.approx(0.05)
    assert after.elapsed_seconds - before.elapsed_seconds == pytest.approx(0.25)


@pytest.mark.parametrize("step_s", [0.02, 0.1])
def test_the_step_of_the_settings_is_the_step_of_the_snapshot(world, step_s):
    synchronous(world, step_s)
    world.tick()
    assert world.get_snapshot().delta_seconds == pytest.approx(step_s, abs=1e-7)


def test_nothing_moves_on_without_a_tick(world):
    frame = world.get_snapshot().frame
    time.sleep(0.3)
    assert world.get_snapshot().frame == frame


def test_a_batch_with_a_tick_is_exactly_one_frame_and_one_without_is_none(client, world):
    frame = world.get_snapshot().frame
    client.apply_batch_sync([], False)
    assert world.get_snapshot().frame == frame
    client.apply_batch_sync([], True)
    assert world.get_snapshot().frame == frame + 1


def test_callbacks_see_every_frame(world):
    seen = []
    number = world.on_tick(lambda snapshot: seen.append(snapshot.frame))
    frames = [world.tick() for _ in range(5)]
    time.sleep(0.2)
    world.remove_on_tick(number)
    assert seen == frames


@pytest.mark.parametrize("step_s", [0.011112, 0.05, 0.1])
def test_asynchronous_ticks_with_a_fixed_step_have_that_step_from_the_first_on(world, step_s):
    asynchronous(world, step_s)
    deltas = [world.wait_for_tick(5.0).delta_seconds for _ in range(5)]
    assert deltas == pytest.approx([step_s] * 5, abs=1e-7)


def test_asynchronous_ticks_without_a_step_take_the_time_that_passes(world):
    asynchronous(world)
    first = world.wait_for_tick(5.0)
    last = first
    for _ in range(20):
        last = world.wait_for_tick(5.0)
    simulated = last.elapsed_seconds - first.elapsed_seconds
    passed = last.platform_timestamp - first.platform_timestamp
    assert simulated == pytest.approx(passed, rel=0.2)


def test_time_goes_on_when_the_step_is_cleared_again(world):
    asynchronous(world, 0.02)
    world.wait_for_tick(5.0)
    asynchronous(world, None)
    assert world.get_settings().fixed_delta_seconds is None
    first = world.wait_for_tick(5.0).elapsed_seconds
    assert world.wait_for_tick(5.0).elapsed_seconds > first


def test_an_asynchronous_order_is_in_the_next_snapshot(world, car):
    asynchronous(world, 0.05)
    for flags in (carla.VehicleLightState.LowBeam, carla.VehicleLightState.Fog, carla.VehicleLightState.Brake):
        world.wait_for_tick(5.0)
        car.set_light_state(carla.VehicleLightState(flags))
        world.wait_for_tick(5.0)
        assert car.get_light_state() == flags
