"""What de-identification keeps, replaces and records."""

import io
from datetime import date, timedelta

import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from pneumoscope.archive.dicom.charsets import decoded
from pneumoscope.archive.dicom.deidentify import deidentify
from pneumoscope.archive.dicom.elements import Element
from pneumoscope.archive.dicom.flags import Flag
from pneumoscope.archive.dicom.images import radiograph_to_dicom
from pneumoscope.archive.dicom.keyed import Keyed, KeyTooShortError
from pneumoscope.archive.dicom.reasons import Reason, Rejected
from pneumoscope.archive.dicom.rules import RuleError, _build, _document, rules_for
from pneumoscope.archive.dicom.syntaxes import SopKind

KEY, OTHER_KEY = b"key of a center in the tests....", b"key of another center in tests.."


def stored(result) -> Dataset:
    return pydicom.dcmread(io.BytesIO(result.dataset_bytes))


def film(patient: str, day: date, value: int = 1) -> bytes:
    return radiograph_to_dicom(
        image=np.full((8, 8), value, np.uint16), spacing_mm=0.2, patient_id=patient, study_date=day
    )


def test_the_same_file_twice_gives_the_same_bytes(dx_bytes):
    assert deidentify(data=dx_bytes, key=KEY) == deidentify(data=dx_bytes, key=KEY)


def test_a_path_and_its_bytes_give_the_same_result(dx_bytes, tmp_path):
    path = tmp_path / "film.dcm"
    path.write_bytes(dx_bytes)
    assert deidentify(data=path, key=KEY) == deidentify(data=dx_bytes, key=KEY)


def test_two_centers_know_one_patient_by_unrelated_names(dx_bytes):
    here, there = deidentify(data=dx_bytes, key=KEY), deidentify(data=dx_bytes, key=OTHER_KEY)
    assert here.pseudonym != there.pseudonym
    assert {here.study_uid, here.series_uid, here.sop_uid}.isdisjoint(
        {there.study_uid, there.series_uid, there.sop_uid}
    )
    assert here.pixel_sha256 == there.pixel_sha256


def test_a_patient_keeps_one_pseudonym_over_studies():
    first, second = (deidentify(data=film("MRN-7", day), key=KEY) for day in (date(2019, 1, 1), date(2021, 5, 5)))
    assert first.pseudonym == second.pseudonym
    assert first.study_uid != second.study_uid


@pytest.mark.parametrize("other", ["MRN-7 ", " MRN-7", "ＭＲＮ-７"])
def test_spaces_and_full_width_letters_do_not_split_a_patient(other):
    day = date(2020, 1, 1)
    assert (
        deidentify(data=film("MRN-7", day), key=KEY).pseudonym == deidentify(data=film(other, day), key=KEY).pseudonym
    )


@given(
    first=st.dates(date(1950, 1, 1), date(2090, 1, 1)),
    days=st.integers(0, 3000),
    identity=st.text(min_size=1),
    key=st.binary(min_size=16, max_size=40),
)
def test_intervals_between_days_of_a_patient_stay_exact(first, days, identity, key):
    keyed = Keyed(key)
    shifted = [keyed.shifted(day, identity=identity) for day in (first, first + timedelta(days=days))]
    assert shifted[1] - shifted[0] == timedelta(days=days)
    assert timedelta(days=28) <= first - shifted[0] <= timedelta(days=365)


@pytest.mark.parametrize(
    ("term", "codec"), [("ISO_IR 192", "utf-8"), ("ISO 2022 IR 87", "iso2022_jp"), ("ISO_IR 13", "shift_jis")]
)
def test_one_japanese_identifier_in_three_encodings_is_one_patient(term, codec):
    character_set = Element(0x00080005, "CS", f"\\{term}".encode())
    assert decoded("患者七".encode(codec), character_set) == "患者七"


def test_undecodable_identifiers_stay_unlike():
    assert decoded(b"A\xff\xfe", None) != decoded(b"A\xfe\xff", None)


def test_patients_are_shifted_by_many_different_offsets():
    day = date(2020, 6, 1)
    assert len({Keyed(KEY).shifted(day, identity=f"id:{number}") for number in range(100)}) >= 80


@given(st.text(), st.binary(min_size=16, max_size=40))
def test_a_keyed_uid_is_a_valid_uid(original, key):
    uid = pydicom.uid.UID(Keyed(key).uid(original))
    assert uid.is_valid
    assert len(uid) <= 44


def test_a_short_key_is_refused():
    with pytest.raises(KeyTooShortError, match="at least 16"):
        Keyed(b"short")


def test_a_key_is_not_shown():
    assert "key of" not in repr(Keyed(KEY))


def test_the_profile_is_recorded(dx_bytes):
    dataset = stored(deidentify(data=dx_bytes, key=KEY))
    assert dataset.PatientIdentityRemoved == "YES"
    assert [item.CodeValue for item in dataset.DeidentificationMethodCodeSequence] == ["113100", "113107", "113108"]
    assert dataset.LongitudinalTemporalInformationModified == "MODIFIED"
    assert dataset.file_meta.ImplementationVersionName == "PNEUMOSCOPE_1"


@pytest.mark.parametrize(("age", "kept"), [("061Y", "061Y"), ("097Y", "090Y"), ("6M", "006M"), ("old", None)])
def test_ages_above_89_years_are_capped(edited, age, kept):
    from pydicom import config

    with config.disable_value_validation():
        data = edited(PatientAge=age)
    assert stored(deidentify(data=data, key=KEY)).get("PatientAge") == kept


def test_the_age_comes_from_the_birth_date_when_missing(edited):
    result = deidentify(data=edited(PatientAge=None, PatientBirthDate="19580305", StudyDate="20190304"), key=KEY)
    assert result.age_years == 60
    assert stored(result).PatientBirthDate == ""


def test_without_patient_id_each_study_stands_for_itself(edited):
    first = deidentify(data=edited(PatientID="", StudyInstanceUID="1.2.3"), key=KEY)
    second = deidentify(data=edited(PatientID="", StudyInstanceUID="1.2.4"), key=KEY)
    assert Flag.MISSING_PATIENT_ID in first.flags
    assert first.pseudonym != second.pseudonym


def test_gray_value_attributes_are_kept_as_numbers(edited):
    changes = {
        "WindowCenter": ["100.5", "200"],
        "WindowWidth": ["300", "0.25"],
        "RescaleSlope": "2.5",
        "RescaleIntercept": "-1024",
    }
    dataset = stored(deidentify(data=edited(**changes), key=KEY))
    assert list(dataset.WindowCenter) == [100.5, 200]
    assert list(dataset.WindowWidth) == [300, 0.25]
    assert (dataset.RescaleSlope, dataset.RescaleIntercept) == (2.5, -1024)


def test_a_window_of_width_zero_is_left_out_as_a_pair(edited):
    dataset = stored(deidentify(data=edited(WindowWidth="0"), key=KEY))
    assert "WindowCenter" not in dataset
    assert "WindowWidth" not in dataset


def test_a_rescale_slope_of_zero_is_refused(edited):
    with pytest.raises(Rejected, match="RescaleSlope is 0"):
        deidentify(data=edited(RescaleSlope="0"), key=KEY)


def lut_item(values: np.ndarray, bits: int) -> Dataset:
    item = Dataset()
    item.add_new(0x00283002, "US", [len(values), 0, bits])
    item.add_new(0x00283006, "OW", values.astype("<u2").tobytes())
    return item


def test_a_voi_lookup_table_is_written_anew_as_numbers(edited):
    values = np.linspace(0, 4095, 1024).astype(np.uint16)
    dataset = stored(deidentify(data=edited(VOILUTSequence=Sequence([lut_item(values, 12)])), key=KEY))
    item = dataset.VOILUTSequence[0]
    assert item.LUTDescriptor == [1024, 0, 12]
    assert (np.frombuffer(item.LUTData, "<u2") == values).all()


def test_a_modality_lookup_table_that_is_no_table_is_refused(edited):
    item = lut_item(np.array([5, 1, 9, 2], np.uint16), 12)
    with pytest.raises(Rejected) as caught:
        deidentify(data=edited(ModalityLUTSequence=Sequence([item])), key=KEY)
    assert caught.value.reason is Reason.INVALID_PIXEL_DESCRIPTION


@pytest.mark.parametrize(
    ("maker", "kept"), [("Pneumoscope simulator", True), ("Canon", False), ("ACME of Mr Smith", False)]
)
def test_only_our_own_simulator_is_marked_simulated(edited, maker, kept):
    result = deidentify(data=edited(Manufacturer=maker), key=KEY)
    assert result.simulated is kept
    assert result.manufacturer == ("" if maker.startswith("ACME") else maker)


@pytest.mark.parametrize("view", ["LL", "LATERAL", "RAO"])
def test_a_view_that_is_not_frontal_is_flagged(edited, view):
    assert Flag.NON_FRONTAL_VIEW in deidentify(data=edited(ViewPosition=view, ViewCodeSequence=None), key=KEY).flags


def test_burned_in_annotation_needs_a_person(edited):
    assert deidentify(data=edited(BurnedInAnnotation="YES"), key=KEY).needs_pixel_review


def test_a_wrong_modality_is_corrected_with_a_remark(edited):
    result = deidentify(data=edited(Modality="MR"), key=KEY)
    assert result.modality == "DX"
    assert Flag.MODALITY_CORRECTED in result.flags


@pytest.mark.parametrize("kind", list(SopKind))
def test_every_kind_of_image_has_rules_without_free_text(kind):
    def walk(rules):
        for rule in rules:
            yield rule
            yield from walk(rule.rules)

    free = {"LT", "ST", "UT", "UC", "PN", "AE", "OB", "UN"}
    for rule in walk(rules_for(kind)):
        assert rule.tag >> 16 & 1 == 0
        assert rule.vr not in free or rule.action in ("empty", "pseudonym"), rule.keyword
        assert rule.action != "codes" or rule.values or rule.patterns, rule.keyword


@pytest.mark.parametrize(
    "entry", [{"action": "keep"}, {"action": "uid", "lst": "sex"}, {}, {"action": "codes", "list": "sex", "max": 3}]
)
def test_a_mistyped_rule_stops_instead_of_letting_through(entry):
    with pytest.raises(RuleError, match="PatientSex"):
        _build({"PatientSex": entry}, _document())


def test_a_rule_for_an_unknown_attribute_stops():
    with pytest.raises(RuleError, match="PatientSexx"):
        _build({"PatientSexx": {"action": "empty"}}, _document())


def test_an_enhanced_ct_keeps_its_geometry(shared_data):
    source = shared_data / "dicom" / "upstream" / "pdd__eCT_Supplemental.dcm"
    before = pydicom.dcmread(source)
    after = stored(deidentify(data=source, key=KEY))
    for old, new in zip(before.PerFrameFunctionalGroupsSequence, after.PerFrameFunctionalGroupsSequence, strict=True):
        assert new.PlanePositionSequence[0].ImagePositionPatient == old.PlanePositionSequence[0].ImagePositionPatient
    shared = after.SharedFunctionalGroupsSequence[0]
    assert shared.PixelMeasuresSequence[0].PixelSpacing == [0.388672, 0.388672]


def test_a_ct_keeps_position_kernel_class_and_numbers_exactly(shared_data):
    for source in sorted((shared_data / "ct").glob("*.dcm")):
        before, after = pydicom.dcmread(source), stored(deidentify(data=source, key=KEY))
        for keyword in (
            "ImagePositionPatient",
            "ImageOrientationPatient",
            "PixelSpacing",
            "SliceThickness",
            "RescaleSlope",
        ):
            assert after.get(keyword) == before.get(keyword), (source.name, keyword)
        assert (after.pixel_array == before.pixel_array).all()
