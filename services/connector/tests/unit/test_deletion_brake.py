import pytest
from connector.domain.deletion_brake import DeletionBrake

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("before", "lost", "stops"),
    [(100, 51, True), (100, 50, False), (11, 11, True), (10, 10, False), (5, -3, False)],
)
def test_it_stops_above_a_share_and_a_count(before: int, lost: int, *, stops: bool) -> None:
    assert DeletionBrake().stops(before=before, lost=lost) is stops
