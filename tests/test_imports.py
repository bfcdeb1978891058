"""Who may import whom; a module that breaks the layering fails here."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "simgen"
MODULES = sorted(PACKAGE.rglob("*.py"))

ZERO = frozenset({"errors", "rng", "geometry"})
ONE = ZERO | {"datatypes", "scenario"}
TWO = ONE | {"labels", "noise", "shards"}

ALLOWED: dict[str, frozenset[str]] = {
    "errors": frozenset(),
    "rng": frozenset(),
    "geometry": ZERO,
    "datatypes": ZERO | {"datatypes"},
    "scenario": ONE,
    "labels": ONE | {"labels"},
    "noise": ONE | {"noise"},
    "shards": ONE | {"shards"},
    "client": ONE | {"client"},
    "server": ZERO | {"server", "datatypes"},
    "record": TWO | {"client", "record"},
    "view": TWO | {"view"},
    "data": ONE | {"shards", "data"},
    "export": TWO | {"export"},
    "train": ONE | {"shards", "data", "train"},
}
"""Top-level part -> parts it may import from. `config`, `cli` and `doctor` may import everything; nothing imports `cli`."""

OUTSIDE: dict[str, frozenset[str]] = {
    "carla": frozenset(
        {"client", "record", "doctor", "cli", *(f"server.world.{m}" for m in ("roads", "lane_strips", "spawn_points", "map_catalogue"))}
    ),
    "open3d": frozenset({"server.rays", "doctor"}),
    "moderngl": frozenset({"server.render", "doctor"}),
    "trimesh": frozenset({"server.assets.gltf_mesh"}),
    "hydra": frozenset({"config", "cli"}),
    "omegaconf": frozenset({"config", "cli"}),
    "rerun": frozenset({"view.rerun_log", "view.rerun_layout"}),
    "torch": frozenset({"data", "train", "gap"}),
    "roadgen": frozenset(),
    "socket": frozenset({"server.transport", "server.serve", "client", "doctor", "cli"}),
}
"""Heavy or special libraries -> the only parts that may import them."""

INSIDE_SERVER: dict[str, frozenset[str]] = {
    "wire": frozenset({"wire", "values"}),
    "world": frozenset({"world", "values", "scene", "maps"}),
    "render": frozenset({"render", "light", "meshes", "scene", "sensors", "values", "rays"}),
    "rays": frozenset({"rays", "light", "meshes", "scene", "sensors", "values"}),
}
"""Parts of `server` -> parts of `server` they may import from."""


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"imports must be absolute ({path})"
            found.add(node.module or "")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_module_imports_only_what_its_layer_may(path):
    name = dotted(path)
    part = name.split(".")[0]
    for imported in imports_of(path):
        if imported.startswith("simgen."):
            target = imported.split(".")[1]
            assert target != "cli", f"nothing imports cli, {name} does"
            if part in ALLOWED:
                assert target in ALLOWED[part] or target.startswith("_"), f"{name} imports {imported}"
            if part == "server" and target == "datatypes" and imported != "simgen.datatypes":
                assert imported.startswith("simgen.datatypes.tags"), f"{name} imports {imported}"
        _check_outside(name, imported)


def _check_outside(name: str, imported: str) -> None:
    library = imported.split(".")[0]
    if library in OUTSIDE:
        assert any(name == p or name.startswith(f"{p}.") for p in OUTSIDE[library]), f"{name} imports {library}"


@pytest.mark.parametrize("path", [p for p in MODULES if dotted(p).startswith("server.")], ids=dotted)
def test_parts_of_the_server_keep_to_themselves(path):
    parts = dotted(path).split(".")
    allowed = INSIDE_SERVER.get(parts[1])
    if allowed is None:
        return
    for imported in imports_of(path):
        if imported.startswith("simgen.server."):
            assert imported.split(".")[2] in allowed, f"{dotted(path)} imports {imported}"


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "misc", "manager", "base", "core"])
def test_no_module_has_a_name_that_says_nothing(word):
    assert not [p for p in MODULES if p.stem == word or word in p.parts]


def test_shards_need_no_simulator():
    import subprocess
    import sys

    code = (
        "import sys; import simgen.shards.reader, simgen.shards.verify, simgen.shards.writer; "
        "print([m for m in ('carla', 'open3d', 'moderngl', 'hydra', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=PACKAGE.parent, check=True)
    assert done.stdout.strip() == "[]"
