"""Every template compiles, and every name that one extends or includes is there."""

import re
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template

NAMED = re.compile(r"{%\s*(?:extends|include)\s+[\"']([^\"']+)[\"']")


class Command(BaseCommand):
    help = "Compiles every template of the project. Exits with 1 after naming each that does not."

    def handle(self, *args: object, **options: object) -> None:
        root = Path(settings.BASE_DIR) / "templates"
        found: list[str] = []
        paths = sorted(path for path in root.rglob("*") if path.suffix in (".html", ".txt"))
        for path in paths:
            name = path.relative_to(root).as_posix()
            found += [f"{name}: {problem}" for problem in _problems(name, path.read_text(encoding="utf-8"))]
        for line in found:
            self.stderr.write(line)
        if found:
            raise SystemExit(1)
        self.stdout.write(f"{len(paths)} templates compile.")


def _problems(name: str, text: str) -> list[str]:
    problems: list[str] = []
    for wanted in [name, *NAMED.findall(text)]:
        try:
            get_template(wanted)
        except TemplateSyntaxError as error:
            if wanted == name:
                problems.append(str(error))
        except TemplateDoesNotExist as error:
            problems.append(f"there is no template {error}")
    return problems
