"""Configuration files; a package, so that Hydra finds them as `pkg://simgen.conf` in an installed wheel."""
