"""Which maps can be asked for, and which files are refused."""

import re
from pathlib import Path

import pytest
from mini_maps import MiniRoad, document

from simgen.errors import MapError
from simgen.server.world.map_catalogue import BUILT_IN, LIMIT_BYTES, Catalogue, check_opendrive, is_built_in
from simgen.server.world.roads import RoadMap

TOWNS = ("Avenue01", "Suburb01")


def test_the_shipped_towns_are_there_without_a_folder() -> None:
    assert set(TOWNS) <= set(Catalogue().names())


@pytest.mark.parametrize("asked", ["Avenue01", "/Game/Carla/Maps/Avenue01", "Carla/Maps/Avenue01_Opt", "Avenue01_Opt", "Avenue01.xodr"])
def test_a_town_loads_under_every_form_of_its_name(asked: str) -> None:
    assert Catalogue().opendrive(asked) == (BUILT_IN / "Avenue01.xodr").read_text()


def test_an_unknown_map_is_refused_with_the_choices() -> None:
    with pytest.raises(MapError, match=r"Avenue01, Suburb01.*got 'Atlantis'"):
        Catalogue().opendrive("Atlantis")


def test_a_folder_adds_maps_by_stem_and_wins_over_shipped_ones(tmp_path: Path) -> None:
    mine = document(MiniRoad())
    (tmp_path / "Avenue01.xodr").write_text(mine)
    (tmp_path / "Yard_Opt.xodr").write_text(mine)
    catalogue = Catalogue(tmp_path)
    assert catalogue.names() == ("Avenue01", "Suburb01", "Yard_Opt")
    assert catalogue.opendrive("Avenue01") == mine
    assert catalogue.resolve("Carla/Maps/Yard_Opt") == "Yard_Opt"


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(MapError, match="folder must exist"):
        Catalogue(tmp_path / "nowhere")


def test_only_the_letter_of_a_shipped_town_counts_as_built_in() -> None:
    text = (BUILT_IN / "Suburb01.xodr").read_text()
    assert is_built_in(text)
    assert not is_built_in(text + " ")


GOOD = document(MiniRoad())
REFUSED = {
    "not XML": "hello",
    "cut off": GOOD[: len(GOOD) // 2],
    "another root": "<html/>",
    "a document type": GOOD.replace("<OpenDRIVE>", '<!DOCTYPE x [<!ENTITY a "aaaa">]><OpenDRIVE>'),
    "no road": "<OpenDRIVE/>",
    "no driving lane": GOOD.replace('"driving"', '"none"'),
    "a clothoid": GOOD.replace("<line/>", '<spiral curvStart="0" curvEnd="0.1"/>'),
    "a length that is no number": GOOD.replace('length="100.0"', 'length="nan"'),
    "a place that is no number": GOOD.replace('hdg="0.0"', 'hdg="inf"'),
    "a lane without width": re.sub(r"<width[^>]*/>", "", GOOD, count=1),
    "a road id that is no integer": GOOD.replace('id="1" junction', 'id="one" junction'),
    "one road twice": document(MiniRoad(), MiniRoad(y=30.0)),
    "no lanes": re.sub(r"<laneSection.*</laneSection>", "", GOOD),
    "no geometry": re.sub(r"<geometry.*</geometry>", "", GOOD),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_document_is_refused_in_one_line_that_says_where(what: str) -> None:
    with pytest.raises(MapError) as caught:
        check_opendrive(REFUSED[what], "the file")
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith("(the file)")


def test_the_document_they_are_made_from_is_accepted() -> None:
    check_opendrive(GOOD, "the file")


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "Huge.xodr").open("wb") as file:
        file.truncate(LIMIT_BYTES + 1)
    with pytest.raises(MapError, match="at most"):
        Catalogue(tmp_path).opendrive("Huge")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Bytes.xodr").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(MapError, match="UTF-8"):
        Catalogue(tmp_path).opendrive("Bytes")


def test_a_map_that_the_client_cannot_use_is_refused_and_does_not_end_the_process() -> None:
    town = (BUILT_IN / "Suburb01.xodr").read_text()
    broken = re.sub(r'(<connection [^>]*connectingRoad=")\d+"', r'\g<1>99999"', town)
    check_opendrive(broken, "broken")
    with pytest.raises(MapError, match="usable by the CARLA client"):
        RoadMap.load("broken", broken)
