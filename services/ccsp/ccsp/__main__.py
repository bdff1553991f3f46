"""`python -m ccsp serve` or `migrate`."""

from fps.kit.ground.memory import patient

patient()

from ccsp.app import main  # noqa: E402

raise SystemExit(main())
