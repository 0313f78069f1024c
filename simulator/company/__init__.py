"""A deterministic trading company to fill a base with: customers, contracts, documents, movements."""

from simulator.company.build import build
from simulator.company.ground import CompanyOptions
from simulator.company.totals import Total, totals

__all__ = ["CompanyOptions", "Total", "build", "totals"]
