"""The Croissant 1.0 description of a dataset: JSON-LD that dataset searches and loaders read.

Written after https://docs.mlcommons.org/croissant/docs/croissant-spec.html. Left out is what only a publisher knows: `datePublished`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from simgen.datatypes.tags import PALETTE, ObjectClass, Tag

CROISSANT = "croissant.json"
CONFORMS_TO = "http://mlcommons.org/croissant/1.0"
LICENCE = "The data belong to who made them, who states their licence; simgen, the program, is under the MIT licence."

_OF_CROISSANT = (
    *("citeAs", "column", "extract", "field", "fileProperty", "fileObject", "fileSet", "format", "includes", "isLiveDataset"),
    *("jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex", "repeated", "replace", "separator"),
    *("source", "subField", "transform"),
)
CONTEXT: Mapping[str, Any] = MappingProxyType(
    {
        "@language": "en",
        "@vocab": "https://schema.org/",
        "cr": "http://mlcommons.org/croissant/",
        "sc": "https://schema.org/",
        "dct": "http://purl.org/dc/terms/",
        "conformsTo": "dct:conformsTo",
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "examples": {"@id": "cr:examples", "@type": "@json"},
        **{name: f"cr:{name}" for name in _OF_CROISSANT},
    }
)
"""The context of the specification's appendix 1."""


@dataclass(frozen=True)
class File:
    """One file of the dataset."""

    path: str
    """Relative to the folder of the description."""
    bytes: int
    sha256: str
    encoding: str
    """MIME type."""


def croissant_json(description: str, versions: Sequence[str], files: Sequence[File], table: File, rows: str, names: Sequence[str]) -> bytes:
    """Return the description as JSON text with a newline at its end: equal datasets give equal bytes.

    `table` is the JSON file that lists the data files under the key `rows`, each with the fields `names`; it becomes a record set that
    loaders can read. What lies inside of HDF5 files and of members of tar files cannot be described in Croissant 1.0.
    """
    digest = hashlib.sha256("".join(f.sha256 for f in files).encode()).hexdigest()
    content = {
        "@context": dict(CONTEXT),
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": f"simgen-{digest[:12]}",
        "description": description,
        "url": f"urn:sha256:{digest}",
        "license": {"@type": "sc:CreativeWork", "name": LICENCE},
        "creator": {"@type": "sc:Organization", "name": f"made by a user of simgen {', '.join(versions)}"},
        "version": "1.0.0",
        "keywords": ["simulation", "driving", "LiDAR", "camera", "3D boxes", "semantic segmentation", "CARLA"],
        "isLiveDataset": False,
        "distribution": [_file_object(f) for f in (table, *files)],
        "recordSet": [_listing(table, rows, names), _tags(), _classes()],
    }
    return (json.dumps(content, indent=1) + "\n").encode()


_TYPES: Mapping[str, str] = MappingProxyType({name: "sc:Integer" for name in ("bytes", "frames", "first_tick", "part", "parts")})
"""Types of the listed fields that are no text."""


def _file_object(file: File) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path,
        "contentUrl": file.path,
        "contentSize": f"{file.bytes} B",
        "encodingFormat": file.encoding,
        "sha256": file.sha256,
    }


def _listing(table: File, rows: str, names: Sequence[str]) -> dict[str, Any]:
    """Return the record set of the data files, read from the JSON file that lists them."""
    fields = [
        {
            "@type": "cr:Field",
            "@id": f"{rows}/{name}",
            "name": f"{rows}/{name}",
            "dataType": _TYPES.get(name, "sc:Text"),
            "source": {"fileObject": {"@id": table.path}, "extract": {"jsonPath": f"$.{rows}[*].{name}"}},
        }
        for name in names
    ]
    return {"@type": "cr:RecordSet", "@id": rows, "name": rows, "description": "The data files.", "field": fields}


def _tags() -> dict[str, Any]:
    rows = ((tag.value, tag.name.lower(), "#{:02x}{:02x}{:02x}".format(*PALETTE[tag])) for tag in Tag)
    return _table("semantic_tags", "Values of semantic images and of points' tags.", ("value", "name", "colour"), rows)


def _classes() -> dict[str, Any]:
    return _table("object_classes", "Values of object_class of boxes.", ("value", "name"), ((c.value, c.name.lower()) for c in ObjectClass))


def _table(name: str, about: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> dict[str, Any]:
    types = {"value": "sc:Integer"}
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": about,
        "key": {"@id": f"{name}/value"},
        "field": [{"@type": "cr:Field", "@id": f"{name}/{c}", "name": f"{name}/{c}", "dataType": types.get(c, "sc:Text")} for c in columns],
        "data": [{f"{name}/{c}": v for c, v in zip(columns, row, strict=True)} for row in rows],
    }
