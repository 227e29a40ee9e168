/** What the server tells the reading page (the JSON block "reading-config"). */
import type { FilmAddress } from '../viewer/geometry.ts';
import type { Language, Reading, Settings } from '../scheme/index.ts';

export interface ReadingConfig extends FilmAddress {
  readingId: string;
  revision: number;
  data: Reading;
  state: 'draft' | 'signed';
  language: Language;
  /** The protocol's settings of the scheme; the scheme's defaults where absent. */
  settings?: Settings;
  schemeUrl: string;
  readingUrl: string;
  signUrl: string;
  worklistUrl: string;
  nextUrl: string;
}

export function readConfig(id: string): ReadingConfig {
  const text = document.getElementById(id)?.textContent;
  if (!text) throw new Error(`The page has no JSON block "${id}".`);
  return JSON.parse(text) as ReadingConfig;
}
