"""n8n: workflows, executions, labels, and the webhooks that start workflows.

https://docs.n8n.io/connect/n8n-api/
"""

from typing import Any, Final, TypeVar

from clients._api import Api, HttpCall
from clients._auth import Basic, Bearer, FirstOf, Key, NoAuth
from clients._body import json_of
from clients._call import CURRENT
from clients._client import Client
from clients._limits import Rate
from clients._operation import operation
from clients._pages import all_pages
from clients._reading import Whole
from clients._target import commas
from clients.n8n.server import Server, said, takes_keys, told
from clients.n8n.webhooks import answered, call, webhook_of
from contracts import Result, n8n
from contracts.n8n.parameters import OnServer

R = TypeVar("R", bound=Result)

_DOCS: Final = "https://docs.n8n.io/connect/n8n-api/api-reference/"
_RUNS: Final = "https://docs.n8n.io/hosting/scaling/concurrency-control/"
_LOOK: Final = "n8n.get_executions of the workflow, the newest first, shows whether it ran."


class N8n(Client):
    """n8n servers. None documents a limit for its API: these are ours, of each server."""

    api = Server(
        "",
        part="/api/v1",
        instances="N8N_INSTANCES",
        auth=Key("X-N8N-API-KEY", ("N8N_API_KEY",)),
        aliases=("N8N_API_BASE", "N8N_URL", "N8N_BASE_URL", "N8N_WEBHOOK_URL"),
        limits=[Rate(10, per=1, burst=20, source=_DOCS)],
        probe="/workflows?limit=1",
    )
    webhook = Server(
        "",
        instances="N8N_INSTANCES",
        auth=FirstOf(
            (
                Key("X-N8N-Webhook-Secret", ("N8N_WEBHOOK_SECRET",)),
                Bearer("N8N_WEBHOOK_TOKEN"),
                Basic("N8N_BASIC_AUTH_USER", "N8N_BASIC_AUTH_PASSWORD"),
                NoAuth(),
            )
        ),
        aliases=("N8N_URL", "N8N_BASE_URL", "N8N_API_URL"),
        limits=[Rate(10, per=1, burst=20, source=_RUNS)],
        probe="/healthz",  # the process; a webhook's secret is proven by no call that does nothing
    )
    variables = ("N8N_VERSION",)

    @operation("unsafe", timeout=120, look=_LOOK)
    async def trigger_workflow(self, request: n8n.TriggerWorkflow) -> n8n.WebhookReply:
        """Call a webhook by its path."""
        return await self._run(request, call(request.method, request.path, request.data))

    @operation("unsafe", timeout=120, look=_LOOK)
    async def execute_workflow(self, request: n8n.ExecuteWorkflow) -> n8n.WebhookReply:
        """Run a workflow by its id, through its one webhook."""
        found = HttpCall("GET", "/workflows/{workflow_id}", vars(request), kind="safe")
        api = self._at(request)
        workflow = api.parse(await api.send(found), n8n.Workflow)
        return await self._run(request, call(*webhook_of(workflow), request.data))

    @operation("safe")
    async def get_workflows(self, request: n8n.GetWorkflows) -> n8n.Workflows:
        """Return a page of workflows."""
        query = said(request, "all_pages") | {"tags": commas(request.tags or ())}

        async def page(cursor: str | None) -> n8n.Workflows:
            asked = query | {"cursor": cursor}
            return await self._at(request).get("/workflows", request, query=asked)

        pages, after = await all_pages(
            page,
            lambda one: one.next_cursor,
            start=request.cursor,
            most=10 if request.all_pages else 1,
        )
        found = [one for part in pages for one in part.results]
        return n8n.Workflows.model_validate({"results": found, "next_cursor": after})

    @operation("safe")
    async def get_workflow(self, request: n8n.GetWorkflow) -> n8n.Workflow:
        """Return one workflow."""
        query = said(request, "workflow_id")
        return await self._at(request).get("/workflows/{workflow_id}", request, query=query)

    @operation("safe")
    async def get_workflow_version(self, request: n8n.GetWorkflowVersion) -> n8n.WorkflowVersion:
        """Return a workflow as it once was."""
        path = "/workflows/{workflow_id}/{version_id}"
        return await self._at(request).get(path, request, query={})

    @operation("unsafe", look="n8n.get_workflows with its name shows whether it was made.")
    async def create_workflow(self, request: n8n.CreateWorkflow) -> n8n.Workflow:
        """Make a workflow, not active yet."""
        return await self._new("/workflows", request, n8n.Workflow, told(request))

    @operation("idempotent")
    async def update_workflow(self, request: n8n.UpdateWorkflow) -> n8n.Workflow:
        """Replace a workflow."""
        body = told(request, "workflow_id")
        return await self._at(request).put("/workflows/{workflow_id}", request, json=body)

    @operation("idempotent")  # a second delete answers 404, and changes nothing
    async def delete_workflow(self, request: n8n.DeleteWorkflow) -> n8n.Workflow:
        """Delete a workflow."""
        return await self._at(request).delete("/workflows/{workflow_id}", request)

    @operation("idempotent")
    async def activate_workflow(self, request: n8n.ActivateWorkflow) -> n8n.Workflow:
        """Start a workflow's triggers."""
        path, body = "/workflows/{workflow_id}/activate", told(request, "workflow_id")
        return await self._at(request).post(path, request, json=body)

    @operation("idempotent")
    async def deactivate_workflow(self, request: n8n.DeactivateWorkflow) -> n8n.Workflow:
        """Stop a workflow's triggers."""
        return await self._at(request).post("/workflows/{workflow_id}/deactivate", request, json={})

    @operation("idempotent")
    async def transfer_workflow(self, request: n8n.TransferWorkflow) -> n8n.Transferred:
        """Move a workflow to another project."""
        body = {"destinationProjectId": request.project_id}
        path, now = "/workflows/{workflow_id}/transfer", Whole(lambda _: vars(request))
        return await self._at(request).put(path, request, json=body, read=now)

    @operation("safe")
    async def get_workflow_tags(self, request: n8n.GetWorkflowTags) -> n8n.WorkflowTags:
        """Return the labels of a workflow."""
        path = "/workflows/{workflow_id}/tags"
        return await self._at(request).get(path, request, query={}, read=_listed)

    @operation("idempotent")
    async def update_workflow_tags(self, request: n8n.UpdateWorkflowTags) -> n8n.WorkflowTags:
        """Replace the labels of a workflow."""
        path, body = "/workflows/{workflow_id}/tags", [{"id": one} for one in request.tag_ids]
        return await self._at(request).put(path, request, json=body, read=_listed)

    @operation("safe")
    async def get_executions(self, request: n8n.GetExecutions) -> n8n.Executions:
        """Return a page of runs, the newest first."""
        return await self._at(request).get("/executions", request, query=said(request))

    @operation("safe")
    async def get_execution(self, request: n8n.GetExecution) -> n8n.Execution:
        """Return one run."""
        query = said(request, "execution_id")
        return await self._at(request).get("/executions/{execution_id}", request, query=query)

    @operation("idempotent")
    async def delete_execution(self, request: n8n.DeleteExecution) -> n8n.Execution:
        """Delete the record of a run."""
        return await self._at(request).delete("/executions/{execution_id}", request)

    @operation("unsafe", look=_LOOK)
    async def retry_execution(self, request: n8n.RetryExecution) -> n8n.Execution:
        """Run a failed execution once more."""
        body = told(request, "execution_id")
        return await self._new("/executions/{execution_id}/retry", request, n8n.Execution, body)

    @operation("idempotent")  # a second stop is refused, and changes nothing
    async def stop_execution(self, request: n8n.StopExecution) -> n8n.Execution:
        """Stop a run."""
        path = "/executions/{execution_id}/stop"
        known = {"id": request.execution_id}  # of which the answer says nothing
        return await self._at(request).post(path, request, json={}, read=lambda raw: known | raw)

    @operation("safe")
    async def get_tags(self, request: n8n.GetTags) -> n8n.Tags:
        """Return a page of labels."""
        return await self._at(request).get("/tags", request, query=said(request))

    @operation("safe")
    async def get_tag(self, request: n8n.GetTag) -> n8n.Tag:
        """Return one label."""
        return await self._at(request).get("/tags/{tag_id}", request, query={})

    @operation("unsafe", look="n8n.get_tags shows whether it was made.")
    async def create_tag(self, request: n8n.CreateTag) -> n8n.Tag:
        """Make a label."""
        return await self._new("/tags", request, n8n.Tag, told(request))

    @operation("idempotent")
    async def update_tag(self, request: n8n.UpdateTag) -> n8n.Tag:
        """Rename a label."""
        body = told(request, "tag_id")
        return await self._at(request).put("/tags/{tag_id}", request, json=body)

    @operation("idempotent")
    async def delete_tag(self, request: n8n.DeleteTag) -> n8n.Tag:
        """Delete a label."""
        return await self._at(request).delete("/tags/{tag_id}", request)

    @operation("safe")
    async def get_users(self, request: n8n.GetUsers) -> n8n.Users:
        """Return a page of people."""
        return await self._at(request).get("/users", request, query=said(request))

    @operation("safe")
    async def get_credentials(self, request: n8n.GetCredentials) -> n8n.Credentials:
        """Return a page of credentials, without their secrets."""
        return await self._at(request).get("/credentials", request, query=said(request))

    @operation("unsafe", look="n8n.get_credentials shows whether it was made.")
    async def create_credential(self, request: n8n.CreateCredential) -> n8n.Credential:
        """Make a credential."""
        return await self._new("/credentials", request, n8n.Credential, told(request))

    @operation("idempotent")
    async def delete_credential(self, request: n8n.DeleteCredential) -> n8n.Credential:
        """Delete a credential."""
        return await self._at(request).delete("/credentials/{credential_id}", request)

    @operation("safe", ttl=300)
    async def get_credential_schema(self, request: n8n.GetCredentialSchema) -> n8n.CredentialSchema:
        """Return what a type of credential needs."""
        return await self._at(request).get("/credentials/schema/{type}", request, query={})

    @operation("safe", timeout=120)
    async def generate_audit(self, request: n8n.GenerateAudit) -> n8n.Audit:
        """Look for risks on the server."""
        body = {"additionalOptions": told(request)}
        return await self._at(request).post("/audit", request, json=body, read=_reports)

    def _at(self, request: OnServer) -> Api:
        return self.way_to("api", request.instance)

    async def _run(self, request: OnServer, asked: HttpCall) -> n8n.WebhookReply:
        way = self.way_to("webhook", request.instance)
        return way.parse(await way.send(asked), n8n.WebhookReply, Whole(answered))

    async def _new(self, path: str, request: OnServer, into: type[R], body: dict[str, Any]) -> R:
        """POST with an idempotency key, and repeat it where N8N_VERSION says that keys count."""
        api = self._at(request)
        keyed = takes_keys(api.upstream.view(self.env).get("N8N_VERSION"))
        made = HttpCall(
            "POST", path, vars(request), body=json_of(body), kind="keyed" if keyed else None
        )
        named = api.saying({"Idempotency-Key": CURRENT.get().key})
        return api.parse(await named.send(made), into)


def _listed(raw: object) -> dict[str, Any]:
    return {"results": raw}


def _reports(raw: Any) -> dict[str, Any]:  # noqa: ANN401  (n8n's JSON)
    # by title; where nothing was found, an empty list
    found = raw.items() if raw != [] else ()
    return {"reports": [one for title, one in found if title.endswith("Risk Report")]}
