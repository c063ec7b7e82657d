"""The proof that no unit and no cent is lost."""

from django.core.management.base import BaseCommand, CommandParser

from backoffice.core.proofs import all_proofs, check_books


class Command(BaseCommand):
    help = "Adds up the books. Exits with 0 when everything agrees, with 1 after naming each difference."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("proofs", nargs="*", help="codes of the proofs to run (default: all)")
        parser.add_argument("--most", type=int, default=100, help="differences shown for each proof (default: 100)")

    def handle(self, *args: object, **options: object) -> None:
        wanted, most = options["proofs"] or None, options["most"]
        assert isinstance(most, int) and (wanted is None or isinstance(wanted, list))
        unknown = set(wanted or ()) - set(all_proofs())
        if unknown:
            self.stderr.write(f"There is no proof called {', '.join(sorted(unknown))}.")
            raise SystemExit(2)
        total, seconds = 0, 0.0
        for outcome in check_books(wanted):
            found = outcome.differences
            mark = "ok  " if not found else "DIFF"
            self.stdout.write(f"{mark} {outcome.proof.code:<36} {outcome.seconds:6.2f} s  {outcome.proof.sentence}")
            for difference in found[:most]:
                self.stdout.write(
                    f"       {difference.row}: {difference.column} is {difference.found}, "
                    f"should be {difference.expected}"
                )
            if len(found) > most:
                self.stdout.write(f"       and {len(found) - most} more")
            total, seconds = total + len(found), seconds + outcome.seconds
        if total:
            self.stdout.write(f"{total} differences, looked at in {seconds:.1f} s.")
            raise SystemExit(1)
        self.stdout.write(f"Everything adds up ({seconds:.1f} s).")
