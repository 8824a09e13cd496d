"""Share Amazon Machine Images with other AWS accounts as one thing: plan, apply, verify.

>>> from ami_share import ShareRequest, SimulatedSharer, SimulatedWorld
>>> world = SimulatedWorld()
>>> image = world.register_image("us-east-1", "111122223333", "golden")
>>> sharer = SimulatedSharer(world, "111122223333")
>>> request = ShareRequest(region="us-east-1", images=[image], accounts=["444455556666"])
>>> sharer.share(request).is_complete
True
>>> sharer.verify(request).as_desired
'yes'
"""

from ._internal import (
    Call,
    Change,
    Decision,
    DecisionReason,
    Event,
    Finding,
    ImageVerification,
    Judgement,
    KeyPolicy,
    LayerFinding,
    LintFinding,
    Notice,
    PatchedPolicy,
    Plan,
    PolicyDiff,
    PolicyStatement,
    PrincipalCheck,
    Problem,
    Refusal,
    Report,
    SharedImage,
    ShareRequest,
    SharingKey,
    SimulatedWorld,
    SimulatorServer,
    Step,
    StepReport,
    Verification,
    __version__,
    caller_iam_policy,
    key_policy_for_sharing,
    recipient_iam_policy,
)
from .aws import AwsSharer
from .events import ApplyEvents, AsyncApplyEvents
from .exceptions import (
    AmiShareError,
    AwsApiError,
    ConfigurationError,
    ForkedProcessError,
    IncompleteError,
    InvalidPolicyError,
    InvalidRequestError,
    KeyWithoutAliasError,
    PatchRefusedError,
    RefusedError,
    WorldChangedError,
)
from .mock import MockCall, MockSharer
from .sharer import Sharer
from .simulator import SimulatedSharer

__all__ = [
    "AmiShareError",
    "ApplyEvents",
    "AsyncApplyEvents",
    "AwsApiError",
    "AwsSharer",
    "Call",
    "Change",
    "ConfigurationError",
    "Decision",
    "DecisionReason",
    "Event",
    "Finding",
    "ForkedProcessError",
    "ImageVerification",
    "IncompleteError",
    "InvalidPolicyError",
    "InvalidRequestError",
    "Judgement",
    "KeyPolicy",
    "KeyWithoutAliasError",
    "LayerFinding",
    "LintFinding",
    "MockCall",
    "MockSharer",
    "Notice",
    "PatchRefusedError",
    "PatchedPolicy",
    "Plan",
    "PolicyDiff",
    "PolicyStatement",
    "PrincipalCheck",
    "Problem",
    "Refusal",
    "RefusedError",
    "Report",
    "ShareRequest",
    "SharedImage",
    "Sharer",
    "SharingKey",
    "SimulatedSharer",
    "SimulatedWorld",
    "SimulatorServer",
    "Step",
    "StepReport",
    "Verification",
    "WorldChangedError",
    "__version__",
    "caller_iam_policy",
    "key_policy_for_sharing",
    "recipient_iam_policy",
]
