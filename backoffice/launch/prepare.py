"""What is done with the database before anybody is let in: migrate, fill the demo shop, list its log-ins.

Run as a program inside the environment, so that one start of Django does for all three.
"""

import argparse
import contextlib
import io
import json
import sys
from pathlib import Path


def main() -> int:
    """Prepare, and leave what the launcher shows in the file that was named."""
    parser = argparse.ArgumentParser(prog="python -m backoffice.launch.prepare")
    parser.add_argument("--demo", action="store_true")
    parser.add_argument("--result", type=Path, required=True)
    wanted = parser.parse_args()

    # Here and not above: the launcher imports its modules before Django is installed.
    import django
    from django.core.management import call_command, get_commands

    django.setup()
    call_command("migrate", interactive=False, verbosity=1)
    logins = io.StringIO()
    if wanted.demo and "seed_demo" in get_commands():
        call_command("seed_demo")
        with contextlib.redirect_stdout(logins):
            call_command("demo_logins", stdout=logins)
    wanted.result.write_text(json.dumps({"logins": logins.getvalue()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
