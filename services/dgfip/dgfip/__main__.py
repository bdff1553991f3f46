"""`python -m dgfip serve` or `migrate`."""

from dgfip.app import main

raise SystemExit(main())
