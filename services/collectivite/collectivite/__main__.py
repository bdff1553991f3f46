"""`python -m collectivite serve` or `migrate`."""

from collectivite.app import main

raise SystemExit(main())
