import json
import os
import subprocess
import sys

import pytest

import simgen
from simgen.cli import VERBS, run


def test_help_names_every_verb(capsys):
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"simgen {verb}" in shown for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_of_its_own(verb, capsys):
    assert run([verb, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"simgen {verb} ")


def test_help_of_generate_lists_what_may_be_chosen(capsys):
    run(["generate", "--help"])
    shown = capsys.readouterr().out
    assert all(name in shown for name in ("crossing", "cut_in", "rain_night", "urban_traffic", "nuscenes", "small", "{uniform: [40, 60]}"))


def test_the_version_is_the_packages(capsys):
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"simgen {simgen.__version__}\n"


def test_no_verb_is_wrong_usage_and_shows_how(capsys):
    assert run([]) == 2
    assert "simgen generate" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["generat"], 2, f"the verb must be one of {', '.join(VERBS)}, got generat (did you mean generate?)"),
        (["generate", "scenario=crosing"], 2, "scenario must be one of"),
        (["serve", "prot=1"], 2, "prot must be a known key, got prot (did you mean port?)"),
        (["serve", "port=80"], 2, "port must be at least 1024"),
        (["verify"], 2, "the command must name at least one folder or shard, got none"),
        (["verify", "x", "--jsn"], 2, "--jsn must be a known option, got --jsn (did you mean --json?)"),
        (["show", "x", "--png"], 2, "--png must be followed by a value, got nothing"),
        (["doctor", "--port", "x"], 2, "--port must be a whole number, got x"),
        (["verify", "no/such/folder"], 1, "path must exist, got no/such/folder"),
    ],
)
def test_a_mistake_is_one_line_and_an_exit_code(arguments, code, said, capsys):
    assert run(arguments) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(f"simgen: {said}")
    assert shown.err.count("\n") == 1


def test_a_shard_that_is_there_is_not_made_again(tmp_path, capsys):
    (tmp_path / "crossing-7.h5").write_text("precious")
    assert run(["generate", "scenario=crossing", "seed=7", f"out={tmp_path}"]) == 2
    assert "must not exist yet, got one (overwrite=true replaces it)" in capsys.readouterr().err
    assert (tmp_path / "crossing-7.h5").read_text() == "precious"


def test_an_out_that_is_a_file_is_a_fault_of_the_machine(tmp_path, capsys):
    (tmp_path / "out").write_text("")
    assert run(["generate", f"out={tmp_path}/out"]) == 3
    assert capsys.readouterr().err.startswith("simgen: out must be a folder that can be written to")


def test_an_interrupt_is_130(monkeypatch, capsys):
    def interrupted(arguments):
        raise KeyboardInterrupt

    monkeypatch.setitem(VERBS, "serve", (interrupted, lambda: ""))
    assert run(["serve"]) == 130
    assert capsys.readouterr().err == "simgen: interrupted\n"


def test_verify_of_a_bad_shard_is_1_and_tells_json(tmp_path, capsys):
    (tmp_path / "bad.h5").write_text("no HDF5")
    assert run(["verify", str(tmp_path), "--json"]) == 1
    (verdict,) = json.loads(capsys.readouterr().out)
    assert verdict["ok"] is False
    assert verdict["faults"]


def test_the_command_leaves_with_the_exit_code_of_the_verb():
    done = subprocess.run(
        [sys.executable, "-m", "simgen.cli", "generate", "sed=1"], capture_output=True, text=True, env=os.environ, check=False
    )
    assert done.returncode == 2
    assert done.stderr == "simgen: sed must be a known key, got sed (did you mean seed?)\n"
