"""The order of cases for each reader."""

from hypothesis import given
from hypothesis import strategies as st

from annotator.domain.assignment import reading_order, reading_rank

SECRET = b"study secret"
CASES = [f"case-{number}" for number in range(40)]
case_ids = st.lists(st.text(min_size=1, max_size=5), unique=True, max_size=20)


def order(reader, *batches, secret=SECRET):
    return reading_order(secret=secret, reader_id=reader, batches=batches)


def test_the_order_does_not_depend_on_the_order_in_which_cases_came():
    assert order("r1", CASES) == order("r1", CASES[::-1])


def test_readers_and_studies_have_different_orders():
    assert len({tuple(order("r1", CASES)), tuple(order("r2", CASES)), tuple(order("r1", CASES, secret=b"x"))}) == 3


def test_the_rank_is_pinned_so_that_an_order_never_moves():
    assert reading_rank(secret=b"s", reader_id="r", case_id="c") == (
        "a698f63deaea2a90963f5b34060dceea3e4fb63ceef18ae0f83188143bb2dbe5"
    )


def test_ids_that_run_together_have_different_ranks():
    assert reading_rank(secret=SECRET, reader_id="a1", case_id="b") != reading_rank(
        secret=SECRET, reader_id="a", case_id="1b"
    )


@given(case_ids, case_ids)
def test_appended_cases_come_after_all_earlier_ones(first, second):
    both = order("r", first, second)
    assert both[: len(first)] == order("r", first)
    assert set(both) == set(first) | set(second)
    assert len(both) == len(set(both))
