"""`python -m antai serve` or `migrate`."""

from fps.kit.ground.memory import patient

patient()

from antai.app import main  # noqa: E402

raise SystemExit(main())
