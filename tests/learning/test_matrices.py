"""Products and inverse factors in pieces."""

from __future__ import annotations

import numpy as np
import pytest

from dana_learning.matrices import MOST, gram, inverse, inverse_factors, lower_product, product

SIZES = (1, 5, 24, 25, 61, 130)


def positive(count: int, size: int) -> np.ndarray:
    """Return a stack of positive matrices."""
    rows = np.random.default_rng(size).normal(size=(count, size, size))
    found: np.ndarray = np.matmul(rows, rows.transpose(0, 2, 1)) + np.eye(size)
    return found


@pytest.mark.parametrize("size", SIZES)
def test_inverse_factors_are_those_of_lapack(size: int) -> None:
    """Taken apart or not, the factor is lower triangular and the same."""
    covariance = positive(3, size)
    found = inverse_factors(covariance)
    np.testing.assert_allclose(found, np.linalg.inv(np.linalg.cholesky(covariance)), atol=1e-8)
    np.testing.assert_allclose(inverse(covariance[0]), np.linalg.inv(covariance[0]), atol=1e-8)


@pytest.mark.parametrize("shape", [(3, 4, 5), (200, 90, 40), (30, 200, 90), (90, 30, 200)])
def test_products_in_pieces_are_the_products(shape: tuple[int, int, int]) -> None:
    """Whichever side is the longest, stacks and single matrices multiply as numpy does."""
    height, inner, width = shape
    rng = np.random.default_rng(1)
    left, right = rng.normal(size=(2, height, inner)), rng.normal(size=(2, inner, width))
    np.testing.assert_allclose(product(left, right), left @ right, atol=1e-10)
    np.testing.assert_allclose(product(left[0], right[1]), left[0] @ right[1], atol=1e-10)


@pytest.mark.parametrize("size", SIZES)
def test_lower_products_are_the_products(size: int) -> None:
    """Halves above the diagonal are zero, so that they can be left out."""
    rng = np.random.default_rng(1)
    lower, right = np.tril(rng.normal(size=(2, size, size))), rng.normal(size=(2, size, 70))
    np.testing.assert_allclose(lower_product(lower, right), lower @ right, atol=1e-10)


@pytest.mark.parametrize("shape", [(1, 1), (40, 700), (120, 300)])
def test_gram_is_the_product_with_itself(shape: tuple[int, int]) -> None:
    """In blocks of rows and of columns, and symmetric to the last bit."""
    rows = np.random.default_rng(1).normal(size=shape)
    found = gram(rows)
    np.testing.assert_allclose(found, rows @ rows.T, atol=1e-10)
    assert (found == found.T).all()


def test_no_call_of_the_blas_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenBLAS starts threads, which spin, for large calls: none may be made."""
    sizes, multiply = list[int](), np.matmul

    def counted(left: np.ndarray, right: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        sizes.append(left.shape[-2] * left.shape[-1] * right.shape[-1])
        return multiply(left, right, out=out)

    covariance = positive(2, 150)
    monkeypatch.setattr(np, "matmul", counted)
    lower_product(inverse_factors(covariance), covariance)
    assert sizes
    assert max(sizes) <= MOST
