"""Products and inverse factors of matrices, in pieces so small that no BLAS starts threads for them.

The matrices of learning are small. Threads that a BLAS starts for them wait by spinning: on a busy machine they cost many
times what the arithmetic does, in every program that learns. The user's settings of the BLAS are left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MOST = 64**3
"""Multiplications in one call of the BLAS: OpenBLAS starts threads above this, on some machines only above four times it."""
WIDE = 96
"""Rows of which OpenBLAS makes a symmetric product without threads."""
LEAF = 24
"""Up to this size LAPACK factors and inverts; larger matrices are taken apart, which is faster as well."""


def product(left: Array, right: Array, out: Array | None = None) -> Array:
    """Return the matrix product of stacks of matrices.

    >>> product(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]))
    array([[11.]])
    """
    height, inner, width = *left.shape[-2:], right.shape[-1]
    if height * inner * width <= MOST:
        return np.matmul(left, right, out=out)
    if out is None:
        out = np.empty((*np.broadcast_shapes(left.shape[:-2], right.shape[:-2]), height, width))
    if width >= height and width >= inner:
        half = width // 2
        product(left, right[..., :half], out[..., :half])
        product(left, right[..., half:], out[..., half:])
    elif height >= inner:
        half = height // 2
        product(left[..., :half, :], right, out[..., :half, :])
        product(left[..., half:, :], right, out[..., half:, :])
    else:
        half = inner // 2
        product(left[..., :half], right[..., :half, :], out)
        out += product(left[..., half:], right[..., half:, :])
    return out


def lower_product(lower: Array, right: Array, out: Array | None = None) -> Array:
    """Return the product of lower triangular matrices with others; what is above the diagonal is not looked at.

    >>> lower_product(np.array([[[1.0, 0.0], [2.0, 3.0]]]), np.array([[[1.0], [1.0]]])).ravel()
    array([1., 5.])
    """
    size, width = right.shape[-2:]
    if size * size * width <= MOST:
        return np.matmul(lower, right, out=out)
    if out is None:
        out = np.empty((*lower.shape[:-1], width))
    half = size // 2
    lower_product(lower[..., :half, :half], right[..., :half, :], out[..., :half, :])
    lower_product(lower[..., half:, half:], right[..., half:, :], out[..., half:, :])
    out[..., half:, :] += product(lower[..., half:, :half], right[..., :half, :])
    return out


def gram(rows: Array) -> Array:
    """Return the products of each row with each other.

    >>> gram(np.array([[1.0, 2.0], [0.0, 1.0]]))
    array([[5., 2.],
           [2., 1.]])
    """
    height, count = rows.shape
    found = np.zeros((height, height))
    if height > WIDE:
        half = height // 2
        found[:half, :half], found[half:, half:] = gram(rows[:half]), gram(rows[half:])
        found[half:, :half] = product(rows[half:], rows[:half].T)
        found[:half, half:] = found[half:, :half].T
        return found
    step = 2 * MOST // max(height * height, 1)
    for first in range(0, count, step):
        part = rows[:, first : first + step]
        found += part @ part.T
    return found


def inverse_factors(covariance: Array, out: Array | None = None) -> Array:
    """Return the inverses of the lower Cholesky factors of a stack of matrices. LinAlgError when one is not positive.

    >>> inverse_factors(np.array([[[4.0, 0.0], [0.0, 16.0]]]))
    array([[[0.5 , 0.  ],
            [0.  , 0.25]]])
    """
    size = covariance.shape[-1]
    if out is None:
        out = np.zeros(covariance.shape)
    if size <= LEAF:
        out[...] = np.linalg.inv(np.linalg.cholesky(covariance))
        return out
    half = size // 2
    first = inverse_factors(covariance[:, :half, :half], out[:, :half, :half])
    between = product(covariance[:, half:, :half], first.transpose(0, 2, 1))
    left = covariance[:, half:, half:] - product(between, between.transpose(0, 2, 1))
    last = inverse_factors(left, out[:, half:, half:])
    product(last, product(between, first), out[:, half:, :half])
    out[:, half:, :half] *= -1.0
    return out


def inverse(matrix: Array) -> Array:
    """Return the inverse of a symmetric positive matrix. LinAlgError when it is not positive.

    >>> inverse(np.array([[4.0, 0.0], [0.0, 2.0]]))
    array([[0.25, 0.  ],
           [0.  , 0.5 ]])
    """
    factor = inverse_factors(matrix[None])[0]
    return product(factor.T, factor)
