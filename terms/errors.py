"""The few exceptions of Varde, named for what happened. The message says what, where and what to do."""


class VardeError(Exception):
    """Trouble with a message meant for people; the command line prints it without a trace and exits non-zero."""


class SourceChanged(VardeError):
    """A publisher's answer no longer has the shape we know; going on would store something wrong."""


class SourceSilent(VardeError):
    """A publisher answered with nothing where it always has something."""


class Blocked(VardeError):
    """A publisher, its robots.txt or our own address guard does not let us fetch this."""


class MapNotUnderstood(VardeError):
    """A need map has fields that cannot be read; each problem is one line: file, line, field, reason."""


class MailRefused(VardeError):
    """The mail server refused a mail, or cannot be trusted with it."""


class WarehouseBusy(VardeError):
    """Another process writes to the warehouse and did not finish in time."""


class LedgerBusy(VardeError):
    """Another process writes to the ledger and did not finish in time, or the ledger cannot be reached."""


class LedgerLost(VardeError):
    """The ledger cannot be read or written, and waiting does not mend it: a full disk, no right to write, damage."""


class SettingMissing(VardeError):
    """A setting is missing or unusable; the message names it."""


class NotFound(VardeError):
    """Something was asked for by name that Varde does not have."""


class RunBusy(VardeError):
    """The same work is already running in another process."""


class Overtaken(VardeError):
    """Somebody else decided, is deciding, or the item changed since it was looked at; nothing was done."""
