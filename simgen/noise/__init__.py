"""Sensor noise models, the same for both servers: (clean reading, parameters, rng) -> reading."""

from simgen.noise.degrade import degrade

__all__ = ["degrade"]
