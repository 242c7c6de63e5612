from service.record.migrations import FOLDER


def test_steps_count_on() -> None:
    numbers = sorted(int(one.stem[1:].partition("_")[0]) for one in FOLDER.glob("v*.py"))
    assert numbers == list(range(1, len(numbers) + 1))
