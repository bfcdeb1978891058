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


def test_a_gpu_can_be_required(made, street, monkeypatch):
    if not street.device.software:
        pytest.skip("there is a GPU")
    monkeypatch.setenv(render.GPU_VARIABLE, "1")
    monkeypatch.delenv(render.RENDERER_VARIABLE, raising=False)
    with pytest.raises(EnvironmentFault, match="GPU, got llvmpipe"):
        render.open_images(City(made.STREET, ()), made.Library(), rays=None)
    monkeypatch.setenv(render.RENDERER_VARIABLE, "rays")
    with pytest.raises(ConfigError, match="rays"):
        render.open_images(City(made.STREET, ()), made.Library(), rays=None)


def test_a_device_that_is_no_number_or_not_there_is_refused(made, street, monkeypatch):
    monkeypatch.setenv(render.RENDERER_VARIABLE, "gl")
    for device, error in (("first", ConfigError), ("99", EnvironmentFault)):
        monkeypatch.setenv("SIMGEN_GL_DEVICE", device)
        with pytest.raises(error, match=r"first|99"):
            render.open_images(City(made.STREET, ()), made.Library(), rays=None)


def test_reading_through_a_pixel_buffer_gives_the_same_bytes(made, street):
    """What a GPU does; here the software renderer does it too."""
    renderer, view, moment = street._renderer, made.view(), made.moment(made.at("car", 9, 9.0, 1.0))
    for layer in ("rgb", "depth", "semantic", "instance", "normals"):
        direct = street.image(view, layer, moment)
        renderer._output._staged = True
        staged = [street.image(view, layer, moment) for _ in range(2)]
        renderer._output._staged = False
        assert all((image == direct).all() for image in staged)


def test_a_lost_context_is_said(made, street, monkeypatch):
    class Lost:
        def glGetError(self):
            return 0x0507

    monkeypatch.setattr(street._renderer, "gl", type(street._renderer.gl)(street._renderer.gl.context, Lost()))
    with pytest.raises(EnvironmentFault, match="lost context"):
        street.image(made.view(), "depth", made.moment())
