"""What readers of the mails reach without log-in: answers, stopping, settings, the calendar (P54, P56, P59)."""

from desk.public.routes import router

__all__ = ["router"]
