"""`service.pauses`: longer after each attempt up to a bound, and short again after a success."""

from service.pauses import Pauses


async def test_pauses_double_up_to_the_longest() -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    pauses, most = Pauses(0.1, 0.5, sleep), []
    for _ in range(5):
        most.append(pauses.most)
        await pauses.wait()
    assert most == [0.1, 0.2, 0.4, 0.5, 0.5]
    assert all(0 <= took <= bound for took, bound in zip(waited, most, strict=True))
    pauses.reset()
    assert pauses.most == 0.1
