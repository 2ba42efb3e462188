# SPDX-License-Identifier: BSD-3-Clause
"""Reading what the program wrote: tables and pictures."""
import csv
import struct


def rows_of(path, separator=","):
    """Rows of a table as dicts by its columns; lines that begin with # tell where it is from."""
    with open(path, newline="") as file:
        return list(csv.DictReader((line for line in file if not line.startswith("#")), delimiter=separator))


def png_size(path):
    """(width, height) in pixels."""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", f"{path} is no PNG"
    return struct.unpack(">II", data[16:24])
