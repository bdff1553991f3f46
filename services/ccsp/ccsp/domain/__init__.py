"""The rules of this service: plain dataclasses and functions, no framework."""
