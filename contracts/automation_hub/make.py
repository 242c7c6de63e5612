"""Make's API: https://developers.make.com/api-documentation/api-reference."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue
from pydantic.alias_generators import to_camel

from contracts._model import Contract, Request, Result
from contracts._types import Utc
from contracts.automation_hub.hooks import Json

Id = Annotated[int, Field(ge=1, le=2**53)]


class Camel(Result):
    """A result whose names Make writes in camel case."""

    model_config = ConfigDict(alias_generator=to_camel)


class MakeOrganization(Camel):
    """What an organization may do."""

    id: int
    name: str
    api_limit: int | None
    """Calls of Make's API a minute, by its plan."""
    is_paused: bool = False


class MakeScenario(Camel):
    """A scenario: what Make runs."""

    id: int
    name: str
    team_id: int
    hook_id: int | None = None
    description: str | None = None
    is_active: bool
    is_paused: bool = False
    is_invalid: bool = Field(default=False, alias="isinvalid")
    used_packages: list[str] = []
    """Apps in it."""
    last_edit: Utc | None = None
    next_exec: Utc | None = None


class MakeScenarios(Result):
    """A page of scenarios."""

    scenarios: list[MakeScenario]
    next_offset: int | None
    """`offset` of the next page; None at the end."""


class MakeRun(Camel):
    """A run of a scenario."""

    execution_id: str
    status: str | None = None
    """``success``, ``warning`` or ``error``; None where it was not waited for."""


class MakeState(Camel):
    """Whether a scenario is active."""

    id: int
    is_active: bool


class MakeLog(Camel):
    """One entry in the log of a scenario."""

    id: str
    type: str | None = None
    """``auto``, ``manual``, or what was changed: ``start``, ``stop``, ``modify``."""
    status: str | None
    """``success``, ``warning`` or ``error``; None of what is not a run."""
    timestamp: Utc
    duration_ms: int | None = Field(default=None, alias="duration")
    operations: int | None = None
    transfer_bytes: int | None = Field(default=None, alias="transfer")


class MakeLogs(Result):
    """A page of a log, the newest first."""

    logs: list[MakeLog]
    next_offset: int | None
    """`offset` of the next page; None at the end."""


class MakeHook(Camel):
    """A hook of Make. Closed, unlike other results: Make's answer has its secret address in it."""

    model_config = ConfigDict(extra="ignore")

    id: int
    name: str
    team_id: int
    type_name: str | None = None
    """``gateway-webhook``, ``gateway-mailhook`` or an app's own."""
    enabled: bool | None = None
    gone: bool | None = None
    """Whether it was unused for long and answers 410 now."""
    queue_count: int | None = None
    """Events that wait."""
    queue_limit: int | None = None
    scenario_id: int | None = None


class MakeHooks(Result):
    """The hooks of a team."""

    hooks: list[MakeHook]


class MakeRecord(Result):
    """A record of a data store."""

    key: str
    data: dict[str, JsonValue]
    """In the shape that the data store's own structure gives it."""


class MakeRecords(Result):
    """A page of records."""

    records: list[MakeRecord]
    count: int
    """Records in the data store."""
    next_offset: int | None
    """`offset` of the next page; None at the end."""


class MakeConnection(Camel):
    """A connection to an app. Closed: Make's answer also has whose account it is."""

    model_config = ConfigDict(extra="ignore")

    id: int
    name: str
    account_name: str
    """Kind of app: ``google``."""
    team_id: int
    expire: Utc | None = None
    """When it has to be renewed."""


class MakeConnections(Result):
    """The connections of a team."""

    connections: list[MakeConnection]


class MakePage(Contract):
    """What operations take that answer a page."""

    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    limit: Annotated[int, Field(ge=1, le=1000)] = 100


class GetMakeOrganization(Request[MakeOrganization]):
    """An organization and how many calls a minute its plan allows."""

    organization_id: Id


class ListMakeScenarios(MakePage, Request[MakeScenarios]):
    """The scenarios of a team."""

    team_id: Id
    active_only: bool = False


class RunMakeScenario(Request[MakeRun]):
    """A scenario that runs now; it has to be active and to wait for being asked."""

    scenario_id: Id
    data: Json | None = None
    """The scenario's inputs."""
    wait: bool = False
    """Whether to answer when it has ended. Make gives up after 40 s; it goes on all the same."""


class StartMakeScenario(Request[MakeState]):
    """A scenario that is active from now on; one with a schedule by the clock runs at once."""

    scenario_id: Id


class StopMakeScenario(Request[MakeState]):
    """A scenario that is not active from now on."""

    scenario_id: Id


class GetMakeScenarioLogs(MakePage, Request[MakeLogs]):
    """The runs of a scenario, and what was changed on it."""

    scenario_id: Id
    since: Utc | None = None
    until: Utc | None = None
    status: Literal["success", "warning", "error"] | None = None


class ListMakeHooks(Request[MakeHooks]):
    """The hooks of a team, without their addresses."""

    team_id: Id
    assigned: bool | None = None
    """Only those that a scenario has, or only those that none has."""


class ListMakeRecords(MakePage, Request[MakeRecords]):
    """The records of a data store."""

    data_store_id: Id


class ListMakeConnections(Request[MakeConnections]):
    """The connections of a team to apps, without their keys."""

    team_id: Id
