"""The databases: one gateway, two engines, the tables that every service has, and dataclasses as rows."""
