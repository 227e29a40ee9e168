import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultOfLoader, faultOfStatus, FilmError } from '../../src/viewer/film-errors.ts';

test('a status tells whether the film is gone, forbidden or the server failed', () => {
  assert.deepEqual([404, 410, 401, 403, 500, 0].map(faultOfStatus), ['not_found', 'not_found', 'forbidden', 'forbidden', 'server', 'offline']);
});

test('a request wrapped by the loader keeps its status', () => {
  assert.equal(faultOfLoader({ error: { status: 403 } }).fault, 'forbidden');
  assert.equal(faultOfLoader({ error: { request: { status: 502 } } }).fault, 'server');
});

test('anything without a status is a film that cannot be decoded, and its reason is kept', () => {
  const fault = faultOfLoader(new Error('bad marker'));
  assert.deepEqual([fault.fault, fault.message], ['decode', 'bad marker']);
});

test('an error that already says why stays as it is', () => {
  const error = new FilmError('metadata', 'no instance');
  assert.equal(faultOfLoader(error), error);
});
