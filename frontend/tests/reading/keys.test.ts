import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filmAction, formCommand, globalCommand, KeyBuffer, keysOf, type Typed } from '../../src/reading/keys.ts';
import { fieldsOf, type Field } from '../../src/scheme/index.ts';
import { iloScheme } from './support.ts';

const fields = new Map(fieldsOf(iloScheme()).map((field) => [field.path, field]));
const field = (path: string): Field => fields.get(path) as Field;

function typeInto(path: string, text: string): Typed | undefined {
  const buffer = new KeyBuffer();
  const keys = keysOf(field(path));
  let hit: Typed | undefined;
  for (const key of text) {
    const match = buffer.type(key, keys);
    if (match.kind === 'hit') hit = match.typed;
  }
  return hit;
}

test('profusion is typed as spoken, with or without the stroke', () => {
  const spoken = { '11': '1/1', '1/1': '1/1', '0-': '0/-', '3+': '3/+', '32': '3/2', '00': '0/0' };
  for (const [typed, code] of Object.entries(spoken)) assert.deepEqual(typeInto('parenchymal.profusion', typed), { code }, typed);
});

test('every profusion category can be typed', () => {
  const typed = [...keysOf(field('parenchymal.profusion')).values()].map((each) => ('code' in each ? each.code : ''));
  assert.deepEqual(typed, field('parenchymal.profusion').options?.map(({ code }) => code));
});

test('a key that fits nothing starts anew', () => {
  assert.deepEqual(typeInto('parenchymal.profusion', '3x11'), { code: '1/1' });
});

test('U/R is typed with u', () => {
  assert.deepEqual(typeInto('image_quality.grade', 'u'), { code: 'UR' });
});

test('the numeric pad lies on the zones as on the film, the right lung on the left', () => {
  assert.deepEqual(typeInto('parenchymal.zones', '7'), { code: 'RU' });
  assert.deepEqual(typeInto('parenchymal.zones', '3'), { code: 'LL' });
});

test('large opacities take their letters in small', () => {
  assert.deepEqual(['o', 'a', 'c'].map((key) => typeInto('parenchymal.large', key)), [{ code: 'O' }, { code: 'A' }, { code: 'C' }]);
});

test('a symbol needs both letters, and each of the 29 is reached', () => {
  assert.equal(typeInto('other.symbols', 'e'), undefined);
  const codes = (field('other.symbols').options ?? []).map(({ code }) => code);
  assert.equal(codes.length, 29);
  for (const code of codes) assert.deepEqual(typeInto('other.symbols', String(code)), { code });
});

test('a side field takes r and l, and o for none', () => {
  assert.deepEqual(typeInto('pleural.cpa', 'o'), { none: true });
  assert.deepEqual(typeInto('pleural.cpa', 'l'), { code: 'L' });
});

test('extent and width take o for zero', () => {
  assert.deepEqual(typeInto('pleural.plaques.extent.R', 'o'), { code: 0 });
  assert.deepEqual(typeInto('pleural.plaques.extent.R', '2'), { code: 2 });
  assert.deepEqual(typeInto('pleural.plaques.width.L', 'b'), { code: 'b' });
});

test('no field has two answers on one key', () => {
  for (const each of fields.values()) {
    const answers = each.type === 'bool' ? 2 : (each.options ?? []).length;
    assert.ok(keysOf(each).size >= answers, each.path);
  }
});

const press = (key: string, more = {}) => ({ key, ctrlKey: false, shiftKey: false, altKey: false, ...more });

test('keys with Ctrl undo, redo, sign and put off', () => {
  assert.equal(globalCommand(press('z', { ctrlKey: true })), 'undo');
  assert.equal(globalCommand(press('Z', { ctrlKey: true, shiftKey: true })), 'redo');
  assert.equal(globalCommand(press('Enter', { ctrlKey: true })), 'sign');
  assert.equal(globalCommand(press('ArrowDown', { ctrlKey: true })), 'defer');
  assert.equal(globalCommand(press('z')), null);
});

test('single keys of the form step, clear and mark the film normal', () => {
  assert.deepEqual(['Enter', 'Backspace', '.', '?', 'Escape'].map((key) => formCommand(press(key))), ['next', 'clear', 'normal', 'help', 'zone']);
  assert.equal(formCommand(press('Enter', { shiftKey: true })), 'previous');
});

test('the film zone keeps the keys of OHIF', () => {
  assert.deepEqual(['i', 'h', ' ', '1', 'l', 'x'].map(filmAction), ['invert', 'flip', 'reset', 'preset:as_sent', 'tool:length', null]);
});
