"""Run a Python program whose own children die with it, however it dies.

    python -m backoffice.launch.kin celery --app … worker …

The kernel tells a child of ours that we died, but not a child of that child: after a kill -9 of a Celery worker the
processes of its pool would work on, alone, until their tasks end. Here every fork of the program gets the same wish.
"""

import os
import runpy
import signal
import sys

from backoffice.launch.processes import PR_SET_PDEATHSIG, kernel


def main() -> None:
    """Run the module named first, as `python -m` would, with the arguments behind it."""
    name, *arguments = sys.argv[1:]
    bind_forks()
    sys.argv = [name, *arguments]
    runpy.run_module(name, run_name="__main__", alter_sys=True)


def bind_forks() -> None:
    """From now on, whatever this process forks dies with it; nothing where the kernel cannot be asked for that."""
    libc = kernel()
    if libc is None:
        return
    parents = [0]

    def remember() -> None:
        parents[0] = os.getpid()

    def ask_kernel() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        if os.getppid() != parents[0]:  # it died between the fork and the wish
            os._exit(1)

    os.register_at_fork(before=remember, after_in_child=ask_kernel)


if __name__ == "__main__":
    main()
