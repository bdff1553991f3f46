"""The products under test, whichever way they are driven."""
