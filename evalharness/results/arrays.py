"""Reading arrays of an archive of numpy's (.npz), after a look at what they claim to be."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy

from evalharness.reading import MOST_ARCHIVE_BYTES, MOST_ARRAY_BYTES, MOST_ARRAYS, open_file
from evalharness.stats.bootstrap import Array

# bzip2 and LZMA unpack without end before anybody can say stop; numpy writes neither.
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def read_table(path: Path, name: str, rows: int) -> Array:
    """Reads an array of numbers, of shape (rows, k).

    Nothing is unpacked before its header says that it is one: 1 MB can hold 1 GB of zeros.

    Args:
        path: The archive.
        name: The array's name in it.
        rows: How many rows it must have.

    Raises:
        OSError: The archive cannot be read, or is larger than is read.
        KeyError: It has no such array.
        ValueError: The array is another one, or larger than is read.
        zipfile.BadZipFile: It is no archive.
    """
    with open_file(path, MOST_ARCHIVE_BYTES) as file, zipfile.ZipFile(file) as archive:
        return _read(archive, name, rows)


def read_arrays(path: Path, tables: Sequence[str], rows: int) -> dict[str, Array]:
    """Reads all arrays of an archive.

    Args:
        path: The archive.
        tables: The arrays that must be there, as in `read_table`. The others may have any shape;
            together they have no more bytes than one alone may have.
        rows: How many rows these must have.

    Raises:
        See `read_table`.
    """
    with open_file(path, MOST_ARCHIVE_BYTES) as file, zipfile.ZipFile(file) as archive:
        names = [name.removesuffix(".npy") for name in archive.namelist()]
        if len(names) > MOST_ARRAYS:
            raise ValueError(f"{len(names)} arrays, more than the {MOST_ARRAYS} that are read")
        arrays: dict[str, Array] = {}
        room = MOST_ARRAY_BYTES
        for name in dict.fromkeys([*tables, *names]):
            arrays[name] = _read(archive, name, rows if name in tables else None, room)
            room -= arrays[name].nbytes
        return arrays


def _read(
    archive: zipfile.ZipFile, name: str, rows: int | None, most: int = MOST_ARRAY_BYTES
) -> Array:
    entry = archive.getinfo(f"{name}.npy")
    if entry.compress_type not in _PACKINGS:
        raise ValueError(f"{name}: packed in another way than numpy does")
    with archive.open(entry) as member:
        _check_header(member, name, rows, most)
    with archive.open(entry) as member:
        table: Array = npy.read_array(member, allow_pickle=False)
    return table


def _check_header(member: IO[bytes], name: str, rows: int | None, most: int) -> None:
    if npy.read_magic(member) != (1, 0):  # a header of another version may have any length
        raise ValueError(f"{name}: an array of another version")
    shape, _, dtype = npy.read_array_header_1_0(member)
    if rows is not None and (len(shape) != 2 or shape[0] != rows or dtype != np.float64):
        raise ValueError(f"{name}: {dtype} {shape}, not a row of numbers for each of {rows}")
    if (size := math.prod(shape) * dtype.itemsize) > most:
        raise ValueError(
            f"{name}: {size} bytes, more than the {MOST_ARRAY_BYTES} that are read in all"
        )
