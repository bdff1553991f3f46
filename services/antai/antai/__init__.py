"""Service of the ANTAI: mFPS, payment notices, payments, enforceable titles."""
