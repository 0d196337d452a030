"""What Helm says after an installation is what to do next."""

import pytest
from manifests import CASES, changed, notes, of_kind, rendered, values_of

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("case", CASES)
def test_every_deployment_and_nothing_else_is_waited_for(case: str) -> None:
    said = notes(values_of(case))
    waited = {line.split("/")[1] for line in said.splitlines() if "rollout status" in line}
    assert waited == of_kind(rendered(case), "Deployment").keys()


def test_what_is_left_to_the_operator_is_said() -> None:
    assert "migrations.mode is none" in notes(values_of("plain"))
    assert "topics.mode is none" in notes(values_of("plain"))
    assert "is none" not in notes(values_of("required"))


def test_the_canary_is_offered_only_where_there_is_one() -> None:
    assert "helm test --namespace bookings meet" in notes(values_of("production"))
    assert "helm test --namespace" not in notes(changed("production", canary__enabled=False))


def test_without_a_route_it_says_how_to_look_all_the_same() -> None:
    assert "port-forward service/meet-booking" in notes(values_of("required"))
    assert "port-forward" not in notes(values_of("production"))
