"""The dispatch catalogue (派单目录): its tables, lookup, lint, versions and workbook."""

from intake.catalogue.lookup import Catalogue, Query, RuleFinding, Search
from intake.catalogue.rows import ANY, DEPTH, Handler, Profile, Rule, TransmissionPath, Unit
from intake.catalogue.table_files import Tables

__all__ = [
    "ANY",
    "DEPTH",
    "Catalogue",
    "Handler",
    "Profile",
    "Query",
    "Rule",
    "RuleFinding",
    "Search",
    "Tables",
    "TransmissionPath",
    "Unit",
]
