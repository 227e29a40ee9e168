"""Simulated chest radiographs with known truth (always marked SIMULATED).

Draw first, apply second: `draw_patient` makes parameters that survive a JSON
round trip, `render` turns them into the same pixels every time.
"""

from ml.simulate.dicom import SimulatedFilm, film_to_dicom, simulate_film
from ml.simulate.draw import draw_patient
from ml.simulate.parameters import DEVICES, Device, PatientParameters
from ml.simulate.render import Film, render
from ml.simulate.truth import reading_of

__all__ = [
    "DEVICES",
    "Device",
    "Film",
    "PatientParameters",
    "SimulatedFilm",
    "draw_patient",
    "film_to_dicom",
    "reading_of",
    "render",
    "simulate_film",
]
