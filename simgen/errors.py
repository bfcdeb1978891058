"""The errors simgen raises for its user.

Every message reads "WHAT must be WANTED, got VALUE (where)" and fits on one line; the command line prints it without a
traceback and leaves with `exit_code`.
"""

from __future__ import annotations


class SimgenError(Exception):
    """Base of all errors that a user of simgen can cause or mend."""

    exit_code = 1


class ConfigError(SimgenError):
    """A command line, configuration, rig or scenario that cannot be used as given."""

    exit_code = 2


class EnvironmentFault(SimgenError):
    """The machine lacks something: a free port, disk space, a writable folder, a driver."""

    exit_code = 3


class ServerError(EnvironmentFault):
    """No CARLA server answered, or it died, hung, or refused."""


class LateReading(ServerError):
    """A sensor that was due at a tick did not deliver before the deadline."""


class ProtocolError(SimgenError):
    """Bytes from the other side of the wire that are not the CARLA 0.9.16 protocol."""


class MapError(SimgenError):
    """An OpenDRIVE file that cannot be served."""

    exit_code = 2


class ShardError(SimgenError):
    """A shard that is damaged, foreign, or of another schema version."""
