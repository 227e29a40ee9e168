import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.simulate import DEVICES, PatientParameters, draw_patient, reading_of, render
from ml.simulate.anatomy import make_grid, zone_masks
from ml.simulate.opacities import add_spheres, small_opacity_thickness_mm
from ml.simulate.parameters import OpacityField, ParametersError
from ml.simulate.scale import PROFUSION_LEVELS, SIZES, density_per_mm2, layers, mean_area_mm2
from ml.simulate.truth import affected_zones
from ml.wavelets import decompose


def test_json_round_trip_gives_the_identical_film():
    drawn = draw_patient(11, profusion="2/1", primary="q", secondary="t", large="A")
    replayed = PatientParameters.from_json(drawn.to_json())
    assert replayed == drawn
    assert np.array_equal(render(replayed, size_px=128).pixels, render(drawn, size_px=128).pixels)


def test_another_seed_gives_another_patient():
    assert draw_patient(1, profusion=0).anatomy != draw_patient(2, profusion=0).anatomy


@pytest.mark.parametrize("text", ["[]", "{", '{"schema_version": 1}', '{"schema_version": 99}'])
def test_foreign_parameters_are_refused_with_a_reason(text):
    with pytest.raises(ParametersError, match=r"parameters|schema"):
        PatientParameters.from_json(text)


def test_healthy_twin_differs_only_where_opacities_lie():
    drawn = draw_patient(5, profusion="1/1", primary="r", secondary="r")
    sick, healthy = render(drawn, size_px=256), render(drawn, size_px=256, opacities=False)
    changed = np.abs(sick.pixels - healthy.pixels) > 1e-6
    near = np.zeros_like(changed)
    rows, columns = np.nonzero(sick.thickness_mm > 0)
    for dr in range(-4, 5):
        for dc in range(-4, 5):
            near[np.clip(rows + dr, 0, 255), np.clip(columns + dc, 0, 255)] = True
    assert changed.any()
    assert not (changed & ~near).any()
    assert healthy.thickness_mm.max() == 0


def test_patient_without_opacities_equals_its_own_twin():
    drawn = draw_patient(6, profusion="0/0")
    assert np.array_equal(render(drawn, size_px=128).pixels, render(drawn, size_px=128, opacities=False).pixels)


def test_opacities_whiten_the_lungs():
    drawn = draw_patient(7, profusion="3/3", primary="q", secondary="q", pattern="diffuse")
    sick, healthy = render(drawn, size_px=256), render(drawn, size_px=256, opacities=False)
    assert sick.pixels[sick.lung_mask].mean() > healthy.pixels[sick.lung_mask].mean() + 0.01


def test_lungs_are_darker_than_the_mediastinum_and_the_word_is_burned_in_off_the_lungs():
    film = render(draw_patient(8, profusion=0), size_px=512)
    assert film.pixels[film.lung_mask].mean() < film.pixels[250:330, 240:270].mean() - 0.3
    corner = film.pixels[:40, :110]
    assert corner.max() == pytest.approx(1.0)
    assert not film.lung_mask[:40, :110].any()


def test_layers_follow_the_published_numbers_and_double_by_category():
    # Values worked out by hand from m(k) = 2 (2^(k/3) - 1) / (2^(10/3) - 1).
    expected = [0, 0, 0.13, 0.22, 0.34, 0.48, 0.67, 0.89, 1.17, 1.54, 2.0, 2.58]
    assert [layers(level=k) for k in range(12)] == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize(
    ("shape", "level", "per_cm2"), [("p", 4, 35), ("q", 4, 9), ("q", 10, 55), ("r", 7, 4.5), ("t", 7, 2.1)]
)
def test_densities_match_the_design(shape, level, per_cm2):
    assert density_per_mm2(shape=shape, level=level) * 100 == pytest.approx(per_cm2, rel=0.12)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(SIZES)), st.lists(st.floats(1e-6, 1 - 1e-6), min_size=1, max_size=20))
def test_sizes_stay_within_the_class_limits(shape, probabilities):
    sizes = SIZES[shape].quantile(probability=np.array(probabilities))
    assert sizes.min() >= SIZES[shape].low_mm - 1e-9
    assert sizes.max() <= SIZES[shape].high_mm + 1e-9


def test_counts_are_poisson():
    counts = np.array(
        [
            sum(
                f.count
                for f in draw_patient(
                    s, profusion=4, primary="r", secondary="r", pattern="upper"
                ).disease.small_opacities
                if f.zone == "RU"
            )
            for s in range(400)
        ],
        float,
    )
    expected = []
    for s in range(400):
        drawn = draw_patient(s, profusion=4, primary="r", secondary="r", pattern="upper")
        grid = make_grid(height_px=420, width_px=420, pitch_mm=1.0)
        area = zone_masks(anatomy=drawn.anatomy, grid=grid)["RU"].sum()
        expected.append(density_per_mm2(shape="r", level=drawn.disease.zone_levels["RU"]) * area)
    deviations = (counts - expected) / np.sqrt(expected)
    assert abs(deviations.mean()) < 4 / np.sqrt(400)
    assert deviations.var() == pytest.approx(1.0, abs=0.3)


@pytest.mark.parametrize("shift", [(0.0, 0.0), (0.13, 0.29), (0.5, 0.5), (0.31, 0.77)])
@pytest.mark.parametrize("diameter", [1.1, 2.1, 4.5])
def test_sphere_keeps_its_volume_wherever_it_lies(diameter, shift):
    grid = make_grid(height_px=64, width_px=64, pitch_mm=0.36)
    flat = np.zeros(64 * 64)
    add_spheres(
        flat=flat,
        grid=grid,
        x_mm=np.array([shift[0] * 0.36]),
        y_mm=np.array([11 + shift[1] * 0.36]),
        diameter_mm=np.array([diameter]),
    )
    assert flat.sum() * 0.36**2 == pytest.approx(np.pi / 6 * diameter**3, rel=0.03)


def test_wavelet_energy_is_linear_in_the_number_of_opacities():
    """Campbell's theorem: for a Poisson field, energy per opacity does not depend on the number."""
    drawn = draw_patient(3, profusion=0)
    grid = make_grid(height_px=512, width_px=512, pitch_mm=0.42)
    per_opacity = []
    for count, seeds in ((500, range(6)), (3000, range(6, 12))):
        energy = np.zeros(3)
        for seed in seeds:
            fields = (OpacityField("q", "RM", count, seed),)
            thickness = small_opacity_thickness_mm(fields=fields, anatomy=drawn.anatomy, grid=grid)
            energy += [
                sum((band**2).sum() for band in (s.horizontal, s.vertical, s.diagonal))
                for s in decompose(images=thickness, level=3)
            ]
        per_opacity.append(energy / (count * len(seeds)))
    assert per_opacity[1] / per_opacity[0] == pytest.approx(np.ones(3), abs=0.12)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**31 - 1), st.integers(0, 11), st.sampled_from(["O", "A", "B", "C"]))
def test_truth_is_a_consistent_reading(seed, level, large):
    disease = draw_patient(seed, profusion=level, large=large).disease

    reading = reading_of(disease=disease)["parenchymal"]
    assert reading["any"] is (level >= 2 or large != "O")
    if level >= 2:
        assert reading["profusion"] == PROFUSION_LEVELS[level]
        assert reading["zones"]
        levels = [disease.zone_levels[zone] for zone in affected_zones(disease=disease)]
        assert round(sum(levels) / len(levels)) == level
    elif large != "O":
        assert reading == {"any": True, "profusion": "0/-", "large": large}


def test_large_opacities_keep_the_limits_of_the_form():
    for seed in range(20):
        for size in "ABC":
            drawn = draw_patient(seed, profusion=0, large=size)
            lengths = [2 * item.semi_major_mm for item in drawn.disease.large_opacities]
            area = sum(np.pi * item.semi_major_mm * item.semi_minor_mm for item in drawn.disease.large_opacities)
            grid = make_grid(height_px=420, width_px=420, pitch_mm=1.0)
            zone = zone_masks(anatomy=drawn.anatomy, grid=grid)["RU"].sum()
            found = "C" if area > zone else "B" if sum(lengths) > 50 else "A"
            assert (min(lengths) > 10, found) == (True, size)


@pytest.mark.parametrize("name", sorted(DEVICES))
def test_devices_change_pixels_but_not_truth(name):
    film = render(draw_patient(9, device=name, profusion="1/1"), size_px=128)
    other = render(draw_patient(9, device="alpha", profusion="1/1"), size_px=128)
    assert film.reading == other.reading
    assert (name == "alpha") == np.array_equal(film.pixels, other.pixels)


def test_mean_area_of_a_disc_uses_the_mean_square():
    assert mean_area_mm2(shape="q") == pytest.approx(np.pi / 4 * SIZES["q"].mean_square_mm2())


def test_nonsense_wishes_are_refused():
    with pytest.raises(ValueError, match="tier must be one of"):
        draw_patient(1, tier="invisible")
    with pytest.raises(ValueError, match=r"outside 0\.\.11"):
        layers(level=12)
    with pytest.raises(ValueError, match="at least 32 pixels"):
        render(draw_patient(1, profusion=0), size_px=8)
