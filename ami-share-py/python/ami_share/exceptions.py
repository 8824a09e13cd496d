"""What the verbs raise: one class for each thing that a caller would do next."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from ._internal import (
        Change,
        CopyRefusal,
        CopyReport,
        DistributionProblem,
        DistributionReport,
        ParameterReport,
        Problem,
        RecipientTagReport,
        Refusal,
        Report,
        ServiceLinkedRoleReport,
        Verification,
    )

__all__ = [
    "AmiShareError",
    "AwsApiError",
    "ConfigurationError",
    "CopyIncompleteError",
    "CopyRefusedError",
    "DistributionError",
    "DistributionIncompleteError",
    "ForkedProcessError",
    "ImageNotResolvedError",
    "IncompleteError",
    "InvalidPolicyError",
    "InvalidRequestError",
    "KeyWithoutAliasError",
    "NotVerifiedError",
    "PatchRefusedError",
    "RecipientsIncompleteError",
    "RefusedError",
    "WorldChangedError",
]


class AmiShareError(Exception):
    """The base of all exceptions of this package; its ``str`` is one line."""

    #: The attributes that the constructor takes behind the message.
    _fields: tuple[str, ...] = ()

    message: str
    """What went wrong, and where it is known, what to do about it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __reduce__(self) -> tuple[Any, ...]:
        fields = tuple(getattr(self, name) for name in self._fields)
        return type(self), (self.message, *fields), self.__dict__


class ConfigurationError(AmiShareError):
    """The sharer could not be set up: mend its configuration."""


class ForkedProcessError(AmiShareError, RuntimeError):
    """The process was forked from one that had used the package already.

    A fork copies no threads, so calls would wait for ever. Start processes with the method
    ``spawn`` or ``forkserver``, or use the package in the child only.
    """


class InvalidRequestError(AmiShareError, ValueError):
    """The request, or an id, is wrong whatever the world looks like: mend it."""

    _fields: tuple[str, ...] = ("problems",)

    problems: list[Problem]
    """All that is wrong, each with its ``field`` and ``message``."""

    def __init__(self, message: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = list(problems)


class InvalidPolicyError(InvalidRequestError):
    """Text that is not a policy: mend it where it goes wrong."""

    _fields = ("problems", "line", "column", "path", "problem")

    line: int | None
    """The line, from 1; none for other policies than key policies."""
    column: int | None
    """The column in characters, from 1; none for other policies than key policies."""
    path: str
    """The place in the document, such as ``Statement[2].Principal.AWS``; empty for all of it."""
    problem: str
    """What is wrong there, and what would be right."""

    def __init__(
        self,
        message: str,
        problems: Iterable[Problem] = (),
        line: int | None = None,
        column: int | None = None,
        path: str = "",
        problem: str = "",
    ) -> None:
        super().__init__(message, problems)
        self.line = line
        self.column = column
        self.path = path
        self.problem = problem


class DistributionError(AmiShareError, ValueError):
    """A file or text that is no distribution: mend it where it goes wrong; nothing was started."""

    _fields = ("file", "problems")

    file: str | None
    """The file, if it was read from one."""
    problems: list[DistributionProblem]
    """All that is wrong, each with its ``line``, ``field``, ``expected`` and ``nearest``."""

    def __init__(
        self, message: str, file: str | None = None, problems: Iterable[DistributionProblem] = ()
    ) -> None:
        super().__init__(message)
        self.file = file
        self.problems = list(problems)


class ImageNotResolvedError(AmiShareError):
    """The image that a distribution names cannot be found: mend the file, or make the image."""

    _fields = ("region", "because")

    region: str
    """The Region that it was looked for in."""
    because: str
    """Why it is not found."""

    def __init__(self, message: str, region: str = "", because: str = "") -> None:
        super().__init__(message)
        self.region = region
        self.because = because


class PatchRefusedError(AmiShareError):
    """The key policy would do harm, or KMS would refuse it: do what ``mend`` says."""

    _fields = ("kind", "mend")

    kind: str
    """Which of the reasons it is.

    ``dead_principal``, ``edited_statements``, ``lockout``, ``no_variables``, ``open_to_the_world``,
    ``partitions``, ``too_large`` or ``other``.
    """
    mend: str
    """What to do about it."""

    def __init__(self, message: str, kind: str = "other", mend: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.mend = mend


class RefusedError(AmiShareError):
    """The world does not allow the request, and nothing was written."""

    _fields = ("refusals",)

    refusals: list[Refusal]
    """Every reason found, each with its ``kind``, ``message`` and ``mend``."""

    def __init__(self, message: str, refusals: Iterable[Refusal] = ()) -> None:
        super().__init__(message)
        self.refusals = list(refusals)


class CopyRefusedError(AmiShareError):
    """The world does not allow the copies, and nothing was written."""

    _fields = ("refusals",)

    refusals: list[CopyRefusal]
    """Every reason found, each with its ``kind``, ``message`` and ``mend``."""

    def __init__(self, message: str, refusals: Iterable[CopyRefusal] = ()) -> None:
        super().__init__(message)
        self.refusals = list(refusals)


class WorldChangedError(AmiShareError):
    """The world is another one than the plan was made for, and nothing was written: plan again."""

    _fields = ("changes",)

    changes: list[Change]
    """The differences, each with its ``kind`` and ``message``."""

    def __init__(self, message: str, changes: Iterable[Change] = ()) -> None:
        super().__init__(message)
        self.changes = list(changes)


class IncompleteError(AmiShareError):
    """Some steps were done and some were not: read the report, then run the request again."""

    _fields = ("report",)

    report: Report
    """What became of every step."""

    def __init__(self, message: str, report: Report) -> None:
        super().__init__(message)
        self.report = report


class CopyIncompleteError(AmiShareError):
    """Some copies are not there, or not as asked for: read the report, then copy again.

    That makes what is missing, and copies nothing twice.
    """

    _fields = ("report",)

    report: CopyReport
    """What became of every copy."""

    def __init__(self, message: str, report: CopyReport) -> None:
        super().__init__(message)
        self.report = report


class DistributionIncompleteError(AmiShareError):
    """Some shards were not all done: read the report, then ``retry_distribution``."""

    _fields = ("report",)

    report: DistributionReport
    """What became of every shard."""

    def __init__(self, message: str, report: DistributionReport) -> None:
        super().__init__(message)
        self.report = report


class RecipientsIncompleteError(AmiShareError):
    """Not all was written for recipients: read the report, then do it again.

    That writes what is missing.
    """

    _fields = ("report",)

    report: ParameterReport | RecipientTagReport | ServiceLinkedRoleReport
    """What became of each thing."""

    def __init__(
        self,
        message: str,
        report: ParameterReport | RecipientTagReport | ServiceLinkedRoleReport,
    ) -> None:
        super().__init__(message)
        self.report = report


class NotVerifiedError(AmiShareError):
    """What had to be verified first is not as asked for, and nothing was written."""

    _fields = ("verification",)

    verification: Verification
    """What was found."""

    def __init__(self, message: str, verification: Verification) -> None:
        super().__init__(message)
        self.verification = verification


class KeyWithoutAliasError(AmiShareError):
    """A key was made, and its alias was not: give it the alias, or schedule its deletion."""

    _fields = ("key", "alias", "error")

    key: str
    """The key's ARN."""
    alias: str
    """The alias that it should have."""
    error: AwsApiError | None
    """What AWS said."""

    def __init__(
        self, message: str, key: str = "", alias: str = "", error: AwsApiError | None = None
    ) -> None:
        super().__init__(message)
        self.key = key
        self.alias = alias
        self.error = error


class AwsApiError(AmiShareError):
    """AWS failed or refused before anything was written."""

    _fields = ("kind", "operation", "code", "aws_message", "request_id", "retryable")

    kind: str
    """What kind of no it is.

    ``access_denied``, ``invalid``, ``not_found``, ``not_permitted``, ``not_available``, ``quota``,
    ``throttled``, ``transient``, ``unauthenticated`` or ``other``.
    """
    operation: str
    """The AWS operation, such as ``ModifyImageAttribute``."""
    code: str | None
    """AWS's error code, such as ``InvalidAMIID.NotFound``; none if there was no answer."""
    aws_message: str
    """AWS's own words."""
    request_id: str | None
    """The id that AWS gave the request, for its support."""
    retryable: bool
    """Whether the same call may succeed later without any change."""

    def __init__(
        self,
        message: str,
        kind: str = "other",
        operation: str = "",
        code: str | None = None,
        aws_message: str = "",
        request_id: str | None = None,
        retryable: bool = False,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.operation = operation
        self.code = code
        self.aws_message = aws_message
        self.request_id = request_id
        self.retryable = retryable
