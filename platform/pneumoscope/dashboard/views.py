"""Dashboards: each figure as chart, table and CSV."""

import csv
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from pneumoscope.common.permissions import Permission

from . import selectors

Rows = list[dict[str, Any]]


@require_GET
def models(request: HttpRequest) -> HttpResponse:
    _need(request, Permission.VIEW_DASHBOARD)
    run = selectors.latest_run(user=request.user)
    figures = [
        _figure(
            "runs",
            _("Runs over time"),
            "interval",
            selectors.runs_over_time(user=request.user),
            x="run",
            group="measure",
        ),
        _figure(
            "centers", _("Newest run by center"), "interval", selectors.per_center(run), x="center", group="measure"
        ),
    ]
    confusion = (run.metrics.get("confusion") or {}) if run else {}
    lead = _("Films read as 1/0 or more against the model's answer; points with 95 % intervals.")
    context = {"heading": _("Model performance"), "lead": lead, "figures": figures, "confusion": confusion, "run": run}
    return _answer(request, "dashboard/models.html", context)


@require_GET
def collection(request: HttpRequest) -> HttpResponse:
    _need(request, Permission.VIEW_DASHBOARD)
    figures = [
        _figure(
            "films",
            _("Films by center and week"),
            "bar",
            selectors.collection(user=request.user),
            x="week",
            group="center",
            y="films",
        )
    ]
    if request.user.may(Permission.VIEW_CONSENSUS):
        figures.append(
            _figure(
                "labels",
                _("Cases by state of their label"),
                "bar",
                selectors.label_states(user=request.user),
                x="state",
                y="cases",
            )
        )
    lead = _("What the centers have collected and how far it is read.")
    return _answer(request, "dashboard/page.html", {"heading": _("Collection"), "lead": lead, "figures": figures})


@require_GET
def agreement(request: HttpRequest) -> HttpResponse:
    _need(request, Permission.VIEW_READER_PERFORMANCE)
    figures = [
        _figure("kappa", _("Weighted kappa of profusion"), "interval", selectors.agreement(user=request.user), x="pair")
    ]
    lead = _("Quadratic weights on the twelve categories, each pair of readers, 95 % bootstrap interval by film.")
    return _answer(request, "dashboard/page.html", {"heading": _("Reader agreement"), "lead": lead, "figures": figures})


def _need(request: HttpRequest, permission: Permission) -> None:
    if not request.user.may(permission):
        raise PermissionDenied


def _figure(key: str, title: str, kind: str, rows: Rows, **axes: str) -> dict[str, Any]:
    columns = list(rows[0]) if rows else []
    spec = {
        "key": key,
        "title": title,
        "kind": kind,
        "rows": rows,
        "x": axes["x"],
        "group": axes.get("group", ""),
        "y": axes.get("y", "value"),
    }
    return {
        **spec,
        "id": f"figure-{key}",
        "columns": columns,
        "cells": [[row[name] for name in columns] for row in rows],
        "spec": spec,
    }


def _answer(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page, or with ?csv=KEY one figure's rows."""
    wanted = request.GET.get("csv")
    for figure in context["figures"]:
        if figure["key"] == wanted:
            return _csv(figure)
    return render(request, template, context)


def _csv(figure: dict[str, Any]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{figure["key"]}.csv"'
    writer = csv.writer(response)
    writer.writerow(figure["columns"])
    writer.writerows(figure["cells"])
    return response
