"""Operations on virtual machines and storage accounts."""

from contracts._model import Request
from contracts.azure.parameters import GroupName, InGroup, OnMachine, Paged, ResourceName
from contracts.azure.results import (
    StorageAccounts,
    Task,
    VirtualMachine,
    VirtualMachines,
)


class ListVirtualMachines(Paged, Request[VirtualMachines]):
    """The machines of a subscription, or of one group."""

    resource_group: GroupName | None = None


class GetVirtualMachine(InGroup, Request[VirtualMachine]):
    """One machine, with its power state."""

    name: ResourceName


class StartVirtualMachine(OnMachine, Request[Task]):
    """A start of a machine."""


class DeallocateVirtualMachine(OnMachine, Request[Task]):
    """A stop of a machine, which then costs no computing time."""


class RestartVirtualMachine(OnMachine, Request[Task]):
    """A restart of a machine."""


class ListStorageAccounts(Paged, Request[StorageAccounts]):
    """The storage accounts of a subscription, or of one group."""

    resource_group: GroupName | None = None
