"""Which source of images is taken, and what is said about it."""

import logging

import pytest

from simgen.errors import ConfigError, EnvironmentFault
from simgen.server import render
from simgen.server.scene import City


@pytest.fixture
def no_driver(monkeypatch):
    monkeypatch.setenv("GLCONTEXT_LINUX_LIBGL", "libNoSuchDriver.so.0")


def test_rays_stand_in_without_a_driver_and_one_line_says_why(made, no_driver, monkeypatch, caplog):
    monkeypatch.delenv(render.RENDERER_VARIABLE, raising=False)
    with caplog.at_level(logging.WARNING):
        source = render.open_images(City(made.STREET, ()), made.Library(), rays=None)
    assert "ray" in source.description
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "libNoSuchDriver" in caplog.text


def test_forced_gl_refuses_to_fall_back(made, no_driver, monkeypatch):
    monkeypatch.setenv(render.RENDERER_VARIABLE, "gl")
    with pytest.raises(EnvironmentFault, match="OpenGL"):
        render.open_images(City(made.STREET, ()), made.Library(), rays=None)


def test_rays_can_be_forced(made, monkeypatch):
    monkeypatch.setenv(render.RENDERER_VARIABLE, "rays")
    assert "ray" in render.open_images(City(made.STREET, ()), made.Library(), rays=None).description


def test_other_words_are_refused(made, monkeypatch):
    monkeypatch.setenv(render.RENDERER_VARIABLE, "vulkan")
    with pytest.raises(ConfigError, match="got 'vulkan'"):
        render.open_images(City(made.STREET, ()), made.Library(), rays=None)


def test_the_device_says_what_it_is(street):
    device = render.device_info()
    assert device.renderer
    assert device.version[0].isdigit()
    assert device.software == ("llvmpipe" in device.renderer or "softpipe" in device.renderer)
    assert street.description == f"EGL, {device.renderer}"
