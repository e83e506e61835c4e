"""The named scenarios."""

from motionscan.simulate.scenario import Camera, Capture, Movement, Person, Scenario


def catalogue(seed_set: int = 0) -> dict[str, Scenario]:
    """All scenarios by name; ``seed_set`` 0 is for tuning, 1 for reporting."""
    move = Movement("jerks", "right", "foot", 8.0, 3.0, 1.5, 10.5)
    first = Scenario(
        "right_foot_jerks_3hz_front_steady",
        "right foot jerks at 3 Hz, front view, camera on a stand",
        12.0,
        Person(),
        (move,),
        Camera(),
        Capture(),
        seed=1000 * seed_set + 1,
    )
    return {first.name: first}
