"""Roles in the tables: which are read, what happens without them, and what old tables mean."""

from __future__ import annotations

from pathlib import Path

import pytest
from catalogue_world import SHIPPED, files, files_shipped, tables_of, two_categories

from intake.bootstrap import build_router
from intake.catalogue import Catalogue, Tables, workbook
from intake.catalogue.difference import compare
from intake.catalogue.table_files import KINDS, SPEC, version_of, written
from intake.catalogue.taxonomy import Taxonomy
from intake.errors import ConfigurationError
from intake.settings import MODELS, ModelSettings

HEAD = "code,parent,name_zh,definition_zh,keywords_zh,department_kind,role"


def taxonomy(folder: Path, *rows: str, head: str = HEAD) -> Taxonomy:
    path = folder / "taxonomy.csv"
    path.write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
    return Taxonomy.load(path)


def test_a_leaf_has_its_field_s_role_unless_it_says_otherwise(tmp_path: Path) -> None:
    found = taxonomy(
        tmp_path, "50,,杂项,,,,out_of_scope", "5001,50,火警,,,,emergency", "5002,50,外地,,,,",
        "5003,50,表扬,,,,none",
    )  # fmt: skip
    assert [found.role(code) for code in ("50", "5001", "5002", "5003", "5099", None)] == [
        "out_of_scope", "emergency", "out_of_scope", None, None, None,
    ]  # fmt: skip
    assert found.roles == {"out_of_scope", "emergency"}


def test_an_unknown_role_is_named_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="category 50 has the unknown role urgent") as told:
        taxonomy(tmp_path, "50,,火警,,,,urgent")
    assert "emergency" in told.value.hint


def test_the_product_does_not_start_with_tables_that_leave_a_role_out(tmp_path: Path) -> None:
    shipped = (MODELS / "taxonomy" / "taxonomy.csv").read_text(encoding="utf-8")
    path = tmp_path / "taxonomy.csv"
    path.write_text(shipped.replace(",emergency\n", ",\n"), encoding="utf-8")
    with pytest.raises(ConfigurationError) as told:
        build_router(ModelSettings(taxonomy=path), [])
    assert "no category has the role emergency: what the classifier takes" in told.value.message

    kinds = files_shipped()[KINDS]
    for name, text in files_shipped().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / KINDS).write_text(kinds.replace("utility", ""), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="no kind of unit has the role utility"):
        build_router(ModelSettings(catalogue=tmp_path), [])


def test_it_starts_with_tables_made_before_there_were_roles(tmp_path: Path) -> None:
    """Even with codes that have none of the shipped roles."""
    old = taxonomy(tmp_path, "50,,火警,,,", head=HEAD.removesuffix(",role"))
    assert old.roles == frozenset()
    made = build_router(ModelSettings(taxonomy=tmp_path / "taxonomy.csv"), [])
    assert made.taxonomy.name("50") == "火警"


def test_a_catalogue_without_kinds_has_the_shipped_ones_and_its_version_stays() -> None:
    old = {name: text for name, text in files_shipped().items() if name != KINDS}
    tables, shipped = tables_of(old), Tables.load(SHIPPED)
    assert tables.version == version_of(old)
    assert tables.kinds == shipped.kinds
    assert KINDS not in tables.files
    assert compare(tables, shipped) == []


def test_kinds_are_written_out_for_a_clerk_who_has_none_yet(tmp_path: Path) -> None:
    workbook.export(tables_of(files()), tmp_path / "c.xlsx")
    found, faults = workbook.read(tmp_path / "c.xlsx")
    assert faults == []
    assert found[KINDS] == written(SPEC["kinds"], Tables.load(SHIPPED).kinds.rows)


def test_common_names_and_roles_of_kinds() -> None:
    catalogue = Catalogue(tables_of(files(kinds=("GS,供水,utility,county,自来水公司|水厂",))))
    kinds = catalogue.kinds
    assert (kinds.names["镇政府"].kind, kinds.names["镇政府"].level) == ("ZF", "town")
    assert kinds.names["水厂"].kind == "GS"
    assert kinds.is_utility("GS")
    assert not kinds.is_utility("CG")
    assert kinds.is_government("ZF")
    assert kinds.roles == {"government", "utility"}
    departments = {unit.kind for unit in catalogue.units.values() if catalogue.is_department(unit)}
    assert departments == {"CG", "SJ"}
    assert two_categories().role("0302") is None


def test_a_category_is_found_near_what_people_call_it_and_what_it_is_about() -> None:
    taxonomy = Taxonomy.load(MODELS / "taxonomy" / "taxonomy.csv")
    assert next(leaf.name for leaf in taxonomy.near("供水")) == "供水"
    assert "供水" in {leaf.name for leaf in taxonomy.near("水表") + taxonomy.near("水压")}
    assert taxonomy.near("没有这样的词") == ()
