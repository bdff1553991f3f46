"""One letter, one request, one day: one transaction; the bacs, their time, their journals and their books."""
