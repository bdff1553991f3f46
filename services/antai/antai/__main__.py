"""`python -m antai serve` or `migrate`."""

from antai.app import main

raise SystemExit(main())
