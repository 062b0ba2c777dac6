import pytest
import torch

from textvec.nn._cuda_streams import in_two_streams

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")


def test_results_and_gradients_are_those_of_one_stream():
    x = torch.randn(300, 200, device="cuda", requires_grad=True)
    first, second = (torch.randn(200, 200, device="cuda", requires_grad=True) for _ in range(2))
    leaves = [x, first, second]

    def one_after_the_other():
        return torch.cat([x @ first, (x @ second).tanh()])

    def side_by_side():
        return torch.cat(in_two_streams(lambda: x @ first, lambda: (x @ second).tanh(), [x]))

    for _ in range(3):
        wanted, found = one_after_the_other(), side_by_side()
        assert torch.equal(found, wanted)
        pairs = (torch.autograd.grad(out.square().sum(), leaves) for out in (wanted, found))
        for a, b in zip(*pairs, strict=True):
            torch.testing.assert_close(a, b)
