"""Files in a folder from which others fetch, and never outside it (R5)."""

import os
from pathlib import Path, PurePosixPath


class OutsideFolder(ValueError):
    """The path would leave the root."""


def is_inside(folder):
    """Whether a relative path, as a user entered it, stays below its start."""
    path = PurePosixPath(folder)
    return not (
        not folder
        or path.is_absolute()
        or ".." in path.parts
        or any(sign in folder for sign in "\\\0:")
    )


def put(root, folder, name, content):
    """Write a file so that readers see all of it or nothing.

    :param str root: directory that contains everything, with links resolved
    :param str folder: a directory below it, created when it is missing
    :param str name: name of the file, without a directory
    :raises OutsideFolder: when the path leaves the root
    :raises OSError: when the file system refuses
    :return: the path below the root
    """
    base = Path(root).resolve(strict=True)
    directory = (base / folder).resolve()
    if not is_inside(folder) or not directory.is_relative_to(base):
        raise OutsideFolder(folder)
    if not name or name != os.path.basename(name) or name.startswith("."):
        raise OutsideFolder(name)
    directory.mkdir(parents=True, exist_ok=True)
    part = directory / f".{name}.part"
    # Users who fetch can write here, too: a link could point outside of the root.
    part.unlink(missing_ok=True)
    with open(part, "xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, directory / name)
    return str((directory / name).relative_to(base))
