"""`./bo bench [NAME …] [--json FILE]`: medians of five, and the ratio to the floor of the same run."""

import argparse
import json
import sys
from pathlib import Path

import django

django.setup()

from benchmarks import ledger  # noqa: E402  (models need the setup above)

BENCHES = {"ledger": ledger.run}


def main() -> int:
    parser = argparse.ArgumentParser(prog="./bo bench")
    parser.add_argument("names", nargs="*", help=f"one or more of: {', '.join(BENCHES)} (default: all)")
    parser.add_argument("--json", type=Path, help="write the results into this file as well")
    wanted = parser.parse_args()
    unknown = set(wanted.names) - BENCHES.keys()
    if unknown:
        parser.error(f"there is no benchmark called {', '.join(sorted(unknown))}")
    results = [result for name in wanted.names or BENCHES for result in BENCHES[name]()]
    print(f"{'name':<28} {'ours':>12} {'floor':>12} {'ratio':>6}  conditions")
    for one in results:
        print(
            f"{one['name']:<28} {one['ours']:>10.0f}/s {one['floor']:>10.0f}/s {one['ratio']:>6.2f}  {one['conditions']}"
        )
    if wanted.json:
        wanted.json.write_text(json.dumps({"results": results}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
