"""Shares an image with an account, an OU and the public, sees who gets in, and revokes it again.

Runs on the simulator: python examples/quickstart.py
"""

from ami_share import RefusedError, ShareRequest, SimulatedSharer, SimulatedWorld

REGION = "us-east-1"
OWNER = "111111111111"
MEMBER = "333333333333"
STRANGER = "444444444444"


def main() -> None:
    # A small AWS: an organization with an OU and a member in it, and an owner with an image.
    world = SimulatedWorld()
    organization = world.create_organization("222222222222")
    unit = world.create_organizational_unit(organization)
    world.create_account(unit, MEMBER)
    image = world.register_image(REGION, OWNER, "golden-2026-11")
    sharer = SimulatedSharer(world, OWNER)

    def who_gets_in() -> None:
        for account in (MEMBER, STRANGER):
            judged = world.can_launch(REGION, account, image)
            print(f"{account} can launch: {judged.allowed} ({judged.reason})")

    print("--- What would be done\n")
    request = ShareRequest(
        region=REGION,
        images=[image],
        accounts=["555555555555"],
        organizational_units=[unit],
        tags={"purpose": "golden image"},
    )
    plan = sharer.plan(request)
    print(plan)

    print("\n--- Doing it\n")
    applying = sharer.apply_events(plan)
    for event in applying:
        print(event)
    print(f"\n{applying.report}")

    print("\n--- Who can use it\n")
    print(sharer.verify(request))
    who_gets_in()

    print("\n--- A second run finds nothing to do\n")
    print(sharer.plan(request))

    print("\n--- The public is refused while block public access is on\n")
    public = ShareRequest(region=REGION, images=[image], public=True, public_consent="given")
    try:
        sharer.share(public)
    except RefusedError as error:
        for refusal in error.refusals:
            print(f"refused: {refusal.message}\n   mend: {refusal.mend}")
    world.set_image_block_public_access(OWNER, REGION, "unblocked")
    print(f"\n{sharer.share(public)}")

    print("\n--- Revoked\n")
    print(sharer.revoke(public))
    print(sharer.revoke(request))
    print(sharer.verify(request.to_revoke()))
    who_gets_in()


if __name__ == "__main__":
    main()
