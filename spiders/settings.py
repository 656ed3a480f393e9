"""What a crawl is told from outside, and what Scrapy is told by us (RELIABILITY 8). Importing this reads nothing."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from spiders.feeds import FeedFacts
from spiders.page import Plan
from terms.errors import SettingMissing

if TYPE_CHECKING:  # Scrapy takes a second to import, and only a crawl needs it
    from scrapy.crawler import Crawler

RAW_BASE = "replay://raw"
"""Raw payloads are asked for as `replay:///name`; Scrapy knows no address without a host, so it gets this one."""

_ONE_LINE = r"^[^\x00-\x1f\x7f]*$"


class CrawlSettings(BaseSettings):
    """Settings of the crawlers; each is read from `VARDE_<NAME>` when the class is called, never before."""

    model_config = SettingsConfigDict(env_prefix="VARDE_", frozen=True, extra="ignore", env_ignore_empty=True)

    contact: str = Field(
        default="",
        pattern=_ONE_LINE,
        description="Address or web page under which publishers reach you; sent with every request. Needed to crawl.",
    )
    allow_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="host:port, separated by commas, that may be fetched although they are not public: your mirrors.",
    )
    max_pages: int = Field(default=20_000, ge=1, description="Most requests of one crawl of one source.")
    max_body_bytes: int = Field(default=16 * 2**20, ge=1024, description="Most bytes of one answer, once unpacked.")
    request_timeout_s: float = Field(default=30.0, gt=0, description="Seconds one request may take in all.")
    crawl_timeout_s: float = Field(default=7200.0, gt=0, description="Seconds after which a crawl stops by itself.")
    max_wait_s: float = Field(
        default=120.0,
        ge=0,
        description="Longest wait that a publisher may ask for; if it asks for more, the crawl ends there for now.",
    )
    retries: int = Field(default=2, ge=0, description="How often a request is tried again.")
    retry_wait_s: float = Field(default=5.0, ge=0, description="Seconds before the first retry; doubles each time.")
    epo_ops_key: SecretStr | None = Field(default=None, description="Consumer key of EPO Open Patent Services.")
    epo_ops_secret: SecretStr | None = Field(default=None, description="Consumer secret of EPO Open Patent Services.")
    uspto_key: SecretStr | None = Field(default=None, description="API key of the USPTO Open Data Portal.")
    doffin_key: SecretStr | None = Field(default=None, description="Subscription key of Doffin's public API.")
    openalex_key: SecretStr | None = Field(default=None, description="API key of OpenAlex.")
    crawl_memory_mb: int = Field(default=2048, ge=512, description="Address space of one crawling process, in MB.")

    @field_validator("allow_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """`a:1, b:2` as the environment has it."""
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    def keys_for(self, names: Iterable[str]) -> dict[str, str]:
        """The named keys, in clear. Raises SettingMissing naming the variables that are not set."""
        stated = {name: getattr(self, name) for name in names}
        missing = [f"VARDE_{name.upper()}" for name, key in stated.items() if key is None]
        if missing:
            raise SettingMissing(f"{' and '.join(missing)} not set; the publisher gives keys to those who register")
        return {name: key.get_secret_value() for name, key in stated.items()}

    @property
    def user_agent(self) -> str:
        """Who we say we are."""
        return f"Varde/0.1 (+{self.contact})" if self.contact else "Varde/0.1"


class CrawlJob(BaseModel):
    """One crawl of one source, complete enough to be handed to another process as JSON.

    leash: end when standard input closes, so that no crawler outlives the process that started it.
    feed: the entry of the feed list, where the source is one.
    record: empty folder into which every answer is also written, as a replay.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    plan: Plan
    into: Path
    captures: Path
    run_key: str
    settings: CrawlSettings
    replay: Path | None = None
    mirror: str | None = None
    feed: FeedFacts | None = None
    leash: bool = False
    record: Path | None = None

    @property
    def is_raw(self) -> bool:
        """Whether the replay is raw payloads instead of answers at recorded addresses."""
        return self.replay is not None and not (self.replay / "index.jsonl").is_file()

    @property
    def base(self) -> str | None:
        """What stands in for scheme and host of every address that is fetched."""
        return RAW_BASE if self.is_raw else self.mirror


def job_of(crawler: "Crawler") -> CrawlJob:
    """The job of the spider that a middleware is built for."""
    job = getattr(crawler.spider, "job", None)
    if not isinstance(job, CrawlJob):
        raise TypeError("our middlewares serve only spiders.spider.SourceSpider")
    return job


def roomy(job: CrawlJob, largest: int) -> CrawlJob:
    """The job with room for the answers of a source whose files are larger than others'."""
    room = job.settings.model_copy(update={"max_body_bytes": max(job.settings.max_body_bytes, largest)})
    return job.model_copy(update={"settings": room})


def rate_in(job: CrawlJob, rate: float) -> float:
    """Seconds between requests: the source's own, except from a mirror that the settings name as ours."""
    is_ours = job.mirror is not None and urlsplit(job.mirror).netloc in job.settings.allow_hosts
    return 0.0 if is_ours else rate


_LIVE = {
    "spiders.guard.GuardMiddleware": 50,
    "spiders.polite.Conditional": 200,
    "spiders.polite.Patience": 550,
}
_RECORDING = {"spiders.record.Recorder": 585}  # redirects are followed (600) and answers unpacked (590) by then
_ALWAYS = {
    "spiders.capture.CaptureMiddleware": 10,
    "spiders.polite.Robots": 100,
    "spiders.guard.SafeRedirect": 600,
    "spiders.tokens.TokenMiddleware": 650,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
}


def scrapy_settings(job: CrawlJob, rate: float) -> dict[str, object]:
    """Scrapy's settings for hostile publishers. rate: seconds between two requests to a host; unused in a replay."""
    live = job.replay is None
    handler = "spiders.guard.GuardedHandler" if live else None
    return {
        "TWISTED_REACTOR_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "DOWNLOAD_HANDLERS": {**dict.fromkeys(("file", "data", "ftp", "s3")), "http": handler, "https": handler},
        "DOWNLOADER_MIDDLEWARES": _ALWAYS
        | (_LIVE if live else {"spiders.replay.ReplayMiddleware": 900})
        | (_RECORDING if job.record else {}),
        "DOWNLOAD_MAXSIZE": job.settings.max_body_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_TIMEOUT": job.settings.request_timeout_s,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DOWNLOAD_DELAY": rate if live else 0,
        "DOWNLOAD_DELAY_JITTER": 0,
        "CONCURRENT_REQUESTS": 1,  # a source is one publisher; one at a time keeps Retry-After and order exact
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
        "REDIRECT_MAX_TIMES": 5,
        "METAREFRESH_ENABLED": False,
        "COOKIES_ENABLED": False,
        "HTTPPROXY_ENABLED": False,
        "HTTPERROR_ALLOW_ALL": True,
        "REFERRER_POLICY": "no-referrer",
        "USER_AGENT": job.settings.user_agent,
        "DEFAULT_REQUEST_HEADERS": {"Accept": "*/*", "Accept-Language": "en"},
        "CLOSESPIDER_TIMEOUT": job.settings.crawl_timeout_s,
        "EXTENSIONS": dict.fromkeys(_UNUSED_EXTENSIONS),
        "STATS_DUMP": False,
    }


_UNUSED_EXTENSIONS = tuple(
    f"scrapy.extensions.{name}"
    for name in (
        "telnet.TelnetConsole",
        "remote_control.RemoteControl",
        "memusage.MemoryUsage",
        "memdebug.MemoryDebugger",
        "feedexport.FeedExporter",
        "logstats.LogStats",
        "spiderstate.SpiderState",
        "throttle.AutoThrottle",
    )
)
