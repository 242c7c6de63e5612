"""What anyone may ask of the website, or tell it."""

from clients._body import fields
from clients._client import Client
from clients._operation import operation
from clients._upstream import Upstream
from contracts.website import (
    AboutMetrics,
    Bundles,
    Catalog,
    ContactTaken,
    FeedbackTaken,
    GetAboutMetrics,
    GetGithubActivity,
    GetHealth,
    GetServicesStatus,
    GetTechnologySummary,
    GetWorldviewBundles,
    GetWorldviewCatalog,
    GetWorldviewHealth,
    GithubActivity,
    Health,
    ServicesStatus,
    SubmitContactForm,
    SubmitFeedback,
    TechnologySummary,
    WorldviewHealth,
)


class Site(Client):
    """Its public routes: no key, no limit of their own."""

    site = Upstream(
        "https://mycosoft.com/api",
        probe="/health",  # never /health/providers: that pays for an answer of each model
        aliases=("WEBSITE_API_URL", "WEBSITE_URL"),
        below="/api",
    )

    @operation("safe")
    async def get_health(self, request: GetHealth) -> Health:
        """Return whether the website and what it needs work."""
        return await self.site.get("/health", request)

    @operation("unsafe", look="Nothing shows it; a repeat is a second message to people.")
    async def submit_contact_form(self, request: SubmitContactForm) -> ContactTaken:
        """Send a message to the people of Mycosoft."""
        body = fields(request, "first_name", "last_name")
        name = {"firstName": request.first_name, "lastName": request.last_name}
        return await self.site.post("/contact", request, json={**name, **body})

    @operation("unsafe", look="Nothing shows it; a repeat is a second line in the site's log.")
    async def submit_feedback(self, request: SubmitFeedback) -> FeedbackTaken:
        """Tell the website's makers something."""
        return await self.site.post("/feedback", request)

    @operation("safe", ttl=60)
    async def get_about_metrics(self, request: GetAboutMetrics) -> AboutMetrics:
        """Return the figures of the about page."""
        return await self.site.get("/public/about-metrics", request)

    @operation("safe", ttl=300)  # the site asks GitHub without a key, which allows 60 an hour
    async def get_github_activity(self, request: GetGithubActivity) -> GithubActivity:
        """Return the latest in Mycosoft's public repositories."""
        return await self.site.get("/public/github/activity", request)

    @operation("safe", ttl=60)
    async def get_technology_summary(self, request: GetTechnologySummary) -> TechnologySummary:
        """Return the figures of the technology page."""
        return await self.site.get("/public/technology/summary", request)

    @operation("safe", ttl=10)
    async def get_services_status(self, request: GetServicesStatus) -> ServicesStatus:
        """Return whether the services that the website watches answer."""
        return await self.site.get("/services/status", request)

    @operation("safe", ttl=10)
    async def get_worldview_health(self, request: GetWorldviewHealth) -> WorldviewHealth:
        """Return whether Worldview and what it asks work."""
        return await self.site.get("/worldview/v1/health", request)

    @operation("safe", ttl=60)
    async def get_worldview_catalog(self, request: GetWorldviewCatalog) -> Catalog:
        """Return the datasets of Worldview with their prices."""
        return await self.site.get("/worldview/v1/catalog", request)

    @operation("safe", ttl=60)
    async def get_worldview_bundles(self, request: GetWorldviewBundles) -> Bundles:
        """Return the bundles of Worldview with their prices."""
        return await self.site.get("/worldview/v1/bundles", request)
