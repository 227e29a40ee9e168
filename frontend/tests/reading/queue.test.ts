import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Change } from '../../src/reading/changes.ts';
import { conflictsBetween, SaveQueue, type Conflict, type Entry, type Pending, type QueuePorts, type QueueState, type SendResult } from '../../src/reading/queue.ts';

const change = (path: string, value: Change['value'], base: Change['value'] = null): Change => ({ path, value, base });

/** A server that keeps answers, revisions and used keys, as the reading API does. */
class FakeServer {
  revision = 0;
  data: Record<string, Record<string, unknown>> = {};
  seen: string[] = [];
  applied: string[] = [];
  /** What happens to the next requests instead of an ordinary answer. */
  script: ('offline' | 'lost_answer' | 'refuse')[] = [];

  write(path: string, value: unknown): void {
    const [section, name] = path.split('.') as [string, string];
    this.data[section] = { ...this.data[section], [name]: value };
    this.revision += 1;
  }

  send = async (entry: Entry, revision: number): Promise<SendResult> => {
    this.seen.push(entry.key);
    const plan = this.script.shift();
    if (plan === 'offline') return { kind: 'later' };
    if (plan === 'refuse') return { kind: 'refused', detail: 'signed' };
    const result = this.#apply(entry, revision);
    return plan === 'lost_answer' ? { kind: 'later' } : result;
  };

  #apply(entry: Entry, revision: number): SendResult {
    const current = () => ({ revision: this.revision, savedAt: 'now', data: structuredClone(this.data) as never });
    if (this.applied.includes(entry.key)) return { kind: 'saved', saved: current() };
    if (revision !== this.revision) return { kind: 'stale', current: current() };
    this.applied.push(entry.key);
    const before = this.revision;
    for (const { path, value } of entry.changes) this.write(path, value);
    this.revision = before + 1;
    return { kind: 'saved', saved: current() };
  }
}

function setUp(server: FakeServer, more: { left?: Pending; choice?: 'mine' | 'theirs' } = {}) {
  let stored: Pending | null = more.left ?? null;
  let keys = 0;
  const states: QueueState[] = [];
  const asked: (readonly Conflict[])[] = [];
  const merged: unknown[] = [];
  const ports: QueuePorts = {
    send: server.send,
    store: { load: () => stored, save: (pending) => { stored = structuredClone(pending) as Pending | null; } },
    newKey: () => `key-${++keys}`,
    sleep: async () => undefined,
    onState: (state) => states.push(state),
    onMerged: (data) => merged.push(data),
    onConflict: async (conflicts) => { asked.push(conflicts); return more.choice ?? 'mine'; },
  };
  return { queue: new SaveQueue(server.revision, ports), states, asked, merged, stored: () => stored };
}

test('changes are saved in order, each on the revision that the one before made', async () => {
  const server = new FakeServer();
  const { queue, states } = setUp(server);
  queue.add([change('image_quality.grade', '1')]);
  queue.add([change('parenchymal.any', true)]);
  queue.add([change('image_quality.grade', '2', '1')]);
  await queue.drain();
  assert.deepEqual(server.data, { image_quality: { grade: '2' }, parenchymal: { any: true } });
  assert.equal(queue.revision, 3);
  assert.equal(states.at(-1), 'saved');
});

test('a change keeps its key over retries', async () => {
  const server = new FakeServer();
  server.script = ['offline', 'offline'];
  const { queue, states } = setUp(server);
  queue.add([change('image_quality.grade', '1')]);
  await queue.drain();
  assert.deepEqual(server.seen, ['key-1', 'key-1', 'key-1']);
  assert.ok(states.includes('waiting'));
});

test('an answer lost on the way is not applied twice', async () => {
  const server = new FakeServer();
  server.script = ['lost_answer'];
  const { queue } = setUp(server);
  queue.add([change('image_quality.grade', '1')]);
  await queue.drain();
  assert.equal(server.revision, 1);
  assert.deepEqual(server.applied, ['key-1']);
});

test('what waits survives a reload and goes out with its old key and revision', async () => {
  const server = new FakeServer();
  const left = { revision: 0, entries: [{ key: 'old', changes: [change('image_quality.grade', '3')] }] };
  const { queue, stored } = setUp(server, { left });
  await queue.drain();
  assert.deepEqual(server.applied, ['old']);
  assert.equal(stored(), null);
});

test('another field changed elsewhere is taken over without a question', async () => {
  const server = new FakeServer();
  const { queue, asked, merged } = setUp(server);
  server.write('pleural.any', false);
  queue.add([change('image_quality.grade', '1')]);
  await queue.drain();
  assert.deepEqual(server.data, { pleural: { any: false }, image_quality: { grade: '1' } });
  assert.deepEqual(asked, []);
  assert.equal(merged.length, 1);
});

test('the same field changed elsewhere is put before the reader, whose choice is kept', async () => {
  for (const choice of ['mine', 'theirs'] as const) {
    const server = new FakeServer();
    const { queue, asked } = setUp(server, { choice });
    server.write('image_quality.grade', '3');
    queue.add([change('image_quality.grade', '1')]);
    await queue.drain();
    assert.deepEqual(asked, [[{ path: 'image_quality.grade', mine: '1', theirs: '3' }]]);
    assert.equal(server.data.image_quality?.grade, choice === 'mine' ? '1' : '3');
    assert.deepEqual(queue.waiting, []);
  }
});

test('an answer that is given up takes with it what it had hidden', async () => {
  const server = new FakeServer();
  server.write('parenchymal.any', true);
  const { queue } = setUp(server, { choice: 'theirs' });
  server.write('image_quality.grade', '3');
  queue.add([change('image_quality.grade', 'UR'), change('parenchymal.any', null, true)]);
  await queue.drain();
  assert.deepEqual(server.data, { parenchymal: { any: true }, image_quality: { grade: '3' } });
});

test('a merged change goes out under a new key', async () => {
  const server = new FakeServer();
  const { queue } = setUp(server);
  server.write('pleural.any', true);
  queue.add([change('image_quality.grade', '1')]);
  await queue.drain();
  assert.deepEqual(server.seen, ['key-1', 'key-2']);
});

test('a refusal stops the queue, says so and keeps what waits', async () => {
  const server = new FakeServer();
  server.script = ['refuse'];
  const { queue, states, stored } = setUp(server);
  queue.add([change('image_quality.grade', '1')]);
  await queue.drain();
  assert.equal(states.at(-1), 'refused');
  assert.equal(stored()?.entries.length, 1);
});

test('equal values are no conflict, nor is a field the other side left alone', () => {
  assert.deepEqual(conflictsBetween([change('a.b', 'x')], { a: { b: 'x' } }), []);
  assert.deepEqual(conflictsBetween([change('a.b', 'y', 'x')], { a: { b: 'x' } }), []);
});

test('of several changes of one field the first base and the last value count', () => {
  const waiting = [change('a.b', 'y', 'x'), change('a.b', 'z', 'y')];
  assert.deepEqual(conflictsBetween(waiting, { a: { b: 'x' } }), []);
  assert.deepEqual(conflictsBetween(waiting, { a: { b: 'w' } }), [{ path: 'a.b', mine: 'z', theirs: 'w' }]);
});
