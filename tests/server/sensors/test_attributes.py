import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgen.server.sensors.attributes import flag, integer, number


@pytest.mark.parametrize(("text", "value"), [("64", 64), ("64.0", 64), (" 64 ", 64), ("64.9", 64), ("-64.9", -64), ("1e3", 1000), ("", 7)])
def test_whole_numbers_read_as_c_reads_them(text, value):
    assert integer({"n": text}, "n", 7) == value


@pytest.mark.parametrize(("text", "value"), [("20", 20.0), ("2.5", 2.5), ("-1e-3", -0.001), ("", 7.5)])
def test_real_numbers_need_no_point(text, value):
    assert number({"n": text}, "n", 7.5) == value


@pytest.mark.parametrize(("text", "value"), [("true", True), ("False", False), ("TRUE", True), ("1", True), ("0", False), ("", True)])
def test_flags_read_in_any_capitalisation(text, value):
    assert flag({"f": text}, "f", True) is value


def test_an_absent_attribute_has_its_default():
    assert (integer({}, "n", 3), number({}, "n", 2.5), flag({}, "f", False)) == (3, 2.5, False)


@given(st.integers(-(2**62), 2**62))
def test_seeds_keep_all_their_digits(seed):
    assert integer({"noise_seed": str(seed)}, "noise_seed", 0) == seed


@pytest.mark.parametrize("text", ["many", "nan", "inf", "1e999", "0x10", "1 2"])
@pytest.mark.parametrize("read", [integer, number])
def test_what_is_no_finite_number_is_refused_in_one_line(read, text):
    with pytest.raises(ValueError, match=r"^channels must be a finite number, got .*$") as caught:
        read({"channels": text}, "channels", 1)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("text", "fine"), [("0", False), ("1", True), ("1024", True), ("1025", False)])
def test_bounds_belong_to_what_is_allowed(text, fine):
    if fine:
        assert integer({"channels": text}, "channels", 32, 1, 1024) == int(text)
    else:
        with pytest.raises(ValueError, match=rf"^channels must be within 1 to 1024, got {text}$"):
            integer({"channels": text}, "channels", 32, 1, 1024)


def test_a_flag_is_no_other_word():
    with pytest.raises(ValueError, match=r"^only_dynamics must be true or false, got 'maybe'$"):
        flag({"only_dynamics": "maybe"}, "only_dynamics", False)
