"""Real sets in simgen's sample type, so that they mix with shards: see `open_real`."""

from simgen.data.real.adapters import open_real
from simgen.data.real.dataset import RealDataset

__all__ = ["RealDataset", "open_real"]
