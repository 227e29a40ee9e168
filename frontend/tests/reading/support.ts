/** The published ILO scheme, exported by the Python domain once a test file. */
import type { Scheme } from '../../src/scheme/index.ts';
import { domain } from '../scheme/python.ts';

let cached: Scheme | undefined;

export function iloScheme(): Scheme {
  cached ??= domain('export', 'ilo-2022-niosh-2.8') as Scheme;
  return cached;
}
