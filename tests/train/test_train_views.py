"""Cuts move pictures, labels and boxes alike; the detector's targets and its decoding are inverses."""

import numpy as np
import pytest
import torch

from simgen.train.detection import boxes_of, seen_boxes, targets
from simgen.train.nets import Detector, Segmenter, parameters_of, prepared
from simgen.train.views import View, middle_view, picture_of, random_view, recoloured


def test_the_middle_keeps_proportions():
    assert middle_view(640, 360, (256, 192)) == View(80, 0, 480, 360, (256, 192))
    assert middle_view(360, 640, (256, 192)) == View(0, 185, 360, 270, (256, 192))
    assert middle_view(480, 360, (256, 192)) == View(0, 0, 480, 360, (256, 192))


@pytest.mark.parametrize("seed", range(30))
def test_boxes_go_where_their_pixels_go(seed):
    rng = np.random.default_rng(seed)
    view = random_view(200, 100, (128, 96), rng)
    assert 0 <= view.x0 <= 200 - view.width
    assert 0 <= view.y0 <= 100 - view.height
    middle = np.array([view.x0 + view.width * 0.5, view.y0 + view.height * 0.5])
    x0, y0, x1, y1 = (*np.floor(middle - (12, 8)).astype(int), *np.ceil(np.add(middle, (9, 6))).astype(int))
    ids = np.zeros((100, 200), np.uint8)
    ids[y0:y1, x0:x1] = 1
    (box,) = view.boxes([[x0, y0, x1, y1]])
    rows, columns = np.nonzero(view.ids(ids))
    np.testing.assert_allclose([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1], box, atol=2.0)
    rgb = np.repeat(ids[..., None] * 255, 3, axis=2)
    rows, columns = np.nonzero(view.image(rgb)[..., 0] > 127)
    np.testing.assert_allclose([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1], box, atol=2.0)


def test_views_are_mirrored_every_other_time():
    rng = np.random.default_rng(0)
    flips = [random_view(200, 100, (128, 96), rng).flip for _ in range(200)]
    assert 60 < sum(flips) < 140


def test_colours_change_and_shapes_do_not():
    rgb = np.zeros((20, 20, 3), np.uint8)
    rgb[:, 10:] = 120
    drawn = [recoloured(rgb, np.random.default_rng(seed)) for seed in range(10)]
    assert all(image.shape == rgb.shape and image.dtype == np.uint8 for image in drawn)
    assert all(image[:, 13:].mean() > image[:, :7].mean() + 40 for image in drawn)
    assert len({image.tobytes() for image in drawn}) == 10


def rows_of(boxes, classes, visible=1.0):
    return {"object_class": torch.tensor(classes, dtype=torch.uint8), "visible_fraction": torch.full((len(boxes),), visible)}


def test_boxes_that_train_and_those_that_do_not():
    boxes = np.array([[10, 10, 30, 30], [-15, 10, 5, 30], [40, 40, 43, 43], [200, 0, 210, 9], [50, 50, 70, 70]], float)
    kept, classes, ignored = seen_boxes(boxes, rows_of(boxes, [1, 7, 6, 1, 8]), (64, 64))
    assert kept.tolist() == [[10, 10, 30, 30], [0, 10, 5, 30], [40, 40, 43, 43]], "one is outside, one is a prop"
    assert classes.tolist() == [0, 1, 2]
    assert ignored.tolist() == [False, True, True], "one is mostly cut off, one is small"
    assert seen_boxes(boxes[:1], rows_of(boxes[:1], [1], visible=0.1), (64, 64))[2].tolist() == [True]
    assert seen_boxes(boxes[:1], rows_of(boxes[:1], [1], visible=float("nan")), (64, 64))[2].tolist() == [False]
    assert len(seen_boxes(np.zeros((0, 4)), rows_of([], []), (64, 64))[0]) == 0


def test_decoding_gives_back_what_targets_say():
    boxes = np.array([[8, 12, 40, 36], [70, 20, 83, 61], [100, 60, 107, 66]], float)
    heat, geometry = targets(boxes, np.array([0, 1, 0], np.uint8), np.zeros(3, bool), (128, 96))
    assert heat.shape == (3, 24, 32)
    assert (heat == 1.0).sum() == 3
    logits = np.log(np.clip(heat, 1e-4, 1 - 1e-4) / (1 - np.clip(heat, 1e-4, 1 - 1e-4)))
    (found,) = boxes_of(torch.from_numpy(np.concatenate([logits, geometry[1:]])[None]))
    sure = [each.boxes[each.scores > 0.99] for each in found]
    assert [len(each) for each in sure] == [2, 1, 0]
    np.testing.assert_allclose(sorted(sure[0].tolist()), boxes[[0, 2]], atol=1e-4)
    np.testing.assert_allclose(sure[1], boxes[[1]], atol=1e-4)


def test_ignored_boxes_leave_the_heat_alone():
    boxes = np.array([[8, 8, 40, 40], [16, 16, 32, 32]], float)
    heat, geometry = targets(boxes, np.array([0, 0], np.uint8), np.array([True, False]), (64, 64))
    assert heat[0, 3, 3] == -1.0
    assert heat[0, 6, 6] == 1.0
    assert heat[0, 12, 12] == 0.0
    assert geometry[0].sum() == 1.0


@pytest.mark.parametrize(("net", "shape"), [(Segmenter(6), (2, 6, 96, 128)), (Detector(3), (2, 7, 24, 32))])
def test_nets_are_small_and_keep_their_shape(net, shape):
    assert 200_000 < parameters_of(net) < 500_000
    assert net(prepared(torch.zeros(2, 3, 96, 128, dtype=torch.uint8))).shape == shape


def test_pictures_are_drawn_on_copies():
    image = torch.zeros(4, 5, 3, dtype=torch.uint8).permute(2, 0, 1)  # as decoded: channels last
    picture_of(image)[:] = 9
    assert int(image.max()) == 0
