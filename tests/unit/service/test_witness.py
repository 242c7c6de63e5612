from pathlib import Path

from clients._clock import Clock
from service.app import Hub
from service.assembly import Assembly
from service.base import Base
from service.record.records import Records
from service.witness import Witness
from tests.support.doom import Doom, DoomedPublisher, DoomedRecords, Doomsayer
from tests.support.hub import given

URL = "amqp://127.0.0.1:9"


async def test_the_default_changes_nothing(tmp_path: Path) -> None:
    made: list[Records] = []

    class Looks(Witness):
        def records(self, records: Records) -> Records:
            made.append(super().records(records))
            return made[0]

    base = Base(given(HUB_DATA_DIR=str(tmp_path), HUB_INTEGRATIONS="notion"), URL, Clock(), Looks())
    assembly = Assembly(base)
    assert assembly.store is made[0]
    assert type(base.publisher) is type(Witness().publisher(base.links.publish))
    await assembly.store.aclose()


async def test_another_stands_between_the_hub_and_its_records_and_its_broker(
    tmp_path: Path,
) -> None:
    settings = given(HUB_DATA_DIR=str(tmp_path), HUB_INTEGRATIONS="notion")
    base = Hub(settings, URL, witness=Doomsayer(Doom("after-claim", nth=99))).base
    assembly = Assembly(base)
    assert isinstance(assembly.store, DoomedRecords)
    assert isinstance(base.publisher, DoomedPublisher)
    await assembly.store.aclose()
