"""`python -m ccsp serve` or `migrate`."""

from ccsp.app import main

raise SystemExit(main())
