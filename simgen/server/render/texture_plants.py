"""Detail textures with holes: cards of leaves, chain link. Alpha is 1 where there is something, smooth at the edges.

Red is the tone, green how yellow a leaf is (0.5 leaves the colour as it is), blue is spare.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from simgen.server.render.texture_fields import SIZE, Field, noise

_MARGIN = 0.02
"""Of the card that stays empty, so that nothing wraps around."""
_WRAPPED = np.array([(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)], dtype=float)


def broad_leaves(rng: np.random.Generator) -> Field:
    """Leaves as of lime or maple, each about a fifth of the card."""
    return _twigs(rng, twigs=9, leaves=8, length=0.155, slim=0.60)


def small_leaves(rng: np.random.Generator) -> Field:
    """Leaves as of birch or oak, each about a tenth of the card."""
    return _twigs(rng, twigs=20, leaves=17, length=0.085, slim=0.56)


def needles(rng: np.random.Generator) -> Field:
    """Twigs of spruce or pine, the outer ones drawn last."""
    card = _Card.empty()
    for twig in range(34):
        angle, reach = 2 * np.pi * twig * 0.382 + rng.normal(0, 0.3), rng.uniform(0.14, 0.30)
        out = rng.uniform(0.02, 0.17)
        heading = angle + rng.normal(0, 0.35)
        root = 0.5 + out * np.array([np.cos(angle), np.sin(angle)])
        tip = root + reach * np.array([np.cos(heading), np.sin(heading)])
        card.line(root, tip, 0.28, 0.35, 4)
        for share in np.linspace(0.0, 1.0, 18):
            middle = root + (tip - root) * share
            for side in (-1, 1):
                lean = heading + side * rng.uniform(0.4, 0.9)
                end = middle + rng.uniform(0.045, 0.08) * np.array([np.cos(lean), np.sin(lean)])
                card.line(middle, end, float(rng.uniform(0.32, 0.64)), 0.5, 3)
    return card.layer(rng)


def hedge(rng: np.random.Generator) -> Field:
    """Small leaves so dense that only the rim of the card is ragged."""
    card = _Card.empty()
    for k in range(1000):
        place = 0.5 + 0.44 * np.sign(rng.uniform(-1, 1, 2)) * rng.random(2) ** 0.8
        tone = 0.20 + 0.40 * k / 1000 + rng.normal(0, 0.06)
        card.leaf(place, rng.uniform(0, 2 * np.pi), 0.07, 0.6, tone, rng.uniform(0.4, 0.65))
    return card.layer(rng)


def foliage(rng: np.random.Generator) -> Field:
    """A carpet of leaves that wraps, for closed crowns and hedges. Alpha is 1 on leaves, 0 in the dark between them."""
    card = _Card.empty()
    for k in range(1100):
        place, turn, tone, hue = rng.random(2), rng.uniform(0, 2 * np.pi), rng.normal(0, 0.05), rng.uniform(0.4, 0.65)
        inner = bool((np.abs(place - 0.5) < 0.44).all())
        for shift in _WRAPPED[4:5] if inner else _WRAPPED:
            if (np.abs(place + shift - 0.5) < 0.56).all():
                card.leaf(place + shift, turn, 0.08, 0.6, 0.18 + 0.42 * k / 1100 + tone, hue, margin=-0.2)
    return card.layer(rng)


def _twigs(rng: np.random.Generator, twigs: int, leaves: int, length: float, slim: float) -> Field:
    """Return twigs from the middle outwards with leaves along them; the lower leaves are drawn first and darker."""
    card = _Card.empty()
    drawn = []
    for twig in range(twigs):
        angle = 2 * np.pi * (twig + rng.uniform(-0.4, 0.4)) / twigs
        reach = rng.uniform(0.26, 0.47 - length * 0.5)
        tip = 0.5 + reach * np.array([np.cos(angle), np.sin(angle)])
        card.line(np.array([0.5, 0.5]), tip, 0.30, 0.4, 4)
        for share in rng.uniform(0.05, 1.05, leaves):
            place = 0.5 + (tip - 0.5) * share + rng.normal(0, 0.03, 2)
            drawn.append((place, angle + rng.normal(0, 0.9)))
    for rank, k in enumerate(rng.permutation(len(drawn))):
        place, turn = drawn[k]
        tone = 0.34 + 0.22 * rank / len(drawn) + rng.normal(0, 0.05)
        card.leaf(place, turn, length * rng.uniform(0.75, 1.2), slim, tone, rng.uniform(0.40, 0.68))
    return card.layer(rng)


class _Card:
    """Pictures that leaves are drawn on, in shares of the card."""

    def __init__(self, tone: NDArray[np.float32], hue: NDArray[np.float32], mask: NDArray[np.uint8]) -> None:
        self.tone, self.hue, self.mask = tone, hue, mask

    @classmethod
    def empty(cls) -> _Card:
        shape = (SIZE, SIZE)
        return cls(np.full(shape, 0.40, np.float32), np.full(shape, 0.5, np.float32), np.zeros(shape, np.uint8))

    def leaf(
        self, place: NDArray[np.float64], turn: float, length: float, slim: float, tone: float, hue: float, margin: float = _MARGIN
    ) -> None:
        """Draw a pointed leaf about `place`: two halves of slightly different tone."""
        along = np.array([np.cos(turn), np.sin(turn)])
        across = np.array([-along[1], along[0]])
        t = np.linspace(0.0, 1.0, 7)
        half = 0.5 * slim * length * np.sin(np.pi * t**0.8)
        spine = place + (t - 0.5)[:, None] * length * along
        for side, gain in ((-1.0, 0.93), (1.0, 1.08)):
            outline = np.concatenate([spine, (spine + side * half[:, None] * across)[::-1]])
            self._fill(outline, float(np.clip(tone * gain, 0.05, 0.95)), hue, margin)

    def line(self, a: NDArray[np.float64], b: NDArray[np.float64], tone: float, hue: float, width_px: int) -> None:
        ends = [tuple(int(v) for v in np.clip(p, _MARGIN, 1 - _MARGIN) * SIZE) for p in (a, b)]
        for image, value in ((self.tone, tone), (self.hue, hue), (self.mask, 255)):
            cv2.line(image, ends[0], ends[1], value, width_px)

    def _fill(self, outline: NDArray[np.float64], tone: float, hue: float, margin: float) -> None:
        points = np.round(np.clip(outline, margin, 1 - margin) * SIZE * 16).astype(np.int32)
        for image, value in ((self.tone, tone), (self.hue, hue), (self.mask, 255)):
            cv2.fillPoly(image, [points], value, shift=4)

    def layer(self, rng: np.random.Generator) -> Field:
        """Return the texture; its colours run on outside of the leaves, so that their edges stay clean when it is made smaller."""
        weight = (self.mask > 0).astype(np.float32)
        outside = _blurred(self.tone * weight, 6.0) / (_blurred(weight, 6.0) + 1e-3)
        tone = np.where(weight > 0, self.tone, np.maximum(outside, 0.3)) + 0.02 * noise(rng, 0.4, 10, 200)
        alpha = _blurred(weight, 1.2)
        return np.dstack([tone, self.hue, np.full_like(tone, 0.5), alpha]).astype(np.float64)


def _blurred(field: NDArray[np.float32], sigma_px: float) -> NDArray[np.float32]:
    """Return a blurred field that still wraps."""
    rim = 24
    wide = cv2.GaussianBlur(np.pad(field, rim, mode="wrap"), (0, 0), sigma_px)
    return np.asarray(wide[rim:-rim, rim:-rim], dtype=np.float32)


def lattice(rng: np.random.Generator) -> Field:
    """Chain link: diamonds of 5 cm, 8 x 8 to the tile of 0.4 m; wire of 4 mm."""
    v, u = (np.indices((SIZE, SIZE)) + 0.5) / SIZE * 8.0
    distance = np.minimum(np.abs((u + v + 0.5) % 1.0 - 0.5), np.abs((u - v + 0.5) % 1.0 - 0.5)) * 0.05 / np.sqrt(2.0)
    alpha = np.clip((0.0028 - distance) / 0.0008, 0.0, 1.0)
    round_wire = np.clip(1.0 - distance / 0.003, 0.0, 1.0)
    return np.dstack([0.36 + 0.2 * round_wire, np.full_like(alpha, 0.5), np.full_like(alpha, 0.5), alpha])
