"""The shorthands of scheme data."""

import pytest

from annotator.domain.errors import SchemeError
from annotator.domain.expansion import expand_scheme


def scheme_with(checks, conditions=None):
    return {
        "conditions": conditions or {},
        "sections": [],
        "rules": [{"id": "X1", "checks": checks}],
    }


def test_each_repeats_a_check_for_every_combination():
    check = {
        "each": {"row": ["a", "b"], "side": ["R", "L"]},
        "require": {"answered": "$row.$side"},
        "paths": ["$row.$side"],
    }
    rule = expand_scheme(scheme_with([check]))["rules"][0]
    assert [each["paths"] for each in rule["checks"]] == [["a.R"], ["a.L"], ["b.R"], ["b.L"]]


def test_a_reference_is_replaced_by_its_condition_at_any_depth():
    conditions = {"inner": {"answered": "a"}, "outer": {"not": {"ref": "inner"}}}
    rule = expand_scheme(scheme_with([{"require": {"all": [{"ref": "outer"}]}, "paths": []}], conditions))["rules"][0]
    assert rule["checks"][0]["require"] == {"all": [{"not": {"answered": "a"}}]}


@pytest.mark.parametrize(
    ("check", "conditions", "message"),
    [
        ({"require": {"ref": "nobody"}, "paths": []}, {}, "'nobody' is not among"),
        ({"require": {"ref": "a"}, "paths": []}, {"a": {"ref": "b"}, "b": {"ref": "a"}}, "refers to itself"),
        ({"each": {"side": ["R"]}, "require": {"answered": "$row"}, "paths": []}, {}, r"\$row is used"),
    ],
)
def test_a_shorthand_that_names_nothing_is_refused(check, conditions, message):
    with pytest.raises(SchemeError, match=message):
        expand_scheme(scheme_with([check], conditions))
