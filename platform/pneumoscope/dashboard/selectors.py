"""Read-only figures for the dashboards; each comes with its n and, where it is a statistic, its interval."""

from collections import Counter, defaultdict
from itertools import combinations
from typing import Any

import numpy as np
from django.db.models import Count
from django.db.models.functions import TruncWeek

from annotator.domain.agreement import bootstrap_interval, percent_agreement
from annotator.models import Case, LabelRevision, Reading
from pneumoscope.accounts.models import Center
from pneumoscope.archive.models import Instance
from pneumoscope.common.permissions import Permission
from pneumoscope.training.models import TrainingRun

SCALE = ["0/-", "0/0", "0/1", "1/0", "1/1", "1/2", "2/1", "2/2", "2/3", "3/2", "3/3", "3/+"]
MEASURES = ("accuracy", "auc", "sensitivity", "specificity")


def runs_over_time(*, user: Any) -> list[dict[str, Any]]:
    """One row for each run and measure, oldest run first."""
    centers = Center.objects.where_user_may(user, Permission.VIEW_DASHBOARD)
    runs = TrainingRun.objects.filter(snapshot__protocol__center__in=centers).exclude(snapshot__protocol__readers=user)
    rows = []
    for run in runs.select_related("snapshot").order_by("finished_at"):
        for name in MEASURES:
            measure = run.metrics.get(name) or {}
            finished = f"{run.finished_at:%Y-%m-%d %H:%M}"
            rows.append({"run": finished, "labels": run.snapshot.label_count, "measure": name, **_estimate(measure)})
    return rows


def latest_run(*, user: Any) -> TrainingRun | None:
    centers = Center.objects.where_user_may(user, Permission.VIEW_DASHBOARD)
    runs = TrainingRun.objects.filter(snapshot__protocol__center__in=centers).exclude(snapshot__protocol__readers=user)
    return runs.select_related("snapshot__protocol").order_by("-finished_at").first()


def per_center(run: TrainingRun | None) -> list[dict[str, Any]]:
    """The newest run's measures center by center."""
    found = (run.metrics.get("per_center") or {}) if run else {}
    return [
        {"center": center, "measure": name, **_estimate(measures.get(name) or {})}
        for center, measures in sorted(found.items())
        for name in MEASURES
    ]


def collection(*, user: Any) -> list[dict[str, Any]]:
    """Films by center and week."""
    centers = Center.objects.where_user_may(user, Permission.VIEW_DASHBOARD)
    films = Instance.objects.filter(series__study__center__in=centers).annotate(week=TruncWeek("created_at"))
    counts = films.values_list("series__study__center__name", "week").order_by("week").annotate(Count("pk"))
    return [{"center": center, "week": f"{week:%Y-%m-%d}", "films": count} for center, week, count in counts]


def label_states(*, user: Any) -> list[dict[str, Any]]:
    """Cases by the state of their newest label, over the protocols whose consensus is open to the user."""
    cases = Case.objects.with_open_consensus_for(user)
    states = Counter(LabelRevision.objects.filter(case__in=cases).current().values_list("state", flat=True))
    unread = cases.count() - sum(states.values())
    rows = [{"state": state, "cases": count} for state, count in sorted(states.items())]
    return [*rows, {"state": "no signed reading", "cases": unread}]


def agreement(*, user: Any, seed: int = 0) -> list[dict[str, Any]]:
    """Quadratic weighted kappa of profusion for each pair of readers, readers as R1, R2, ...

    NO counts as 0/0; unreadable films are left out. Intervals are bootstrapped by case.
    """
    by_reader: dict[int, dict[int, str]] = defaultdict(dict)
    cases = Case.objects.with_open_consensus_for(user)
    for reader, case, data in (
        Reading.objects.filter(assignment__case__in=cases)
        .current()
        .values_list("assignment__reader_id", "assignment__case_id", "data")
    ):
        if data["image_quality"]["grade"] != "UR":
            by_reader[reader][case] = data["parenchymal"]["profusion"] or "0/0"
    names = {reader: f"R{number}" for number, reader in enumerate(sorted(by_reader), 1)}
    return [_pair(names, by_reader, pair, seed) for pair in combinations(sorted(by_reader), 2)]


def _pair(
    names: dict[int, str], by_reader: dict[int, dict[int, str]], pair: tuple[int, int], seed: int
) -> dict[str, Any]:
    first, second = (by_reader[reader] for reader in pair)
    shared = sorted(set(first) & set(second))
    a, b = [first[case] for case in shared], [second[case] for case in shared]
    row: dict[str, Any] = {"pair": f"{names[pair[0]]} – {names[pair[1]]}"}
    if len(shared) < 2:
        return row | _estimate({"n": len(shared), "reason": "fewer than two films read by both"})
    kappa = bootstrap_interval(a=a, b=b, categories=SCALE, rng=np.random.default_rng(seed), draws=500)
    same = percent_agreement(a=a, b=b, categories=SCALE)
    return row | _estimate(
        {"value": kappa.value, "low": kappa.low, "high": kappa.high, "n": kappa.n, "reason": kappa.reason_if_undefined}
    ) | {"percent": same.value}  # fmt: skip


def _estimate(measure: dict[str, Any]) -> dict[str, Any]:
    return {name: measure.get(name) for name in ("value", "low", "high", "n", "reason")}
