import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clampZoom, imageIdOf, nextRotation, presetRange, rangeToWindow, sideOnLeft, windowToRange } from '../../src/viewer/geometry.ts';

test('a window of 8 bit covers 0 to 255 as PS3.3 C.11.2.1.2.1 says', () => {
  assert.deepEqual(windowToRange({ center: 128, width: 256 }), { lower: 0, upper: 255 });
});

test('window and range are inverse to each other', () => {
  for (const window of [{ center: 2048, width: 4096 }, { center: -600, width: 1500 }, { center: 0.5, width: 1 }]) {
    assert.deepEqual(rangeToWindow(windowToRange(window)), window);
  }
});

const base = windowToRange({ center: 2000, width: 1000 });
const full = { lower: 0, upper: 4095 };

test('the soft preset widens and the hard preset narrows the window around the same center', () => {
  const soft = rangeToWindow(presetRange({ name: 'soft', base, full, whiteIsZero: false }));
  const hard = rangeToWindow(presetRange({ name: 'hard', base, full, whiteIsZero: false }));
  assert.deepEqual([soft.center, hard.center], [2000, 2000]);
  assert.ok(soft.width > 1000 && hard.width < 1000);
});

test('the bright preset moves to small values when white is stored as zero', () => {
  const usual = rangeToWindow(presetRange({ name: 'bright', base, full, whiteIsZero: false }));
  const inverse = rangeToWindow(presetRange({ name: 'bright', base, full, whiteIsZero: true }));
  assert.ok(usual.center > 2000 && inverse.center < 2000);
});

test('as sent and full give back what they were given', () => {
  assert.deepEqual(presetRange({ name: 'as_sent', base, full, whiteIsZero: false }), base);
  assert.deepEqual(presetRange({ name: 'full', base, full, whiteIsZero: false }), full);
});

test('the right side of the patient is on the left of a film whose rows run to the left', () => {
  assert.equal(sideOnLeft({ rowDirection: 'L', flipped: false, rotation: 0 }), 'R');
  assert.equal(sideOnLeft({ rowDirection: 'R', flipped: false, rotation: 0 }), 'L');
});

test('a flip changes the side, half a turn changes it too, and both together leave it', () => {
  assert.equal(sideOnLeft({ rowDirection: 'L', flipped: true, rotation: 0 }), 'L');
  assert.equal(sideOnLeft({ rowDirection: 'L', flipped: false, rotation: 180 }), 'L');
  assert.equal(sideOnLeft({ rowDirection: 'L', flipped: true, rotation: 180 }), 'R');
});

test('no side is claimed for a film that does not say it or lies on its side', () => {
  assert.equal(sideOnLeft({ rowDirection: '', flipped: false, rotation: 0 }), '');
  assert.equal(sideOnLeft({ rowDirection: 'A', flipped: false, rotation: 0 }), '');
  assert.equal(sideOnLeft({ rowDirection: 'L', flipped: false, rotation: 90 }), '');
});

test('four quarter turns come back to the start', () => {
  assert.equal([1, 2, 3, 4].reduce((rotation) => nextRotation(rotation), 0), 0);
});

test('zoom stays between a fifth and twenty', () => {
  assert.deepEqual([clampZoom(0.01), clampZoom(3), clampZoom(99)], [0.2, 3, 20]);
});

test('a film is addressed by the WADO-RS path of its first frame, with one slash after the root', () => {
  const address = { dicomWebRoot: '/dicom-web/', studyUid: '1.2', seriesUid: '1.3', sopUid: '1.4' };
  assert.equal(imageIdOf(address), 'wadors:/dicom-web/studies/1.2/series/1.3/instances/1.4/frames/1');
});
