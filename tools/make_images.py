"""Make the images of the README and the guide, in docs/images.

    TEXTVEC_DATA=folder python tools/make_images.py [quickstart] [which_model] [attention]

Without a name all are made; ``attention`` trains a network for some ten minutes, ``which_model`` is
drawn from the kept results, ``quickstart`` learns from the shipped reviews.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
RESULTS = "benchmarks/results/which_model.json"
# Scripts with their arguments; an example saves its plot where it runs.
COMMANDS = {
    "quickstart": ["examples/01_quickstart.py"],
    "which_model": ["benchmarks/which_model.py", RESULTS, "--sets", "--plot"],
    "attention": ["benchmarks/translation.py", "--plot"],
}


def make(name: str) -> None:
    """Run the script that draws an image."""
    script, *arguments = COMMANDS[name]
    environment = {**os.environ, "MPLBACKEND": "agg"}
    if arguments:
        arguments.append(f"docs/images/{name}.png")
        folder = ROOT
    else:
        environment.pop("TEXTVEC_DATA", None)  # the reviews that are shipped
        folder = IMAGES
    command = [sys.executable, str(ROOT / script), *arguments]
    subprocess.run(command, check=True, cwd=folder, env=environment)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*COMMANDS, []], metavar="NAME")
    for name in parser.parse_args().names or COMMANDS:
        make(name)


if __name__ == "__main__":
    main()
