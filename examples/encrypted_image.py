"""Shares an encrypted image with an OU and two accounts, opens its key for exactly them, says why
somebody else cannot launch it, and closes the key again.

Runs on the simulator: python examples/encrypted_image.py
"""

from ami_share import RefusedError, ShareRequest, SharingKey, SimulatedSharer, SimulatedWorld

REGION = "us-east-1"
OWNER = "111111111111"
MEMBER = "333333333333"
STRANGER = "222222222222"
ACCOUNTS = ["444444444444", "555555555555"]


def main() -> None:
    # A small AWS: an OU with a member, and an owner with an image of two snapshots under one key.
    # The owner may read the organization; if it may not, give the OU's path as `unit_paths`.
    world = SimulatedWorld()
    organization = world.create_organization(OWNER)
    unit = world.create_organizational_unit(organization)
    world.create_account(unit, MEMBER)
    key = world.create_key(REGION, OWNER, description="golden images")
    image = world.register_image(REGION, OWNER, "golden-2026-11", encrypted_with=[key, key])
    sharer = SimulatedSharer(world, OWNER)

    def who_gets_in() -> None:
        for account in (MEMBER, *ACCOUNTS, STRANGER):
            judged = world.can_launch(REGION, account, image)
            print(f"{account} can launch: {judged.allowed} ({judged.reason})")

    print("--- What would be done, with what changes in the key policy\n")
    request = ShareRequest(
        region=REGION,
        images=[image],
        accounts=ACCOUNTS,
        organizational_units=[unit],
    )
    plan = sharer.plan(request)
    print(plan)

    print("\n--- Doing it\n")
    report = sharer.apply(plan)
    print(report)

    print("\n--- Who can use it, as reading back showed, and as the world says\n")
    print(report.verification())
    who_gets_in()

    print(f"\n--- Why can't {STRANGER} launch this?\n")
    explained = sharer.explain(REGION, image, [STRANGER])
    for layer in explained.images[0].principals[0].layers:
        print(layer)
        if layer.mend is not None:
            print(f"   mend: {layer.mend}")

    print("\n--- An image under the AWS managed key cannot be shared\n")
    by_aws = world.register_image(REGION, OWNER, "by-aws", encrypted_by_aws=1)
    try:
        sharer.share(ShareRequest(region=REGION, images=[by_aws], accounts=ACCOUNTS))
    except RefusedError as error:
        for refusal in error.refusals:
            print(f"refused: {refusal.message}\n   mend: {refusal.mend}")
    new = SharingKey(region=REGION, owner=OWNER, alias="alias/shared-images", accounts=ACCOUNTS)
    print(f"a key to copy it under: {sharer.create_key_for_sharing(new)}")

    print("\n--- Revoked\n")
    print(sharer.revoke(request))
    print(sharer.verify(request.to_revoke()))
    who_gets_in()


if __name__ == "__main__":
    main()
