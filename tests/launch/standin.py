"""A program that behaves as a server does: it has a child of its own and ends it when it is asked to end.

    standin.py NOTE [stubborn|brief|deaf-child]

NOTE gets the process ids of both. `stubborn` does not hear that it should end; `brief` ends by itself with code 3.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path


def main() -> None:
    note, *modes = sys.argv[1:]
    if "brief" in modes:
        print("the reason why it ends", flush=True)
        sys.exit(3)
    child = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(300)"])

    def leave(*_: object) -> None:
        child.kill()
        child.wait()
        sys.exit(0)

    signal.signal(signal.SIGTERM, signal.SIG_IGN if "stubborn" in modes else leave)
    aside = Path(f"{note}.{os.getpid()}")
    aside.write_text(f"{os.getpid()} {child.pid}")
    os.replace(aside, note)
    for _ in range(3000):
        time.sleep(0.1)


if __name__ == "__main__":
    main()
