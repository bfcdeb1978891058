"""Ground truth from clean frames; pure numpy and OpenCV."""

from simgen.labels.annotate import annotate

__all__ = ["annotate"]
