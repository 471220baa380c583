"""Arguments of `conform`, `list` and `template`."""

from __future__ import annotations

from argparse import ArgumentParser

from harness.cli.numbers import natural, positive


def add_conform(command: ArgumentParser) -> None:
    from harness.cli import conform

    command.set_defaults(run=conform.run)
    command.add_argument("--programs", metavar="N", type=positive, default=100, help="how many (default: %(default)s)")
    command.add_argument("--seed", metavar="K", type=natural, default=0, help="of the first (default: %(default)s)")
    command.add_argument(
        "--runs", metavar="N", type=positive, default=300, help="free runs of each (default: %(default)s)"
    )
    command.add_argument("--show", metavar="SEED", type=natural, help="only print a program, in Python and in Go")


def add_list(command: ArgumentParser) -> None:
    from harness.cli import listing

    command.set_defaults(run=listing.run)
    command.add_argument("--scenarios", metavar="DIR", help="the designs of this folder, not the seed's")


def add_template(command: ArgumentParser) -> None:
    from harness.cli import template

    command.set_defaults(run=template.run)
    command.add_argument(
        "name",
        choices=template.TEMPLATES,
        help="a GitHub Actions workflow, a configuration of pre-commit, or a line for any CI",
    )
