/** Repeats a task until it says that nothing more will change; waits longer after each failure and while hidden. */
export interface PollOptions<T> {
  task: () => Promise<T>;
  done: (value: T) => boolean;
  onValue: (value: T) => void;
  onError?: (error: unknown) => void;
  intervalMs?: number;
  maxIntervalMs?: number;
  sleep?: (ms: number) => Promise<void>;
}

export interface Poll {
  stop(): void;
  finished: Promise<void>;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export function poll<T>(options: PollOptions<T>): Poll {
  const { task, done, onValue, onError, intervalMs = 1500, maxIntervalMs = 30_000, sleep = pause } = options;
  let stopped = false;

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopped) {
      try {
        const value = await task();
        failures = 0;
        if (stopped) return;
        onValue(value);
        if (done(value)) return;
      } catch (error) {
        failures += 1;
        onError?.(error);
      }
      await sleep(Math.min(intervalMs * 2 ** failures, maxIntervalMs));
    }
  }

  return { stop: () => { stopped = true; }, finished: run() };
}
