"""What is done with the database before anybody is let in: migrate, fill the demo shop, list its log-ins.

Run as a program inside the environment, so that one start of Django does for all of it.
"""

import argparse
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
    # Only after django.setup(): these stand on its settings.
    from backoffice.core.nudges import nudge
    from backoffice.core.selectors.health import QUEUES

    logins = io.StringIO()
    has_demo = wanted.demo and "seed_demo" in get_commands()
    if has_demo:
        call_command("seed_demo")
        call_command("demo_logins", stdout=logins)
    for queue in QUEUES:
        # Waits in the broker until the workers are up; their answer shows that a task goes round.
        nudge("backoffice.core.canary", queue=queue, queue_name=queue, asked_by="start")
    wanted.result.write_text(json.dumps({"demo": has_demo, "logins": logins.getvalue(), "queues": list(QUEUES)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
