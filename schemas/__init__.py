"""The vocabulary: what the site promises about each kind of record, and the words for everything else."""

from schemas.records import RECORDS, TABLES

__all__ = ["RECORDS", "TABLES"]
