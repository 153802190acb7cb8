"""The dispatch catalogue (派单目录): tables that clerks keep, and what is asked of them."""

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
