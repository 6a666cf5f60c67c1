"""The rules that `make bench-gate` holds against the gate are what they say they are."""

import random

import pytest

from tests.peers import bench_gate

LOW = [float(i) for i in range(1, 9)]
HIGH = [float(i) for i in range(9, 17)]


def test_separated_samples_have_the_p_of_the_normal_approximation():
    # U = 0 of 64: z = (32 - 0.5) / sqrt(8 * 8 * 17 / 12) = 3.308
    assert bench_gate.mann_whitney_p(LOW, HIGH) == pytest.approx(0.00094, abs=0.00001)
    assert bench_gate.mann_whitney_p(HIGH, LOW) == bench_gate.mann_whitney_p(LOW, HIGH)


def test_ties_share_their_ranks():
    assert bench_gate.mann_whitney_p([1, 1, 1], [1, 1, 1]) == 1
    # Ranks 1.5, 1.5 and 4 against 4, 4, 6: U = 1; two groups of ties, of 2 and of 3
    assert bench_gate.mann_whitney_p([1, 1, 2], [2, 2, 3]) == pytest.approx(0.157, abs=0.001)


def test_equal_distributions_differ_in_about_one_of_twenty():
    numbers = random.Random(5)
    rejected = 0
    for _ in range(2000):
        a, b = ([numbers.gauss(0, 1) for _ in range(8)] for _ in range(2))
        rejected += bench_gate.mann_whitney_p(a, b) < 0.05
    assert 0.03 < rejected / 2000 < 0.06


@pytest.mark.parametrize("rule", bench_gate.PEERS.values())
def test_every_rule_finds_a_head_that_is_twice_as_slow_and_no_faster_one(rule):
    slow = [200 + value for value in LOW]
    fast = [100 + value for value in LOW]
    assert rule(fast, slow)
    assert not rule(slow, fast)
    assert not rule(fast, fast)


def test_trials_take_turns_and_every_kind_gets_its_share():
    kinds = bench_gate.trials_in_turn(10)
    gates = [(kernel.case, permille) for kernel, permille, peers in kinds if not peers]
    for kernel in bench_gate.KERNELS:
        assert gates.count((kernel.case, 0)) == gates.count((kernel.case, 50)) == 10
        assert gates.count((kernel.case, 30)) == 4
    assert sum(peers for *_, peers in kinds) == 3 * (5 + 5 + 2)
    assert len({case for case, _ in gates[:10]}) > 1
