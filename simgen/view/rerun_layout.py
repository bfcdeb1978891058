"""How the Rerun viewer first arranges a recording of `rerun_log`."""

from __future__ import annotations

from typing import Any

from simgen.shards.reader import ShardReader
from simgen.view.arrangement import around


def blueprint(shard: ShardReader, ego: str) -> Any:
    """Return the first arrangement of the viewer: 3D, a view for each camera, speed and events; `ego` is the path of the ego.

    Depth would stand as a second cloud in the scene, and instances over the photographs: both are there to be switched on.
    """
    import rerun.blueprint as rrb

    paths = {device: f"{ego}/{device}" for device, _ in around(shard.rig)}
    views = [
        rrb.Spatial2DView(origin=path, contents=["$origin/**", f"- {path}/depth", f"- {path}/instance"], name=device)
        for device, path in paths.items()
    ]
    hidden = [f"- {path}/{name}" for path in paths.values() for name in ("depth", "semantic", "instance")]
    below = rrb.Horizontal(rrb.TimeSeriesView(origin="speed", name="speed"), rrb.TextLogView(origin="events", name="events"))
    scene = rrb.Spatial3DView(origin="world", contents=["$origin/**", *hidden], name="scene")
    above = rrb.Horizontal(scene, rrb.Grid(*views), column_shares=[3, 2]) if views else scene
    return rrb.Blueprint(rrb.Vertical(above, below, row_shares=[4, 1]), rrb.TimePanel(timeline="time"))
