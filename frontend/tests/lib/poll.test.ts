import assert from 'node:assert/strict';
import { test } from 'node:test';
import { poll } from '../../src/lib/poll.ts';

test('polling ends with the value that is done, each value having been shown', async () => {
  const answers = [1, 2, 3];
  const shown: number[] = [];
  await poll({ task: async () => answers.shift() as number, done: (value) => value === 3, onValue: (value) => shown.push(value), sleep: async () => undefined }).finished;
  assert.deepEqual(shown, [1, 2, 3]);
});

test('after failures it waits longer, up to the limit, and goes on', async () => {
  const pauses: number[] = [];
  let tries = 0;
  const task = async () => {
    tries += 1;
    if (tries < 5) throw new Error('offline');
    return tries;
  };
  await poll({ task, done: () => true, onValue: () => undefined, intervalMs: 100, maxIntervalMs: 500, sleep: async (ms) => { pauses.push(ms); } }).finished;
  assert.deepEqual(pauses, [200, 400, 500, 500]);
});

test('a stopped poll shows nothing more', async () => {
  const shown: number[] = [];
  const running = poll({ task: async () => 1, done: () => false, onValue: (value) => { shown.push(value); running.stop(); }, sleep: async () => undefined });
  await running.finished;
  assert.deepEqual(shown, [1]);
});
