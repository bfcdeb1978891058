"""What the 52 pedestrians and the riders look like and wear: muted, as in the streets. The same on every run."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from simgen.rng import stream
from simgen.server.assets.people_clothes import Color
from simgen.server.world.blueprints import LIBRARY

SKINS: tuple[Color, ...] = ((236, 196, 170), (226, 180, 150), (212, 164, 132), (186, 136, 102), (148, 102, 72), (104, 70, 50), (78, 52, 38))
HAIRS: tuple[Color, ...] = ((24, 20, 18), (38, 28, 22), (62, 42, 28), (92, 64, 40), (150, 116, 74), (84, 44, 26))
GREYS: tuple[Color, ...] = ((150, 148, 146), (196, 194, 190), (110, 108, 106))
TOPS: tuple[Color, ...] = (
    *((28, 34, 52), (30, 31, 34), (58, 62, 68), (92, 96, 100), (150, 148, 142), (206, 202, 194), (232, 230, 226)),
    *((84, 48, 50), (64, 70, 60), (120, 104, 82), (66, 88, 118), (122, 52, 50), (62, 80, 86), (166, 140, 92), (128, 120, 140)),
)
JACKETS: tuple[Color, ...] = (
    *((24, 26, 32), (30, 38, 58), (50, 52, 56), (70, 66, 58), (110, 94, 70), (52, 60, 46), (84, 74, 64), (38, 40, 44)),
    *((128, 116, 98), (92, 36, 36), (60, 74, 96)),
)
TROUSERS: tuple[Color, ...] = (
    (26, 28, 34),
    (34, 42, 62),
    (44, 58, 86),
    (70, 86, 116),
    (64, 66, 70),
    (120, 108, 86),
    (84, 74, 60),
    (40, 44, 40),
)
JEANS: tuple[Color, ...] = ((34, 46, 74), (52, 68, 98), (78, 96, 126), (28, 34, 48))
SKIRTS: tuple[Color, ...] = ((30, 32, 40), (92, 40, 52), (54, 62, 88), (136, 118, 96), (60, 66, 60), (168, 150, 140))
SHOES: tuple[Color, ...] = ((26, 24, 24), (60, 42, 30), (212, 210, 206), (70, 72, 78), (40, 46, 62), (96, 68, 46))
SOLES: tuple[Color, ...] = ((28, 26, 26), (214, 212, 206), (70, 60, 50))
POLICE = frozenset({30, 32})
WORKERS = frozenset({52})


@dataclass(frozen=True)
class Outfit:
    """What someone wears and looks like."""

    body: str
    skin: Color = SKINS[2]
    hair: Color = HAIRS[1]
    top: Color = TOPS[0]
    bottom: Color = TROUSERS[0]
    shoes: Color = SHOES[0]
    sole: Color = (30, 28, 28)
    shirt: Color = (206, 202, 194)
    top_kind: str = "long"
    """tee, long, shirt, hoodie, jacket, open, coat, dress, vest."""
    bottom_kind: str = "trousers"
    """trousers, slim, wide, shorts, skirt, long_skirt."""
    hair_kind: str = "short"
    """bald, cropped, short, bob, long, bun."""
    hat: str = ""
    """cap, beanie, police, helmet, cycle, motor."""
    hat_color: Color = (30, 32, 38)
    boots: bool = False
    bag: str = ""
    """backpack, shoulder."""
    bag_color: Color = (40, 42, 48)
    glasses: bool = False
    low_neck: bool = False


Rng = np.random.Generator


def pick(colors: tuple[Color, ...], rng: Rng) -> Color:
    """Draw one of several colours."""
    return colors[int(rng.integers(len(colors)))]


def one_of(names: str, rng: Rng) -> str:
    """Draw one of several words."""
    words = names.split()
    return words[int(rng.integers(len(words)))]


def outfit_of(type_id: str) -> Outfit:
    """Return the looks of a pedestrian."""
    number = int(type_id.rpartition(".")[2])
    values = {a.id: a.value for a in LIBRARY[type_id].attributes}
    rng = stream(1, "outfit", number)
    if values.get("age") == "child":
        outfit = child_outfit(values.get("gender") == "female", LIBRARY[type_id].extent[2] < 0.6, rng)
    else:
        outfit = adult_outfit(values.get("gender") == "female", rng)
    return _uniformed(replace(outfit, hat="") if outfit.bag and outfit.hat == "cap" else outfit, number)


def child_outfit(girl: bool, small: bool, rng: Rng) -> Outfit:
    """Draw the outfit of a child."""
    kind = one_of("trousers slim slim skirt" if girl else "trousers shorts trousers", rng)
    outfit = Outfit(
        body=("girl" if girl else "boy") + ("_small" if small else ""),
        bottom=pick(SKIRTS if kind == "skirt" else JEANS, rng),
        top_kind=one_of("tee long hoodie jacket", rng),
        bottom_kind=kind,
        hair_kind=one_of("bob long" if girl else "short short cropped", rng),
        hat=one_of("cap beanie none none none", rng).replace("none", ""),
        hat_color=pick(TOPS, rng),
        bag="backpack" if small or rng.random() < 0.5 else "",
        bag_color=pick(JACKETS, rng),
    )
    return _coloured(outfit, rng, HAIRS)


def adult_outfit(female: bool, rng: Rng) -> Outfit:
    """Draw the outfit of an adult."""
    builds = "woman_slim woman_young woman_average woman_average woman_heavy woman_old"
    body = one_of(builds if female else "man_slim man_young man_average man_average man_athletic man_heavy man_old", rng)
    old = body.endswith("old")
    top = one_of("tee long shirt jacket open coat coat" if female else "tee long shirt hoodie jacket open open", rng)
    bottom = one_of("slim slim trousers skirt wide long_skirt" if female else "trousers trousers slim wide shorts", rng)
    if old:
        top, bottom = one_of("long shirt jacket open coat", rng), "trousers" if not female else one_of("trousers wide long_skirt", rng)
    if bottom == "shorts" and top in ("coat", "jacket"):
        bottom = "trousers"
    legs = SKIRTS if "skirt" in bottom else JEANS if rng.random() < 0.5 else TROUSERS
    hair = one_of("bob long long bun short" if female else "short short short cropped bald", rng)
    outfit = Outfit(
        body=body,
        bottom=pick(legs, rng),
        top_kind=top,
        bottom_kind=bottom,
        hair_kind=hair,
        hat=one_of("cap beanie none none none none none none", rng).replace("none", ""),
        hat_color=pick(JACKETS, rng),
        boots=bool(female and rng.random() < 0.3),
        bag=one_of("backpack shoulder none none none" if not female else "shoulder shoulder backpack none none", rng).replace("none", ""),
        bag_color=pick(JACKETS, rng),
        glasses=bool(rng.random() < 0.2),
        low_neck=bool(female and rng.random() < 0.5),
    )
    return _coloured(outfit, rng, GREYS if old else HAIRS, JACKETS if top in ("jacket", "open", "coat") else TOPS)


def rider_outfit(blueprint_id: str, motor: bool, sporty: bool) -> Outfit:
    """Return the looks of the rider of a two-wheeler, the same on every run."""
    rng = stream(1, "rider", blueprint_id)
    worn = replace(adult_outfit(bool(rng.random() < 0.35), rng), bag="", bottom=pick(JEANS, rng), bottom_kind="slim", boots=False)
    if worn.top_kind in ("coat", "dress"):
        worn = replace(worn, top_kind="jacket")
    if motor:
        leather = pick(((26, 26, 28), (34, 36, 42), (58, 40, 32)), rng)
        worn = replace(worn, top=leather, top_kind="jacket", bottom=pick(JEANS, rng), boots=True, hat="motor", hair_kind="cropped")
        return replace(worn, hat_color=pick(((22, 22, 24), (206, 206, 202), (120, 30, 30), (40, 52, 84)), rng), glasses=False)
    if sporty:
        jersey = pick(((166, 52, 44), (50, 90, 130), (196, 176, 70)), rng)
        return replace(worn, top=jersey, top_kind="tee", bottom=(26, 26, 28), bottom_kind="shorts", hat="cycle", hat_color=(220, 218, 212))
    return replace(worn, hat="")


def _coloured(outfit: Outfit, rng: Rng, hairs: tuple[Color, ...], tops: tuple[Color, ...] = TOPS) -> Outfit:
    """Draw the colours of skin, hair, top, shirt and shoes."""
    skin = int(rng.integers(len(SKINS)))
    hair = hairs[0] if skin > 3 and hairs is HAIRS else pick(hairs, rng)
    colored = replace(outfit, skin=SKINS[skin], hair=hair, top=pick(tops, rng), shirt=pick(TOPS, rng))
    return replace(colored, shoes=pick(SHOES, rng), sole=pick(SOLES, rng))


def _uniformed(outfit: Outfit, number: int) -> Outfit:
    if number in POLICE:
        blue = (26, 32, 54)
        worn = replace(outfit, top=blue, bottom=(24, 27, 42), shoes=(22, 22, 24), sole=(22, 22, 24), top_kind="jacket", bag="", boots=False)
        return replace(worn, bottom_kind="trousers", hair_kind="short", hat="police", hat_color=(20, 24, 44), glasses=False)
    if number in WORKERS:
        worn = replace(
            outfit, top=(236, 116, 24), shirt=(60, 64, 72), bottom=(48, 54, 72), shoes=(96, 72, 44), sole=(50, 40, 30), boots=True
        )
        return replace(worn, top_kind="vest", bottom_kind="wide", hair_kind="cropped", hat="helmet", hat_color=(242, 198, 32), bag="")
    return outfit
