import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerAt, inFormOrder } from '../../src/reading/changes.ts';
import { ReadingModel } from '../../src/reading/model.ts';
import { missingItems, validate } from '../../src/scheme/index.ts';
import { iloScheme } from './support.ts';

const scheme = iloScheme();
const fresh = () => new ReadingModel({ scheme, settings: {} }, {});

function withOpacities(): ReadingModel {
  const model = fresh();
  model.set({ 'image_quality.grade': '1', 'parenchymal.any': true });
  model.set({ 'parenchymal.profusion': '1/1', 'parenchymal.primary': 'q', 'parenchymal.secondary': 't', 'parenchymal.zones': ['RU'], 'parenchymal.large': 'O' });
  return model;
}

test('an answer is a change from unanswered', () => {
  assert.deepEqual(fresh().set({ 'image_quality.grade': '2' }), [{ path: 'image_quality.grade', value: '2', base: null }]);
});

test('the same answer again changes nothing and is not a step to undo', () => {
  const model = fresh();
  model.set({ 'image_quality.grade': '2' });
  assert.deepEqual(model.set({ 'image_quality.grade': '2' }), []);
  model.undo();
  assert.equal(model.answer('image_quality.grade'), null);
});

test('answers that a new answer hides are dropped and told as changes', () => {
  const model = withOpacities();
  const dropped = model.set({ 'parenchymal.any': false }).filter(({ value }) => value === null).map(({ path }) => path);
  assert.deepEqual(dropped.sort(), ['parenchymal.large', 'parenchymal.primary', 'parenchymal.profusion', 'parenchymal.secondary', 'parenchymal.zones']);
});

test('undo brings dropped answers back and redo drops them again', () => {
  const model = withOpacities();
  model.set({ 'parenchymal.any': false });
  model.undo();
  assert.deepEqual(model.answer('parenchymal.zones'), ['RU']);
  model.redo();
  assert.equal(model.answer('parenchymal.zones'), null);
});

test('a new answer ends what could be redone', () => {
  const model = withOpacities();
  model.undo();
  model.set({ 'image_quality.grade': '2' });
  assert.deepEqual(model.redo(), []);
});

test('a normal film is complete, valid and one step to undo', () => {
  const model = withOpacities();
  model.setNormal();
  const mine = missingItems(scheme, model.data).filter(({ path }) => !path.startsWith('reader.'));
  assert.deepEqual(mine, []);
  model.undo();
  assert.equal(model.answer('parenchymal.profusion'), '1/1');
});

test('the rest of a table is answered with none, but not where a rule asks for more', () => {
  const model = fresh();
  model.set({ 'image_quality.grade': '1', 'pleural.any': true });
  model.set({ 'pleural.plaques.in_profile.site': ['L'] });
  model.setRestNone('pleural.plaques.');
  assert.deepEqual(model.answer('pleural.plaques.face_on.site'), []);
  assert.equal(model.answer('pleural.plaques.extent.R'), 0);
  assert.equal(model.answer('pleural.plaques.extent.L'), null);
  assert.equal(model.answer('pleural.plaques.width.L'), null);
});

test('after extent and width are given too, the table breaks no rule', () => {
  const model = fresh();
  model.set({ 'image_quality.grade': '1', 'pleural.any': true });
  model.set({ 'pleural.plaques.in_profile.site': ['L'] });
  model.setRestNone('pleural.plaques.');
  model.set({ 'pleural.plaques.extent.L': 1, 'pleural.plaques.width.L': 'a', 'pleural.cpa': [] });
  const errors = validate(scheme, model.data).errors.map(({ rule }) => rule).filter((rule) => rule.startsWith('L'));
  assert.deepEqual(errors, []);
});

test('the defects fold in when the grade asks for them, and the rest of a section waits for its first answer', () => {
  const model = fresh();
  assert.deepEqual([...model.visible()].filter((path) => !path.startsWith('reader.')), ['image_quality.grade', 'parenchymal.any', 'pleural.any', 'other.any']);
  model.set({ 'image_quality.grade': '1' });
  assert.ok(!model.visible().has('image_quality.defects'));
  model.set({ 'image_quality.grade': '2' });
  assert.ok(model.visible().has('image_quality.defects'));
});

test('a field that is answered already is shown before the first of its section', () => {
  const model = fresh();
  model.set({ 'other.see_physician': true });
  assert.ok(model.visible().has('other.see_physician'));
});

test('the answers of the reader block are never sent', () => {
  assert.deepEqual(fresh().set({ 'reader.initials': 'AB' }), []);
});

test('codes of a multiple choice stand in the order of the form', () => {
  assert.deepEqual(inFormOrder(['RU', 'RM', 'LU'], ['LU', 'RU']), ['RU', 'LU']);
});

test('a path through an unanswered group is unanswered', () => {
  assert.equal(answerAt({ pleural: null } as never, 'pleural.plaques.extent.R'), null);
});
