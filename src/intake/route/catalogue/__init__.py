"""The dispatch catalogue (派单目录): tables that clerks keep, and what is asked of them."""

from intake.route.catalogue.lookup import Catalogue, Finding, Query, Search
from intake.route.catalogue.rows import ANY, DEPTH, Handler, Profile, Rule, TransmissionPath, Unit
from intake.route.catalogue.tables import Tables

__all__ = [
    "ANY",
    "DEPTH",
    "Catalogue",
    "Finding",
    "Handler",
    "Profile",
    "Query",
    "Rule",
    "Search",
    "Tables",
    "TransmissionPath",
    "Unit",
]
