"""Snapshots, runs, policies."""

from .runs import PolicyFiring, RetrainPolicy, TrainingRun
from .snapshots import DatasetSnapshot

__all__ = ["DatasetSnapshot", "PolicyFiring", "RetrainPolicy", "TrainingRun"]
