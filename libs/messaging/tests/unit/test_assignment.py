"""What is in hand when partitions are shared out anew."""

import asyncio

import pytest
from messaging.assignment import Assignment, Assignments

pytestmark = pytest.mark.unit


async def current(assignments: Assignments) -> Assignment:
    async with assignments.in_hand() as assignment:
        return assignment


async def test_partitions_are_given_up_once_nothing_is_in_hand() -> None:
    assignments = Assignments()
    async with assignments.in_hand() as assignment:
        giving_up = asyncio.create_task(assignments.on_partitions_revoked([]))
        await assignment.ending.wait()
        assert not assignment.over
    await giving_up
    assert assignment.over


async def test_the_group_does_not_wait_for_ever() -> None:
    assignments = Assignments(finishing_seconds=0.01)
    async with assignments.in_hand() as assignment:
        await assignments.on_partitions_revoked([])
        await assignments.on_partitions_assigned([])
        assert assignment.over
        assert assignment.ending.is_set()
    following = await current(assignments)
    assert not following.over
    assert not following.ending.is_set()


async def test_after_the_end_nothing_is_begun_whatever_is_assigned() -> None:
    assignments = Assignments()
    assignments.end()
    assert (await current(assignments)).ending.is_set()
    await assignments.on_partitions_revoked([])
    await assignments.on_partitions_assigned([])
    assert (await current(assignments)).ending.is_set()


async def test_what_is_not_done_when_the_assignment_is_over_is_cut_off() -> None:
    assignments = Assignments(finishing_seconds=0.01)

    async def wait_for_ever(assignment: Assignment) -> None:
        async with assignment.until_over():
            await asyncio.Event().wait()

    async with asyncio.timeout(5), assignments.in_hand() as assignment:
        waiting = asyncio.create_task(wait_for_ever(assignment))
        await assignments.on_partitions_revoked([])
        with pytest.raises(TimeoutError):
            await waiting


async def test_what_is_done_before_the_assignment_is_over_is_left_alone() -> None:
    assignments = Assignments(finishing_seconds=0.01)
    async with assignments.in_hand() as assignment:
        async with assignment.until_over():
            pass
        await assignments.on_partitions_revoked([])
        await asyncio.sleep(0)
        assert assignment.over
