"""Metrics against cases worked out by hand."""

import math

import numpy as np
import pytest

from simgen.train.metrics import Found, Wanted, average_precision, box_ious, confusion, intersection_over_union

A, B, FAR = (0.0, 0.0, 10.0, 10.0), (20.0, 0.0, 30.0, 10.0), (80.0, 80.0, 90.0, 90.0)


def found(*pairs):
    return Found(np.array([box for box, _ in pairs]).reshape(-1, 4), np.array([score for _, score in pairs]))


def wanted(*boxes, ignored=()):
    return Wanted(np.array([*boxes, *ignored]).reshape(-1, 4), np.array([False] * len(boxes) + [True] * len(ignored), dtype=bool))


def test_overlap_of_boxes():
    half = (5.0, 0.0, 15.0, 10.0)
    np.testing.assert_allclose(box_ious(np.array([A, half]), np.array([A, B])), [[1.0, 0.0], [1 / 3, 0.0]])
    assert box_ious(np.zeros((0, 4)), np.array([A])).shape == (0, 1)


def test_right_wrong_right():
    """Precision 1 up to a recall of 1/2, then 2/3: the area is (1 + 2/3) / 2."""
    ap = average_precision([found((A, 0.9), (FAR, 0.8), (B, 0.7))], [wanted(A, B)])
    assert ap == pytest.approx((1.0 + 2.0 / 3.0) / 2.0)


def test_precision_never_rises_with_recall():
    """Wrong, right, right: the second right one lifts the precision at the first from 1/2 to 2/3."""
    ap = average_precision([found((FAR, 0.9), (A, 0.8), (B, 0.7))], [wanted(A, B)])
    assert ap == pytest.approx(2.0 / 3.0)


def test_a_box_is_found_once():
    assert average_precision([found((A, 0.9), (A, 0.8))], [wanted(A, B)]) == pytest.approx(0.5)
    assert average_precision([found((B, 0.7), (A, 0.9))], [wanted(A, B)]) == pytest.approx(1.0)


def test_pictures_are_ranked_together():
    """The wrong one in the second picture has the highest score of all: 1/2 after the first right one, 2/3 after both."""
    pictures = [found((A, 0.5), (B, 0.4)), found((FAR, 0.9))]
    assert average_precision(pictures, [wanted(A, B), wanted()]) == pytest.approx(2.0 / 3.0)


def test_ignored_boxes_neither_help_nor_harm():
    assert average_precision([found((A, 0.9), (B, 0.8))], [wanted(A, ignored=(B,))]) == pytest.approx(1.0)
    assert average_precision([found((B, 0.9), (A, 0.8))], [wanted(A, ignored=(B,))]) == pytest.approx(1.0)
    assert average_precision([found((A, 0.9))], [wanted(A, ignored=(B,))]) == pytest.approx(1.0)
    assert math.isnan(average_precision([found((B, 0.8))], [wanted(ignored=(B,))]))


def test_nothing_found_is_zero():
    assert average_precision([found()], [wanted(A)]) == 0.0


def test_iou_of_classes():
    truth = np.array([[0, 0, 1, 1, 255]], np.uint8)
    guess = np.array([[0, 1, 1, 1, 0]], np.uint8)
    counts = confusion(truth, guess, 3)
    assert counts.tolist() == [[1, 1, 0], [0, 2, 0], [0, 0, 0]]
    ious = intersection_over_union(counts)
    np.testing.assert_allclose(ious[:2], [1 / 2, 2 / 3])
    assert math.isnan(ious[2])
