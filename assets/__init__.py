"""Dagster assets built from the declarations, and the plain functions they call."""
