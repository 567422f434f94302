"""Measuring: ``make bench`` prints one table from a single run. Nothing in the package imports this."""
