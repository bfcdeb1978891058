"""The card and the Croissant description: structure after the specification, the same bytes for the same shards."""

import hashlib
import json
import re

import pytest

from simgen.datatypes.tags import Tag
from simgen.errors import ShardError
from simgen.shards.card import write_card
from simgen.shards.manifest import write_manifest
from simgen.shards.verify import verify
from tests.shards.made_up_episodes import write_episode

REQUIRED = {"@context", "@type", "conformsTo", "description", "license", "name", "url", "creator", "distribution"}
"""https://docs.mlcommons.org/croissant/docs/croissant-spec.html#required, but for the date, which who publishes adds."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("card")
    write_episode(folder / "a-1.h5", "a", 1, 12, 5, walker=range(3))
    write_episode(folder / "b-2.h5", "b", 2, 5)
    write_manifest(folder)
    write_card(folder)
    return folder


@pytest.fixture
def croissant(folder):
    return json.loads((folder / "croissant.json").read_text())


def test_the_description_has_what_the_specification_requires(croissant):
    assert set(croissant) >= REQUIRED
    assert croissant["conformsTo"] == "http://mlcommons.org/croissant/1.0"
    assert croissant["@context"]["@vocab"] == "https://schema.org/"
    assert croissant["@context"]["cr"] == "http://mlcommons.org/croissant/"


def test_every_file_is_there_with_its_hash(croissant, folder):
    files = {f["contentUrl"]: f for f in croissant["distribution"]}
    assert set(files) == {p.name for p in folder.glob("*.h5")} | {"manifest.json"}
    for name, file in files.items():
        content = (folder / name).read_bytes()
        assert file["@type"] == "cr:FileObject"
        assert file["sha256"] == hashlib.sha256(content).hexdigest()
        assert file["contentSize"] == f"{len(content)} B"


def test_ids_are_unique_and_references_resolve(croissant):
    fields = [f for r in croissant["recordSet"] for f in r["field"]]
    ids = [thing["@id"] for thing in (*croissant["distribution"], *croissant["recordSet"], *fields)]
    assert len(set(ids)) == len(ids)
    for field in fields:
        assert field["@id"].split("/")[0] in {r["@id"] for r in croissant["recordSet"]}
        assert field["dataType"] in ("sc:Text", "sc:Integer")
        if "source" in field:
            assert field["source"]["fileObject"]["@id"] in ids
    for table in croissant["recordSet"]:
        names = {f["@id"] for f in table["field"]}
        assert all(set(row) == names for row in table.get("data", []))
        assert {table["key"]["@id"]} <= names if "key" in table else table["@id"] == "shards"


def test_the_listing_is_found_in_the_manifest(croissant, folder):
    (listing,) = [r for r in croissant["recordSet"] if r["@id"] == "shards"]
    rows = json.loads((folder / "manifest.json").read_text())["shards"]
    for field in listing["field"]:
        name = re.fullmatch(r"\$\.shards\[\*\]\.(\w+)", field["source"]["extract"]["jsonPath"])[1]
        assert all(name in row for row in rows)


def test_every_tag_is_told(croissant, folder):
    (tags,) = [r for r in croissant["recordSet"] if r["@id"] == "semantic_tags"]
    assert [row["semantic_tags/name"] for row in tags["data"]] == [tag.name.lower() for tag in Tag]
    assert "12 pedestrians" in (folder / "card.md").read_text()


def test_the_card_tells_origin_and_content(folder):
    card = (folder / "card.md").read_text()
    assert "| scenario a | seeds 1 |" in card
    assert "| car | 17 |" in card
    assert "2 episodes, 17 frames" in card
    assert all(f"## {title}" in card for title in ("Origin", "Sensors", "Content", "Labels", "Known limits", "Reading", "Licence"))


def test_the_same_shards_give_the_same_bytes_anywhere(folder, tmp_path):
    other = tmp_path / "else" / "where"
    other.mkdir(parents=True)
    for path in sorted(folder.glob("*.h5"), reverse=True):
        (other / path.name).write_bytes(path.read_bytes())
    write_manifest(other)
    write_card(other)
    for name in ("card.md", "croissant.json"):
        assert (other / name).read_bytes() == (folder / name).read_bytes()


def test_files_beside_the_shards_do_not_disturb_verify(folder):
    assert all(verdict.ok for verdict in verify([folder]))


def test_without_a_manifest_there_is_no_card(tmp_path):
    write_episode(tmp_path / "a.h5", frames=2)
    with pytest.raises(ShardError, match=r"must have a manifest.json"):
        write_card(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["a.h5"]


def test_the_reference_loader_reads_it(folder):
    mlcroissant = pytest.importorskip("mlcroissant", reason="the reference reader of Croissant: pip install mlcroissant")
    dataset = mlcroissant.Dataset(str(folder / "croissant.json"))
    rows = list(dataset.records(record_set="shards"))
    assert [row["shards/path"] for row in rows] == [b"a-1.h5", b"a-1.part001.h5", b"a-1.part002.h5", b"b-2.h5"]
    assert [row["shards/frames"] for row in rows] == [5, 5, 2, 5]
    assert not dataset.metadata.issues.errors
