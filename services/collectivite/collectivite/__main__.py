"""`python -m collectivite serve` or `migrate`."""

from fps.kit.ground.memory import patient

patient()

from collectivite.app import main  # noqa: E402

raise SystemExit(main())
