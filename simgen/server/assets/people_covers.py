"""Which regions of a body an outfit covers, with what, and how thickly."""

from __future__ import annotations

from dataclasses import replace

from simgen.server.assets.people_clothes import Cover
from simgen.server.assets.people_outfits import Outfit
from simgen.server.scene import Material


def covers_of(outfit: Outfit) -> dict[str, Cover]:
    """Return what covers each region of the body; regions that nobody sees are missing."""
    out = {**_bare(outfit), **_hair(outfit), **_bottom(outfit), **_shoes(outfit)}
    out.update(_top(outfit, out))
    if outfit.hat == "motor":
        out["hand"] = Cover("skin", 0.0, (28, 27, 27), Material.CLOTH)
        out.update({name: Cover("skin", 0.0, outfit.hair, Material.HAIR) for name in ("crown", "hair")})
    hidden: set[str] = set()
    if "skirt" in outfit.bottom_kind:
        hidden |= {"thigh", "knee"} if outfit.bottom_kind == "long_skirt" else {"thigh"}
    if outfit.top_kind in ("open", "jacket"):
        hidden.add("waistband")
    return {name: cover for name, cover in out.items() if name not in hidden}


_SKIN = "face forehead neck collar neckline front chest front_hip hip seat shoulder sleeve hand thigh knee calf ankle"


def _bare(outfit: Outfit) -> dict[str, Cover]:
    skin = outfit.skin
    cover = {name: Cover("skin", 0.0, skin, Material.SKIN) for name in _SKIN.split()}
    lips = (int(skin[0] * 0.82), int(skin[1] * 0.69), int(skin[2] * 0.70))
    cover["lips"] = Cover("skin", 0.0, lips, Material.SKIN)
    brow = tuple(int(0.75 * h + 0.25 * s * 0.6) for h, s in zip(outfit.hair, skin, strict=True))
    cover["brows"] = Cover("skin", 0.0, (brow[0], brow[1], brow[2]), Material.SKIN)
    cover["white"] = Cover("eyes", 0.0, (222, 216, 210), Material.SKIN)
    cover["iris"] = Cover("eyes", 0.0, (46, 34, 26), Material.SKIN)
    return cover


_HAIR_M = {"bald": 0.0, "cropped": 0.003, "short": 0.013, "bob": 0.016, "long": 0.014, "bun": 0.009}


def _hair(outfit: Outfit) -> dict[str, Cover]:
    thick = _HAIR_M[outfit.hair_kind]
    if not thick:
        stubble = tuple(int(0.88 * s) for s in outfit.skin)
        bare = Cover("skin", 0.0, (stubble[0], stubble[1], stubble[2]), Material.SKIN)
        out = {"hair": bare, "crown": Cover("skin", 0.0, outfit.skin, Material.SKIN)}
    else:
        out = {name: Cover("hair", thick, outfit.hair, Material.HAIR) for name in ("hair", "crown")}
    if outfit.hat in ("cap", "beanie", "police"):
        hat = Cover("hat", 0.030 if outfit.hat == "beanie" else 0.024, outfit.hat_color)
        out.update(crown=hat, forehead=hat)
    elif outfit.hat == "helmet":
        hat = Cover("hat", 0.040, outfit.hat_color, Material.PLASTIC)
        out.update(crown=hat, forehead=hat)
    return out


_LEG_M = {"trousers": (0.011, 0.013, 0.021), "slim": (0.006, 0.006, 0.009), "wide": (0.015, 0.023, 0.038), "shorts": (0.018, 0.0, 0.0)}


def _bottom(outfit: Outfit) -> dict[str, Cover]:
    kind, color = outfit.bottom_kind, outfit.bottom
    if outfit.top_kind == "dress":
        color = outfit.top
    out = {"seat": Cover("bottom", 0.012, color), "hip": Cover("bottom", 0.010, color), "front_hip": Cover("bottom", 0.010, color)}
    if kind in _LEG_M:
        thigh, knee, calf = _LEG_M[kind]
        out["thigh"] = Cover("bottom", thigh, color)
        if kind != "shorts":
            out.update(knee=Cover("bottom", knee, color), calf=Cover("bottom", calf, color))
        return out
    tights = Cover("skin", 0.0, (34, 32, 36), Material.CLOTH)
    out.update({name: tights for name in ("thigh", "knee", "calf", "ankle")} if outfit.boots else {})
    hems = ("waistband", "mini", "skirt", "long_skirt") if kind == "long_skirt" else ("waistband", "mini", "skirt")
    out.update({name: Cover("skirt", 0.018 if name == "waistband" else 0.009, color, hem="lining") for name in hems})
    # The skirt begins at the waist; what it covers only shows from below.
    out.update({name: Cover("bottom", 0.002, color) for name in ("seat", "hip", "front_hip")})
    return out


def _shoes(outfit: Outfit) -> dict[str, Cover]:
    out = {"shoe": Cover("shoes", 0.006, outfit.shoes, Material.PLASTIC), "sole": Cover("shoes", 0.008, outfit.sole, Material.RUBBER)}
    if outfit.boots:
        if outfit.bottom_kind not in ("trousers", "wide"):
            out["boot"] = Cover("shoes", 0.009, outfit.shoes, Material.PLASTIC, hem="leg")
        if outfit.bottom_kind == "slim":
            out["calf"] = Cover("bottom", 0.003, outfit.bottom)
    return out


_TOP_M = {"tee": 0.011, "long": 0.011, "shirt": 0.012, "hoodie": 0.020, "jacket": 0.021, "open": 0.022, "coat": 0.026, "vest": 0.016}
_TRUNK = ("chest", "front", "hip", "front_hip")
_COLLAR_M = {"shirt": 0.012, "jacket": 0.018, "coat": 0.022, "hoodie": 0.022, "open": 0.018}


def _top(outfit: Outfit, below: dict[str, Cover]) -> dict[str, Cover]:
    kind = outfit.top_kind
    top = Cover("top", _TOP_M.get(kind, 0.012), outfit.top)
    sleeve = replace(top, thickness=min(top.thickness, 0.014))
    out = {name: top for name in _TRUNK} | {"shoulder": sleeve, "neckline": top}
    if kind in _COLLAR_M:
        out["collar"] = replace(top, thickness=_COLLAR_M[kind])
    if kind != "tee":
        out["sleeve"] = sleeve
    if "skirt" in outfit.bottom_kind and kind not in ("coat", "open", "jacket"):
        out = {name: cover for name, cover in out.items() if name not in ("hip", "front_hip")}
    if kind in ("open", "coat", "vest"):
        shirt = Cover("shirt", 0.008, outfit.shirt)
        out.update(front=shirt, front_hip=below["front_hip"] if kind == "open" else shirt)
        out["neckline"] = shirt
    if kind == "vest":
        out.update(shoulder=replace(shirt, thickness=0.012), sleeve=replace(shirt, thickness=0.012), front=top, front_hip=top, neckline=top)
    if outfit.low_neck and kind in ("tee", "long"):
        out["neckline"] = Cover("skin", 0.0, outfit.skin, Material.SKIN)
    if kind == "coat":
        inner, coat = replace(top, thickness=0.012), Cover("coat", 0.026, outfit.top, hem="lining")
        out.update(front=top, hip=inner, front_hip=inner, waistband=coat, mini=coat)
    return out
