"""Who speaks: the test PKI and its PSCE, certificates, TLS, accounts, sessions, and the door of each route."""
