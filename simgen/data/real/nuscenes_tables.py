"""nuScenes' tables: JSON lists of records, checked field by field as they are used."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from simgen.data.real.files import read_bytes
from simgen.errors import ShardError
from simgen.geometry.pose import Matrix, rotation_from_quaternion

Value = TypeVar("Value")


class Tables:
    """The tables in one folder. Raises ShardError for one that is not as the schema says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def rows(self, table: str, *fields: str) -> list[dict[str, Any]]:
        """Return the records of a table, each with at least these fields; those that tell of others are texts."""
        path = self.folder / f"{table}.json"
        try:
            rows = json.loads(read_bytes(path))
        except (ValueError, RecursionError):
            rows = None
        if not isinstance(rows, list):
            raise ShardError(f"table must be a list in JSON, got another file ({path})")
        texts = [field for field in fields if "token" in field or field in ("name", "channel", "prev", "next", "filename")]
        for row in rows:
            if not isinstance(row, dict) or any(f not in row for f in fields) or any(not isinstance(row[t], str) for t in texts):
                raise ShardError(f"record must have {', '.join(fields)}, got {str(row)[:60]} ({path})")
        return rows

    def linked(self, rows: Mapping[str, Value], token: str, table: str) -> Value:
        """Return the record that a token stands for."""
        if token not in rows:
            raise ShardError(f"token must be of a record of {table}, got {token[:40]} ({self.folder})")
        return rows[token]

    def number(self, row: Mapping[str, Any], field: str, table: str) -> float:
        """Return a field that is one finite number."""
        return float(self.numbers(row, field, 1, table)[0])

    def numbers(self, row: Mapping[str, Any], field: str, count: int, table: str) -> NDArray[np.float64]:
        """Return a field (count,) of finite numbers."""
        return _numbers(row, field, count, self.folder / f"{table}.json")


def pose_of(row: Mapping[str, Any], where: Path) -> Matrix:
    """Return the (4, 4) pose of a record's translation (m) and rotation (quaternion w, x, y, z)."""
    quaternion = _numbers(row, "rotation", 4, where)
    length = float(np.linalg.norm(quaternion))
    if not 0.9 < length < 1.1:
        raise ShardError(f"rotation must be a unit quaternion, got {quaternion.tolist()} ({where})")
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = rotation_from_quaternion(quaternion / length)[0], _numbers(row, "translation", 3, where)
    return pose


def _numbers(row: Mapping[str, Any], field: str, count: int, where: Path) -> NDArray[np.float64]:
    try:
        values = np.asarray(row[field], dtype=np.float64).reshape(-1)
    except (TypeError, ValueError):
        values = np.zeros(0)
    if len(values) != count or not np.isfinite(values).all():
        raise ShardError(f"{field} must be {count} numbers, got {str(row[field])[:60]} ({where})")
    return values
