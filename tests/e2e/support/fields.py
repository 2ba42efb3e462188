# SPDX-License-Identifier: BSD-3-Clause
"""Receptive fields in plain NumPy."""
import numpy as np


def blur(matrix):
    """SciPy's gaussian_filter with a standard deviation of 1, cut at 4, mirrored at the edges."""
    kernel = np.exp(-np.arange(-4, 5) ** 2 / 2)
    kernel /= kernel.sum()
    for axis in (0, 1):
        padded = np.pad(matrix, [(4, 4) if a == axis else (0, 0) for a in (0, 1)], "symmetric")
        at = np.arange(matrix.shape[axis])
        matrix = sum(k * np.take(padded, at + m, axis) for m, k in enumerate(kernel))
    return matrix


def mask(matrix):
    """What hangs together with the largest pixel of the blurred map above it less half a standard deviation."""
    smooth = blur(matrix.astype(float))
    above = smooth > smooth.max() - 0.5 * smooth.std()
    inside = np.zeros_like(above)
    inside[np.unravel_index(smooth.argmax(), smooth.shape)] = True
    while True:
        grown = inside.copy()
        for axis, step in ((0, 1), (0, -1), (1, 1), (1, -1)):
            moved = np.roll(inside, step, axis)
            np.moveaxis(moved, axis, 0)[0 if step > 0 else -1] = False
            grown |= moved
        grown &= above
        if (grown == inside).all():
            return inside
        inside = grown


def circular_correlation(a, b):
    """Fisher and Lee 1983, of angles in degrees: needs no mean directions, which angles all around do not have."""
    a, b = np.radians(a), np.radians(b)
    products = ((np.cos(a) * np.cos(b)).sum() * (np.sin(a) * np.sin(b)).sum()
                - (np.cos(a) * np.sin(b)).sum() * (np.sin(a) * np.cos(b)).sum())
    squares = [len(x) ** 2 - np.abs(np.exp(2j * x).sum()) ** 2 for x in (a, b)]
    return 4 * products / np.sqrt(squares[0] * squares[1])
