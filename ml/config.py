"""The training configuration: a frozen dataclass, a JSON file, and a refusal of nonsense."""

import json
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from typing import Any

from ml.preprocess import BANDS, VERSION
from ml.wavelets import FAMILIES, MAX_LEVEL


class ConfigError(ValueError):
    """Raised for a configuration that cannot be trained; the text names the field and the range."""


@dataclass(frozen=True)
class TrainConfig:
    """size_px: working image (square) over field_mm; grid_px: pooled feature grid; bands: wavelet detail bands."""

    family: str = "haar"
    level: int = 3
    bands: tuple[str, ...] = BANDS
    size_px: int = 1024
    field_mm: float = 358.4
    grid_px: int = 32
    epochs: int = 30
    batch_size: int = 8
    learning_rate: float = 0.003
    profusion_head: bool = False
    threshold: float = 0.5
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "bands", tuple(self.bands))
        for name, correct, expected in self._rules():
            if not correct:
                raise ConfigError(f"{name}={getattr(self, name)!r} came; expected {expected}.")

    def _rules(self) -> list[tuple[str, bool, str]]:
        cell = self.grid_px * 2**self.level if self.grid_px > 0 else 1
        return [
            ("family", self.family in FAMILIES, f"one of {FAMILIES}"),
            ("level", 1 <= self.level <= MAX_LEVEL, f"1..{MAX_LEVEL}"),
            ("bands", 0 < len(set(self.bands) & set(BANDS)) == len(self.bands), f"distinct bands of {BANDS}"),
            ("grid_px", 4 <= self.grid_px <= 128, "4..128"),
            ("size_px", 64 <= self.size_px <= 4096 and self.size_px % cell == 0, f"64..4096, divisible by {cell}"),
            ("field_mm", 100 <= self.field_mm <= 600, "100..600 mm"),
            ("epochs", 1 <= self.epochs <= 10_000, "1..10000"),
            ("batch_size", 1 <= self.batch_size <= 4096, "1..4096"),
            ("learning_rate", 0 < self.learning_rate <= 1, "a number above 0, at most 1"),
            ("threshold", 0 < self.threshold < 1, "a probability between 0 and 1"),
            ("seed", 0 <= self.seed < 2**31, "0..2**31-1"),
        ]

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "TrainConfig":
        return cls.from_dict(json.loads(text))

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "TrainConfig":
        known = {item.name: item.default for item in fields(cls)}
        if unknown := set(data) - set(known):
            raise ConfigError(f"Unknown configuration fields {sorted(unknown)}; expected some of {sorted(known)}.")
        for name, value in data.items():
            if not _same_kind(value, known[name]):
                raise ConfigError(f"{name}={value!r} came; expected a value like {known[name]!r}.")
        return cls(**data)

    def feature_digest(self) -> str:
        """Identifies everything that changes the cached features."""
        parts = (VERSION, self.family, self.level, self.bands, self.size_px, self.field_mm, self.grid_px)
        return sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _same_kind(value: Any, default: Any) -> bool:
    """JSON has no tuples, and writes 1.0 as 1."""
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    accepted = {float: (int, float), tuple: (list, tuple)}.get(type(default), (type(default),))
    return isinstance(value, accepted)
