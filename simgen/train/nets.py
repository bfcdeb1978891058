"""Two small nets in plain torch: a U-Net for classes of pixels, and a detector of boxes by their centres.

Depthwise separable convolutions (Howard et al. 2017, "MobileNets") in the shape of a U-Net (Ronneberger et al. 2015); the
stem halves the picture at once, so that a CPU trains them in minutes. The detector is CenterNet's (Zhou, Wang and
Kraehenbuehl 2019, "Objects as points") with sizes as logarithms.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

STRIDE = 4
"""Pixels of the picture per cell of the detector's maps."""
SIZE_UNIT_PX = 16.0
"""The detector gives sizes as log(size / SIZE_UNIT_PX)."""
_MEAN, _SPREAD = (0.45, 0.45, 0.45), (0.25, 0.25, 0.25)


def prepared(images: Tensor) -> Tensor:
    """Return pictures (B, 3, H, W) uint8 as float32 of about mean 0 and spread 1, channels last."""
    mean, spread = (torch.tensor(v).view(1, 3, 1, 1) for v in (_MEAN, _SPREAD))
    return ((images.float() / 255.0 - mean) / spread).contiguous(memory_format=torch.channels_last)


def _conv(inputs: int, outputs: int, kernel: int = 3, stride: int = 1, groups: int = 1) -> nn.Sequential:
    conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))


def _separable(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(_conv(inputs, inputs, 3, stride, groups=inputs), _conv(inputs, outputs, 1))


class _Trunk(nn.Module):
    """Features at 1/2 to 1/32 of the picture, and back up to 1/2 or 1/4 of it."""

    def __init__(self, width: int, top: int) -> None:
        super().__init__()
        channels = [width, width * 2, width * 4, width * 6, width * 8]
        self.stem = _conv(3, channels[0], 3, 2)
        self.down = nn.ModuleList(
            nn.Sequential(_separable(channels[i], channels[i + 1], 2), _separable(channels[i + 1], channels[i + 1])) for i in range(4)
        )
        self.levels = tuple(range(3, top - 1, -1))
        self.up = nn.ModuleList(_separable(channels[i + 1] + channels[i], channels[i]) for i in self.levels)
        self.channels = channels[top]

    def forward(self, x: Tensor) -> Tensor:
        """Return features (B, channels, H / 2 or / 4, W / 2 or / 4)."""
        features = [self.stem(x)]
        for down in self.down:
            features.append(down(features[-1]))
        y = features[-1]
        for level, up in zip(self.levels, self.up, strict=True):
            y = up(torch.cat([_resized(y, features[level]), features[level]], 1))
        return y


class Segmenter(nn.Module):
    """Classes of pixels: (B, 3, H, W) -> logits (B, classes, H, W)."""

    def __init__(self, classes: int, width: int = 32) -> None:
        super().__init__()
        self.trunk = _Trunk(width, top=0)
        self.head = nn.Sequential(_separable(width, width), nn.Conv2d(width, classes, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Return logits."""
        return _resized(self.head(self.trunk(x)), x)


class Detector(nn.Module):
    """Centres, offsets and sizes of boxes: (B, 3, H, W) -> (B, classes + 4, H / 4, W / 4).

    The channels: a logit per class; the centre within its cell (x, y) in cells; log(width, height / SIZE_UNIT_PX).
    """

    def __init__(self, classes: int, width: int = 32) -> None:
        super().__init__()
        self.trunk = _Trunk(width, top=1)
        inner = self.trunk.channels
        self.head = nn.Sequential(_conv(inner, inner), nn.Conv2d(inner, classes + 4, 1))
        last = self.head[-1]
        assert isinstance(last, nn.Conv2d)
        assert last.bias is not None
        with torch.no_grad():
            last.bias[:classes] = -math.log(99.0)  # a centre is rare: begin at a probability of 0.01 (Lin et al. 2017)

    def forward(self, x: Tensor) -> Tensor:
        """Return the maps."""
        maps: Tensor = self.head(self.trunk(x))
        return maps


def parameters_of(net: nn.Module) -> int:
    """Return how many numbers a net learns."""
    return sum(p.numel() for p in net.parameters())


def _resized(x: Tensor, like: Tensor) -> Tensor:
    return F.interpolate(x, size=like.shape[2:], mode="bilinear", align_corners=False)
