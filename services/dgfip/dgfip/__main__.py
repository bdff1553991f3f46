"""`python -m dgfip serve` or `migrate`."""

from fps.kit.ground.memory import patient

patient()

from dgfip.app import main  # noqa: E402

raise SystemExit(main())
