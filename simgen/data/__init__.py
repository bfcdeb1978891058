"""Shards for training with torch: datasets, the order of an epoch, batches, and mixing with real sets.

dataset = FrameDataset(["data"], sensors=["front.rgb", "front.semantic", "top"], labels=["boxes3d"])
for batch in FrameLoader(dataset, batch_size=8, workers=2, seed=0):
    ...
"""

from simgen.data.collate import Ragged, collate
from simgen.data.frames import FrameDataset
from simgen.data.loader import FrameLoader, FrameStream
from simgen.data.order import Order

__all__ = ["FrameDataset", "FrameLoader", "FrameStream", "Order", "Ragged", "collate"]
