"""python3 -m reports"""

from .cli import main

raise SystemExit(main())
