import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.splits import PARTS, SplitError, part_of

KEY = b"0123456789abcdef"
names = st.text(min_size=1, max_size=20)


@given(names, names)
def test_same_patient_is_always_in_the_same_part(center, patient):
    assert part_of(key=KEY, center=center, patient=patient) == part_of(key=KEY, center=center, patient=patient)


@given(st.lists(st.tuples(names, names), unique=True, max_size=20), st.lists(st.tuples(names, names), max_size=20))
def test_new_patients_never_move_anybody(old, new):
    before = {pair: part_of(key=KEY, center=pair[0], patient=pair[1]) for pair in old}
    after = {pair: part_of(key=KEY, center=pair[0], patient=pair[1]) for pair in [*new, *old]}
    assert all(after[pair] == part for pair, part in before.items())


@pytest.mark.parametrize("center", ["north", "south"])
def test_fractions_hold_in_each_center(center):
    parts = [part_of(key=KEY, center=center, patient=f"p{i}") for i in range(5000)]
    shares = [parts.count(part) / 5000 for part in PARTS]
    assert shares == pytest.approx([0.6, 0.2, 0.2], abs=0.03)


def test_another_key_gives_another_split():
    first, second = ([part_of(key=key, center="c", patient=f"p{i}") for i in range(200)] for key in (KEY, KEY[::-1]))
    assert first != second


def test_center_and_patient_cannot_be_confused():
    left = [part_of(key=KEY, center="a|", patient=f"b{i}") for i in range(200)]
    right = [part_of(key=KEY, center="a", patient=f"|b{i}") for i in range(200)]
    assert left != right


def test_split_is_frozen_for_ever():
    found = "".join(part_of(key=KEY, center="north", patient=f"p{i}")[0] for i in range(24))
    assert found == "ttttvtttttvvtttvttttvttt"


@pytest.mark.parametrize(
    "change",
    [
        {"key": b"short"},
        {"patient": ""},
        {"center": ""},
        {"fractions": {"train": 1.0}},
        {"fractions": {"train": 0.9, "validation": 0.2, "test": -0.1}},
    ],
)
def test_nonsense_is_refused(change):
    with pytest.raises(SplitError, match=r"came|has 5 bytes"):
        part_of(**{"key": KEY, "center": "c", "patient": "p", **change})
