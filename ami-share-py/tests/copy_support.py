"""An owner with an encrypted image; recipients with a role for it, and a key in each Region."""

from __future__ import annotations

from typing import Any

from ami_share import CopyRequest, Roles, SimulatedSharer, SimulatedWorld
from conftest import OWNER, RECIPIENT, REGION, STRANGER

REGIONS = (REGION, "eu-west-1")
ALIAS = "alias/golden"
TEMPLATE = "arn:aws:iam::{account}:role/AmiShare"
EXTERNAL_ID = "open-sesame"


class CopyStage:
    """What copies are made on."""

    def __init__(self, *recipients: str, minutes: float = 0) -> None:
        self.world = SimulatedWorld()
        self.recipients = list(recipients or (RECIPIENT, STRANGER))
        self.key = self.world.create_key(REGION, OWNER)
        self.image = self.world.register_image(
            REGION, OWNER, "golden", encrypted_with=[self.key], tags={"team": "web"}
        )
        for account in (OWNER, *self.recipients):
            for region in REGIONS:
                self.world.create_alias(ALIAS, self.world.create_key(region, account))
        for account in self.recipients:
            self.create_role(account)
        self.world.set_faults({"copies": {"milliseconds": int(minutes * 60_000)}})
        self.sharer = SimulatedSharer(self.world, OWNER, roles=self.roles())
        self.world.clear_calls()

    def roles(self) -> Roles:
        return Roles(TEMPLATE, external_id=EXTERNAL_ID)

    def create_role(self, account: str) -> None:
        """A role that the owner may assume with the external id, and that may do anything."""
        trusted = {"Effect": "Allow", "Action": "sts:AssumeRole"}
        owner = {"AWS": f"arn:aws:iam::{OWNER}:root"}
        asked = {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}}
        role = self.world.create_role(
            account, "AmiShare", policy({**trusted, "Principal": owner, "Condition": asked})
        )
        anything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        self.world.put_role_policy(role, "all", policy(anything))

    def request(self, **arguments: Any) -> CopyRequest:
        """A request for copies in all Regions; for all recipients, unless accounts are named."""
        if not {"accounts", "own_account", "destinations"} & arguments.keys():
            arguments["accounts"] = self.recipients
        if "destinations" not in arguments:
            arguments.setdefault("regions", REGIONS)
        arguments.setdefault("key", ALIAS)
        return CopyRequest(source_region=REGION, source_image=self.image, **arguments)

    def called(self, operation: str) -> int:
        """How often an operation was called."""
        return sum(call.operation == operation for call in self.world.calls())


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}
