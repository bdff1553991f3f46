"""The revisions of the tables of the kit, one file each, named by its number; a released one never changes."""
