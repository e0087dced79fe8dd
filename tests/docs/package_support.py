"""Installing a package without a network, so that a test can follow what a page says about ``pip install``."""

from __future__ import annotations

import os
import sys
import tomllib
from pathlib import Path

import pytest

#: what a developer types; needs a network or a wheel of the build system, neither of which tests have
PIP = (
    "import sys; sys.path.insert(0, {tests!r}); from package_support import make_editable; make_editable(sys.argv[-1])"
)


def install(folder: Path) -> dict[str, str]:
    """An environment whose ``pip install --editable X`` does, in ``folder``, what an editable install comes to."""
    tools, packages = folder / ".tools", folder / ".packages"
    tools.mkdir(exist_ok=True)
    packages.mkdir(exist_ok=True)
    here = str(Path(__file__).parent)
    pip = tools / "pip"
    pip.write_text(f"#!{sys.executable}\n{PIP.format(tests=here)}\n", "utf-8")
    pip.chmod(0o755)
    path = f"{tools}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    python = ":".join(filter(None, (str(packages), os.environ.get("PYTHONPATH"))))
    return {"PATH": path, "PYTHONPATH": python, "EDITABLE": str(packages), "PYTHONDONTWRITEBYTECODE": "1"}


def clean_environment(patch: pytest.MonkeyPatch) -> None:
    """Nothing of what a developer has set, and an embedded server that is quick, and gone soon."""
    for name in [name for name in os.environ if name.startswith(("DUNKELWERK_", "DATABASE_"))]:
        patch.delenv(name)
    patch.setenv("DUNKELWERK_EMBEDDED_GRACE", "0.2")
    patch.setenv("DUNKELWERK_EMBEDDED_OPTIONS", "-c fsync=off -c shared_buffers=16MB")


def stop_database(home: Path) -> None:
    """Stop the embedded server of a home, if one still runs."""
    from dunkelwerk.infra import embedded

    if embedded.status(home).server_pid is not None:
        embedded.stop(home)


def make_editable(project: str) -> None:
    """Make the package importable, and its entry points known: links to it, and its metadata."""
    content = tomllib.loads((Path(project) / "pyproject.toml").read_text("utf-8"))
    packages, about = Path(os.environ["EDITABLE"]), content["project"]
    name, version = about["name"].replace("-", "_"), about["version"]
    for package in content["tool"]["setuptools"]["packages"]:
        if "." not in package:
            (packages / package).symlink_to(Path(project, package).resolve())
    metadata = packages / f"{name}-{version}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {about['name']}\nVersion: {version}\n", "utf-8")
    lines = []
    for group, entries in about["entry-points"].items():
        lines += [f"[{group}]", *(f"{key} = {value}" for key, value in entries.items())]
    (metadata / "entry_points.txt").write_text("\n".join(lines) + "\n", "utf-8")
    print(f"Successfully installed {about['name']}-{version}")
