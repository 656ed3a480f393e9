"""Settings of the warehouse."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class WarehouseSettings(BaseSettings):
    """From the environment, prefix VARDE_WAREHOUSE_; built at the door and passed down."""

    model_config = SettingsConfigDict(env_prefix="VARDE_WAREHOUSE_", extra="ignore", env_ignore_empty=True)

    wait_s: float = Field(default=30.0, gt=0, description="seconds a writer waits for another to finish")
    memory: str = Field(default="1GB", pattern=r"^\d+(\.\d+)?(KB|MB|GB)$", description="DuckDB's memory limit")
    threads: int = Field(default=2, ge=1, le=64, description="DuckDB's threads")
