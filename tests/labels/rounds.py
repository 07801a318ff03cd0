"""Going through texts, round after round, while a network learns from them."""

from collections.abc import Callable, Sequence

import torch
from torch import nn

from tests.labels.texts import Text, alike

AT_ONCE = 16


def go_through(
    net: nn.Module,
    every: Sequence[Text],
    rounds: int,
    ways: torch.optim.Optimizer,
    loss_of: Callable[[list[Text]], torch.Tensor],
    largest: float,
) -> None:
    """So many rounds through all the texts, faster at first and ever slower from then on.

    ways     the optimiser, with the highest pace of each part
    largest  the length a step's gradient is cut to
    """
    steps = rounds * (len(every) // AT_ONCE + 1)
    slower = torch.optim.lr_scheduler.LambdaLR(ways, lambda n: min(1, n / 100) * max(0.01, 1 - n / steps))
    net.train()
    for number in range(rounds):
        for some in alike(every, AT_ONCE):
            loss = loss_of(some)
            ways.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), largest)
            ways.step()
            slower.step()
        print(f"through {len(every)} texts {number + 1} of {rounds} times", flush=True)
    net.eval()
